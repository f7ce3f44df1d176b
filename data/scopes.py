"""What counts as cultural and creative: four published scopes by activity code, and the bridge to NACE Rev. 2.1."""

from __future__ import annotations

import pandas as pd

from data.translation import N_

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
    "18.11": N_("Newspaper printing"),
    "18.12": N_("Other printing"),
    "18.13": N_("Pre-press"),
    "18.14": N_("Binding"),
    "18.20": N_("Copying recorded media"),
    "32.11": N_("Striking of coins"),
    "32.12": N_("Jewellery"),
    "32.13": N_("Imitation jewellery"),
    "32.20": N_("Musical instruments"),
    "47.59.3": N_("Retail of musical instruments"),
    "47.61": N_("Bookshops"),
    "47.62": N_("Newspaper shops"),
    "47.63": N_("Music and video shops"),
    "47.78.3": N_("Art dealers"),
    "47.79.1": N_("Antique dealers"),
    "47.79.2": N_("Antiquarian bookshops"),
    "58.11": N_("Book publishing"),
    "58.12": N_("Directories"),
    "58.13": N_("Newspaper publishing"),
    "58.14": N_("Journals"),
    "58.19": N_("Other publishing"),
    "58.21": N_("Computer games"),
    "58.29": N_("Other software publishing"),
    "59.11": N_("Film and television production"),
    "59.12": N_("Post-production"),
    "59.13": N_("Film distribution"),
    "59.14": N_("Cinemas"),
    "59.20": N_("Sound recording, music publishing"),
    "60.10": N_("Radio"),
    "60.20": N_("Television"),
    "62.01": N_("Computer programming"),
    "62.01.1": N_("Web page development"),
    "62.01.9": N_("Other programming"),
    "62.02": N_("Computer consultancy"),
    "63.12": N_("Web portals"),
    "63.91": N_("News agencies"),
    "70.21": N_("Public relations"),
    "71.11": N_("Architecture"),
    "71.11.1": N_("Building architects"),
    "71.11.2": N_("Interior architects"),
    "71.11.3": N_("Town and regional planners"),
    "71.11.4": N_("Landscape architects"),
    "73.11": N_("Advertising agencies"),
    "73.12": N_("Media representation"),
    "74.10": N_("Specialised design"),
    "74.10.1": N_("Industrial and fashion design"),
    "74.10.2": N_("Graphic design"),
    "74.10.3": N_("Interior design"),
    "74.20": N_("Photography"),
    "74.20.1": N_("Photographers"),
    "74.20.2": N_("Photo laboratories"),
    "74.30": N_("Translation"),
    "74.30.1": N_("Translators"),
    "74.30.2": N_("Interpreters"),
    "77.22": N_("Video rental"),
    "85.52": N_("Cultural education"),
    "90.01": N_("Performing arts"),
    "90.01.1": N_("Theatre companies"),
    "90.01.2": N_("Orchestras, choirs, bands"),
    "90.01.3": N_("Circus and variety artists"),
    "90.01.4": N_("Stage and film artists"),
    "90.02": N_("Support to performing arts"),
    "90.03": N_("Artistic creation"),
    "90.03.1": N_("Composers"),
    "90.03.2": N_("Writers"),
    "90.03.3": N_("Visual artists"),
    "90.03.4": N_("Restorers"),
    "90.03.5": N_("Journalists"),
    "90.04": N_("Arts facilities"),
    "90.04.1": N_("Theatre and concert promoters"),
    "90.04.2": N_("Opera houses, theatres, concert halls"),
    "90.04.3": N_("Variety theatres"),
    "91.01": N_("Libraries and archives"),
    "91.02": N_("Museums"),
    "91.03": N_("Historical sites"),
    "91.04": N_("Botanical and zoological gardens"),
}

# scope -> submarket -> codes; a code may carry a weight ("47.78.3*0.2": a fifth of it belongs).
_CODES = {
    "eurostat": {
        N_("Printing"): "18.11 18.12 18.13 18.14 18.20",
        N_("Crafts and instruments"): "32.12 32.20",
        N_("Trade and rental"): "47.61 47.62 47.63 77.22",
        N_("Books and press"): "58.11 58.13 58.14 63.91",
        N_("Games"): "58.21",
        N_("Film, music, broadcasting"): "59.11 59.12 59.13 59.14 59.20 60.10 60.20",
        N_("Architecture"): "71.11",
        N_("Design, photography, translation"): "74.10 74.20 74.30",
        N_("Cultural education"): "85.52",
        N_("Arts"): "90.01 90.02 90.03 90.04",
        N_("Heritage"): "91.01 91.02 91.03 91.04",
    },
    "unesco": {
        N_("Cultural and natural heritage"): "91.02 91.03 91.04",
        N_("Performance and celebration"): "90.01 90.02 90.04 59.20 32.20",
        N_("Visual arts and crafts"): "90.03 74.20 32.12",
        N_("Books and press"): "58.11 58.13 58.14 58.19 63.91 47.61 47.62 74.30 91.01",
        N_("Audio-visual and interactive media"): "58.21 59.11 59.12 59.13 59.14 60.10 60.20 63.12 47.63 77.22",
        N_("Design and creative services"): "71.11 73.11 74.10",
        N_("Cultural education"): "85.52",
    },
    "dcms": {
        N_("Advertising and marketing"): "70.21 73.11 73.12",
        N_("Architecture"): "71.11",
        N_("Crafts"): "32.12",
        N_("Design"): "74.10",
        N_("Film, TV, video, radio, photography"): "59.11 59.12 59.13 59.14 60.10 60.20 74.20",
        N_("IT, software, computer services"): "58.21 58.29 62.01 62.02",
        N_("Publishing"): "58.11 58.12 58.13 58.14 58.19 74.30",
        N_("Museums, galleries, libraries"): "91.01 91.02",
        N_("Music, performing and visual arts"): "59.20 85.52 90.01 90.02 90.03 90.04",
    },
    "kkw": {
        N_("Music"): "90.03.1 90.01.2 59.20 90.04.1 90.04.2 90.02 47.59.3 47.63 32.20",
        N_("Books"): "90.03.2 74.30.1 58.11 47.61 47.79.2 18.14",
        N_("Art"): "90.03.3 47.78.3*0.2 47.79.1 91.02",
        N_("Film"): "90.01.4 59.11 59.12 59.13 59.14 47.63 77.22",
        N_("Broadcasting"): "90.03.5 60.10 60.20",
        N_("Performing arts"): "90.01.4 90.01.1 90.01.3 90.02 90.04.1 90.04.2 90.04.3 85.52",
        N_("Design"): "74.10.1 74.10.2 74.10.3 71.11.2 73.11*0.5 32.12 74.20.1",
        N_("Architecture"): "71.11.1 71.11.2 71.11.3 71.11.4 90.03.4",
        N_("Press"): "90.03.5 63.91 58.12 58.13 58.14 58.19 47.62",
        N_("Advertising"): "73.11 73.12",
        N_("Software and games"): "58.21 58.29 62.01.1 62.01.9 63.12",
        N_("Other"): "91.03 91.04 74.30.2 74.20.2 32.11 32.13",
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
