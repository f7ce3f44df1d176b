"""Access on foot: minutes to the nearest service, places in reach and who lives within a limit, by cell and by area.

All of it is an estimate: residents are spread over the cells of their area, and where the city has no street network
of its own minutes come from straight lines (services/walks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely

from analytics import access, coverage
from analytics.scenario import Walker
from data.context import CityContext, Territory, ViewState
from data.figures import Column
from data.translation import N_
from services.areas import area_names, exact_areas, hierarchy, latest_period, place_name, require_period
from services.areas import residents as all_residents
from services.cache import cached_numbers
from services.columns import by_name
from services.names import facility_kinds
from services.served import known_first, residents_served, served_on
from services.tables import city_table, has_tables, missing_table, optional_table, require_tables
from services.walks import about_walks, minutes_from_cells, range_text, spread, travel_matrix, walkers

EVERYONE, DISPLACED = N_("all it serves"), N_("residents of displaced origin")
MEANS = ["minutes", "share_within", "share_low", "share_high", "places_per_100", "in_reach"]


class Measure(NamedTuple):
    """A measure of access. factor: from a column's value to the unit that is shown."""

    label: str
    unit: str
    digits: int
    factor: int
    low_is_bad: bool


MEASURES = {
    "minutes": Measure(N_("Minutes to the nearest"), N_("minutes on foot (estimate)"), 1, 1, False),
    "share_within": Measure(
        N_("Share within the limit"), N_("% of people served within the limit (estimate)"), 0, 100, True
    ),
    "places_per_100": Measure(
        N_("Places in reach (E2SFCA)"), N_("places in reach per 100 people served (E2SFCA, estimate)"), 1, 1, True
    ),
    "in_reach": Measure(N_("Facilities within the limit"), N_("facilities within the limit (estimate)"), 1, 1, True),
}
MINUTES = {"wheelchair": N_("minutes by wheelchair (estimate)"), "bicycle": N_("minutes by bicycle (estimate)")}
COLUMNS = by_name(
    Column("persons", N_("People served")),
    Column("minutes", N_("Minutes to the nearest"), digits=1),
    Column("minutes_low", N_("Minutes if ways are direct (10th percentile)"), digits=1),
    Column("minutes_high", N_("Minutes if ways are long (90th percentile)"), digits=1),
    Column("share_within", N_("Share within the limit"), digits=3),
    Column("share_low", N_("Share within the limit if ways are long"), digits=3),
    Column("share_high", N_("Share within the limit if ways are direct"), digits=3),
    Column("places_per_100", N_("Places in reach (E2SFCA)"), N_("per 100 people served"), digits=2),
    Column("in_reach", N_("Facilities within the limit"), digits=1),
)


class Question(ViewState):
    """What both pages on access ask: which service, by what means, within how many minutes, by which measure."""

    service: str = ""
    walker: Walker = "adult"
    limit: Literal[5, 10, 15, 20, 30] = 15
    reach_measure: Literal["minutes", "share_within", "places_per_100", "in_reach"] = "minutes"

    @property
    def measure(self) -> Measure:
        """The chosen measure."""
        return MEASURES[self.reach_measure]


def services(ctx: CityContext) -> dict[str, str]:
    """Every kind of service that the city has: name by kind. Raises NothingToShow where there is none."""
    require_tables(ctx, "facilities", "cells", "residents")
    labels: dict[str, str] = facility_kinds(ctx)["label"].to_dict()
    if not labels:
        raise missing_table(ctx.language, ctx.key, "facilities")
    return {kind: labels[kind] for kind in known_first(ctx, labels)}


def question_labels(ctx: CityContext) -> dict[str, tuple[str, Any]]:
    """By field of Question: what its control is called, and what its options are."""
    _ = ctx.language
    return {
        "service": (_("Service"), services(ctx)),
        "walker": (_("On the way"), walkers(ctx)),
        "limit": (_("Limit"), lambda minutes: _("{m} minutes", m=minutes)),
        "reach_measure": (_("Measure"), {name: _(measure.label) for name, measure in MEASURES.items()}),
    }


def states_places(ctx: CityContext, kind: str) -> bool:
    """Whether any facility of a kind states its places."""
    return bool(facilities(ctx, kind)["places"].notna().any())


def measure(ctx: CityContext, query: Question) -> Measure:
    """The chosen measure; facilities are counted in place of places where the kind states none; minutes say by what."""
    if query.reach_measure == "minutes":
        return query.measure._replace(unit=MINUTES.get(query.walker, query.measure.unit))
    if query.reach_measure != "places_per_100" or states_places(ctx, query.service):
        return query.measure
    label = N_("Facilities in reach (E2SFCA)")
    return query.measure._replace(
        label=label, unit=N_("facilities in reach per 100 people served (E2SFCA, estimate)"), digits=3
    )


