"""Results for culture in the city, kept between runs: venues by area, hot spots, crowds, minutes, associations."""

from __future__ import annotations

import numpy as np
import pandas as pd

import data
from analytics import access, association, coverage, creative, hotspots, specialisation
from pages.common import (
    area_names,
    cached,
    cell_groups,
    city,
    exact_areas,
    hierarchy,
    in_district,
    known,
    middle_level,
    residents,
    table,
)
from pages.labels import facility_kinds
from pages.reach_results import minutes

NOBODY = 1000  # below so many residents a rate says nothing


def sites(kinds: tuple[str, ...]) -> pd.DataFrame:
    """Venues of the chosen kinds."""
    rows = table("facilities", city().key)
    return rows[rows["kind"].isin(kinds)]


@cached
def venues(kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Venues and residents by area, per 10,000."""
    rows = coverage.supply(sites(kinds), residents(period), hierarchy()[level])
    return rows.assign(name=rows["area_id"].map(area_names(level)))


@cached
def kinds_by_area(kinds: tuple[str, ...], level: str) -> pd.DataFrame:
    """How many venues of each kind an area has: area, kind, count."""
    rows = sites(kinds)
    labels = facility_kinds()["label"]
    groups = [rows["area_id"].map(hierarchy()[level]).rename("area"), rows["kind"].map(labels)]
    return rows.groupby(groups).size().rename("count").reset_index()


@cached
def quotients(kinds: tuple[str, ...], level: str) -> pd.DataFrame:
    """Location quotient of every kind in every area, with intervals and the areas' names."""
    rows = specialisation.location_quotient(kinds_by_area(kinds, level))
    return rows.assign(name=rows["area"].map(area_names(level)))


def hot_areas(counts: pd.Series) -> pd.DataFrame:
    """Getis-Ord Gi* of a number by planning area; areas without one have none."""
    shapes = exact_areas()
    return hotspots.getis_ord(counts.reindex(shapes["area_id"], fill_value=0).astype(float), shapes, "area_id")


@cached
def hot(kinds: tuple[str, ...]) -> pd.DataFrame:
    """Hot spots of venues."""
    return hot_areas(sites(kinds).groupby("area_id").size())


@cached
def hot_firms(scope: str) -> pd.DataFrame:
    """Hot spots of firms in a scope."""
    return hot_areas(firms(scope, "planning_area").groupby("area")["once"].sum())


@cached
def crowded(kinds: tuple[str, ...], within_m: int, at_least: int) -> pd.DataFrame:
    """Venues with the crowd each belongs to."""
    return hotspots.dbscan(sites(kinds), within_m, at_least)


@cached
def minutes_to_culture(kinds: tuple[str, ...], period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Mean minutes on foot to the nearest venue and share within 15 minutes, by area (an estimate)."""
    cells = table("cells", city().key)
    walked = np.minimum.reduce([minutes(kind, "adult") for kind in kinds])
    demand = access.people_in_cells(cells, residents(period))
    groups = cell_groups(level)
    result = pd.DataFrame({"persons": pd.Series(demand).groupby(groups).sum()})
    result["minutes"] = access.weighted_mean(walked, demand, groups)
    result["share_within"] = access.weighted_mean((walked <= 15).astype(float), demand, groups)
    result = result.rename_axis("area_id").reset_index()
    return result.assign(name=result["area_id"].map(area_names(level)))


@cached
def beside_inclusion(kinds: tuple[str, ...], period: pd.Timestamp, district: str) -> pd.DataFrame:
    """By district region: venues per 10,000, residents per km2, and the social monitoring's indicators.

    An indicator is the mean of the planning areas' percentages, weighted with their residents of the same day.
    """
    here, groups = city(), hierarchy()[middle_level()]
    rows = venues(kinds, period, middle_level())
    shapes = table("areas", here.key)
    size = shapes[
        (shapes["level"] == middle_level()) & (shapes["boundary_version"] == here.boundary_version)
    ].set_index("area_id")["area_km2"]
    rows = rows[rows["persons"] >= NOBODY].assign(density=lambda t: t["persons"].astype(float) / t["area_id"].map(size))
    social = table("social_monitoring", here.key).pivot(index="area_id", columns="indicator", values="percent")
    same_day = table("residents_new_boundaries", here.key) if known("residents_new_boundaries") else residents(period)
    people = same_day.set_index("area_id")["persons"].astype(float).reindex(social.index)
    above = groups.reindex(social.index)
    means = {}
    for name in social:
        counted = people.where(social[name].notna(), 0.0).fillna(0.0)  # a suppressed percentage weighs nothing
        means[name] = access.weighted_mean(social[name].to_numpy(), counted.to_numpy(), above)
    return in_district(rows.join(pd.DataFrame(means), on="area_id"), district, middle_level())


@cached
def associated(
    kinds: tuple[str, ...], period: pd.Timestamp, indicator: str, confounder: str, district: str
) -> dict[str, float]:
    """Rank correlation of venue density with an indicator, plain and with density and another indicator held still."""
    rows = beside_inclusion(kinds, period, district)
    found = association.rank_correlation(rows.astype({"per_10000": float}), "per_10000", indicator, ["density", confounder])
    return found._asdict() | {"sure": found.significant}


@cached
def regions_beside_income(first: int, last: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """Yearly growth of cultural work and of household income by region, and how they go together."""
    work = table("cultural_employment").pivot(index="nuts_id", columns="year", values="thousand_persons")
    income = table("household_income").pivot(index="nuts_id", columns="year", values="pps_per_inhabitant")
    rows = pd.DataFrame(
        {
            "culture": 100 * creative.growth_rate(work[first], work[last], last - first),
            "income": 100 * creative.growth_rate(income[first], income[last], last - first),
            "first_income": income[first],
            "size": work[first],
        }
    ).dropna()
    found = association.rank_correlation(rows, "culture", "income", ["first_income", "size"])
    names = table("regions").set_index("nuts_id")["name"]
    return rows.assign(name=names).rename_axis("nuts_id").reset_index(), found._asdict() | {"sure": found.significant}


def has_firms() -> bool:
    """Whether this machine has imported a register of firms."""
    return data.has("firms", city().key)


@cached
def firms(scope: str, level: str) -> pd.DataFrame:
    """Firms of a scope by area and submarket, with all firms of the area beside them."""
    codes, rows = table("creative_codes"), table("firms", city().key)
    groups = rows["area_id"].map(hierarchy()[level])
    found = creative.in_scope(rows.assign(area=groups), codes[codes["scope"] == scope])
    result = found.assign(once=found["firms"] * found["share"], weighted=found["firms"] * found["weight"])
    everyone = rows.groupby(groups)["firms"].sum()
    result = result.groupby(["area", "submarket"], as_index=False)[["once", "weighted"]].sum()
    return result.assign(all_firms=result["area"].map(everyone), name=result["area"].map(area_names(level)))


@cached
def employees(scope: str) -> dict[str, float]:
    """Bounds of the employees of a scope's firms, of cells large enough to show; and how many firms those are."""
    codes, rows = table("creative_codes"), table("firms", city().key)
    found = creative.in_scope(rows, codes[codes["scope"] == scope])
    known = found.dropna(subset=["employees_low"])
    low, high = ((known[f"employees_{side}"].astype(float) * known["share"]).sum() for side in ("low", "high"))
    return {
        "low": low,
        "high": high,
        "firms": (known["firms"] * known["share"]).sum(),
        "all": (found["firms"] * found["share"]).sum(),
        "open_ended": float(known["open_ended"].sum()),
    }
