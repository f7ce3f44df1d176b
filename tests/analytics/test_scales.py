"""Theil's H: PySAL's segregation as oracle, extremes by hand, scales that add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from segregation.multigroup import MultiInfoTheory

from analytics import scales


def test_extremes() -> None:
    assert scales.theil_h(pd.DataFrame({"a": [10, 0], "b": [0, 10]})) == pytest.approx(1)
    assert scales.theil_h(pd.DataFrame({"a": [10, 20], "b": [5, 10]})) == pytest.approx(0)
    assert scales.theil_h(pd.DataFrame({"a": [10, 20]})) == 0


@given(st.lists(st.lists(st.integers(1, 80), min_size=3, max_size=3), min_size=3, max_size=8))
def test_pysal_agrees(rows: list[list[int]]) -> None:
    table = pd.DataFrame(rows, columns=list("abc"))
    assert scales.theil_h(table) == pytest.approx(MultiInfoTheory(table, list("abc")).statistic, abs=1e-9)


def test_scales_add_up_and_find_where_people_live_apart() -> None:
    near = pd.DataFrame({"a": [10, 0, 10, 0], "b": [0, 10, 0, 10]}, index=list("wxyz"))
    district = pd.Series({"w": "N", "x": "N", "y": "S", "z": "S"})
    found = scales.decompose_theil_h(near, {"district": district}).set_index("scale")
    assert found.loc["district", "h"] == pytest.approx(0)  # each district mirrors the city,
    assert found.loc["smallest", "share"] == pytest.approx(1)  # the division is inside them
    assert np.isclose(found["share"].sum(), 1)
