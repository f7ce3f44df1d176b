"""Composite indicators, after the OECD/JRC Handbook (2008): impute, trim, normalise, weight, aggregate, and doubt.

Every table here has one row an area and one column an indicator, all pointing the same way (high is good).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import HalfspaceIntersection

from analytics.names import N_

IMPUTATIONS = ("mean", "median", "nearest")
OUTLIERS = ("kept", "winsorised")
NORMALISATIONS = ("min-max", "z-score", "rank")
WEIGHTS = ("equal", "expert", "pca", "benefit of the doubt")
AGGREGATIONS = ("arithmetic", "geometric", "mazziotta-pareto")
# How options are shown that are not words of everyday use by themselves; the pages explain the others.
OPTION_LABELS = {
    "kept": N_("Kept"),
    "winsorised": N_("Winsorised"),
    "min-max": N_("Min-max"),
    "z-score": N_("Z-score"),
    "rank": N_("Rank"),
    "equal": N_("Equal"),
    "arithmetic": N_("Arithmetic"),
    "geometric": N_("Geometric"),
}
LOWEST = 1.0  # of a scale to 100: the geometric mean needs every value above zero


def impute(table: pd.DataFrame, how: str) -> pd.DataFrame:
    """Fill gaps by the column's 'mean' or 'median', or by the mean of the five 'nearest' areas (Handbook, step 3).

    Nearest: Euclidean over the standardised indicators that both have. Columns without any value stay empty.
    """
    if how == "mean":
        return table.fillna(table.mean())
    if how == "median":
        return table.fillna(table.median())
    if how != "nearest":
        raise ValueError(f"Imputation is one of {', '.join(IMPUTATIONS)}, not '{how}'.")
    from sklearn.impute import KNNImputer

    spread = table.std(ddof=0).replace(0, 1)
    scaled = (table - table.mean()) / spread
    filled = KNNImputer(n_neighbors=5, keep_empty_features=True).fit_transform(scaled)
    return pd.DataFrame(filled, index=table.index, columns=table.columns) * spread + table.mean()


def skewed(table: pd.DataFrame) -> pd.Series:
    """Which indicators have outliers: |skewness| above 2 and kurtosis above 3.5 (Handbook and JRC practice)."""
    return (table.skew().abs() > 2) & (table.kurt() > 3.5)


def winsorise(table: pd.DataFrame, share: float = 0.025) -> pd.DataFrame:
    """Pull the outer share at either end to the next value inside, only in indicators that are skewed."""
    result, ends = table.copy(), table.quantile([share, 1 - share])
    for name in table.columns[skewed(table)]:
        result[name] = table[name].clip(ends[name].iloc[0], ends[name].iloc[1])
    return result


def normalise(table: pd.DataFrame, how: str, posts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Put every indicator on one scale, about 1 to 100 (Handbook, step 5).

    'min-max': lowest to highest, or between posts (rows low, high; what lies beyond is cut) as UNDP's indices do.
    'z-score': 50 plus 10 standard deviations, cut at 1. 'rank': place among all, ties share their mean.
    A constant indicator is 50 everywhere: it tells nobody apart.
    """
    if how == "min-max":
        low = table.min() if posts is None else posts.loc["low"]
        high = table.max() if posts is None else posts.loc["high"]
        width = (high - low).where(high > low)
        scaled = (table - low).div(width).clip(0, 1)
    elif how == "z-score":
        scaled = ((table - table.mean()).div(table.std(ddof=0).replace(0, np.nan)) * 10 + 50) / 100
        return (100 * scaled).clip(lower=LOWEST).where(table.notna() & (table.nunique() > 1), 50.0).where(table.notna())
    elif how == "rank":
        scaled = (table.rank() - 1).div((table.notna().sum() - 1).replace(0, np.nan))
        scaled = scaled.loc[:, table.nunique() > 1].reindex(columns=table.columns)
    else:
        raise ValueError(f"Normalisation is one of {', '.join(NORMALISATIONS)}, not '{how}'.")
    return (LOWEST + (100 - LOWEST) * scaled).fillna(50.0).where(table.notna())


def by_dimension(scores: pd.DataFrame, dimension: pd.Series) -> pd.DataFrame:
    """Mean of each dimension's indicators. dimension: by indicator; its order is that of the columns."""
    used = dimension.reindex(scores.columns)
    order = list(dict.fromkeys(used))
    return pd.DataFrame({name: scores.loc[:, used == name].mean(axis=1) for name in order})


def pca_weights(scores: pd.DataFrame) -> pd.Series:
    """Weights from principal components with eigenvalue above one, by squared varimax-free loadings (Nicoletti 2000).

    Each dimension counts by its squared loading on the component that holds it most, times that component's share of
    the explained variance. Weights add up to 1.
    """
    varied = scores.loc[:, scores.nunique() > 1]
    if varied.shape[1] < 2:
        return pd.Series(1 / scores.shape[1], index=scores.columns)
    values, vectors = np.linalg.eigh(np.corrcoef(varied.to_numpy(), rowvar=False).reshape(varied.shape[1], -1))
    order = values.argsort()[::-1]
    values, vectors = values[order], vectors[:, order]
    keep = max(int((values > 1).sum()), 1)
    squared = (vectors[:, :keep] ** 2) * values[:keep]
    share = values[:keep] / values[:keep].sum()
    within = squared / squared.sum(axis=0)
    best = squared.argmax(axis=1)
    weights = within[np.arange(len(best)), best] * share[best]
    return pd.Series(weights / weights.sum(), index=varied.columns).reindex(scores.columns, fill_value=0.0)


