"""One area among all, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics import indicators, profile


def values() -> pd.DataFrame:
    table = pd.DataFrame({one.key: np.arange(6.0) for one in indicators.REGISTRY}, index=list("abcdef"))
    table.loc["c", "library_walk"] = np.nan
    return table


def test_standing_by_hand() -> None:
    best = profile.standing(values(), "a")
    assert best.loc["unemployment"].tolist() == [0, 100, "strength"]  # low is good
    assert best.loc["daycare_places"].tolist() == [0, 0, "gap"]
    assert best.loc["children", "kind"] == ""  # neither end is good
    middle = profile.standing(values(), "d").loc["unemployment"]
    assert (middle["better_than"], middle["kind"]) == (pytest.approx(40), "")


def test_a_gap_stays_a_gap_and_ties_share() -> None:
    assert profile.standing(values(), "c").loc["library_walk", ["value", "better_than"]].isna().all()
    tied = values().assign(unemployment=1.0)
    assert profile.standing(tied, "a").loc["unemployment", "better_than"] == 50


def test_four_areas_are_too_few_to_call_a_strength() -> None:
    assert (profile.standing(values().iloc[:4].drop("c"), "a")["kind"] == "").all()


def test_peers_are_the_nearest_and_never_the_region_itself() -> None:
    features = pd.DataFrame({"size": [1.0, 1.1, 5.0, 9.0], "income": [2.0, 2.1, 2.0, np.nan]}, index=list("abcd"))
    found = profile.peers(features, "a", 2)
    assert list(found.index) == ["b", "c"]
    assert found["distance"].is_monotonic_increasing
    assert profile.peers(features, "d").empty
