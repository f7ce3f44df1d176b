"""Sheets for native readers: `make review` writes a workbook a language into a folder of one's choice.

Each row is a sentence with its translation, the pages and files that say it, how hard it is to read, and two empty
columns: better, why. `python docs/review_sheets.py FOLDER` reads nothing back; what readers write goes into
data/messages/<language>.po by hand, so that somebody has seen it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from make_catalogues import template
from readability import lix

from data.translation import LANGUAGES, catalogue

COLUMNS = ["English", "translation", "said in", "LIX", "better", "why"]


def sheet(code: str) -> pd.DataFrame:
    """Every sentence with its translation; of sentences with a count one row a form."""
    rows, known = [], catalogue(code)
    for message in template():
        said_in = ", ".join(place for place, _line in message.locations)
        if isinstance(message.id, tuple):
            one, other = message.id
            rows += [(f"{one} / {other}", text, said_in) for text in known.plurals.get(one, ())]
        elif message.id:
            rows.append((message.id, known.sentences.get(message.id, ""), said_in))
    table = pd.DataFrame(rows, columns=COLUMNS[:3])
    return table.assign(
        LIX=[round(lix(text, 6 if code == "ar" else 7)) for text in table["translation"]], better="", why=""
    )


def main() -> int:
    """Command line: the folder; returns the exit code."""
    if len(sys.argv) != 2:
        print("Name a folder: python docs/review_sheets.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for code in LANGUAGES:
        if code != "en":
            with pd.ExcelWriter(folder / f"{code}.xlsx", engine="xlsxwriter") as book:
                rows = sheet(code)
                rows.to_excel(book, index=False, sheet_name=code)
                book.sheets[code].freeze_panes(1, 0)
                for column, width in enumerate((60, 60, 30, 6, 60, 30)):
                    book.sheets[code].set_column(column, column, width)
            print(f"{folder / f'{code}.xlsx'}: {len(rows)} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
