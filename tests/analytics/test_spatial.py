"""Spatial models: a built process is found again, spreg is the oracle, influence is what leaving out does."""

from __future__ import annotations

import libpysal
import numpy as np
import pandas as pd
import pytest
import spreg

from analytics import spatial

SIDE = 16


def sample(strength: float, seed: int = 0) -> tuple[pd.DataFrame, libpysal.weights.W]:
    weights = libpysal.weights.lat2W(SIDE, SIDE, rook=False)
    weights.transform = "r"
    rng = np.random.default_rng(seed)
    x, z, noise = rng.normal(size=(3, SIDE**2))
    errors = np.linalg.solve(np.eye(SIDE**2) - strength * weights.full()[0], noise)
    return pd.DataFrame({"y": 2 + 1.0 * x + 0.0 * z + errors, "x": x, "z": z}), weights


def lagged(strength: float, seed: int = 0) -> tuple[pd.DataFrame, libpysal.weights.W]:
    """A spatial lag process in which only x counts."""
    weights = libpysal.weights.lat2W(SIDE, SIDE, rook=False)
    weights.transform = "r"
    x, z, noise = np.random.default_rng(seed).normal(size=(3, SIDE**2))
    y = np.linalg.solve(np.eye(SIDE**2) - strength * weights.full()[0], 2 + 0.5 * x + noise)
    return pd.DataFrame({"y": y, "x": x, "z": z}), weights


def test_a_spatial_error_process_is_found_again() -> None:
    table, weights = sample(0.7)
    found = spatial.fit(table, "y", ["x", "z"], weights)
    terms = found.terms.set_index("term")
    true = table["x"].std(ddof=0) / table["y"].std(ddof=0)
    assert found.kind == "error"
    assert found.dependence == pytest.approx(0.7, abs=0.2)
    assert found.moran_p < 0.001
    assert terms.loc["x", "low"] < true < terms.loc["x", "high"]
    assert terms.loc["z", "low"] < 0 < terms.loc["z", "high"]


def test_coefficients_are_spregs() -> None:
    table, weights = sample(0.6, seed=3)
    scaled = (table - table.mean()) / table.std(ddof=0)
    found = spatial.fit(table, "y", ["x", "z"], weights, draws=5)
    expected = spreg.ML_Error(scaled[["y"]].to_numpy(), scaled[["x", "z"]].to_numpy(), w=weights)
    assert found.kind == "error"
    assert found.dependence == pytest.approx(float(expected.lam), abs=1e-6)
    assert found.terms["effect"].to_numpy() == pytest.approx(expected.betas.ravel()[1:3], abs=1e-6)
    assert (found.terms["effect"] == found.terms["direct"]).all()
    assert found.r2 == pytest.approx(float(expected.pr2), abs=1e-6)


def test_effects_under_lag_are_spregs() -> None:
    table, weights = lagged(0.6, seed=2)
    scaled = (table - table.mean()) / table.std(ddof=0)
    found = spatial.fit(table, "y", ["x", "z"], weights, draws=5)
    expected = spreg.ML_Lag(scaled[["y"]].to_numpy(), scaled[["x", "z"]].to_numpy(), w=weights, spat_impacts="full")
    direct, indirect, total = expected.sp_multipliers["full"]
    coefficients = expected.betas.ravel()[1:3]
    assert found.kind == "lag"
    assert found.dependence == pytest.approx(float(expected.rho), abs=1e-6)
    for column, factor in (("direct", direct), ("indirect", indirect), ("effect", total)):
        assert found.terms[column].to_numpy() == pytest.approx(coefficients * factor, abs=1e-5)
    assert found.r2 == pytest.approx(float(expected.pr2_e), abs=1e-6)  # the neighbours' outcome explains nothing
    assert found.r2 < expected.pr2


def test_neighbours_that_share_what_is_left_out_widen_the_interval() -> None:
    table, weights = sample(0.0, seed=5)
    groups = pd.Series(np.arange(SIDE**2) // SIDE, table.index)
    shock = np.random.default_rng(6).normal(size=SIDE)[groups]
    rows = table.assign(x=table["x"] + np.random.default_rng(7).normal(size=SIDE)[groups], y=table["y"] + 2 * shock)
    apart, together = (spatial.fit(rows, "y", ["x"], weights, groups=given).terms.iloc[0] for given in (None, groups))
    assert together["high"] - together["low"] > apart["high"] - apart["low"]


def test_influence_is_what_leaving_an_area_out_would_do() -> None:
    table, weights = sample(0.0, seed=1)
    table.loc[7, ["x", "y"]] = [6.0, -9.0]
    row = spatial.fit(table, "y", ["x"], weights, draws=5).terms.iloc[0]
    assert row["moved_most"] == 7
    assert row["moved_by"] > 0.05  # without the odd one the association is stronger


def test_too_few_areas_are_refused() -> None:
    table, weights = sample(0.3)
    with pytest.raises(ValueError, match="Only 12 areas"):
        spatial.fit(table.iloc[:12], "y", ["x"], weights)
