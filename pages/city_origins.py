"""Results on the city's residents by origin, kept between runs."""

from __future__ import annotations

import pandas as pd

from analytics import bridge, displacement, diversity
from pages.common import area_names, cached, city, half_years, hierarchy, in_district, table
from views import text
from views.language import N_, _

# measure -> its name, unit, digits
MEASURES = {
    "persons": (N_("Residents"), N_("residents with that migration background"), 0),
    "per_1000": (N_("Share of residents"), N_("residents with that background per 1,000 residents"), 1),
    "quotient": (N_("Location quotient"), N_("share of residents over the city's share"), 2),
    "growth": (N_("Growth since a chosen date"), N_("% change"), 0),
    "diversity": (N_("Diversity of origins"), N_("chance that two people with a named origin differ, % (Simpson)"), 0),
}


def _origins() -> pd.DataFrame:
    return table("residents_by_origin", city().key)


@cached
def residents_of(period: pd.Timestamp, level: str) -> pd.Series:
    """All residents by area of a level of today's cut; empty where suppressed."""
    rows = table("residents", city().key)
    rows = rows[rows["period"] == period]
    return rows.groupby(rows["area_id"].map(hierarchy()[level]))["persons"].sum(min_count=1)


@cached
def series(district: str, first: int, last: int) -> pd.DataFrame:
    """Every named origin in the city or one district: period, origin, persons, suppressed, per_1000."""
    level, area = ("district", district) if district else ("city", next(iter(area_names("city"))))
    rows = _origins()
    keep = (rows["level"] == level) & (rows["area_id"] == area) & rows["period"].dt.year.between(first, last)
    rows = rows[keep][["period", "origin", "persons", "suppressed"]].reset_index(drop=True)
    people = in_district(table("residents", city().key), district).groupby("period")["persons"].sum()
    return rows.assign(per_1000=displacement.per_1000(rows["persons"], rows["period"].map(people)))


@cached
def in_districts(origins: tuple[str, ...], first: int, last: int) -> pd.DataFrame:
    """Chosen origins in every district."""
    rows = _origins()
    keep = (rows["level"] == "district") & rows["origin"].isin(origins) & rows["period"].dt.year.between(first, last)
    return rows[keep][["period", "area_id", "origin", "persons", "suppressed"]]


def growth_since(district: str, origin: str, first: int, last: int) -> dict[str, float]:
    """Growth of an origin since the first half-year of 2015 and since the last one before February 2022."""
    rows = series(district, first, last).query("origin == @origin").set_index("period")["persons"]
    found = {}
    for label, mark in ((_("June 2015"), "2015-06-30"), (_("the end of 2021"), "2021-12-31")):
        when = pd.Timestamp(mark)
        if when in rows.index and when < rows.index[-1] and pd.notna(rows[when]) and pd.notna(rows.iloc[-1]):
            rate = displacement.change(float(rows[when]), float(rows.iloc[-1]))
            if rate is not None:
                found[label] = rate
    return found


def growth_starts(period: pd.Timestamp, level: str) -> list[pd.Timestamp]:
    """Half-years from which growth can be told: all of them for districts, those in today's areas for smaller ones."""
    first = 0 if level == "district" else int(city().boundary_since[:4])
    return [when for when in half_years(first, period.year) if when < period]


@cached
def by_area(period: pd.Timestamp, origin: str, level: str, measure: str, since: pd.Timestamp) -> pd.DataFrame:
    """One measure of one origin by area, with the text its map shows. since: where growth starts."""
    rows = _origins()
    now = rows[(rows["period"] == period) & (rows["level"] == level)]
    result = now[now["origin"] == origin][["area_id", "persons", "suppressed"]].reset_index(drop=True)
    total = residents_of(period, level)
    result["residents"] = result["area_id"].map(total)
    result["per_1000"] = displacement.per_1000(result["persons"], result["residents"])
    if measure == "quotient":
        all_there = rows[(rows["period"] == period) & (rows["level"] == "city") & (rows["origin"] == origin)]
        value = diversity.location_quotient(
            result["persons"], result["residents"], float(all_there["persons"].iloc[0]), float(total.sum())
        )
    elif measure == "growth":
        first = rows[(rows["period"] == since) & (rows["level"] == level) & (rows["origin"] == origin)]
        before = result["area_id"].map(first.set_index("area_id")["persons"]).astype("Float64")
        value = 100 * (result["persons"].astype("Float64") / before.where(before > 0) - 1)
    elif measure == "diversity":
        value = result["area_id"].map(100 * now.groupby("area_id")["persons"].agg(diversity.simpson))
    else:
        value = result[measure]
    digits, unit = MEASURES[measure][2], _(MEASURES[measure][1]).split(",")[0]
    result["value"] = value.astype("float64").where(result["residents"].fillna(0) > 0)
    result["shown"] = [
        _(text.SUPPRESSED) if hidden and measure != "diversity" else f"{text.number(number, digits)} {unit}"
        for number, hidden in zip(result["value"], result["suppressed"], strict=True)
    ]
    return result


@cached
def evenness(period: pd.Timestamp) -> pd.DataFrame:
    """Dissimilarity and isolation of every origin over the planning areas."""
    rows = _origins()
    return diversity.unevenness(
        rows[(rows["period"] == period) & (rows["level"] == "planning_area")], residents_of(period, "planning_area")
    )


@cached
def hidden_share(period: pd.Timestamp) -> float:
    """Share of people whose planning area's count is suppressed, over all named origins."""
    rows = _origins()
    now = rows[rows["period"] == period].groupby("level")["persons"].sum()
    return float(1 - now["planning_area"] / now["city"])


@cached
def bridged(area: str, origins: tuple[str, ...]) -> tuple[pd.DataFrame, dict[str, float]]:
    """One planning area through all half-years, those before 2021 moved to its cut; and the error of moving."""
    here = city()
    ways, rows = table("bridge", here.key), _origins()
    rows = rows[(rows["level"] == "planning_area") & rows["origin"].isin(origins)]
    parts = [
        rows[(rows["boundary_version"] == here.boundary_version) & (rows["area_id"] == area)].assign(estimate=False)
    ]
    for (period, origin), old in rows[rows["boundary_version"] != here.boundary_version].groupby(["period", "origin"]):
        moved = bridge.areal_weighting(old.set_index("area_id")["persons"], ways)
        parts.append(
            pd.DataFrame(
                {
                    "period": [period],
                    "origin": [origin],
                    "persons": [moved.get(area)],
                    "suppressed": [pd.isna(moved.get(area))],
                    "estimate": [True],
                }
            )
        )
    known = table("residents_new_boundaries", here.key)
    everyone = table("residents", here.key)
    everyone = everyone[everyone["period"] == known["period"].iloc[0]].groupby("area_id")["persons"].sum(min_count=1)
    wrong = bridge.weighting_error(bridge.areal_weighting(everyone, ways), known.set_index("area_id")["persons"])
    columns = ["period", "origin", "persons", "suppressed", "estimate"]
    joined = pd.concat([part[columns].astype({"persons": "Float64"}) for part in parts]).sort_values(
        ["origin", "period"]
    )
    return joined.reset_index(drop=True), wrong
