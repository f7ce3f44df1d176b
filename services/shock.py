"""What if something breaks: services close, budgets shrink; who falls below the floor, how coverage comes back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analytics import readiness, shock
from analytics.scenario import Name, Shock, shared
from analytics.shock import Resilience
from data import store
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure
from data.translation import N_
from services import arrivals
from services.access import facilities
from services.areas import area_names, hierarchy, require_period
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.demand_points import caption, demand_points, people, usual_service, within
from services.demand_points import services as services
from services.figures import Shading, area_map, chart, figure
from services.findings import some
from services.names import facility_kinds
from services.served import require_served

LEFT_OUT = ("public_art",)  # no service that could close
COLUMNS = by_name(
    Column("share_before", N_("Share before"), digits=3),
    Column("share_after", N_("Share after"), digits=3),
    Column("year", N_("Year"), digits=0),
    Column("served", N_("People within the limit")),
    Column("share", N_("Share"), digits=3),
)


class Query(ViewState):
    """What goes wrong: the numbers of analytics.scenario.Shock, shares in per cent. districts: whose sites close."""

    service: str = ""
    limit: int = shared(Shock, "limit")
    floor: float = shared(Shock, "floor", 100)
    districts: tuple[Name, ...] = ()
    budget: float = shared(Shock, "budget", 100)
    arrivals: float = shared(Shock, "arrivals")
    reopened: int = shared(Shock, "reopened")
    level: str = ""


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city; without districts its areas close."""
    districts = list(area_names(ctx, ctx.largest_level))
    return {"service": list(services(ctx, LEFT_OUT)), "districts": districts, "level": list(ctx.levels)}


def defaults(ctx: CityContext) -> dict[str, Any]:
    """The usual choices in this city."""
    return {"service": usual_service(ctx, Shock().kind, LEFT_OUT), "level": ctx.middle_level}


def inputs(query: Query) -> Shock:
    """The choices as a part of a scenario."""
    values = query.model_dump(include={"limit", "districts", "arrivals", "reopened"})
    floor, budget = (round(share / 100, 9) for share in (query.floor, query.budget))
    return Shock(kind=query.service, floor=floor, budget=budget, **values)


def choices(given: Shock) -> dict[str, Any]:
    """A scenario's shock as the page's choices."""
    values = given.model_dump()
    shares = {name: round(100 * values[name], 9) for name in ("floor", "budget")}
    return {"service": values.pop("kind")} | values | shares | {"districts": list(given.districts)}


class Result(NamedTuple):
    """What a shock does to a service, and how it recovers.

    areas: share served before and after. closed, sites: how many; places: stated ones of those closed (empty where none
    are). lost: people without the service who had it. recovery: year, served, share.
    """

    areas: pd.DataFrame
    closed: int
    sites: int
    places: float
    resilience: Resilience
    lost: float
    recovery: pd.DataFrame


@cached_numbers
def covers(ctx: CityContext, kind: str, limit: int) -> sparse.csr_matrix:
    """Facilities x demand points within the limit."""
    return within(ctx, facilities(ctx, kind), limit)


@cached_numbers
def stay_open(ctx: CityContext, given: Shock, period: pd.Timestamp) -> np.ndarray:
    """Which facilities of the kind stay open, in the order of `facilities`."""
    sites = facilities(ctx, given.kind)
    opened = np.ones(len(sites), dtype=bool)
    if given.budget:
        population = people(ctx, given.kind, period).iloc[:, 0].to_numpy(float)
        opened = shock.close_least_used(covers(ctx, given.kind, given.limit), population, given.budget)
    closing = sites["area_id"].map(hierarchy(ctx)[ctx.largest_level]).isin(given.districts)
    return opened & ~closing.to_numpy()


@cached
def result(ctx: CityContext, given: Shock, period: pd.Timestamp, level: str) -> Result:
    """What the shock does.

    Raises NothingToShow where nobody is served, so that nothing can be lost, or the ages served are not known.
    """
    require_served(ctx, given.kind, period)
    _, reach, sites = ctx.language, covers(ctx, given.kind, given.limit), facilities(ctx, given.kind)
    population = people(ctx, given.kind, period).iloc[:, 0].to_numpy(float)
    try:
        resilience = shock.resilience(reach, population)
    except ValueError as fault:
        raise NothingToShow(_(str(fault)), _("Choose a longer walk or another service.")) from None
    every, opened = np.ones(len(sites), dtype=bool), stay_open(ctx, given, period)
    areas = demand_points(ctx)[0]["area_id"].map(hierarchy(ctx)[level]).to_numpy()
    shares = {
        "share_before": shock.share_served(reach, population, areas, every),
        "share_after": shock.share_served(reach, population, areas, opened),
    }
    rows = pd.DataFrame(shares).rename_axis("area_id").reset_index()
    lost = (shock.sites_in_reach(reach, every) > 0) & (shock.sites_in_reach(reach, opened) == 0)
    return Result(
        rows.assign(name=rows["area_id"].map(area_names(ctx, level))),
        int((~opened).sum()),
        len(sites),
        float(sites.loc[~opened, "places"].sum()) if sites["places"].notna().any() else float("nan"),
        resilience,
        float(population[lost].sum()),
        shock.recovery(reach, population, opened, given.reopened),
    )


