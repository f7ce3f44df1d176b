"""What-if results, kept between runs; and the draft scenario that the what-if pages share."""

from __future__ import annotations

from typing import Any

import h3
import numpy as np
import pandas as pd
import streamlit as st
from scipy import sparse

from analytics import access, arrivals, coverage, shock, siting
from analytics.scenario import Arrivals, Scenario, Shock, Sites
from pages.common import area_names, cached, city, half_years, hierarchy, residents, residents_served, table
from pages.labels import facility_kinds, level_names
from pages.reach_results import circuity, displaced_people, facilities, knows_displaced, minutes, people, ways_within
from views.language import _

CANDIDATE_KINDS = ("school_primary", "school_secondary", "library", "youth_centre", "community_centre", "sports_centre")
CANDIDATES = 300
WITHOUT_DOORS = ("public_art", "tram_stop", "metro_station", "rail_station")  # nothing that could be built or closed
GROUPS = ("everyone it serves", "displaced origin", "under 15", "65 and over")


def draft(period: pd.Timestamp) -> Scenario:
    """The scenario the reader is working on."""
    if "draft" not in st.session_state or st.session_state["draft"].city != city().key:
        st.session_state["draft"] = _first_draft(period)
    made: Scenario = st.session_state["draft"]
    return made


def _first_draft(period: pd.Timestamp) -> Scenario:
    """The usual scenario, with services that the city has."""
    made = Scenario(name=_("My scenario"), city=city().key, period=f"{period:%Y-%m-%d}")
    kinds = [kind for kind in facility_kinds().index if kind not in WITHOUT_DOORS]
    if not kinds:
        return made
    here = {
        part: getattr(made, part).replace(kind=kinds[0])
        for part in ("sites", "shock")
        if getattr(made, part).kind not in kinds
    }
    return made.replace(**here)


def change(part: str, value: Any) -> None:
    """Put one part of the draft in place."""
    st.session_state["draft"] = st.session_state["draft"].replace(**{part: value})


def misfit(scenario: Scenario) -> str:
    """Why a scenario cannot be run here, in one sentence; empty if it can."""
    here, kinds = city(), set(facility_kinds().index)
    periods = {f"{period:%Y-%m-%d}" for period in half_years(1900, 2100) if period >= pd.Timestamp(here.boundary_since)}
    known = {
        "city": (scenario.city, {here.key}),
        "level": (scenario.level, set(level_names())),
        "period": (scenario.period, periods),
        "sites.kind": (scenario.sites.kind, kinds),
        "shock.kind": (scenario.shock.kind, kinds),
        "arrivals.rule": (scenario.arrivals.rule, set(rules())),
    }
    for name, (value, options) in known.items():
        if value not in options:
            return _(
                "{name}: '{value}' is not known here. Known: {options}.",
                name=name,
                value=value,
                options=", ".join(sorted(options)),
            )
    return ""


def open_scenario(scenario: Scenario) -> None:
    """Make a stored scenario the draft; controls are drawn anew with its inputs. Raises ValueError if it does not fit this city."""
    if wrong := misfit(scenario):
        raise ValueError(wrong)
    st.session_state["draft"] = scenario
    st.session_state["draft_version"] = st.session_state.get("draft_version", 0) + 1


def key(name: str) -> str:
    """A control's key, new whenever another scenario is opened."""
    return f"{name}-{st.session_state.get('draft_version', 0)}"


@cached
def points() -> tuple[pd.DataFrame, np.ndarray]:
    """About two thousand demand points: the cells of a planning area within one H3 cell of resolution 8; and each cell's point."""
    cells = table("cells", city().key)
    parent = [h3.cell_to_parent(cell, 8) for cell in cells["cell"]]
    number, _pairs = pd.factorize(pd.Series(cells["area_id"].to_numpy() + "/" + np.array(parent)))
    frame = (
        cells.assign(point=number).groupby("point").agg(area_id=("area_id", "first"), x=("x", "mean"), y=("y", "mean"))
    )
    return frame, number


def at_points(by_cell: np.ndarray) -> np.ndarray:
    """People of cells, added up by demand point."""
    frame, number = points()
    return np.bincount(number, by_cell, minlength=len(frame))


def groups_shown() -> list[str]:
    """Those of GROUPS that the city counts."""
    return [one for one in GROUPS if one != "displaced origin" or knows_displaced()]


def rules() -> list[str]:
    """Allocation rules that the city's tables can serve."""
    return [one for one in arrivals.RULES if one != "where compatriots live" or knows_displaced()]


@cached
def groups(kind: str, period: pd.Timestamp) -> np.ndarray:
    """People of each of GROUPS at every demand point (an estimate)."""
    cells, rows = table("cells", city().key), table("residents", city().key)
    rows = rows[rows["period"] == period]
    young, old = (access.people_in_cells(cells, coverage.of_age(rows, *ages)) for ages in ((0, 15), (65, None)))
    fled = [displaced_people(period)] if knows_displaced() else []
    return np.vstack([at_points(part) for part in (people(kind, period), *fled, young, old)])


