"""Levels of detail of hexagons: h3's own parents as the oracle, means by hand."""

from __future__ import annotations

import h3
import ibis
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import cells

PLACES = st.tuples(st.floats(-89, 89), st.floats(-179, 179), st.integers(0, 15))


@given(st.lists(PLACES, min_size=1, max_size=20), st.integers(0, 15))
def test_parents_are_h3s_own(places: list[tuple[float, float, int]], coarse: int) -> None:
    names = [h3.latlng_to_cell(lat, lon, max(level, coarse)) for lat, lon, level in places]
    rows = ibis.memtable(pd.DataFrame({"place": range(len(names)), "cell": [int(name, 16) for name in names]}))
    asked = rows.mutate(parent=cells.parent(rows["cell"], coarse)).order_by("place")
    assert [f"{number:x}" for number in ibis.duckdb.connect().to_pandas(asked)["parent"]] == [
        h3.cell_to_parent(name, coarse) for name in names
    ]


def test_joined_cells_have_all_people_and_their_weighted_mean() -> None:
    mother = h3.latlng_to_cell(50, 10, 9)
    children = sorted(h3.cell_to_children(mother, 10))
    other = h3.latlng_to_cell(10, 50, 10)
    people = [1.0, 2, 3, 4, 5, 6, 7, 10]
    minutes = [7.0, 6, 5, 4, 3, 2, 1, 9]
    rows = pd.DataFrame({"cell": [int(name, 16) for name in [*children, other]], "persons": people, "minutes": minutes})
    found = ibis.duckdb.connect().to_pandas(cells.coarser(ibis.memtable(rows), 9, "persons", ["minutes"]))
    by = {f"{row.cell:x}": (row.persons, row.minutes) for row in found.itertuples()}
    assert by == {mother: (28.0, pytest.approx(84 / 28)), h3.cell_to_parent(other, 9): (10.0, 9.0)}


def test_detail_is_the_finest_that_fits() -> None:
    assert cells.level_of_detail(12_000, 10, 12_000) == 10
    assert cells.level_of_detail(12_001, 10, 12_000) == 9
    assert cells.level_of_detail(500_000, 10, 12_000) == 8
    with pytest.raises(ValueError, match="0 to 15"):
        cells.parent(ibis.table({"cell": "int64"})["cell"], 16)