def unstated_note(ctx: CityContext, kind: str) -> str:
    """How many facilities state no places, where some do and these count for none; else ''."""
    _, places = ctx.language, facilities(ctx, kind)["places"]
    if places.isna().all() or places.notna().all():
        return ""
    return _("{count:,} of {all:,} state no places and add none", count=int(places.isna().sum()), all=len(places))


@cached_numbers
def metres_to_limits(ctx: CityContext) -> np.ndarray:
    """Straight line from every cell to the city's outer limits, metres."""
    city = shapely.union_all(shapely.make_valid(exact_areas(ctx).geometry.to_numpy()))
    limits = shapely.union_all(shapely.get_exterior_ring(shapely.get_parts(city)))
    shapely.prepare(limits)  # its parts are then in a tree
    return shapely.distance(limits, shapely.points(city_table(ctx, "cells")[["x", "y"]].to_numpy()))


@cached_numbers
def residents_nearer_to_limits(ctx: CityContext, kinds: tuple[str, ...], period: pd.Timestamp, district: str) -> int:
    """Residents who live nearer to the city's limits than to any counted facility of the kinds (an estimate)."""
    rows = optional_table(ctx, "facilities")
    metres = coverage.nearest_m(city_table(ctx, "cells"), rows[rows["kind"].isin(kinds)])
    beyond = (metres_to_limits(ctx) < metres) & cells_within(ctx, district)
    return int(people_in_cells(ctx, "", period)[beyond].sum())


def limits_note(ctx: CityContext, kind: str, territory: Territory) -> str:
    """For how many a facility outside the city may be the nearest; '' where the city has no exact limits."""
    if not has_tables(ctx, "areas_exact", "cells", "residents"):
        return ""
    _, period = ctx.language, require_period(ctx, territory)
    return _(
        "Facilities outside {city} are not counted: {count:,} residents of {place} live nearer to its limits than to "
        "any that is.",
        city=ctx.name,
        count=residents_nearer_to_limits(ctx, (kind,), period, territory.district),
        place=place_name(ctx, territory),
    )


def value_text(ctx: CityContext, query: Question, row: Mapping[str, Any]) -> str:
    """The chosen measure of an area in words with its unit, a range where it hangs on how direct ways are."""
    _, chosen = ctx.language, measure(ctx, query)
    if query.reach_measure == "minutes":
        words = range_text(ctx, row["minutes_low"], row["minutes_high"], chosen.digits)
    elif query.reach_measure == "share_within":
        words = range_text(ctx, 100 * row["share_low"], 100 * row["share_high"], chosen.digits)
    else:
        words = _.number(row[query.reach_measure] * chosen.factor, chosen.digits)
    return f"{words} {_(chosen.unit)}"


def columns(ctx: CityContext, kind: str) -> dict[str, Column]:
    """COLUMNS for a kind: facilities are counted in place of places where it states none."""
    if states_places(ctx, kind):
        return COLUMNS
    unit = N_("per 100 people served")
    return COLUMNS | {"places_per_100": Column("places_per_100", N_("Facilities in reach (E2SFCA)"), unit, digits=3)}


def about(ctx: CityContext, query: Question, territory: Territory) -> str:
    """Who is served, how minutes come about, and for how many a facility outside the city may be nearer."""
    period = latest_period(ctx, territory)
    served = (
        ctx.language("Served: {served}.", served=served_on(ctx, query.service, period)) if period is not None else ""
    )
    return " ".join(filter(None, [served, about_walks(ctx, query.walker), limits_note(ctx, query.service, territory)]))


def facilities(ctx: CityContext, kind: str) -> pd.DataFrame:
    """The facilities of a kind."""
    rows = optional_table(ctx, "facilities")
    return rows[rows["kind"] == kind].reset_index(drop=True)


@cached_numbers
def cell_groups(ctx: CityContext, level: str) -> pd.Series:
    """The area of a level that each cell lies in."""
    return city_table(ctx, "cells")["area_id"].map(hierarchy(ctx)[level])


def cells_within(ctx: CityContext, district: str) -> np.ndarray:
    """Whether each cell lies in the district; all of them where none is chosen."""
    if not district:
        return np.ones(len(city_table(ctx, "cells")), bool)
    return cell_groups(ctx, "district").eq(district).to_numpy()


@cached_numbers
def people_in_cells(ctx: CityContext, kind: str, period: pd.Timestamp) -> np.ndarray:
    """Whole residents of the ages a kind serves in every cell; all residents where no kind is named ('')."""
    rows = residents_served(ctx, kind, period) if kind else all_residents(ctx, period)
    return access.people_in_cells(city_table(ctx, "cells"), rows)


