"""Shift-share: the parts add up to the change, in a case worked by hand."""

from __future__ import annotations

import pytest

from analytics import shift_share


def test_nested_levels_add_up() -> None:
    rows = shift_share.nested(100, 130, ("Europe", 1000, 1100), ("country", 400, 460)).set_index("part")["change"]
    assert rows.to_dict() == {"Europe": pytest.approx(10), "country": pytest.approx(5), "own": pytest.approx(15)}
    assert rows.sum() == pytest.approx(30, abs=1e-9)
