"""Shift-share: adds up to the change to 1e-9, and agrees with a case worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import shift_share

CASE = pd.DataFrame(
    {
        "area": ["a", "a", "b", "b"],
        "sector": ["x", "y", "x", "y"],
        "first": [100, 50, 100, 150],
        "last": [130, 45, 110, 195],
    }
)


def test_dunn_by_hand() -> None:
    row = shift_share.dunn(CASE).set_index(["area", "sector"]).loc[("a", "x")]
    # whole: 400 -> 480 (+20 %); sector x: 200 -> 240 (+20 %); area a in x: +30 %
    assert (row["national"], row["mix"], row["local"]) == (pytest.approx(20), pytest.approx(0), pytest.approx(10))


def test_esteban_marquillas_by_hand() -> None:
    row = shift_share.esteban_marquillas(CASE).set_index(["area", "sector"]).loc[("a", "x")]
    # With the whole's mix area a would have 150 * 200 / 400 = 75 in x; its advantage is ten points.
    assert (row["competitive"], row["allocation"]) == (pytest.approx(7.5), pytest.approx(2.5))


numbers = st.integers(0, 10**6)


@given(st.lists(st.tuples(numbers, numbers), min_size=6, max_size=6).filter(lambda rows: sum(r[0] for r in rows) > 1))
def test_parts_add_up_to_the_change(rows: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(rows, columns=["first", "last"]).assign(area=list("aabbcc"), sector=list("xyxyxy"))
    scale = max(1.0, table[["first", "last"]].to_numpy().max())
    one = shift_share.dunn(table)
    assert np.allclose(one[["national", "mix", "local"]].sum(axis=1), one["change"], rtol=0, atol=1e-9 * scale)
    two = shift_share.esteban_marquillas(table)
    parts = two[["national", "mix", "competitive", "allocation"]].sum(axis=1)
    assert np.allclose(parts, two["change"], rtol=0, atol=1e-9 * scale)


def test_mix_and_national_parts_of_all_areas_give_the_whole() -> None:
    parts = shift_share.dunn(CASE)
    assert parts["national"].sum() == pytest.approx(80)
    assert parts["local"].groupby(parts["sector"]).sum().to_numpy() == pytest.approx([0, 0])


def test_nested_levels_add_up() -> None:
    rows = shift_share.nested(100, 130, ("Europe", 1000, 1100), ("country", 400, 460)).set_index("part")["change"]
    assert rows.to_dict() == {"Europe": pytest.approx(10), "country": pytest.approx(5), "own": pytest.approx(15)}
    assert rows.sum() == pytest.approx(30, abs=1e-9)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        shift_share.dunn(CASE.assign(first=-1))
