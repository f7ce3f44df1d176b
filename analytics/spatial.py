"""Association across areas that have neighbours: spatial lag and error models, their effects, bootstrap, influence."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import splu
from scipy.special import ndtri

if TYPE_CHECKING:
    from libpysal.weights import W


FEWEST_AREAS = 30
ERROR_RATE = 0.05  # chance that any term at all is called sure where none goes together with the outcome


class SpatialModel(NamedTuple):
    """What a spatial regression says.

    terms: term, effect (total), low, high (95 %, bootstrap), direct, indirect, sure (beyond chance, all terms allowed
    for), ols (coefficient without space), moved_most (area whose absence would move the effect most), moved_by (by how
    much). kind: 'error' or 'lag'. dependence: lambda or rho, dependence_low and _high its 95 % interval. moran,
    moran_p: of the residuals without space. n: areas. r2: squared correlation of the outcome with what the terms alone
    predict, the neighbours' outcome not counted.
    """

    terms: pd.DataFrame
    kind: str
    dependence: float
    dependence_low: float
    dependence_high: float
    moran: float
    moran_p: float
    n: int
    r2: float


def _quiet(model: type, *args: object, **kwargs: object) -> Any:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return model(*args, **kwargs)


class _Process:
    """A spatial lag or error process over areas: its likelihood, its filter and its effects."""

    def __init__(self, design: np.ndarray, weights: W, kind: str) -> None:
        self.design, self.is_error = design, kind == "error"
        self.near = csr_matrix(weights.sparse)
        self.near_design = self.near @ design
        # The row-standardised matrix of a symmetric neighbourhood has the eigenvalues of this symmetric one (Ord 1975).
        self.roots = np.linalg.eigvalsh(np.sqrt((self.near.multiply(self.near.T)).toarray()))

    def filtered(self, strength: float, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The two sides of the least squares that remain where lambda or rho is given."""
        right = self.design - strength * self.near_design if self.is_error else self.design
        return y - strength * (self.near @ y), right

    def fit(self, y: np.ndarray) -> tuple[float, np.ndarray]:
        """Lambda or rho, and the coefficients, by maximum likelihood (Anselin 1988)."""
        near_y = self.near @ y

        def coefficients(strength: float) -> tuple[np.ndarray, float]:
            right = self.design - strength * self.near_design if self.is_error else self.design
            left = y - strength * near_y
            solved = np.linalg.solve(right.T @ right, right.T @ left)
            return solved, float(((left - right @ solved) ** 2).sum())

        def loss(strength: float) -> float:
            return len(y) / 2 * np.log(coefficients(strength)[1]) - np.log(1 - strength * self.roots).sum()

        ends = (1 / self.roots.min() + 1e-6, 1 - 1e-6)
        strength = float(minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-9}).x)
        return strength, coefficients(strength)[0]

    def effects(self, strength: float, coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Average total and direct effect of each term (LeSage & Pace 2009, ch. 2.7); under error both are it."""
        if self.is_error:
            return coefficients, coefficients
        return coefficients / (1 - strength), coefficients * float((1 / (1 - strength * self.roots)).mean())


def fit(
    table: pd.DataFrame,
    outcome: str,
    terms: list[str],
    weights: W,
    *,
    groups: pd.Series | None = None,
    draws: int = 399,
    seed: int = 0,
) -> SpatialModel:
    """How an outcome goes together with terms across areas, with neighbours taken into account.

    table: by area (the ids of the weights), without gaps; every column is standardised first, so an effect is
    standard deviations of the outcome per standard deviation of the term everywhere, the others held still. The model
    is the one that the robust Lagrange multiplier tests favour: spatial error (neighbours share what is left out) or
    spatial lag (neighbours' outcomes go with one's own), each by maximum likelihood (Anselin 1988). Under lag a
    coefficient is no effect: effects pass on to neighbours and back, and the total is shown (LeSage & Pace 2009).
    Intervals: bootstrap that redraws the innovations and estimates lambda or rho anew (percentile, 95 %); groups: by
    area, whose innovations keep together (wild cluster bootstrap, Cameron, Gelbach & Miller 2008). A term is sure where
    its coefficient is beyond chance at 5 % over all terms (Bonferroni). Influence: DFBETA on the spatially filtered
    data (Belsley, Kuh & Welsch 1980). Raises ValueError with fewer than 30 areas.
    """
    import spreg

    if len(table) < FEWEST_AREAS:
        raise ValueError(f"Only {len(table)} areas have every figure; a spatial model needs {FEWEST_AREAS}.")
    weights.transform = "r"
    scaled = (table - table.mean()) / table.std(ddof=0)
    y, x = scaled[outcome].to_numpy(), scaled[terms].to_numpy()
    plain = _quiet(spreg.OLS, y[:, None], x, w=weights, spat_diag=True, moran=True)
    kind = "error" if plain.rlm_error[1] <= plain.rlm_lag[1] else "lag"
    process = _Process(np.column_stack([np.ones(len(y)), x]), weights, kind)
    strength, coefficients = process.fit(y)
    total, direct = process.effects(strength, coefficients)
    members = None if groups is None else pd.factorize(groups.reindex(table.index))[0]
    drawn, drawn_strength, predicted = _bootstrap(process, y, strength, coefficients, members, draws, seed)
    low, high = np.percentile(
        [process.effects(*draw)[0] for draw in zip(drawn_strength, drawn, strict=True)], [2.5, 97.5], axis=0
    )
    left, right = process.filtered(strength, y)
    inverse = np.linalg.pinv(right)
    influence = inverse * ((left - right @ coefficients) / (1 - np.einsum("ij,ji->i", right, inverse)))
    most = np.abs(influence).argmax(axis=1)
    moved = -influence[np.arange(len(most)), most] * (1 if process.is_error else 1 / (1 - strength))
    sure = np.abs(coefficients) > -ndtri(ERROR_RATE / 2 / len(terms)) * drawn.std(axis=0, ddof=1)
    columns = {"effect": total, "low": low, "high": high, "direct": direct, "indirect": total - direct, "sure": sure}
    columns |= {"ols": plain.betas.ravel(), "moved_most": table.index[most], "moved_by": moved}
    rows = pd.DataFrame({"term": ["", *terms]} | columns).iloc[1:].reset_index(drop=True)  # without the intercept
    ends = np.percentile(drawn_strength, [2.5, 97.5])
    explained = float(np.corrcoef(y, predicted)[0, 1] ** 2)
    moran, moran_p = float(plain.moran_res[0]), float(plain.moran_res[2])
    return SpatialModel(rows, kind, strength, float(ends[0]), float(ends[1]), moran, moran_p, len(y), explained)


def _bootstrap(
    process: _Process,
    y: np.ndarray,
    strength: float,
    coefficients: np.ndarray,
    members: np.ndarray | None,
    draws: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients and lambda or rho of redrawn outcomes, and the outcome that the terms alone predict."""
    solve = splu(identity(len(y), format="csc") - strength * process.near.tocsc()).solve  # (I - lambda W)^-1
    left, right = process.filtered(strength, y)
    noise, trend = left - right @ coefficients, process.design @ coefficients
    noise = (noise - noise.mean()) * np.sqrt(len(y) / (len(y) - process.design.shape[1]))
    generator = np.random.default_rng(seed)
    drawn, strengths = np.empty((draws, len(coefficients))), np.empty(draws)
    for draw in range(draws):
        if members is None:
            innovations = generator.choice(noise, len(noise))
        else:
            innovations = noise * generator.choice([-1, 1], members.max() + 1)[members]
        redrawn = trend + solve(innovations) if process.is_error else solve(trend + innovations)
        strengths[draw], drawn[draw] = process.fit(redrawn)
    return drawn, strengths, trend if process.is_error else solve(trend)