def _result(ctx: CityContext, territory: Territory, query: Query) -> Result:
    return result(ctx, inputs(query), require_period(ctx, territory), query.level)


def _below(rows: pd.DataFrame, floor: float) -> pd.DataFrame:
    """Areas that fall below the floor, the least served first."""
    return rows[(rows["share_after"] < floor) & (rows["share_before"] >= floor)].sort_values("share_after")


def _below_before(rows: pd.DataFrame, floor: float) -> int:
    """How many areas were below the floor before anything closed."""
    return int((rows["share_before"] < floor).sum())


def key_figures(ctx: CityContext, territory: Territory, query: Query) -> list[KeyFigure]:
    """Sites closed, the places that close with them, and people who lose the service."""
    _, outcome = ctx.language, _result(ctx, territory, query)
    closed = f"{_.number(outcome.closed)} / {_.number(outcome.sites)}"
    return [
        KeyFigure(_("Sites closed"), closed),
        KeyFigure(_("Places lost with them"), _.number(outcome.places) if outcome.places >= 0 else _("not stated")),
        KeyFigure(_("People with none in reach any more (estimate)"), _.number(outcome.lost)),
    ]


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Share of people within the limit after the shock, by area."""
    _, outcome = ctx.language, _result(ctx, territory, query)
    finding = _(
        "{closed:,} of {sites:,} {label} closed{places}: {fell} areas fall below {floor}, where {below} of {areas} "
        "were before; {lost} people have none within {limit} minutes any more (estimate)",
        closed=outcome.closed,
        sites=outcome.sites,
        label=facility_kinds(ctx).loc[query.service, "plural"],
        places=_(" with {places:,.0f} places", places=outcome.places) if outcome.places > 0 else "",
        fell=len(_below(outcome.areas, query.floor / 100)),
        floor=_.percent(query.floor / 100),
        below=_below_before(outcome.areas, query.floor / 100),
        areas=len(outcome.areas),
        lost=_.number(outcome.lost),
        limit=query.limit,
    )
    if not outcome.closed:
        finding = _(
            "Nothing closes of {sites:,} {label}; areas below {floor}: {below} of {areas}",
            sites=outcome.sites,
            label=facility_kinds(ctx).loc[query.service, "plural"],
            floor=_.percent(query.floor / 100),
            below=_below_before(outcome.areas, query.floor / 100),
            areas=len(outcome.areas),
        )
    unit = _("% of people within {limit} minutes after the shock (estimate)", limit=query.limit)
    before, after = (outcome.areas[name].map(_.percent) for name in ("share_before", "share_after"))
    return area_map(
        ctx,
        territory.changed(district=""),
        "shock-map",
        caption(ctx, territory, finding, unit, query.service),
        outcome.areas.assign(
            value=outcome.areas["share_after"], shown=_.each("{a} before, {b} after (estimate)", a=before, b=after)
        ),
        query.level,
        Shading(suffix=" %", factor=100),
        columns=COLUMNS,
    )


def resilience_score(ctx: CityContext, territory: Territory, query: Query) -> str:
    """The score, which never stands without its parts."""
    score = _result(ctx, territory, query).resilience.score
    return ctx.language(
        "Score **{score:.2f}** of 1 (estimate), the geometric mean of its three parts; before any shock.", score=score
    )


def resilience_parts(ctx: CityContext, territory: Territory, query: Query) -> list[KeyFigure]:
    """Redundancy, robustness and absorption, each with what it means."""
    _, parts = ctx.language, _result(ctx, territory, query).resilience
    draws = _(
        "Still served after losing a tenth of the sites at random; 80 % of draws {draws_low:.1f} to "
        "{draws_high:.1f} %.",
        draws_low=100 * parts.draws_low,
        draws_high=100 * parts.draws_high,
    )
    second = _("Of those served, the share with a second site in reach.")
    worst = _("Still served after losing the one worst site.")
    return [
        KeyFigure(_("Redundancy"), _.percent(parts.redundancy, 1), help=second),
        KeyFigure(_("Robustness"), _.percent(parts.robustness, 1), help=draws),
        KeyFigure(_("Absorption"), _.percent(parts.absorption, 1), help=worst),
    ]


def recovery_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure | None:
    """How coverage comes back year by year; None where nobody lost the service."""
    _, outcome = ctx.language, _result(ctx, territory, query)
    if outcome.lost <= 0:
        return None
    rows = outcome.recovery
    year = int(rows[rows["share"] >= 0.999]["year"].min())
    finding = _("At {reopened} sites a year coverage is back after {year} years", reopened=query.reopened, year=year)
    unit = _("% of those served before the shock, most useful sites reopened first (estimate)")
    lines = rows.assign(group=_("share of those served before"), percent=100 * rows["share"])
    drawing = chart("lines", lines, x="year", y="percent", by="group", unit="", digits=1, from_zero=False)
    return figure(ctx, "recovery", caption(ctx, territory, finding, unit, query.service), rows, drawing, COLUMNS)


def readiness_sentence(ctx: CityContext) -> str:
    """How ready the policy framework was found to be, or that it was not assessed."""
    _, assessed = ctx.language, store.assessments(ctx.key)
    if assessed.empty:
        return _("Readiness of the policy framework is not assessed yet: see the page *Policy framework*.")
    scores = readiness.score(assessed["answers"].iloc[0]).set_index("part")["score"]
    crisis = _("not answered")
    if pd.notna(scores["crisis"]):
        crisis = _("{crisis:.0f} of 100", crisis=scores["crisis"])
    return _(
        "**Readiness of the policy framework** on {iloc}: crisis plans {crisis}, all parts together "
        "{score:.0f} of 100 (self-assessment). It stands beside the score above and is not part of it.",
        iloc=_.day(pd.Timestamp(assessed["day"].iloc[0])),
        crisis=crisis,
        score=scores.mean(),
    )


def _cause(ctx: CityContext, query: Query) -> str:
    """What goes wrong, as the beginning of a sentence."""
    _, names = ctx.language, area_names(ctx, ctx.largest_level)
    values = {
        "label": facility_kinds(ctx).loc[query.service, "plural"],
        "closed": ", ".join(names[area] for area in query.districts),
        "budget": _.percent(query.budget / 100),
    }
    if query.districts and query.budget:
        return _("If {label} in {closed} close and {budget} of the budget goes", **values)
    if query.districts:
        return _("If {label} in {closed} close", **values)
    return _("If {budget} of the budget for {label} goes", **values)


def summary(ctx: CityContext, territory: Territory, query: Query, people_arriving: arrivals.Query) -> str:
    """What closes and who loses it, and what more arrivals than on the page *People arrive* would fall short of."""
    _, outcome = ctx.language, _result(ctx, territory, query)
    given, period = arrivals.inputs(ctx, people_arriving), require_period(ctx, territory)
    # Unchecked: so many times the most people that a control takes is more than that.
    more = given.model_copy(update={"people": tuple(round(query.arrivals * count) for count in given.people)})
    level, seed = people_arriving.level, people_arriving.seed
    (base_low, base_high), (low, high) = (
        arrivals.daycare_shortfall(ctx, part, level, period, seed) for part in (given, more)
    )
    sentences = [
        _(
            "{cause}, {lost} people have no site within {limit} minutes any more. Areas that fall below {floor}: "
            "{worst}; {below} of {areas} were below before.",
            cause=_cause(ctx, query),
            lost=_.number(outcome.lost),
            limit=query.limit,
            floor=_.percent(query.floor / 100),
            worst=some(ctx, _below(outcome.areas, query.floor / 100)["name"], 5) or _("none"),
            below=_below_before(outcome.areas, query.floor / 100),
            areas=len(outcome.areas),
        )
    ]
    if outcome.places > 0:
        gone = N_(
            "{places:,.0f} places are lost with them: people with another site in reach may not find a free place "
            "there."
        )
        sentences.append(_(gone, places=outcome.places))
    if base_low >= 0:
        sentences.append(
            _(
                "If arrivals are {arrivals:g} times those of the page *People arrive*, day care falls short of "
                "{low:,.0f} to {high:,.0f} places instead of {base_low:,.0f} to {base_high:,.0f} (estimate, 80 % "
                "band; {borders}).",
                borders=arrivals.borders(ctx, level),
                arrivals=query.arrivals,
                low=low,
                high=high,
                base_low=base_low,
                base_high=base_high,
            )
        )
    sentences.append(
        _(
            "**Assumptions** Sites cost alike; the budget closes those whose people have another site near; walks are "
            "estimates; bridges and streets are not in the model where the city has no street network."
        )
    )
    return " ".join(sentences)
