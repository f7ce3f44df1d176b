"""How hard sentences are to read: LIX by hand, each language as a whole, sheets for native readers."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

from data.translation import LANGUAGES

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS))

import readability  # noqa: E402
import review_sheets  # noqa: E402


def test_lix_by_hand() -> None:
    assert readability.lix("The city grows. It counts its people.") == pytest.approx(
        3.5
    )  # 7 words, 2 sentences, none long
    assert readability.lix("Displacement changes neighbourhoods.") == pytest.approx(3 + 100)
    assert readability.lix("One two three {count:,} displaced.") == pytest.approx(5 + 100 / 5)
    assert readability.lix("**Bold** words [here](https://example.org/very/long).") == pytest.approx(3)
    assert readability.lix("") == 0


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_sentences_of_a_language_are_easy_as_a_whole(code: str) -> None:
    assert len(readability.sentences(code)) > 300
    assert 15 < readability.score(code) < readability.EASY
    table = (DOCS / "readability.md").read_text(encoding="utf-8")
    row = next(line for line in table.splitlines() if line.startswith(f"| {LANGUAGES[code]} |"))
    assert int(row.split("|")[2]) == pytest.approx(readability.score(code), abs=2), "run `make readability`"


def test_no_english_sentence_is_very_hard() -> None:
    hard = [text for text in readability.sentences("en").values() if readability.lix(text) > readability.HARD]
    assert hard == []


def test_a_sheet_has_every_sentence_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path)])
    assert review_sheets.main() == 0
    rows = pd.read_excel(tmp_path / "uk.xlsx", keep_default_na=False)
    assert list(rows.columns) == review_sheets.COLUMNS
    assert (rows["translation"] != "").all()
    forms = rows[rows["English"] == "{n:,} facility / {n:,} facilities"]
    assert forms["translation"].tolist() == ["{n:,} заклад", "{n:,} заклади", "{n:,} закладів"]
    assert set(forms["said in"]) == {"services/figures.py, views/map_pictures.py"}
