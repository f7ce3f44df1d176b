"""Indices of a whole city stand on all counts, and tell of no area."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from analytics import diversity
from data.context import CityContext, Territory
from data.separation import separation
from services import origins


def counts(seed: int, areas: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    ids = [f"a{n}" for n in range(areas)]
    people = pd.DataFrame(
        {"period": pd.Timestamp("2024-12-31"), "area_id": ids, "persons": rng.integers(500, 9000, areas)}
    )
    group = people.assign(origin="USA", persons=rng.integers(0, 60, areas))
    return group, people


def test_it_equals_the_index_of_unprotected_counts() -> None:
    group, people = counts(1)
    ours = separation(group, people).iloc[0]
    theirs = diversity.unevenness(group, people.set_index("area_id")["persons"]).iloc[0]
    assert ours["dissimilarity"] == pytest.approx(100 * theirs["dissimilarity"], abs=0.05)
    assert ours["isolation"] == pytest.approx(100 * theirs["isolation"], abs=0.05)


def test_a_count_that_is_two_higher_is_not_seen_in_it() -> None:
    """One number over all areas, rounded: no hidden count can be read off it, even by who knows all others."""
    seen = 0
    for seed in range(30):
        group, people = counts(seed)
        group["persons"] *= 40  # about 48,000 people, as the larger origins of a city
        moved = group.copy()
        moved.loc[3, "persons"] += 2
        seen += not separation(group, people).equals(separation(moved, people))
    assert seen <= 3  # where the number lay on the edge of its rounding


def test_few_areas_or_few_people_get_no_index() -> None:
    group, people = counts(2, areas=9)
    assert separation(group, people).empty
    group, people = counts(3)
    assert separation(group.assign(persons=1), people).empty


def test_the_page_shows_the_index_of_all_counts() -> None:
    ctx = CityContext(data.cities()["berlin"], data.version())
    everywhere = Territory(country="DEU", first_year=2014, last_year=2024)
    rows = origins.evenness_figure(ctx, everywhere).rows.set_index("origin")
    assert rows.filter(like="United States", axis=0)["dissimilarity"].item() == 38.1  # 32 over published counts alone
