"""What counts as cultural and creative: four published scopes by activity code, and the bridge to NACE Rev. 2.1."""

from __future__ import annotations

import pandas as pd

# scope -> (label, where the publisher defines it)
SCOPES = {
    "eurostat": (
        "Eurostat culture statistics",
        "Eurostat, Guide to culture statistics (2018), cultural activities in "
        "NACE Rev. 2; printing (18) counts whole in employment",
    ),
    "unesco": (
        "UNESCO Framework for Cultural Statistics",
        "UNESCO Institute for Statistics, FCS 2009, ISIC Rev. 4 "
        "codes of the cultural domains, written as the NACE classes they hold",
    ),
    "dcms": (
        "DCMS creative industries",
        "UK Department for Culture, Media and Sport, Creative industries economic "
        "estimates: methodology (2013, 2016), UK SIC 2007",
    ),
    "kkw": (
        "Kultur- und Kreativwirtschaft",
        "Conference of economics ministers of the Länder, guideline (2009, 2016), "
        "WZ 2008; codes in several submarkets count once in the total",
    ),
}

# Labels of the NACE Rev. 2 classes (four digits) and WZ 2008 subclasses (five) that the scopes use, in our words.
_LABELS = {
    "18.11": "Newspaper printing",
    "18.12": "Other printing",
    "18.13": "Pre-press",
    "18.14": "Binding",
    "18.20": "Copying recorded media",
    "32.11": "Striking of coins",
    "32.12": "Jewellery",
    "32.13": "Imitation jewellery",
    "32.20": "Musical instruments",
    "47.59.3": "Retail of musical instruments",
    "47.61": "Bookshops",
    "47.62": "Newspaper shops",
    "47.63": "Music and video shops",
    "47.78.3": "Art dealers",
    "47.79.1": "Antique dealers",
    "47.79.2": "Antiquarian bookshops",
    "58.11": "Book publishing",
    "58.12": "Directories",
    "58.13": "Newspaper publishing",
    "58.14": "Journals",
    "58.19": "Other publishing",
    "58.21": "Computer games",
    "58.29": "Other software publishing",
    "59.11": "Film and television production",
    "59.12": "Post-production",
    "59.13": "Film distribution",
    "59.14": "Cinemas",
    "59.20": "Sound recording, music publishing",
    "60.10": "Radio",
    "60.20": "Television",
    "62.01": "Computer programming",
    "62.01.1": "Web page development",
    "62.01.9": "Other programming",
    "62.02": "Computer consultancy",
    "63.12": "Web portals",
    "63.91": "News agencies",
    "70.21": "Public relations",
    "71.11": "Architecture",
    "71.11.1": "Building architects",
    "71.11.2": "Interior architects",
    "71.11.3": "Town and regional planners",
    "71.11.4": "Landscape architects",
    "73.11": "Advertising agencies",
    "73.12": "Media representation",
    "74.10": "Specialised design",
    "74.10.1": "Industrial and fashion design",
    "74.10.2": "Graphic design",
    "74.10.3": "Interior design",
    "74.20": "Photography",
    "74.20.1": "Photographers",
    "74.20.2": "Photo laboratories",
    "74.30": "Translation",
    "74.30.1": "Translators",
    "74.30.2": "Interpreters",
    "77.22": "Video rental",
    "85.52": "Cultural education",
    "90.01": "Performing arts",
    "90.01.1": "Theatre companies",
    "90.01.2": "Orchestras, choirs, bands",
    "90.01.3": "Circus and variety artists",
    "90.01.4": "Stage and film artists",
    "90.02": "Support to performing arts",
    "90.03": "Artistic creation",
    "90.03.1": "Composers",
    "90.03.2": "Writers",
    "90.03.3": "Visual artists",
    "90.03.4": "Restorers",
    "90.03.5": "Journalists",
    "90.04": "Arts facilities",
    "90.04.1": "Theatre and concert promoters",
    "90.04.2": "Opera houses, theatres, concert halls",
    "90.04.3": "Variety theatres",
    "91.01": "Libraries and archives",
    "91.02": "Museums",
    "91.03": "Historical sites",
    "91.04": "Botanical and zoological gardens",
}

