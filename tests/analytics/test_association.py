"""Association: scipy as oracle for the plain part, a built confounder for the partial one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.association import rank_correlation


def sample(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    density = rng.normal(size=n)
    return pd.DataFrame(
        {
            "density": density,
            "venues": density + 0.3 * rng.normal(size=n),
            "poverty": density + 0.3 * rng.normal(size=n),
            "other": rng.normal(size=n),
        }
    )


def test_plain_part_is_spearman() -> None:
    table = sample()
    found = rank_correlation(table, "venues", "poverty", ["density"])
    assert found.plain == pytest.approx(stats.spearmanr(table["venues"], table["poverty"]).statistic)


def test_a_shared_cause_vanishes_once_it_is_held_still() -> None:
    found = rank_correlation(sample(), "venues", "poverty", ["density"])
    assert found.plain > 0.8
    assert abs(found.partial) < 0.2
    assert not found.significant
    assert found.plain_low < found.plain < found.plain_high


def test_an_independent_link_survives() -> None:
    table = sample().assign(poverty=lambda t: t["venues"] + t["other"])
    assert rank_correlation(table, "venues", "poverty", ["density"]).significant


def test_gaps_are_left_out_and_too_few_refused() -> None:
    table = sample(20)
    table.loc[:10, "venues"] = np.nan
    with pytest.raises(ValueError, match="Only 9 areas"):
        rank_correlation(table, "venues", "poverty", ["density"])


def test_regions_of_one_country_are_not_independent() -> None:
    """Two columns that share nothing but where they are: pooled rows look sure, countries do not."""
    rng = np.random.default_rng(8)
    country = pd.Series(np.repeat(np.arange(10), 30))
    effects = {"venues": np.linspace(-2, 2, 10), "poverty": np.roll(np.linspace(-2, 2, 10), 1)}
    table = pd.DataFrame({name: effect[country] + rng.normal(size=300) for name, effect in effects.items()})
    pooled = rank_correlation(table, "venues", "poverty", [])
    by_country = rank_correlation(table, "venues", "poverty", [], country)
    assert by_country.plain == pytest.approx(pooled.plain)
    assert pooled.significant
    assert not by_country.significant
    assert by_country.plain_high - by_country.plain_low > 2 * (pooled.plain_high - pooled.plain_low)
    within = rank_correlation(table, "venues", "poverty", [], country, within=True)
    assert not within.significant
    with pytest.raises(ValueError, match="Only 2 groups"):
        rank_correlation(table, "venues", "poverty", [], country // 5)


def test_a_link_within_every_country_is_told() -> None:
    rng = np.random.default_rng(9)
    country = pd.Series(np.repeat(np.arange(10), 20))
    venues = rng.normal(size=200)
    table = pd.DataFrame({"venues": venues + country, "poverty": venues + rng.normal(size=200) - 2 * country})
    found = rank_correlation(table, "venues", "poverty", [], country, within=True)
    assert found.plain < 0 < found.partial_low
