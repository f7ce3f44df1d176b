"""What if we build: where the next sites of a service should go, who gains, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field
from scipy import sparse

from analytics import siting
from analytics.scenario import SITING, Model, Name, Place, Sites, Walker, shared
from analytics.siting import Solution
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure, Map
from data.translation import N_
from services import background
from services.access import facilities
from services.areas import area_names, district_by_area, hierarchy, require_period
from services.cache import cached, cached_numbers, keep
from services.candidates import candidates, problem
from services.columns import by_name
from services.coverage import facility_points
from services.demand_points import caption, demand_points, people, usual_service
from services.demand_points import services as services
from services.figures import Shading, area_map, chart, figure, point_layer
from services.names import facility_kinds
from services.walks import about_walks, spread

PROVEN = 1e-6  # relative gap under which an answer is the optimum
AT_ONCE_NODES = 1  # an optimum that the root of the search tree proves is shown at once: well under a second
MOST_SITES = 12  # of the frontier
TRANSIT = ("tram_stop", "metro_station", "rail_station", "bus_stop", "ferry_landing", "cableway_station")
WITHOUT_DOORS = ("public_art", *TRANSIT)  # nothing that could be built
AIMS = {
    "maximal covering": N_("most people newly within the limit"),
    "p-median": N_("shortest walks in total"),
    "p-centre": N_("the longest walk is as short as possible"),
    "set covering": N_("fewest sites for all who can be reached"),
    "fairest": N_("the worst-off group is served best"),
}
COLUMNS = by_name(
    Column("group", N_("Group"), kind="name"),
    Column("people", N_("People served")),
    Column("before", N_("Within the limit before")),
    Column("after", N_("Within the limit after")),
    Column("gained", N_("Newly within reach (estimate)")),
    Column("share_before", N_("Share before"), digits=3),
    Column("share_after", N_("Share after"), digits=3),
    Column("near", N_("People within the limit")),
    Column("sites", N_("New sites")),
    Column("added", N_("Added by the last site")),
)


class Query(ViewState):
    """What to build: the numbers of analytics.scenario.Sites.

    closed: source ids of sites that close first. places: where sites may stand (a workshop's pins).

    proven: whether the proven optimum is shown; if not, a greedy answer.
    """

    service: str = ""
    model: Model = SITING[0]
    count: int = shared(Sites, "count")
    limit: int = shared(Sites, "limit")
    walker: Walker = "adult"
    cost: int = shared(Sites, "cost")
    room: int = shared(Sites, "room")
    closed: tuple[Name, ...] = ()
    places: Annotated[tuple[Place, ...], Field(max_length=100)] = ()
    level: str = ""
    proven: bool = False


def site_names(ctx: CityContext, kind: str) -> dict[str, str]:
    """Sites there are, which could close first: name by source id."""
    _, rows = ctx.language, facilities(ctx, kind).drop_duplicates("source_id")
    names = zip(rows["source_id"], rows["name"], strict=True)
    return {code: name or _("unnamed ({code})", code=code) for code, name in names}


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city."""
    return {
        "service": list(services(ctx, WITHOUT_DOORS)),
        "closed": lambda chosen: list(site_names(ctx, chosen["service"])),
        "level": list(ctx.levels),
    }


def defaults(ctx: CityContext) -> dict[str, Any]:
    """The usual choices in this city."""
    return {"service": usual_service(ctx, Sites().kind, WITHOUT_DOORS), "level": ctx.middle_level}


def inputs(query: Query) -> Sites:
    """The choices as a part of a scenario."""
    same = {"model", "count", "limit", "walker", "cost", "room", "closed", "places"}
    return Sites(kind=query.service, **query.model_dump(include=same))


def choices(sites: Sites) -> dict[str, Any]:
    """A scenario's sites as the page's choices."""
    values = sites.model_dump()
    return (
        {"service": values.pop("kind"), "proven": False}
        | values
        | {"closed": list(sites.closed), "places": list(sites.places)}
    )


@cached_numbers
def optimum(ctx: CityContext, sites: Sites, period: pd.Timestamp) -> Solution:
    """The proven answer, to a gap of 1 %. Raises NothingToShow where no choice of sites satisfies every condition."""
    _ = ctx.language
    try:
        return siting.solve(problem(ctx, sites, period))
    except ValueError as fault:
        hint = _("Choose a longer walk or another service.")
        raise NothingToShow(_("No optimum was found. {fault}", fault=fault), hint) from None


def start_proof(ctx: CityContext, sites: Sites, period: pd.Timestamp) -> background.Task:
    """Find the optimum in a process of its own."""
    return background.start(ctx.language, siting.solve, problem(ctx, sites, period))


def end_proof(ctx: CityContext, task: background.Task, sites: Sites, period: pd.Timestamp) -> None:
    """Take what that process found as the optimum. Raises RuntimeError where it found none."""
    keep(optimum, task.result(), ctx, sites, period)


@cached_numbers
def quick(ctx: CityContext, sites: Sites, period: pd.Timestamp) -> Solution:
    """The proven optimum where the root of the search tree is one, else a greedy answer by covering, at once.

    A greedy one counts a site's room and has the bound of the linear relaxation.
    """
    case = problem(ctx, sites.replace(model="maximal covering"), period)
    try:
        best = siting.solve(case, gap=0.0, nodes=AT_ONCE_NODES)
    except ValueError:  # nothing found by then
        best = None
    if best and best.gap <= PROVEN:
        return best
    covers = sparse.csr_matrix((sites.limit >= case.minutes.T).astype(float))
    missed = np.where(case.before > sites.limit, case.weight, 0.0)
    solution = siting.greedy_cover(covers, missed, case.count)
    value = siting.serve_with_room(covers, missed, solution.sites, sites.room) if sites.room else solution.value
    bound = siting.solve(case, whole=False).value
    return solution._replace(value=value, bound=bound, gap=max(bound - value, 0.0) / value if value else 0.0)


@cached_numbers
def frontier(ctx: CityContext, sites: Sites, period: pd.Timestamp) -> pd.DataFrame:
    """People newly reached by the best 1, 2, ... sites: the efficient frontier of maximal covering."""
    case = problem(ctx, sites.replace(model="maximal covering"), period)
    counts = range(1, min(MOST_SITES, case.minutes.shape[1]) + 1)
    gained = [siting.solve(replace(case, count=count)).value for count in counts]
    return pd.DataFrame({"sites": counts, "gained": gained, "added": np.diff([0.0, *gained])})


class Result(NamedTuple):
    """An answer and what it brings.

    places: the new sites. People before and after by area and by group, people newly within the limit (and with room,
    where sites have room for so many only); least and most of them as ways may be.
    """

    solution: Solution
    places: pd.DataFrame
    areas: pd.DataFrame
    groups: pd.DataFrame
    gained: float
    gained_range: tuple[float, float]


@cached
def result(ctx: CityContext, sites: Sites, proven: bool, period: pd.Timestamp, level: str) -> Result:
    """The quick or the proven answer. Raises NothingToShow where no site would serve anybody new."""
    _, case, solution = ctx.language, problem(ctx, sites, period), (optimum if proven else quick)(ctx, sites, period)
    if not solution.sites:
        hint = _("Choose a shorter walk or another service.")
        raise NothingToShow(_("Everyone who can be reached is reached already."), hint)
    near = case.before <= sites.limit
    after = near | (case.minutes[:, solution.sites].min(axis=1) <= sites.limit)
    gains = [case.gained(solution.sites, factor) for factor in (1.0, *spread(ctx))]
    by_area = pd.DataFrame({"people": case.weight, "before": case.weight * near, "after": case.weight * after})
    areas = by_area.groupby(demand_points(ctx)[0]["area_id"].map(hierarchy(ctx)[level]).to_numpy()).sum()
    areas = _with_shares(areas.rename_axis("area_id").reset_index())
    names = [_(name) for name in people(ctx, sites.kind, period)]
    sums = {"people": case.groups.sum(axis=1), "before": case.groups @ near, "after": case.groups @ after}
    groups = _with_shares(pd.DataFrame({"group": names, **sums}))
    with_room = sites.room and sites.model == "maximal covering"
    return Result(
        solution,
        candidates(ctx, sites.kind, sites.limit, period, sites.walker, sites.places).iloc[solution.sites],
        areas.assign(name=areas["area_id"].map(area_names(ctx, level))),
        groups,
        solution.value if with_room else float(groups["gained"].iloc[0]),
        (min(gains), max(gains)),
    )


def _with_shares(rows: pd.DataFrame) -> pd.DataFrame:
    inhabited = rows["people"].where(rows["people"] > 0)
    return rows.assign(
        gained=rows["after"] - rows["before"],
        share_before=rows["before"] / inhabited,
        share_after=rows["after"] / inhabited,
    )


def _result(ctx: CityContext, territory: Territory, query: Query) -> Result:
    return result(ctx, inputs(query), query.proven, require_period(ctx, territory), query.level)


def _certainty(ctx: CityContext, query: Query, solution: Solution) -> str:
    """How good the answer is, in words."""
    _ = ctx.language
    if not query.proven and query.model != "maximal covering":
        return _(
            "chosen for most people newly within the limit, as the answer for '{aim}' is not computed yet",
            aim=_(AIMS[query.model]),
        )
    if solution.gap <= PROVEN:
        return _("the proven optimum")
    if query.proven:
        return _("proven to {gap:.1f} %", gap=100 * solution.gap)
    return _("quick answer; the best possible reaches at most {bound}", bound=_.number(solution.bound))


def key_figures(ctx: CityContext, territory: Territory, query: Query) -> list[KeyFigure]:
    """People newly within reach, share served with its change, and what one newly reached costs."""
    _, answer = ctx.language, _result(ctx, territory, query)
    everyone = answer.groups.iloc[0]
    points = _("{iloc:+.1f} points", iloc=100 * (everyone["share_after"] - everyone["share_before"]))
    per_person = query.cost * len(answer.places) / answer.gained if answer.gained else None
    return [
        KeyFigure(_("Newly within reach (estimate)"), _.number(answer.gained)),
        KeyFigure(_("Share served (estimate)"), _.percent(everyone["share_after"], 1), points),
        KeyFigure(_("EUR a resident newly reached"), _.number(per_person)),
    ]


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """People newly within the limit by area, with the sites there are and, in another colour, the new ones."""
    _, answer = ctx.language, _result(ctx, territory, query)
    low, high = map(_.number, answer.gained_range)
    span = "" if query.room or low == high else _("{low} to {high} as ways are long or direct; ", low=low, high=high)
    finding = _(
        "{sites} new {label}: {gained} more people within {limit} minutes ({state})",
        sites=len(answer.places),
        label=facility_kinds(ctx).loc[query.service, "plural"],
        gained=_.number(answer.gained),
        limit=query.limit,
        state=span + _certainty(ctx, query, answer.solution),
    )
    unit = _("people newly within {limit} minutes (estimate)", limit=query.limit)
    before, after = answer.areas["share_before"], answer.areas["share_after"]
    shown = _.each("{a} before, {b} after (estimate)", a=before.map(_.percent), b=after.map(_.percent))
    there = facility_points(ctx, query.service)
    there = there[~there["source_id"].isin(query.closed)]
    mapped = area_map(
        ctx,
        territory.changed(district=""),
        "sites-map",
        caption(ctx, territory, finding, unit, query.service),
        answer.areas.assign(value=answer.areas["gained"], shown=shown),
        query.level,
        Shading(scheme="jenks"),
        points=there,
        columns=COLUMNS,
    )
    assert isinstance(mapped.drawing, Map)
    assert mapped.drawing.legend is not None
    new = point_layer(ctx, answer.places.assign(shown=_("new site in an existing public building")), query.level)
    key = replace(mapped.drawing.legend, highlighted=f"{_('New sites')}: {_.number(len(answer.places))}")
    layers = [*mapped.drawing.layers, replace(new, options={**new.options, "highlighted": True})]
    return replace(mapped, drawing=replace(mapped.drawing, layers=layers, legend=key))


def groups_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Who gains: points of share served by group."""
    _, answer = ctx.language, _result(ctx, territory, query)
    rows = answer.groups.assign(points=100 * (answer.groups["share_after"] - answer.groups["share_before"]))
    gains = _.each("{group} {points:+.1f} points", group=rows["group"], points=rows["points"])
    finding = _("Share within {limit} minutes: {gains}", limit=query.limit, gains=", ".join(gains))
    unit = _("points of the share within {limit} minutes, after less before (estimate)", limit=query.limit)
    bars = chart("bars", rows, label="group", value="points", unit="", digits=1)
    return figure(ctx, "gain", caption(ctx, territory, finding, unit, query.service), answer.groups, bars, COLUMNS)


def places_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The new sites by name, with the building's kind, its district and people near."""
    _, rows = ctx.language, _result(ctx, territory, query).places
    smallest = ctx.levels[-1]
    rows = rows.assign(
        name=rows["name"].fillna("").where(rows["name"].notna(), _("unnamed")),
        kind=rows["kind"].map(facility_kinds(ctx)["label"]),
        district=rows["area_id"].map(district_by_area(ctx, smallest)).map(area_names(ctx, ctx.largest_level)),
    )
    if not ctx.has_districts:
        rows = rows.assign(district=rows["area_id"].map(area_names(ctx, smallest)))
    unit = _("people within {limit} minutes (estimate)", limit=query.limit)
    columns = ["name", "kind", "district", "near", "area_id", "source_id", "lon", "lat"]
    return figure(ctx, "new-sites", caption(ctx, territory, _("New sites"), unit), rows[columns], columns=COLUMNS)


def summary(ctx: CityContext, territory: Territory, query: Query) -> str:
    """The answer, its cost and its assumptions, in sentences."""
    _, answer = ctx.language, _result(ctx, territory, query)
    everyone, cost = answer.groups.iloc[0], ""
    if answer.gained:
        cost = _(
            " At {cost:,} EUR a site that is {per:,.0f} EUR for each resident newly within reach.",
            cost=query.cost,
            per=query.cost * len(answer.places) / answer.gained,
        )
    words = _(
        "With {sites} new {label} chosen so that *{why}*, {iloc} of those served would live within {limit} "
        "minutes, up from {iloc_2}.{cost} The answer is {state}. **Assumptions** New sites go into "
        "the best of {candidates:,} existing public buildings; "
        "whether a building has room is not known. {walks}",
        walks=about_walks(ctx, query.walker),
        sites=len(answer.places),
        label=facility_kinds(ctx).loc[query.service, "plural"],
        why=_(AIMS[query.model if query.proven else "maximal covering"]),
        iloc=_.percent(everyone["share_after"], 1),
        limit=query.limit,
        iloc_2=_.percent(everyone["share_before"], 1),
        cost=cost,
        state=_certainty(ctx, query, answer.solution),
        candidates=len(
            candidates(ctx, query.service, query.limit, require_period(ctx, territory), query.walker, query.places)
        ),
    )
    room = _(" A new site takes {room:,} people; shares by area and group count reach alone.", room=query.room)
    return words + (room if query.room else "")


def frontier_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """What each further site brings, with the sites that close first and the room of a site."""
    _, rows = ctx.language, frontier(ctx, inputs(query), require_period(ctx, territory))
    first, last = rows["added"].iloc[[0, -1]]
    finding = _(
        "Of {count} sites the first brings {first:,.0f} people, the last {last:,.0f}",
        count=len(rows),
        first=first,
        last=last,
    )
    if len(rows) == 1:
        finding = _("The only site possible brings {first:,.0f} people", first=first)
    unit = _(
        "people newly within {limit} minutes (estimate), proven optimum for each number of sites", limit=query.limit
    )
    points = chart(
        "scatter",
        rows.assign(name=rows["sites"].astype(str)),
        x="sites",
        y="gained",
        name="name",
        x_unit=_("new sites"),
        y_unit=_("people newly within reach"),
        digits=0,
        labelled=[],
        marked=str(query.count),
    )
    return figure(ctx, "frontier", caption(ctx, territory, finding, unit, query.service), rows, points, COLUMNS)
