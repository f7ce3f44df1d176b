"""Sums over any columns: what is kept is kept as it is written in an address."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from analytics import cube

ROWS = pd.DataFrame(
    {
        "year": [2023, 2024, 2024],
        "origin": ["SYR", "SYR", "UKR"],
        "period": pd.to_datetime(["2023-12-31", "2024-12-31", "2024-12-31"]),
        "persons": pd.array([10, 20, None], dtype="Int64"),
    }
)


@pytest.mark.parametrize(
    ("keep", "rows", "persons"),
    [
        ({}, 3, 30),
        ({"year": ["2024"]}, 2, 20),
        ({"year": ["2023", "2024"], "origin": ["SYR"]}, 2, 30),
        ({"period": ["2024-12-31"]}, 2, 20),
        ({"year": ["02024"]}, 0, None),  # not how a year is written
        ({"year": ["2024.0", "x", "", "-0", str(10**30)]}, 0, None),
        ({"origin": []}, 0, None),
    ],
)
def test_rows_are_kept_by_the_words_of_an_address(keep: dict[str, list[str]], rows: int, persons: int | None) -> None:
    found = cube.regroup(ibis.memtable(ROWS), [], "persons", keep).to_pandas().iloc[0]
    assert found["rows"] == rows
    assert pd.isna(found["persons"]) if persons is None else found["persons"] == persons