def benefit_of_the_doubt(scores: pd.DataFrame) -> pd.Series:
    """Each area's score with the weights that suit it best, 0 to 100 (Cherchye et al. 2007; Handbook, step 6).

    The linear programme max w.x subject to w.x_j <= 1 for all areas j and w >= 0 has the same feasible set for every
    area, so its corners are found once (Qhull) and each area takes its best. An area is 100 if under some weights none
    is better: several are, whom only a second measure tells apart (see places). A better score costs no place; but of
    scores that are ranks a gain changes others' too, and in about one of a hundred a third area passes by.
    """
    values = scores.to_numpy(float)
    scale = values.max(axis=0)
    x = values / scale
    bounds = np.vstack(
        [np.column_stack([x, -np.ones(len(x))]), np.column_stack([-np.eye(x.shape[1]), np.zeros(x.shape[1])])]
    )
    inside = np.full(x.shape[1], 0.5 / x.shape[1])
    corners = HalfspaceIntersection(np.unique(bounds, axis=0), inside).intersections
    corners = corners[np.isfinite(corners).all(axis=1)]
    # Part by part, so that what is multiplied stays in the processor's cache: half the time for a country.
    best = np.concatenate([(x[start : start + 128] @ corners.T).max(axis=1) for start in range(0, len(x), 128)])
    return pd.Series(100 * np.clip(best, 0, 1), index=scores.index)


def aggregate(scores: np.ndarray, weights: np.ndarray, how: str) -> np.ndarray:
    """One number an area from its dimensions (Handbook, step 7). scores: areas x dimensions; weights add up to 1.

    'arithmetic': weighted mean, a gap in one dimension can be made up by another. 'geometric': weighted, less so.
    'mazziotta-pareto': every dimension put on mean 100 and standard deviation 10 over the areas, then the mean less the
    penalty S^2/M for imbalance, S and M the weighted deviation and mean (De Muro, Mazziotta & Pareto 2011); on other
    scales the penalty would be another.
    """
    if how == "mazziotta-pareto":
        spread = scores.std(axis=0)
        scores = 100 + 10 * (scores - scores.mean(axis=0)) / np.where(spread > 1e-9, spread, 1)
    mean = scores @ weights
    if how == "arithmetic":
        return mean
    if how == "geometric":
        return np.exp(np.log(np.maximum(scores, LOWEST)) @ weights)
    if how == "mazziotta-pareto":
        variance = ((scores - mean[:, None]) ** 2) @ weights
        return mean - variance / mean
    raise ValueError(f"Aggregation is one of {', '.join(AGGREGATIONS)}, not '{how}'.")


def ranks(score: np.ndarray) -> np.ndarray:
    """Place of each area, 1 is the highest score; equal scores share the better place, those without one the last."""
    return pd.Series(score).rank(ascending=False, method="min", na_option="bottom").to_numpy(np.int32)


def places(score: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Ranks in which areas of equal score are told apart by their mean score. scores: areas x dimensions."""
    _values, tied = np.unique(score.round(9), return_inverse=True)
    return ranks(tied + ranks(-scores.mean(axis=1)) / (len(score) + 1))


def dimension_weights(scores: pd.DataFrame, scheme: str, expert: pd.Series | None = None) -> np.ndarray:
    """The weights of a scheme, adding up to 1. expert: points by dimension; where none are given all count alike."""
    if scheme == "pca":
        return pca_weights(scores).to_numpy()
    if scheme == "expert" and expert is not None and expert.sum() > 0:
        points = expert.reindex(scores.columns).fillna(0).to_numpy(float)
        return points / points.sum()
    return np.full(scores.shape[1], 1 / scores.shape[1])


def dimension_scores(
    table: pd.DataFrame, dimension: pd.Series, imputation: str, outliers: str, normalisation: str
) -> pd.DataFrame:
    """Every dimension's score by area, before dimensions are weighed."""
    filled = impute(table, imputation)
    trimmed = winsorise(filled) if outliers == "winsorised" else filled
    return by_dimension(normalise(trimmed, normalisation), dimension)


def index(
    table: pd.DataFrame,
    dimension: pd.Series,
    *,
    imputation: str = "median",
    outliers: str = "winsorised",
    normalisation: str = "min-max",
    weights: str = "equal",
    aggregation: str = "arithmetic",
    expert: pd.Series | None = None,
) -> pd.DataFrame:
    """The whole chain for one set of choices: every dimension's score, and the columns score and rank."""
    scores = dimension_scores(table, dimension, imputation, outliers, normalisation)
    if weights == "benefit of the doubt":
        score = benefit_of_the_doubt(scores).to_numpy()
        return scores.assign(score=score, rank=places(score, scores.to_numpy()))
    score = aggregate(scores.to_numpy(), dimension_weights(scores, weights, expert), aggregation)
    return scores.assign(score=score, rank=ranks(score))
