"""Ratios and shares near a facility on a street of four cells."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import areas, coverage

GROUPS = pd.Series({"a1": "A", "a2": "A", "b1": "B"})
RESIDENTS = pd.DataFrame(
    {"area_id": ["a1", "a1", "a2", "a2", "b1", "b1"], "age": ["0-5", "6-14"] * 3, "persons": [60, 90, 40, 0, 0, 30]}
)
CELLS = pd.DataFrame(
    {"area_id": ["a1", "a1", "a2", "b1"], "x": [0, 300, 600, 2000], "y": [0, 0, 0, 0], "share": [0.5, 0.5, 1.0, 1.0]}
)
DAYCARE = pd.DataFrame({"area_id": ["a1", "a2"], "x": [0.0, 700.0], "y": [0.0, 0.0], "places": [30, None]}).astype(
    {"places": "Int64"}
)


def test_age_bands_cut_by_a_bound_count_in_proportion() -> None:
    people = coverage.of_age(RESIDENTS, 0, 9).set_index("area_id")["persons"]
    assert people.to_dict() == pytest.approx({"a1": 60 + 90 * 3 / 9, "a2": 40, "b1": 10})


def test_everyone_is_everyone() -> None:
    assert coverage.of_age(RESIDENTS, None, None)["persons"].sum() == 220


def test_supply_by_hand() -> None:
    children = coverage.of_age(RESIDENTS, 0, 6)
    table = coverage.supply(DAYCARE, children, GROUPS).set_index("area_id")
    assert table.loc["A", ["persons", "facilities", "places", "without_places"]].tolist() == [100, 2, 30, 1]
    assert table.loc["A", "places_per_100"] == 30
    assert table.loc["A", "residents_per_facility"] == 50
    # B has no child of that age and no facility: no ratio, not zero.
    assert pd.isna(table.loc["B", "places_per_100"])
    assert pd.isna(table.loc["B", "residents_per_facility"])


def test_share_within_by_hand() -> None:
    everyone = coverage.of_age(RESIDENTS, None, None)
    table = coverage.share_within(CELLS, coverage.nearest_m(CELLS, DAYCARE), everyone, 250, GROUPS).set_index("area_id")
    # a1: half of 150 stands on the first facility; a2: all 40 within 100 m of the second; b1: nobody within 250 m.
    assert table.loc["A", "within"] == 75 + 40
    assert table.loc["A", "share_within"] == pytest.approx(115 / 190)
    assert table.loc["B", "share_within"] == 0


def test_no_facility_reaches_nobody() -> None:
    everyone = coverage.of_age(RESIDENTS, None, None)
    assert (
        coverage.share_within(CELLS, coverage.nearest_m(CELLS, DAYCARE.iloc[:0]), everyone, 10_000, GROUPS)[
            "within"
        ].sum()
        == 0
    )


@given(st.floats(1, 3000), st.floats(1, 3000))
def test_a_longer_walk_never_reaches_fewer(one: float, other: float) -> None:
    everyone = coverage.of_age(RESIDENTS, None, None)
    near, far = sorted([one, other])
    fewer = coverage.share_within(CELLS, coverage.nearest_m(CELLS, DAYCARE), everyone, near, GROUPS)["within"]
    more = coverage.share_within(CELLS, coverage.nearest_m(CELLS, DAYCARE), everyone, far, GROUPS)["within"]
    assert (fewer <= more).all()


def test_ancestors_follow_parents_up() -> None:
    tree = pd.DataFrame(
        [
            ("city", "C", ""),
            ("district", "A", "C"),
            ("district", "B", "C"),
            ("area", "a1", "A"),
            ("area", "a2", "A"),
            ("area", "b1", "B"),
        ],
        columns=["level", "area_id", "parent_id"],
    )
    above = areas.ancestors(tree)
    assert above["district"].to_dict() == GROUPS.to_dict()
    assert set(above["city"]) == {"C"}


def test_levels_nest_in_the_city_order_however_many_areas_each_has() -> None:
    rows = [("area", "a1", "A"), ("district", "A", "C"), ("district", "B", "C"), ("city", "C", "")]
    tree = pd.DataFrame(rows, columns=["level", "area_id", "parent_id"])
    above = areas.ancestors(tree, ("city", "district", "area"))  # fewer areas than districts, rows upside down
    assert above.to_dict("index") == {"a1": {"area": "a1", "district": "A", "city": "C"}}


def test_an_orphan_area_is_named() -> None:
    tree = pd.DataFrame(
        [("city", "C", ""), ("area", "a1", "C"), ("area", "a2", "X")], columns=["level", "area_id", "parent_id"]
    )
    with pytest.raises(ValueError, match="Area a2 has no city above it"):
        areas.ancestors(tree)


def test_bands_tell_an_age_where_they_hold_all_of_it_and_none_that_is_wide_is_cut() -> None:
    fine = ["0-5", "6-17", "18-64", "65+"]
    assert coverage.knows_age(["0+"], None, None)  # everyone
    assert not coverage.knows_age(["0+"], 0, 15)
    assert not coverage.knows_age(["0-119"], 65, None)
    assert coverage.knows_age(fine, 0, 6)
    assert coverage.knows_age(fine, 6, 12)  # 6-17 is cut: twelve years
    assert not coverage.knows_age(fine, 6, 12, longest=0)
    assert not coverage.knows_age(fine, 18, 27)  # 18-64 would be cut
    assert coverage.knows_age(fine, 65, None)
    assert not coverage.knows_age(fine, 75, None)  # an open band is never cut
    assert not coverage.knows_age(["0-5", "6-17"], 65, None)  # nobody of that age was counted
    assert coverage.knows_age([f"{year}-{year}" for year in range(101)], 65, None)  # single years up to 100
    assert not coverage.knows_age([f"{year}-{year}" for year in range(80)], 65, None)
