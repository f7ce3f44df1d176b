"""What is said of the ends of a ranking: subject, unit and names, with ties, error and lone rows said as they are."""

from __future__ import annotations

import pandas as pd
import pytest

import data
from data.context import CityContext
from data.translation import Language
from services.findings import ends, some

CTX = CityContext(data.cities()["berlin"], data.version(), Language("en"))


def said(values: dict[str, float | None], **options: object) -> str:
    rows = pd.DataFrame({"name": list(values), "v": list(values.values())})
    if "error" in options:
        rows["se"] = options["error"]
        options["error"] = "se"
    options = {"largest": False, "subject": "Library", "what": "districts"} | options
    return ends(CTX, rows, "v", "least served is {}, {}".format, "{:.0f} %".format, **options).text


@pytest.mark.parametrize(
    ("values", "options", "sentence"),
    [
        ({"A": 5, "B": 9}, {}, "least served is A, 5 %"),
        ({"A": 0, "B": 0, "C": 9}, {}, "Library: 0 % is the lowest value, in A and B (districts: 2 of 3)"),
        (
            {"A": 1, "B": 9, "C": 9},
            {"largest": True},
            "Library: 9 % is the highest value, in B and C (districts: 2 of 3)",
        ),
        (
            dict.fromkeys("ABCDE", 0) | {"F": 1, "G": None},
            {},
            "Library: 0 % is the lowest value, in A, B, C and 2 more (districts: 5 of 6)",
        ),
        ({"A": 7, "B": 7}, {}, "Library: 7 % everywhere (districts: 2)"),
        ({"A": 7}, {}, "Library: A, 7 % (nothing to compare it with)"),
        ({"A": 5, "B": 6}, {"error": 1.0}, "Library: A, 5 %, is not clearly below B, 6 %"),
        ({"A": 5, "B": 6}, {"error": 1.0, "largest": True}, "Library: B, 6 %, is not clearly above A, 5 %"),
        (
            {"A": 0, "B": 0, "C": 9},
            {"tied": lambda names, shown, n: f"{n} have {shown}: {names}"},
            "2 have 0 %: A and B",
        ),
        ({"A": None}, {}, "Library: no figure rests on enough people to name an area."),
    ],
)
def test_a_sentence_without_a_superlative_names_subject_unit_end_and_rows(
    values: dict[str, float | None], options: dict[str, object], sentence: str
) -> None:
    assert said(values, **options) == sentence


def test_a_long_list_says_how_many_more_there_are() -> None:
    assert some(CTX, "ab") == "a and b"
    assert some(CTX, "abcdefg", 5) == "a, b, c, d, e and 2 more"