# scope -> submarket -> codes; a code may carry a weight ("47.78.3*0.2": a fifth of it belongs).
_CODES = {
    "eurostat": {
        "Printing": "18.11 18.12 18.13 18.14 18.20",
        "Crafts and instruments": "32.12 32.20",
        "Trade and rental": "47.61 47.62 47.63 77.22",
        "Books and press": "58.11 58.13 58.14 63.91",
        "Games": "58.21",
        "Film, music, broadcasting": "59.11 59.12 59.13 59.14 59.20 60.10 60.20",
        "Architecture": "71.11",
        "Design, photography, translation": "74.10 74.20 74.30",
        "Cultural education": "85.52",
        "Arts": "90.01 90.02 90.03 90.04",
        "Heritage": "91.01 91.02 91.03 91.04",
    },
    "unesco": {
        "Cultural and natural heritage": "91.02 91.03 91.04",
        "Performance and celebration": "90.01 90.02 90.04 59.20 32.20",
        "Visual arts and crafts": "90.03 74.20 32.12",
        "Books and press": "58.11 58.13 58.14 58.19 63.91 47.61 47.62 74.30 91.01",
        "Audio-visual and interactive media": "58.21 59.11 59.12 59.13 59.14 60.10 60.20 63.12 47.63 77.22",
        "Design and creative services": "71.11 73.11 74.10",
        "Cultural education": "85.52",
    },
    "dcms": {
        "Advertising and marketing": "70.21 73.11 73.12",
        "Architecture": "71.11",
        "Crafts": "32.12",
        "Design": "74.10",
        "Film, TV, video, radio, photography": "59.11 59.12 59.13 59.14 60.10 60.20 74.20",
        "IT, software, computer services": "58.21 58.29 62.01 62.02",
        "Publishing": "58.11 58.12 58.13 58.14 58.19 74.30",
        "Museums, galleries, libraries": "91.01 91.02",
        "Music, performing and visual arts": "59.20 85.52 90.01 90.02 90.03 90.04",
    },
    "kkw": {
        "Music": "90.03.1 90.01.2 59.20 90.04.1 90.04.2 90.02 47.59.3 47.63 32.20",
        "Books": "90.03.2 74.30.1 58.11 47.61 47.79.2 18.14",
        "Art": "90.03.3 47.78.3*0.2 47.79.1 91.02",
        "Film": "90.01.4 59.11 59.12 59.13 59.14 47.63 77.22",
        "Broadcasting": "90.03.5 60.10 60.20",
        "Performing arts": "90.01.4 90.01.1 90.01.3 90.02 90.04.1 90.04.2 90.04.3 85.52",
        "Design": "74.10.1 74.10.2 74.10.3 71.11.2 73.11*0.5 32.12 74.20.1",
        "Architecture": "71.11.1 71.11.2 71.11.3 71.11.4 90.03.4",
        "Press": "90.03.5 63.91 58.12 58.13 58.14 58.19 47.62",
        "Advertising": "73.11 73.12",
        "Software and games": "58.21 58.29 62.01.1 62.01.9 63.12",
        "Other": "91.03 91.04 74.30.2 74.20.2 32.11 32.13",
    },
}

# NACE Rev. 2 class -> NACE Rev. 2.1 classes that take it over (Commission Delegated Regulation (EU) 2023/137).
# Codes that keep number and content are left out: they bridge to themselves.
_BRIDGE = {
    "47.61": "47.61 47.79",
    "47.62": "47.62",
    "47.63": "47.69",
    "58.11": "58.11",
    "58.12": "58.12 58.19",
    "60.10": "60.10",
    "60.20": "60.20",
    "62.01": "62.10",
    "62.02": "62.20",
    "63.12": "63.91 60.39",
    "63.91": "60.31",
    "70.21": "73.30",
    "74.10": "74.11 74.12 74.13 74.14",
    "90.01": "90.20",
    "90.02": "90.39",
    "90.03": "90.11 90.12 90.13",
    "90.04": "90.31",
    "91.01": "91.11 91.12",
    "91.02": "91.21",
    "91.03": "91.22 91.30",
    "91.04": "91.41 91.42",
}


def creative_codes() -> pd.DataFrame:
    """One row a scope, submarket and code: scope, submarket, code (NACE Rev. 2 or WZ 2008), label, weight in (0, 1].

    Source: the publications named in SCOPES, as far as known to the house; mend a code here and rebuild.
    """
    rows = []
    for scope, submarkets in _CODES.items():
        for submarket, codes in submarkets.items():
            for item in codes.split():
                code, _, weight = item.partition("*")
                rows.append((scope, submarket, code, _LABELS[code], float(weight or 1)))
    return pd.DataFrame(rows, columns=["scope", "submarket", "code", "label", "weight"])


def creative_scopes() -> pd.DataFrame:
    """One row a scope: scope, label, defined_by."""
    return pd.DataFrame([(key, *about) for key, about in SCOPES.items()], columns=["scope", "label", "defined_by"])


def nace_bridge() -> pd.DataFrame:
    """Every class of the scopes in NACE Rev. 2 with its successors: nace_2, nace_2_1; a row for each."""
    classes = sorted({code[:5] for code in creative_codes()["code"]})
    rows = [(old, new) for old in classes for new in _BRIDGE.get(old, old).split()]
    return pd.DataFrame(rows, columns=["nace_2", "nace_2_1"])
