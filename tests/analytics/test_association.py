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
    found = rank_correlation(table, "venues", "poverty", ["density"], draws=50)
    assert found.plain == pytest.approx(stats.spearmanr(table["venues"], table["poverty"]).statistic)


def test_a_shared_cause_vanishes_once_it_is_held_still() -> None:
    found = rank_correlation(sample(), "venues", "poverty", ["density"], draws=300)
    assert found.plain > 0.8
    assert abs(found.partial) < 0.2
    assert not found.significant
    assert found.plain_low < found.plain < found.plain_high


def test_an_independent_link_survives() -> None:
    table = sample().assign(poverty=lambda t: t["venues"] + t["other"])
    assert rank_correlation(table, "venues", "poverty", ["density"], draws=300).significant


def test_gaps_are_left_out_and_too_few_refused() -> None:
    table = sample(20)
    table.loc[:10, "venues"] = np.nan
    with pytest.raises(ValueError, match="Only 9 areas"):
        rank_correlation(table, "venues", "poverty", ["density"])
