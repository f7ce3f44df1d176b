"""Who has which services: ratios of people to facilities and places, and shares of residents within a distance."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

OLDEST = 90  # years of age that bands reach at least, where they hold everyone
LONGEST_CUT = 12  # years of a band that may be cut by a bound: over more, years of age differ too much in number


def age_bounds(band: str) -> tuple[int, int]:
    """First and past-the-last year of an age band: '6-14' -> (6, 15), '65+' -> (65, 120)."""
    first, _, last = band.rstrip("+").partition("-")
    return int(first), int(last) + 1 if last else 120


def knows_age(bands: Iterable[str], age_from: int | None, age_to: int | None, longest: int = LONGEST_CUT) -> bool:
    """Whether bands of ages tell how many are aged age_from to under age_to; of all ages (no bounds) they always do.

    They must hold all these ages (up to OLDEST at least), and a bound may cut a band of at most `longest` years, never
    one that is open.
    """
    if age_from is None and age_to is None:
        return True
    low, high, held = age_from or 0, 120 if age_to is None else age_to, 0
    for band in bands:
        first, last = age_bounds(band)
        within = min(high, last) - max(low, first)
        if 0 < within < last - first and (last - first > longest or band.endswith("+")):
            return False
        held += max(within, 0)
    return held >= min(high, max(OLDEST, low + 1)) - low


def cut_bands(bands: Iterable[str], age_from: int | None, age_to: int | None) -> list[str]:
    """Bands of ages of which only a part is aged age_from to under age_to, youngest first; none without bounds."""
    if age_from is None and age_to is None:
        return []
    low, high = age_from or 0, 120 if age_to is None else age_to
    spans = sorted((*age_bounds(band), band) for band in set(bands))
    return [band for first, last, band in spans if 0 < min(high, last) - max(low, first) < last - first]


def of_age(residents: pd.DataFrame, age_from: int | None, age_to: int | None) -> pd.DataFrame:
    """Residents from age_from to under age_to, as persons; a band cut by a bound counts in proportion (an estimate).

    residents: area_id, age, persons (empty: suppressed). Returns area_id, persons (float; empty where suppressed).
    """
    low, high = age_from or 0, 120 if age_to is None else age_to
    parts = {}
    for band in residents["age"].unique():
        first, last = age_bounds(band)
        parts[band] = max(0.0, min(high, last) - max(low, first)) / (last - first)
    weighted = residents["persons"].astype("float64") * residents["age"].map(parts).astype(float)
    return weighted.groupby(residents["area_id"]).sum(min_count=1).rename("persons").reset_index()


def supply(facilities: pd.DataFrame, residents: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Facilities and places against the people they are for, by area.

    facilities: area_id (planning area), places (empty: not stated). residents: area_id, persons, of the age served.
    groups: the area to report for each planning area. Returns area_id, persons, facilities, without_places, places
    (empty where facilities stand but none states any), places_per_100, residents_per_facility; a ratio is empty where
    its base is zero.
    """
    people = residents.groupby(residents["area_id"].map(groups))["persons"].sum(min_count=1)
    sites = (
        facilities.assign(without=facilities["places"].isna())
        .groupby(facilities["area_id"].map(groups))
        .agg(facilities=("area_id", "size"), places=("places", "sum"), without_places=("without", "sum"))
    )
    table = people.to_frame().join(sites, how="left").rename_axis("area_id").reset_index()
    counts = ["facilities", "places", "without_places"]
    table[counts] = table[counts].fillna(0).astype("int64")
    unstated = (table["facilities"] > 0) & (table["without_places"] == table["facilities"])
    if len(facilities) and facilities["places"].isna().all():  # then an area without one is no example of few places
        unstated[:] = True
    table["places"] = table["places"].astype("Int64").mask(unstated)
    table["places_per_100"] = 100 * table["places"].astype("float64") / table["persons"].where(table["persons"] > 0)
    table["residents_per_facility"] = table["persons"] / table["facilities"].where(table["facilities"] > 0)
    table["per_10000"] = 10_000 * table["facilities"] / table["persons"].where(table["persons"] > 0)
    return table


def nearest_m(cells: pd.DataFrame, facilities: pd.DataFrame) -> np.ndarray:
    """Straight-line distance from each cell's centre to the nearest facility, metres (infinite if there is none)."""
    if facilities.empty:
        return np.full(len(cells), np.inf)
    distance_m, _ = cKDTree(facilities[["x", "y"]].to_numpy()).query(cells[["x", "y"]].to_numpy())
    return distance_m


def share_within(
    cells: pd.DataFrame, metres: np.ndarray, residents: pd.DataFrame, distance_m: float, groups: pd.Series
) -> pd.DataFrame:
    """Share of residents within a straight-line distance of a facility, by area (an estimate).

    cells: area_id, share of the area's residents. metres: from each cell to its nearest facility (nearest_m).
    residents: area_id, persons. groups: the area to report for each planning area. Returns area_id, persons, within
    (persons), share_within (0..1; empty where nobody lives).
    """
    near = cells["share"] * (metres <= distance_m)
    reached = near.groupby(cells["area_id"]).sum()
    table = residents.assign(within=residents["persons"] * residents["area_id"].map(reached).fillna(0.0))
    table = table.groupby(table["area_id"].map(groups))[["persons", "within"]].sum(min_count=1)
    table["share_within"] = table["within"] / table["persons"].where(table["persons"] > 0)
    return table.rename_axis("area_id").reset_index()
