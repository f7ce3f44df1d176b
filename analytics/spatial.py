"""Association across areas that have neighbours: spatial lag and error models, bootstrap intervals, influence."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import splu

if TYPE_CHECKING:
    from libpysal.weights import W


FEWEST_AREAS = 30


class SpatialModel(NamedTuple):
    """What a spatial regression says.

    terms: term, coefficient, low, high (95 %, bootstrap), ols (coefficient without space), moved_most (area whose
    absence would move it most), moved_by (by how much). kind: 'error' or 'lag'. dependence: lambda or rho. moran,
    moran_p: of the residuals without space. n, r2: areas and share of variance explained (pseudo R2).
    """

    terms: pd.DataFrame
    kind: str
    dependence: float
    moran: float
    moran_p: float
    n: int
    r2: float


def _quiet(model: type, *args: object, **kwargs: object) -> Any:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return model(*args, **kwargs)


def fit(
    table: pd.DataFrame, outcome: str, terms: list[str], weights: W, draws: int = 199, seed: int = 0
) -> SpatialModel:
    """How an outcome goes together with terms across areas, with neighbours taken into account.

    table: by area (the ids of the weights), without gaps; every column is standardised first, so a coefficient is
    standard deviations of the outcome per standard deviation of the term, the others held still. The model is the one
    that the robust Lagrange multiplier tests favour: spatial error (neighbours share what is left out) or spatial lag
    (neighbours' outcomes go with one's own), each by maximum likelihood (Anselin 1988; spreg). Intervals: parametric
    bootstrap that redraws the innovations and keeps the spatial process (percentile, 95 %), with lambda or rho as
    estimated. Influence: DFBETA on the spatially filtered data (Belsley, Kuh & Welsch 1980). Raises ValueError with
    fewer than 30 areas.
    """
    import spreg

    if len(table) < FEWEST_AREAS:
        raise ValueError(f"Only {len(table)} areas have every figure; a spatial model needs {FEWEST_AREAS}.")
    weights.transform = "r"
    scaled = (table - table.mean()) / table.std(ddof=0)
    y, x = scaled[[outcome]].to_numpy(), scaled[terms].to_numpy()
    plain = _quiet(spreg.OLS, y, x, w=weights, spat_diag=True, moran=True)
    kind = "error" if plain.rlm_error[1] <= plain.rlm_lag[1] else "lag"
    fitted = _quiet(spreg.ML_Error if kind == "error" else spreg.ML_Lag, y, x, w=weights)
    strength = float(fitted.lam if kind == "error" else fitted.rho)
    design = np.column_stack([np.ones(len(y)), x])
    coefficients, low, high, influence = _bootstrap(y.ravel(), design, weights, kind, strength, draws, seed)
    most = np.abs(influence).argmax(axis=1)
    columns = {"coefficient": coefficients, "low": low, "high": high, "ols": plain.betas.ravel()}
    columns |= {"moved_most": table.index[most], "moved_by": -influence[np.arange(len(most)), most]}
    rows = pd.DataFrame({"term": ["", *terms]} | columns).iloc[1:].reset_index(drop=True)  # without the intercept
    return SpatialModel(
        rows, kind, strength, float(plain.moran_res[0]), float(plain.moran_res[2]), len(y), float(fitted.pr2)
    )


def _bootstrap(
    y: np.ndarray, design: np.ndarray, weights: W, kind: str, strength: float, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients, the ends of their intervals, and what each coefficient loses when an area is left out."""
    spatial_filter = identity(len(y), format="csc") - strength * csr_matrix(weights.sparse).tocsc()  # I - lambda W
    solve = splu(spatial_filter).solve
    # With lambda or rho fixed both are least squares on filtered data: error filters both sides, lag the outcome.
    left, right = spatial_filter @ y, spatial_filter @ design if kind == "error" else design
    inverse = np.linalg.pinv(right)
    coefficients = inverse @ left
    noise, trend = left - right @ coefficients, design @ coefficients
    generator = np.random.default_rng(seed)
    drawn = np.empty((draws, design.shape[1]))
    for draw in range(draws):
        innovations = generator.choice(noise - noise.mean(), len(noise))
        redrawn = trend + solve(innovations) if kind == "error" else solve(trend + innovations)
        drawn[draw] = inverse @ (spatial_filter @ redrawn)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    leverage = np.einsum("ij,ji->i", right, inverse)
    return coefficients, low, high, inverse * (noise / (1 - leverage))
