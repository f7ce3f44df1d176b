"""How far a composite's ranks depend on the choices made: Monte Carlo over all, and Sobol shares of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics import composite
from analytics.names import N_

CHOICES = {
    N_("imputation"): composite.IMPUTATIONS,
    N_("outliers"): composite.OUTLIERS,
    N_("normalisation"): composite.NORMALISATIONS,
    N_("weights"): composite.WEIGHTS,
    N_("aggregation"): composite.AGGREGATIONS,
}
LEFT_OUT = N_("indicator left out")


class Robustness(NamedTuple):
    """ranks: area, rank (base), low, high (5th and 95th percentile of all runs, widened to hold the base), median.

    shares: choice, first (first-order Sobol), total, and their half-widths first_conf, total_conf (95 %), of the
    variance of the mean shift in rank against the base; without rows where no choice moves an area. runs: how many
    runs; shift: mean places an area moves against the base.
    """

    ranks: pd.DataFrame
    shares: pd.DataFrame
    runs: int
    shift: float


def assess(
    table: pd.DataFrame,
    dimension: pd.Series,
    base: dict[str, str],
    expert: pd.Series | None = None,
    draws: int = 256,
    seed: int = 0,
) -> Robustness:
    """Rank every area under about draws x 8 combinations of choices (Handbook, step 9; Saisana et al. 2005).

    table: areas x indicators, high is good. base: the choices shown (keys of composite.index). The sample is Saltelli's
    (2010) scheme over all choices and over leaving out one indicator, each option equally likely; the same runs give
    the ranks' intervals and the Sobol shares. Weights 'expert' are drawn too only if expert is given. draws: a power of
    two.
    """
    from SALib.analyze import sobol as sobol_analysis
    from SALib.sample import sobol as sobol_sample

    options = {name: list(values) for name, values in CHOICES.items()}
    if expert is None:
        options["weights"].remove("expert")
    options[LEFT_OUT] = ["", *table.columns]
    names = list(options)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    sample = sobol_sample.sample(problem, draws, calc_second_order=False, seed=seed)
    sizes = np.array([len(options[name]) for name in names])
    picks, run = np.unique(np.minimum((sample * sizes).astype(int), sizes - 1), axis=0, return_inverse=True)
    chosen = [{name: options[name][pick] for name, pick in zip(names, row, strict=True)} for row in picks]
    places = _rank_all(table, dimension, chosen, expert)[run.ravel()]
    first = composite.index(table, dimension, expert=expert, **base)["rank"].to_numpy()
    shift = np.abs(places - first).mean(axis=1)
    ranks = _ranges(places, first, table.index).assign(median=np.median(places, axis=0))
    keys = {"first": "S1", "first_conf": "S1_conf", "total": "ST", "total_conf": "ST_conf"}
    shares = pd.DataFrame(columns=["choice", *keys])
    if np.ptp(shift) > 0:  # else no choice moves an area, and there is no variance to share out
        # SALib takes a seed of zero for none.
        sobol = sobol_analysis.analyze(problem, shift, calc_second_order=False, seed=seed + 1)
        shares = pd.DataFrame({"choice": names} | {column: sobol[key] for column, key in keys.items()})
    return Robustness(ranks, shares, len(places), float(shift.mean()))


def by_weights(
    table: pd.DataFrame,
    dimension: pd.Series,
    base: dict[str, str],
    points: pd.Series,
    concentration: float,
    draws: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank every area under weights that differ as people do: rank (of the points), low, high (5th, 95th percentile).

    Weights are drawn from a Dirichlet distribution whose means are the points' shares; concentration: the sum of its
    parameters (analytics.voting.concentration). table, dimension, base: of `assess`; dimensions without points are
    left as they are.
    """
    first = composite.index(table, dimension, expert=points, **base)["rank"].to_numpy()
    steps = (base[step] for step in ("imputation", "outliers", "normalisation"))
    scores = composite.dimension_scores(table, dimension, *steps)
    shares = points.reindex(scores.columns).clip(lower=1e-6)
    rng = np.random.default_rng(seed)
    drawn = rng.dirichlet((shares / shares.sum() * concentration).to_numpy(), draws)
    places = np.array(
        [composite.ranks(composite.aggregate(scores.to_numpy(), weights, base["aggregation"])) for weights in drawn]
    )
    return _ranges(places, first, table.index)


def _ranges(places: np.ndarray, first: np.ndarray, areas: pd.Index) -> pd.DataFrame:
    """Base rank and 5th to 95th percentile of each area's ranks (runs x areas), widened to hold the base."""
    low, high = np.percentile(places, [5, 95], axis=0)
    low, high = np.minimum(np.floor(low), first), np.maximum(np.ceil(high), first)
    return pd.DataFrame({"rank": first, "low": low, "high": high}, index=areas)


def _rank_all(
    table: pd.DataFrame, dimension: pd.Series, chosen: list[dict[str, str]], expert: pd.Series | None
) -> np.ndarray:
    """Ranks under every set of choices, runs x areas; steps that sets share are done once."""
    filled = {how: composite.impute(table, how) for how in {choice["imputation"] for choice in chosen}}
    trimmed = {
        (how, out): composite.winsorise(filled[how]) if out == "winsorised" else filled[how]
        for how in filled
        for out in composite.OUTLIERS
    }
    normal = {
        (*key, how): composite.normalise(part, how) for key, part in trimmed.items() for how in composite.NORMALISATIONS
    }
    order = list(dict.fromkeys(dimension.reindex(table.columns)))
    member = np.array([[dimension[name] == group for name in table.columns] for group in order], dtype=float)
    scores: dict[tuple[str, str, str, str], np.ndarray] = {}
    weighed: dict[tuple[str, ...], np.ndarray] = {}
    result = np.empty((len(chosen), len(table)), dtype=np.int32)
    for row, choice in enumerate(chosen):
        key = (choice["imputation"], choice["outliers"], choice["normalisation"], choice[LEFT_OUT])
        if key not in scores:
            counted = member * (table.columns != key[3])
            alone = counted.sum(axis=1) == 0  # a dimension's only indicator stays: the framework is not up for choice
            counted[alone] = member[alone]
            scores[key] = normal[key[:3]].to_numpy() @ (counted / counted.sum(axis=1, keepdims=True)).T
        if choice["weights"] == "benefit of the doubt":
            if key not in weighed:
                best = composite.benefit_of_the_doubt(pd.DataFrame(scores[key])).to_numpy()
                weighed[key] = composite.places(best, scores[key])
            result[row] = weighed[key]
            continue
        scheme = (*key, choice["weights"])
        if scheme not in weighed:
            weighed[scheme] = composite.dimension_weights(
                pd.DataFrame(scores[key], columns=order), choice["weights"], expert
            )
        result[row] = composite.ranks(composite.aggregate(scores[key], weighed[scheme], choice["aggregation"]))
    return result
