"""How specialised a place is: location quotient, Krugman index, Herfindahl index."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics import diversity

Z_95 = 1.959963984540054


def location_quotient(counts: pd.DataFrame, sampled: float = 1.0) -> pd.DataFrame:
    """Location quotient of every area and kind, with its 95 % interval.

    counts: area, kind, count; every area's kinds together are its whole. LQ = (x / n) / (X / N), where x is the
    area's count of the kind, n of all kinds, and X, N are the same over all areas. sampled: the share of what is
    counted that was really observed (1 for a register, a survey's sampling fraction otherwise).
    Returns area, kind, count, share, lq, low, high; the interval is that of a log-normal LQ, and empty where x is 0,
    since nothing observed says little about the quotient. Kinds that occur nowhere are left out.
    Source: Moineddin, Beyene & Boyle (2003), "On the location quotient confidence interval", Geographical Analysis 35.
    Raises ValueError if sampled is not in (0, 1].
    """
    if not 0 < sampled <= 1:
        raise ValueError(f"The sampled share must lie in (0, 1], not {sampled}.")
    wide = counts.pivot_table(index="area", columns="kind", values="count", aggfunc="sum", fill_value=0)
    wide = wide.loc[wide.sum(axis=1) > 0, wide.sum(axis=0) > 0]
    x, n = wide.to_numpy(float), wide.sum(axis=1).to_numpy(float)[:, None]
    whole, total = wide.sum(axis=0).to_numpy(float)[None, :], float(wide.to_numpy().sum())
    share, reference = x / n, whole / total
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.maximum(1 / x - 1 / n + 1 / whole - 1 / total, 0) / sampled)
        lq = share / reference
        low, high = (np.where(x > 0, lq * np.exp(sign * Z_95 * spread), np.nan) for sign in (-1, 1))
    columns = {"count": x, "share": share, "lq": lq, "low": low, "high": high}
    rows = {name: values.ravel() for name, values in columns.items()}
    return pd.DataFrame(rows, index=wide.stack().index).reset_index()


def quotient_of_rounded(percent: pd.Series, reference: float, step: float = 0.1) -> pd.DataFrame:
    """Location quotient of published, rounded shares, with the range that rounding alone leaves open.

    percent: shares as printed, by area. reference: the whole's share, printed alike. step: what they are rounded to.
    Returns lq, low, high by the same index. The range is no sampling interval: it says what print cannot tell.
    """
    low, high = ((percent - half) / (reference + half) for half in (step / 2, -step / 2))
    return pd.DataFrame({"lq": percent / reference, "low": low, "high": high})


def krugman(counts: pd.DataFrame) -> pd.Series:
    """How far each area's structure is from that of the other areas together, 0 (alike) to 2 (nothing in common).

    counts: area, kind, count. Source: Krugman (1991), Geography and Trade: the sum over kinds of |s - s'|, with s' the
    share in all other areas.
    """
    wide = counts.pivot_table(index="area", columns="kind", values="count", aggfunc="sum", fill_value=0).astype(float)
    wide = wide[wide.sum(axis=1) > 0]
    others = wide.sum(axis=0) - wide
    structure = wide.div(wide.sum(axis=1), axis=0)
    elsewhere = others.div(others.sum(axis=1), axis=0)
    return (structure - elsewhere).abs().sum(axis=1).rename("krugman")


def herfindahl(counts: pd.DataFrame) -> pd.DataFrame:
    """Concentration of each area's kinds: the sum of squared shares, 1/k (even) to 1 (one kind only).

    counts: area, kind, count. Returns area, herfindahl, effective (its inverse: as many equally large kinds).
    Source: Herfindahl (1950); Laakso & Taagepera (1979) for the inverse.
    """
    sums = counts.groupby(["area", "kind"])["count"].sum()
    index = sums[sums.groupby("area").transform("sum") > 0].groupby("area").agg(diversity.herfindahl)
    return pd.DataFrame({"herfindahl": index, "effective": 1 / index}).reset_index()
