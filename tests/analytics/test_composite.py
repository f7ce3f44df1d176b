"""Composite indicators: UNDP's Technology Achievement Index (the Handbook's example), peers, and properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics import composite

# Human Development Report 2001, table A2.1, as used throughout the OECD/JRC Handbook (2008): patents, royalties,
# internet hosts, technology exports, telephones, electricity, schooling, science enrolment; and the index as printed.
TAI = pd.DataFrame(
    {
        "United States": [289, 130.0, 179.1, 66.2, 993, 11832, 12.0, 13.9],
        "Sweden": [271, 156.6, 125.8, 59.7, 1247, 13955, 11.4, 15.3],
        "Finland": [187, 125.6, 200.2, 50.7, 1203, 14129, 10.0, 27.4],
        "Japan": [994, 64.6, 49.0, 80.8, 1007, 7322, 9.5, 10.0],
        "Korea": [779, 9.8, 4.8, 66.7, 938, 4497, 10.8, 23.2],
    },
    index=["patents", "royalties", "hosts", "exports", "telephones", "electricity", "schooling", "science"],
).T
PRINTED = {"Finland": 0.744, "United States": 0.733, "Sweden": 0.703, "Japan": 0.698, "Korea": 0.666}
POSTS = pd.DataFrame(
    [[0, 0, 0, 0, np.log(1), np.log(22), 0.8, 0.1], [994, 272.6, 232.4, 80.8, np.log(901), np.log(6969), 12.0, 27.4]],
    index=["low", "high"],
    columns=TAI.columns,
)
PARTS = pd.Series(dict(zip(TAI.columns, ["creation"] * 2 + ["recent"] * 2 + ["old"] * 2 + ["skills"] * 2, strict=True)))


def test_the_technology_achievement_index_reproduces() -> None:
    logged = TAI.assign(telephones=np.log(TAI["telephones"]), electricity=np.log(TAI["electricity"]))
    scores = composite.by_dimension(composite.normalise(logged, "min-max", POSTS), PARTS)
    index = composite.aggregate(scores.to_numpy(), np.full(4, 0.25), "arithmetic")
    unscaled = (index - composite.LOWEST) / (100 - composite.LOWEST)  # our scale runs from 1 to 100, UNDP's from 0 to 1
    for country, value in zip(TAI.index, unscaled, strict=True):
        assert value == pytest.approx(PRINTED[country], abs=0.0011), country


def frame(rows: int, columns: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(rows, 1))
    return pd.DataFrame(shared + rng.normal(size=(rows, columns)), columns=[f"i{k}" for k in range(columns)])


DIMENSION = pd.Series({f"i{k}": f"d{k % 3}" for k in range(6)})


def test_benefit_of_the_doubt_is_the_linear_programme() -> None:
    scores = composite.normalise(frame(60, 4), "min-max")
    values = scores.to_numpy() / scores.to_numpy().max(axis=0)
    expected = [-linprog(-row, A_ub=values, b_ub=np.ones(len(values))).fun * 100 for row in values]
    assert np.allclose(composite.benefit_of_the_doubt(scores), expected, atol=1e-8)


def test_mazziotta_pareto_and_geometric_by_hand() -> None:
    rows = np.array([[40.0, 60.0], [60.0, 40.0], [60.0, 60.0], [40.0, 40.0]])
    even = np.array([0.5, 0.5])
    # On the published scale, mean 100 and standard deviation 10: (90, 110), (110, 90), (110, 110), (90, 90).
    expected = [100 - 100 / 100, 100 - 100 / 100, 110, 90]
    assert composite.aggregate(rows, even, "mazziotta-pareto") == pytest.approx(expected)
    assert composite.aggregate(rows * 7 - 3, even, "mazziotta-pareto") == pytest.approx(expected)  # of any scale
    assert composite.aggregate(rows, even, "geometric")[0] == pytest.approx(np.sqrt(2400))


def test_areas_that_tie_at_the_top_are_told_apart_by_their_mean() -> None:
    scores = np.array([[100.0, 1], [1, 90], [60, 60], [1, 1]])
    assert composite.places(np.array([100.0, 100, 100, 3]), scores).tolist() == [2, 3, 1, 4]
    assert composite.places(np.array([100.0, 100, 90, 3]), np.ones((4, 2))).tolist() == [1, 1, 3, 4]
    rows = frame(12, 6, seed=4)
    result = composite.index(rows, DIMENSION, outliers="kept", weights="benefit of the doubt")
    assert (result["score"] > 100 - 1e-9).sum() > 1
    assert (result["rank"] == 1).sum() == 1


def test_pca_weights_by_hand_and_in_sum() -> None:
    rng = np.random.default_rng(1)
    one = rng.normal(size=500)
    table = pd.DataFrame({"a": one, "b": one + 0.1 * rng.normal(size=500), "noise": rng.normal(size=500)})
    weights = composite.pca_weights(table)
    assert weights.sum() == pytest.approx(1)
    assert weights["a"] == pytest.approx(weights["b"], abs=0.02)


def test_gaps_outliers_and_constants() -> None:
    table = frame(80, 6)
    table.iloc[0, 0] = np.nan
    for how in composite.IMPUTATIONS:
        filled = composite.impute(table, how)
        assert filled.notna().all(axis=None)
        assert np.allclose(filled.iloc[1:], table.iloc[1:])
    table["i1"] = 0.0
    table.loc[79, "i2"] = 1e6
    assert composite.skewed(table)["i2"]
    assert composite.winsorise(table)["i2"].max() < 1e6
    assert composite.winsorise(table)["i3"].equals(table["i3"])
    for how in composite.NORMALISATIONS:
        assert (composite.normalise(composite.impute(table, "median"), how)["i1"] == 50).all()


def test_equal_scores_share_the_better_place() -> None:
    assert composite.ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [1, 4, 1, 3]


choices = st.fixed_dictionaries(
    {
        "normalisation": st.sampled_from(composite.NORMALISATIONS),
        "aggregation": st.sampled_from(composite.AGGREGATIONS[:2]),
        "weights": st.sampled_from(["equal", "benefit of the doubt"]),
    }
)


@given(st.integers(0, 1000), st.integers(0, 29), st.integers(0, 2), st.floats(0.1, 60))
def test_a_better_score_never_costs_a_place_under_the_benefit_of_the_doubt(
    seed: int, area: int, dimension: int, gain: float
) -> None:
    """On scores alone: where they are ranks, a gain changes those of others too, and a third may profit."""
    scores = composite.by_dimension(composite.normalise(frame(30, 6, seed=seed), "min-max"), DIMENSION)
    better = scores.copy()
    better.iloc[area, dimension % scores.shape[1]] += gain
    before, after = (composite.benefit_of_the_doubt(rows) for rows in (scores, better))
    assert after.iloc[area] >= before.iloc[area] - 1e-6
    assert (after.drop(after.index[area]) <= before.drop(before.index[area]) + 1e-6).all()


@given(
    choices.filter(lambda chosen: chosen["weights"] == "equal"),
    st.integers(0, 29),
    st.integers(0, 5),
    st.floats(0.1, 3),
)
def test_doing_better_never_costs_a_place(chosen: dict[str, str], area: int, indicator: int, gain: float) -> None:
    table = frame(30, 6, seed=2)
    better = table.copy()
    better.iloc[area, indicator] += gain
    before = composite.index(table, DIMENSION, outliers="kept", **chosen)["rank"].iloc[area]
    after = composite.index(better, DIMENSION, outliers="kept", **chosen)["rank"].iloc[area]
    assert after <= before


@given(choices, st.floats(0.01, 1000), st.floats(-50, 50))
def test_units_do_not_matter(chosen: dict[str, str], factor: float, offset: float) -> None:
    table = frame(25, 6, seed=3)
    other = table.assign(i0=table["i0"] * factor + offset)
    first, second = (composite.index(rows, DIMENSION, outliers="kept", **chosen)["score"] for rows in (table, other))
    assert np.allclose(first, second, atol=1e-6)


def test_an_unknown_choice_is_named() -> None:
    with pytest.raises(ValueError, match="min-max, z-score, rank"):
        composite.normalise(frame(5, 2), "log")
