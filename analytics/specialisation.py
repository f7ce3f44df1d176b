"""How specialised a place is: location quotient, Krugman index, Herfindahl index."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import diversity
from analytics.arrivals import stream

DRAWS = 9_999
DISCOVERY_RATE = 0.05  # share of false discoveries among the areas said to differ


def location_quotient(counts: pd.DataFrame, sampled: float = 1.0) -> pd.DataFrame:
    """Location quotient of every area and kind, with its exact 95 % interval and whether it differs from 1.

    counts: area, kind, count (may be weighted); every area's kinds together are its whole. LQ = (x / n) / (X / N): x is
    the area's count of the kind, n of all kinds, and X, N are the same over all areas. sampled: the share of what is
    counted that was really observed (1 for a register, a survey's sampling fraction otherwise). Returns area, kind,
    count, share, lq, low, high, p (two-sided binomial: the area against the whole's share), adjusted (p with false
    discoveries held over all areas of the kind, Benjamini & Hochberg 1995). Kinds that occur nowhere are left out. The
    whole's share is taken as known; as the whole holds the area, this errs towards too wide. Source: Clopper & Pearson
    (1934). Raises ValueError if sampled is not in (0, 1].
    """
    from scipy.special import betainc
    from scipy.stats import beta, false_discovery_control

    if not 0 < sampled <= 1:
        raise ValueError(f"The sampled share must lie in (0, 1], not {sampled}.")
    wide = counts.pivot_table(index="area", columns="kind", values="count", aggfunc="sum", fill_value=0)
    wide = wide.loc[wide.sum(axis=1) > 0, wide.sum(axis=0) > 0]
    x, n = wide.to_numpy(float), wide.sum(axis=1).to_numpy(float)[:, None]
    share, reference = x / n, np.broadcast_to(wide.sum(axis=0).to_numpy(float) / wide.to_numpy(float).sum(), x.shape)
    hits, misses = sampled * x, sampled * (n - x)
    with np.errstate(invalid="ignore"):  # no hit or no miss: that end is the end of the scale
        low = np.where(hits > 0, beta.ppf(0.025, hits, misses + 1), 0.0)
        high = np.where(misses > 0, beta.ppf(0.975, hits + 1, misses), 1.0)
        as_many = np.where(hits > 0, betainc(hits, misses + 1, reference), 1.0)
        as_few = np.where(misses > 0, 1 - betainc(hits + 1, misses, reference), 1.0)
    p = np.minimum(1, 2 * np.minimum(as_many, as_few))
    columns = {"count": x, "share": share, "lq": share / reference, "low": low / reference, "high": high / reference}
    columns |= {"p": p, "adjusted": false_discovery_control(p, axis=0) if p.size else p}
    rows = {name: values.ravel() for name, values in columns.items()}
    return pd.DataFrame(rows, index=wide.stack().index).reset_index()


def quotient_of_rounded(percent: pd.Series, reference: float, step: float = 0.1) -> pd.DataFrame:
    """Location quotient of published, rounded shares, with the range that rounding alone leaves open.

    percent: shares as printed, by area. reference: the whole's share, printed alike. step: what they are rounded to.
    Returns lq, low, high by the same index. The range is no sampling interval: it says what print cannot tell.
    """
    low, high = ((percent - half) / (reference + half) for half in (step / 2, -step / 2))
    return pd.DataFrame({"lq": percent / reference, "low": low, "high": high})


def krugman(counts: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """How far each area's structure is from that of the other areas together, 0 (alike) to 2 (nothing in common).

    counts: area, kind, count (whole numbers). Returns area, krugman, p, adjusted. Few counts differ from the rest by
    chance alone, the more the fewer they are: p is the share of random draws of as many from the whole that differ as
    much, adjusted holds false discoveries over the areas (Benjamini & Hochberg 1995). Source: Krugman (1991), Geography
    and Trade: the sum over kinds of |s - s'|, with s' the share in all other areas.
    """
    from scipy.stats import false_discovery_control

    wide = counts.pivot_table(index="area", columns="kind", values="count", aggfunc="sum", fill_value=0)
    wide = wide[wide.sum(axis=1) > 0]
    whole, generator = wide.sum(axis=0).to_numpy(np.int64), stream(seed, "krugman")

    def index(own: np.ndarray) -> np.ndarray:
        others = whole - own
        rest = np.maximum(others.sum(axis=-1, keepdims=True), 1)
        return np.abs(own / own.sum(axis=-1, keepdims=True) - others / rest).sum(axis=-1)

    rows = []
    for area, own in zip(wide.index, wide.to_numpy(np.int64), strict=True):
        drawn = index(generator.multivariate_hypergeometric(whole, own.sum(), size=DRAWS, method="marginals"))
        rows.append((area, index(own), (1 + (drawn >= index(own) - 1e-12).sum()) / (DRAWS + 1)))
    result = pd.DataFrame(rows, columns=["area", "krugman", "p"]).astype({"krugman": float, "p": float})
    return result.assign(adjusted=false_discovery_control(result["p"]) if len(result) else result["p"])


def herfindahl(counts: pd.DataFrame) -> pd.DataFrame:
    """Concentration of each area's kinds: the sum of squared shares, 1/k (even) to 1 (one kind only).

    counts: area, kind, count. Returns area, herfindahl, effective (its inverse: as many equally large kinds), count,
    error (standard error of the index by the delta method, counts as a random sample). Source: Herfindahl (1950);
    Laakso & Taagepera (1979) for the inverse.
    """
    sums = counts.groupby(["area", "kind"])["count"].sum()
    sums = sums[sums.groupby("area").transform("sum") > 0].astype(float)
    totals = sums.groupby("area").sum()
    shares, index = sums / sums.groupby("area").transform("sum"), sums.groupby("area").agg(diversity.herfindahl)
    error = 2 * np.sqrt(((shares**3).groupby("area").sum() - index**2).clip(lower=0) / totals)
    rows = {"herfindahl": index, "effective": 1 / index, "count": totals, "error": error}
    return pd.DataFrame(rows).reset_index()
