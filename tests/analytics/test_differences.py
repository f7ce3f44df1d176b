"""What a new version says otherwise, by hand."""

from __future__ import annotations

import pandas as pd

from analytics import differences


def test_changed_new_and_gone_by_hand() -> None:
    before = pd.DataFrame({"place": ["A", "A", "B", "C"], "year": [1, 1, 1, 1], "persons": [10, 5, 7, 3]})
    after = pd.DataFrame({"place": ["A", "B", "D"], "year": [1, 1, 1], "persons": [20, 7, 100]})
    rows = differences.compare(before, after, ["place", "year"], "persons").set_index("place")
    assert list(rows.index) == ["D", "A", "C"]  # B says the same; the largest first
    assert rows.loc["A", ["before", "after", "change"]].tolist() == [15, 20, 5]
    assert rows["what"].to_dict() == {"D": "new", "A": "changed", "C": "gone"}
    assert pd.isna(rows.loc["D", "before"])  # it was not there, which is not nobody
    assert pd.isna(rows.loc["D", "change"])


def test_rows_are_counted_and_gaps_are_gaps() -> None:
    one = pd.DataFrame({"kind": ["library", "library", "school"], "places": [None, None, 3.0]})
    two = pd.DataFrame({"kind": ["library", "school"], "places": [None, 3.0]})
    assert differences.compare(one, two, ["kind"])[["kind", "change"]].to_numpy().tolist() == [["library", -1]]
    assert differences.compare(one, two, ["kind"], "places").empty  # not known stays not known
    filled = two.assign(places=[4.0, 3.0])
    found = differences.compare(one, filled, ["kind"], "places")
    assert found["what"].tolist() == ["changed"]
    assert pd.isna(found["before"].iloc[0])