@cached
def before(kind: str, closed: tuple[str, ...] = ()) -> np.ndarray:
    """Minutes from every demand point to the nearest facility that stays: the mean of its cells."""
    frame, number = points()
    walked = minutes(kind, "adult", closed)
    return np.bincount(number, walked, minlength=len(frame)) / np.bincount(number, minlength=len(frame))


@cached
def candidates(kind: str, limit: int) -> pd.DataFrame:
    """Public buildings of other kinds, the 300 with most residents within the limit, one for each H3 cell of resolution 9."""
    rows = table("facilities", city().key)
    rows = rows[rows["kind"].isin(CANDIDATE_KINDS) & (rows["kind"] != kind)]
    rows = rows.assign(cell=[h3.latlng_to_cell(lat, lon, 9) for lat, lon in zip(rows["lat"], rows["lon"], strict=True)])
    rows = rows.drop_duplicates("cell").reset_index(drop=True)
    everyone = at_points(access.people_in_cells(table("cells", city().key), residents_served(kind, last())))
    return rows.assign(near=within(rows, limit) @ everyone).nlargest(CANDIDATES, "near").reset_index(drop=True)


def last() -> pd.Timestamp:
    """The newest half-year."""
    return pd.Timestamp(table("residents", city().key)["period"].max())


def within(sites: pd.DataFrame, limit: int) -> sparse.csr_matrix:
    """Sites x demand points, 1 where a point is within the limit (an estimate)."""
    covers = ways_within(points()[0], sites, "adult", limit).minutes.T.tocsr()
    covers.data[:] = 1
    return covers


@cached
def ways(kind: str, limit: int) -> np.ndarray:
    """Minutes from every demand point to every candidate (an estimate)."""
    frame, sites = points()[0], candidates(kind, limit)
    apart = np.hypot(*(frame[["x", "y"]].to_numpy()[:, None] - sites[["x", "y"]].to_numpy()[None]).transpose(2, 0, 1))
    return apart * circuity()["factor"] / access.SPEEDS["adult"]


def problem(sites: Sites, period: pd.Timestamp) -> siting.SitingProblem:
    """A scenario's sites as a problem to solve."""
    every = groups(sites.kind, period)
    minutes_to, before_minutes = ways(sites.kind, sites.limit), before(sites.kind, sites.closed)
    return siting.SitingProblem(
        sites.model, minutes_to, every[0], every, before_minutes, sites.count, float(sites.limit), sites.room
    )


@cached
def optimum(sites: Sites, period: pd.Timestamp) -> siting.Solution:
    """The answer to a scenario's siting question, to a gap of 1 %."""
    return siting.solve(problem(sites, period))


@cached
def quick(sites: Sites, period: pd.Timestamp) -> siting.Solution:
    """A greedy answer at once, by covering."""
    case = problem(sites, period)
    covers = sparse.csr_matrix((sites.limit >= case.minutes.T).astype(float))
    return siting.greedy_cover(covers, np.where(case.before > sites.limit, case.weight, 0.0), sites.count)