def displaced_by_area(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Residents of the origins that stand for displacement, by area of a level and origin on a day.

    Suppressed ones are empty.
    """
    rows = optional_table(ctx, "residents_by_origin")
    return rows[(rows["period"] == period) & (rows["level"] == level) & rows["origin"].isin(ctx.city.displaced_origins)]


def _displaced(ctx: CityContext) -> pd.DataFrame:
    """Published counts of residents of the origins that stand for displacement, by smallest area and day."""
    rows = optional_table(ctx, "residents_by_origin")
    rows = rows[(rows["level"] == ctx.levels[-1]) & rows["origin"].isin(ctx.city.displaced_origins)]
    return rows[rows["persons"].fillna(0) > 0]


@cached_numbers
def counts_displaced(ctx: CityContext, period: pd.Timestamp | None = None) -> bool:
    """Whether the city's areas count residents of the origins that stand for displacement, on a day or on any."""
    rows = _displaced(ctx)
    return len(rows) > 0 if period is None else bool((rows["period"] == period).any())


@cached_numbers
def displaced_in_cells(ctx: CityContext, period: pd.Timestamp) -> np.ndarray:
    """Residents of displaced origin in every cell, spread like all residents; suppressed areas hold none."""
    rows = _displaced(ctx)
    rows = rows[rows["period"] == period].groupby("area_id", as_index=False)["persons"].sum()
    return access.people_in_cells(city_table(ctx, "cells"), rows)


def groups_counted(ctx: CityContext, kind: str, period: pd.Timestamp) -> dict[str, np.ndarray]:
    """Everyone a kind serves and, where the city counts origins, residents of displaced origin, in every cell."""
    groups = {EVERYONE: people_in_cells(ctx, kind, period)}
    return groups | ({DISPLACED: displaced_in_cells(ctx, period)} if counts_displaced(ctx, period) else {})


@cached_numbers
def minutes_to_nearest(
    ctx: CityContext, kind: str, walker: str, closed: tuple[str, ...] = (), bridges: tuple[str, ...] = ()
) -> np.ndarray:
    """Minutes from every cell to the nearest facility of a kind.

    closed: source ids of facilities left out; bridges: names of those that nobody crosses.
    """
    sites = facilities(ctx, kind)
    return minutes_from_cells(ctx, sites[~sites["source_id"].isin(closed)], walker, bridges)


@cached_numbers
def places_in_reach(
    ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """E2SFCA: places per 100 people of every cell, how many facilities it reaches, and each facility's load.

    Where a kind states no places each facility counts as one, and the first is facilities per 100 people. The
    facilities come with reachable (people within the limit) and per_place (of them for each place that it states).
    """
    cells, sites, demand = city_table(ctx, "cells"), facilities(ctx, kind), people_in_cells(ctx, kind, period)
    inhabited, stated = demand > 0, sites["places"].astype("float64")
    travel = travel_matrix(ctx, cells[inhabited], sites, walker, limit)
    supply = stated.fillna(0).to_numpy() if stated.notna().any() else np.ones(len(sites))
    per_100, count = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    count[inhabited] = access.cumulative_opportunities(travel)
    per_100[inhabited] = 100 * access.e2sfca(travel, demand[inhabited], supply)
    within = travel.minutes.copy()
    within.data[:] = 1
    reachable = within.T @ demand[inhabited]
    return per_100, count, sites.assign(reachable=reachable.astype(int), per_place=reachable / stated.where(stated > 0))


def by_cell(ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp) -> pd.DataFrame:
    """People and every measure by cell, in the order of the cells: persons and the columns of MEANS."""
    minutes, (shortest, longest) = minutes_to_nearest(ctx, kind, walker), spread(ctx)
    per_100, count, _sites = places_in_reach(ctx, kind, walker, limit, period)
    return pd.DataFrame(
        {
            "persons": people_in_cells(ctx, kind, period),
            "minutes": minutes,
            "share_within": (minutes <= limit).astype(float),
            "share_low": (minutes * longest <= limit).astype(float),
            "share_high": (minutes * shortest <= limit).astype(float),
            "places_per_100": np.nan_to_num(per_100),
            "in_reach": np.nan_to_num(count),
        }
    )


@cached_numbers
def by_area(ctx: CityContext, kind: str, walker: str, limit: float, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """People and the mean of every measure over them, for every area of a level: area_id, name, persons, the measures.

    Measures are empty where nobody lives, minutes also where some cannot walk to any.
    """
    cells, groups = by_cell(ctx, kind, walker, limit, period), cell_groups(ctx, level)
    people = cells["persons"].to_numpy()
    result = pd.DataFrame({"persons": cells["persons"].groupby(groups).sum()})
    for name in MEANS:
        result[name] = access.weighted_mean(cells[name].to_numpy(), people, groups)
    names = area_names(ctx, level)
    result = result.reindex(pd.Index(names, name="area_id")).replace(np.inf, np.nan).reset_index()
    result["minutes_low"], result["minutes_high"] = (result["minutes"] * factor for factor in spread(ctx))
    return result.assign(name=result["area_id"].map(names), persons=result["persons"].fillna(0).astype(int))
