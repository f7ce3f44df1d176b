"""Creative work over time and by region: growth, tested statements, the fall of 2020, scopes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from analytics.specialisation import location_quotient


class Trend(NamedTuple):
    """Growth a year by all years of a series, with its 95 % interval (shares, 0.01 is 1 %), and how many years.

    error: standard error such that 1.96 of it spread as widely as Student's t for so few years.
    """

    growth: float
    low: float
    high: float
    error: float
    years: int


def trend(series: pd.Series, break_year: int | None = None) -> Trend:
    """Growth a year by a log-linear trend over all years, so that no single low start makes it.

    series: positive values by year, gaps allowed. break_year: first year of a new series, which gets a level of its
    own. Errors may be independent from year to year or add up (a random walk with drift), which few years cannot tell:
    the interval is the wider of the two. No growth where the years do not carry one, no interval without a spare year.
    Source: Hamilton (1994), Time Series Analysis, ch. 16, for the trend; both variances of its slope by t.
    """
    logs = np.log(series.dropna().astype(float)).sort_index()
    year = logs.index.to_numpy(float)
    later = (year >= break_year).astype(float) if break_year is not None else np.zeros(len(year))
    steps = [later] if 0 < later.sum() < len(year) else []
    design = np.column_stack([np.ones(len(year)), year - year.min(initial=np.inf), *steps])
    if len(year) < 2 or np.linalg.matrix_rank(design) < design.shape[1]:
        return Trend(np.nan, np.nan, np.nan, np.nan, len(year))
    weights = np.linalg.pinv(design)[1]
    slope, spare = float(weights @ logs), len(year) - design.shape[1]
    if spare < 1:
        return Trend(float(np.expm1(slope)), np.nan, np.nan, np.nan, len(year))
    residuals = logs.to_numpy() - design @ (np.linalg.pinv(design) @ logs.to_numpy())
    independent = (residuals**2).sum() / spare * (weights**2).sum()
    same_series = np.diff(later) == 0
    gaps, rises = np.diff(year)[same_series], np.diff(logs.to_numpy())[same_series]
    shocks = (rises - gaps * rises.sum() / gaps.sum()) / np.sqrt(gaps)
    elapsed = np.minimum.outer(year, year) - year.min()
    adding_up = (shocks**2).sum() / spare * (weights @ elapsed @ weights)
    half = stdtrit(spare, 0.975) * np.sqrt(max(independent, adding_up))
    growth, low, high = (float(np.expm1(slope + step)) for step in (0, -half, half))
    return Trend(growth, low, high, float(half * (1 + growth) / 1.96), len(year))


def growth_rate(first: pd.Series, last: pd.Series, years: int) -> pd.Series:
    """Compound growth a year between two values. Raises ValueError unless years is at least one."""
    if years < 1:
        raise ValueError(f"Growth needs at least one year between its ends, not {years}.")
    return (last / first) ** (1 / years) - 1


def growth_against_median(
    employment: pd.DataFrame, first: int, last: int, break_year: int | None = None
) -> pd.DataFrame:
    """Yearly growth of cultural employment by its trend, against the median of the regions with both end years.

    employment: year, nuts_id, thousand_persons. Returns nuts_id, first, last (thousand persons), growth, low, high,
    error, years (of `trend`), above_median (percentage points a year). Regions with a gap in either year are left out.
    """
    if last <= first:
        raise ValueError(f"The last year ({last}) must come after the first ({first}).")
    wide = employment[employment["year"].between(first, last)].pivot(
        index="nuts_id", columns="year", values="thousand_persons"
    )
    if first not in wide or last not in wide:
        return pd.DataFrame(columns=["nuts_id", "first", "last", *Trend._fields, "above_median"])
    both = wide.dropna(subset=[first, last])
    trends = pd.DataFrame([trend(row, break_year) for _nuts_id, row in both.iterrows()], both.index, Trend._fields)
    result = pd.DataFrame({"first": both[first], "last": both[last]}).join(trends)
    result["above_median"] = 100 * (result["growth"] - result["growth"].median())
    return result.reset_index()


def median_index(employment: pd.DataFrame, regions: list[str] | None = None) -> pd.DataFrame:
    """The median region's path: each region's first year is 100, then the median by year over a constant panel.

    Only regions with every year between the first and the last are used, so that entries and exits move nothing.
    Returns year, index, regions (how many stand behind it).
    """
    wide = employment.pivot(index="year", columns="nuts_id", values="thousand_persons").sort_index()
    if regions is not None:
        wide = wide[[region for region in wide if region in regions]]
    panel = wide.dropna(axis=1)
    index = 100 * panel / panel.iloc[0]
    return pd.DataFrame({"year": index.index, "index": index.median(axis=1).to_numpy(), "regions": panel.shape[1]})


def faster_than(series: pd.Series, reference: pd.Series, break_year: int | None = None) -> dict[str, float | str]:
    """Whether one series grew faster than another, as a tested statement.

    series, reference: values by year. The trend of their ratio is the difference of the two growth rates. Returns
    slope, low, high (percentage points a year, 95 % interval of `trend`), years, verdict: 'faster', 'slower' or
    'cannot tell' (the interval holds zero, or fewer than five common years). Yearly sampling errors are part of the
    scatter it is judged by.
    """
    ratio = (series / reference).where(lambda values: values > 0).dropna()
    result = trend(ratio, break_year)
    if result.years < 5 or np.isnan(result.error):
        return {"slope": np.nan, "low": np.nan, "high": np.nan, "years": result.years, "verdict": "cannot tell"}
    verdict = "faster" if result.low > 0 else "slower" if result.high < 0 else "cannot tell"
    slope, low, high = 100 * result.growth, 100 * result.low, 100 * result.high
    return {"slope": slope, "low": low, "high": high, "years": result.years, "verdict": verdict}


def resilience(employment: pd.DataFrame, before: int = 2019, shock: int = 2020) -> pd.DataFrame:
    """How deep each region fell in the shock and how long it took to be back.

    employment: year, nuts_id, thousand_persons. Returns nuts_id, before, shock (thousand persons), fall (share, below
    zero is a loss), recovery_years (years from `before` until it is reached again: 0 where it never fell, empty where
    it is not back by the last year known), last_year. Regions without both years are left out. Depth and time to
    recovery after Martin (2012), "Regional economic resilience, hysteresis and recessionary shocks".
    """
    wide = employment.pivot(index="nuts_id", columns="year", values="thousand_persons")
    if before not in wide or shock not in wide:
        return pd.DataFrame(columns=["nuts_id", "before", "shock", "fall", "recovery_years", "last_year"])
    wide = wide.dropna(subset=[before, shock])
    later = wide[[year for year in wide if year >= shock]]
    back = later.ge(wide[before], axis=0)
    first_back = back.mul(back.columns, axis=1).where(back).min(axis=1)
    result = pd.DataFrame({"before": wide[before], "shock": wide[shock], "fall": wide[shock] / wide[before] - 1})
    result["recovery_years"] = (first_back - before).astype("Float64").where(result["fall"] < 0, 0)
    result["last_year"] = later.apply(lambda row: row.last_valid_index(), axis=1)
    return result.reset_index()


def regional_quotients(culture: pd.DataFrame, everyone: pd.DataFrame, sampled: float = 0.003) -> pd.DataFrame:
    """Share of cultural work and its location quotient by region, with a 95 % interval for the survey's sampling.

    culture: nuts_id, thousand_persons; everyone: geo, thousand_persons, both of one year; the regions in both are the
    whole. sampled: share of residents that the survey asks in a year (the EU labour force survey asks about three in a
    thousand); its clustering is not known, so the interval is too narrow rather than too wide. Returns nuts_id, share,
    lq, low, high. Moineddin et al. (2003).
    """
    both = culture.merge(everyone.rename(columns={"geo": "nuts_id", "thousand_persons": "all"}), on="nuts_id")
    kinds = {"culture": both["thousand_persons"], "other": both["all"] - both["thousand_persons"]}
    counts = pd.concat(
        pd.DataFrame({"area": both["nuts_id"], "kind": kind, "count": 1000 * thousands})
        for kind, thousands in kinds.items()
    )
    rows = location_quotient(counts, sampled).query("kind == 'culture'")
    return rows.rename(columns={"area": "nuts_id"})[["nuts_id", "share", "lq", "low", "high"]].reset_index(drop=True)


def in_scope(firms: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Firms that belong to a scope, by submarket, each counted with its code's weight.

    firms: activity (digits of NACE or WZ without points, most detailed known) and numeric columns such as firms. codes:
    one scope's submarket, code, weight. A firm belongs to the longest code that its activity begins with. Returns
    firms' rows with submarket and weight; an activity in two submarkets has two rows, and share divides it so
    that shares add up to its largest weight, for totals.
    """
    wanted = codes.assign(digits=codes["code"].str.replace(".", "", regex=False))
    matches = []
    for length in sorted(wanted["digits"].str.len().unique(), reverse=True):
        of_length = wanted.loc[wanted["digits"].str.len() == length, ["digits", "submarket", "weight"]]
        matched = firms.assign(digits=firms["activity"].str[:length]).merge(of_length, on="digits")
        matches.append(matched.drop(columns="digits"))
    result = pd.concat(matches, ignore_index=True)
    by_activity = result.drop_duplicates(["activity", "submarket"]).groupby("activity")["weight"].agg(["sum", "max"])
    scale = (by_activity["max"] / by_activity["sum"]).reindex(result["activity"]).to_numpy()
    return result.assign(share=result["weight"] * scale)