def effect(sites: Sites, chosen: list[int], period: pd.Timestamp, level: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Share served before and after, by area and by group."""
    every, near = groups(sites.kind, period), before(sites.kind, sites.closed) <= sites.limit
    after = near | (ways(sites.kind, sites.limit)[:, chosen].min(axis=1) <= sites.limit) if chosen else near
    held = points()[0]["area_id"].map(hierarchy()[level]).to_numpy()
    sums = pd.DataFrame({"area_id": held, "people": every[0], "before": every[0] * near, "after": every[0] * after})
    areas = sums.groupby("area_id").sum().reset_index()
    areas = areas.assign(
        share_before=areas["before"] / areas["people"],
        share_after=areas["after"] / areas["people"],
        gained=areas["after"] - areas["before"],
        name=areas["area_id"].map(area_names(level)),
    )
    by_group = pd.DataFrame(
        {
            "group": [_(one) for one in groups_shown()],
            "people": every.sum(axis=1),
            "before": every @ near,
            "after": every @ after,
        }
    )
    return areas, by_group.assign(
        share_before=by_group["before"] / by_group["people"], share_after=by_group["after"] / by_group["people"]
    )


def weights(rule: str, level: str, period: pd.Timestamp, own: tuple[float, ...]) -> pd.Series:
    """The weights of an allocation rule, by area."""
    here, order = city(), sorted(area_names(level))
    above = hierarchy()[level]
    if rule == "own table":
        return pd.Series(own if len(own) == len(order) else [1.0] * len(order), index=order)
    if rule not in rules():  # a scenario from another city
        rule = "by residents"
    if rule == "where compatriots live":
        rows = table("residents_by_origin", here.key)
        rows = rows[(rows["period"] == period) & (rows["level"] == level) & rows["origin"].isin(here.displaced_origins)]
        found = rows.groupby("area_id")["persons"].sum().astype(float)
    elif rule == "free places":
        found = capacity("daycare", level)
    elif rule == "by residents":
        rows = residents(period).set_index("area_id")["persons"]
        found = rows.groupby(above.reindex(rows.index)).sum()
    else:
        found = pd.Series(1.0, index=order)
    return found.reindex(order).fillna(0.0)


@cached
def capacity(kind: str, level: str) -> pd.Series:
    """Stated places by area."""
    rows = facilities(kind)
    return (
        rows.groupby(rows["area_id"].map(hierarchy()[level]))["places"]
        .sum()
        .astype(float)
        .reindex(sorted(area_names(level)))
    )


@cached
def arriving(given: Arrivals, level: str, period: pd.Timestamp, seed: int) -> tuple[pd.Series, pd.DataFrame]:
    """People by area at the likely total, and demand and shortfall by area, month and service."""
    placed = arrivals.allocate(given.people[1], weights(given.rule, level, period, given.own))
    free = {"daycare": arrivals.free_places(capacity("daycare", level), arrivals.Triangular(*given.vacancy), 500, seed)}
    ages = dict(zip(arrivals.AGES, given.ages, strict=True))
    return placed, arrivals.demand(
        placed, given.months, ages, arrivals.NEEDS, arrivals.Triangular(*given.people), free, 500, seed
    )


@cached
def reach_of(kind: str, limit: int) -> sparse.csr_matrix:
    """Facilities x demand points within the limit."""
    return within(facilities(kind), limit)


@cached
def shocked(given: Shock, period: pd.Timestamp, level: str) -> dict[str, Any]:
    """Coverage before and after, areas under the floor, resilience with its parts, and recovery."""
    covers, lived, sites = (
        reach_of(given.kind, given.limit),
        at_points(people(given.kind, period)),
        facilities(given.kind),
    )
    held = points()[0]["area_id"].map(hierarchy()[level]).to_numpy()
    opened = shock.close_least_used(covers, lived, given.budget) if given.budget else np.ones(len(sites), dtype=bool)
    opened &= ~sites["area_id"].str[:2].isin(given.districts).to_numpy()
    full = np.ones(len(sites))
    areas = pd.DataFrame(
        {
            "share_before": shock.share_served(covers, lived, held, full),
            "share_after": shock.share_served(covers, lived, held, opened),
        }
    )
    areas = areas.rename_axis("area_id").reset_index()
    areas["name"] = areas["area_id"].map(area_names(level))
    return {
        "areas": areas,
        "closed": int((~opened).sum()),
        "sites": len(sites),
        "resilience": shock.resilience(covers, lived)._asdict(),
        "lost": float(
            lived[(shock.sites_in_reach(covers, full) > 0) & (shock.sites_in_reach(covers, opened) == 0)].sum()
        ),
        "recovery": shock.recovery(covers, lived, opened, given.reopened),
    }


@cached
def frontier(kind: str, limit: int, period: pd.Timestamp, most: int = 12) -> pd.DataFrame:
    """People newly reached by the best 1, 2, ... sites: the efficient frontier of maximal covering."""
    values = [optimum(Sites(kind=kind, count=count, limit=limit), period).value for count in range(1, most + 1)]
    return pd.DataFrame({"sites": range(1, most + 1), "gained": values, "added": np.diff([0.0, *values])})


def short_of(table_: pd.DataFrame, months: int) -> tuple[float, float]:
    """Day-care places short in the last month, all areas together: ends of the 80 % band."""
    end = table_[(table_["service"] == "daycare") & (table_["month"] == months)]
    return float(end["short_low"].sum()), float(end["short_high"].sum())


def doubled(given: Arrivals, times: float, level: str, period: pd.Timestamp, seed: int) -> dict[str, float]:
    """Day-care places short with so many times the arrivals, beside those without."""
    # Unchecked: times the most people that a control takes is more than that.
    more = given.model_copy(update={"people": tuple(round(times * people) for people in given.people)})
    base, after = (short_of(arriving(one, level, period, seed)[1], one.months) for one in (given, more))
    return {"base_low": base[0], "base_high": base[1], "low": after[0], "high": after[1]}


def headline(one: Scenario) -> dict[str, Any]:
    """The main results of a scenario, from its inputs alone."""
    period = pd.Timestamp(one.period)
    _areas, rows = arriving(one.arrivals, one.level, period, one.seed)
    language = rows[(rows["service"] == "language") & (rows["month"] == one.arrivals.months)]
    short, solution = short_of(rows, one.arrivals.months), optimum(one.sites, period)
    return {
        "short_low": short[0],
        "short_high": short[1],
        "language_low": language["low"].sum(),
        "language_high": language["high"].sum(),
        "sites": solution,
        "groups": effect(one.sites, solution.sites, period, one.level)[1],
        "shock": shocked(one.shock, period, one.level),
    }
