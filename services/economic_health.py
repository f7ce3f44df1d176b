"""Inclusion and economic health: a question put to data, with neighbours, intervals and influence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd

from analytics import spatial
from analytics.indicators import WALKS, Indicator
from analytics.spatial import FEWEST_AREAS, SpatialModel
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, exact_areas, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.creative import SCOPE
from services.creative_inclusion import FIRST_YEAR, LAST_YEAR, regions_beside_income
from services.figures import Caption, chart, figure
from services.inclusion import measured
from services.indicator_days import social_day
from services.names import cards, level_plurals
from services.tables import require_tables, source, world_source, world_table

if TYPE_CHECKING:
    from libpysal.weights import W

OUTCOMES = ("unemployment", "transfer_receipt", "child_poverty")
TERMS = (
    "residence_over_five_years",
    "daycare_places",
    "library_walk",
    "community_walk",
    "culture_walk",
    "origin_mix",
    "apart",
    "density",
)
COLUMNS = by_name(
    Column("label", N_("Beside"), kind="name"),
    Column("effect", N_("Total effect"), digits=2),
    Column("direct", N_("In the place itself"), digits=2),
    Column("indirect", N_("By way of neighbours"), digits=2),
    Column("sure", N_("Beyond chance"), kind="text"),
    Column("ols", N_("Coefficient without neighbours"), digits=2),
    Column("area", N_("Area that moves it most"), kind="text"),
    Column("moved_by", N_("By how much"), digits=3),
    Column("moved_most", N_("Id of this area"), kind="id"),
)
EXPLANATION = N_(
    "\n**What it shows** Over {n} {what}, those with a higher value of *{label}* have a {direction} {outcome}, "
    "{effect:+.2f}\n({low:+.2f} to {high:+.2f}), with the other terms held still{doubt}. Of this {direct:+.2f} "
    "is in the place itself and {indirect:+.2f} comes by way of neighbours. The terms alone account for {r2} of "
    "the differences. Leaving out\n*{area}* moves this number most, by {moved_by:+.3f}.\n\n**Neighbours** "
    "Residuals without space are alike among neighbours (Moran's I {moran:.2f}, {moran_p}), so neighbours are "
    "taken to {kind},\n{dependence:.2f} ({dependence_low:.2f} to {dependence_high:.2f}); leaving that out would "
    "give {ols:+.2f}.\n\n**What it does not show** That one brings about the other, or that changing it would "
    "change {outcome}. Who lives where, rents and commuting are not in the\nmodel; one day is a snapshot; what "
    "holds among areas need not hold for people in them.\n"
)


class Query(ViewState):
    """What a reader asks of this page: an indicator of economic health and the sides of inclusion set beside it."""

    outcome: Literal["unemployment", "transfer_receipt", "child_poverty"] = "unemployment"
    terms: tuple[str, ...] = ()


def measures(ctx: CityContext, territory: Territory, among: tuple[str, ...]) -> dict[str, str]:
    """Those of some indicators that differ between the city's smallest areas: name by key.

    Raises NothingToShow where the city has no social indicators in these years.
    """
    require_tables(ctx, "social_monitoring")
    values, by_key = measured(ctx, require_period(ctx, territory), ctx.levels[-1]), cards(ctx.language)
    labels = {key: by_key[key].label for key in among if values[key].nunique() > 1}
    if not labels:
        raise NothingToShow(
            ctx.language("No figure in these years."), ctx.language("Choose later years in the sidebar.")
        )
    return labels


def _neighbours(shapes: gpd.GeoDataFrame, key: str, among: pd.Index) -> tuple[W, pd.Index]:
    """Which of some places share a border or corner, and the places that have a neighbour among them."""
    from libpysal.weights import Queen, W

    near = Queen.from_dataframe(shapes, ids=shapes[key].tolist(), silence_warnings=True).neighbors
    connected = set(among)
    while alone := {place for place in connected if not connected & set(near[place])}:
        connected -= alone
    order = [place for place in among if place in connected]
    neighbours = {place: [other for other in near[place] if other in connected] for place in order}
    return W(neighbours, id_order=order, silence_warnings=True), pd.Index(order)


@cached_numbers
def areas_model(ctx: CityContext, period: pd.Timestamp, outcome: str, terms: tuple[str, ...]) -> SpatialModel:
    """How an indicator of economic health goes together with sides of inclusion across the smallest areas."""
    rows = measured(ctx, period, ctx.levels[-1])[[outcome, *terms]].dropna()
    weights, order = _neighbours(exact_areas(ctx), "area_id", rows.index)
    if len(order) < FEWEST_AREAS:
        _ = ctx.language
        raise NothingToShow(
            _("Only {n} areas have every figure; a spatial model needs {fewest}.", n=len(order), fewest=FEWEST_AREAS),
            _("Choose another city."),
        )
    return spatial.fit(rows.loc[order], outcome, list(terms), weights)


@cached_numbers
def regions_model(ctx: CityContext) -> SpatialModel:
    """How growth of household income goes together with growth of cultural work across regions of Europe.

    What is left out is taken to be alike within countries.
    """
    rows = regions_beside_income(ctx, FIRST_YEAR, LAST_YEAR)[0].set_index("nuts_id")
    weights, order = _neighbours(gpd.GeoDataFrame(world_table("regions")), "nuts_id", rows.index)
    columns = ["income", "culture", "first_income", "size"]
    countries = world_table("regions").set_index("nuts_id")["country"].reindex(order)
    return spatial.fit(rows.loc[order, columns], "income", columns[1:], weights, groups=countries)


def areas_figure(ctx: CityContext, territory: Territory, query: Query) -> tuple[Figure, str]:
    """Effects across the city's smallest areas, and in plain words what they show and what they do not."""
    _, period, by_key = ctx.language, require_period(ctx, territory), cards(ctx.language)
    if not query.terms:
        raise NothingToShow(_("Nothing is chosen to set beside it."), _("Choose one or more measures above."))
    model = areas_model(ctx, period, query.outcome, query.terms)
    day = social_day(ctx, period, query.outcome)
    days = _("residents of {period}, social monitoring of {day}", period=_.day(period), day=_.plain(day))
    outcome, what = _.inside(by_key[query.outcome].label), level_plurals(ctx)[ctx.levels[-1]]
    labels = {key: _term(ctx, by_key[key]) for key in query.terms}
    caption = Caption("", "", days, source(ctx, "social_monitoring", "residents", "facilities"))
    return _model_figure(ctx, "areas-model", caption, model, (outcome, what), labels, area_names(ctx, ctx.levels[-1]))


def _term(ctx: CityContext, card: Indicator) -> str:
    """An indicator as a term of a model; of a walk it is said that it is one, since a higher figure is farther."""
    return ctx.language("{label} (minutes on foot)", label=card.label) if card.key in WALKS else card.label


def regions_figure(ctx: CityContext) -> tuple[Figure, str]:
    """The same across regions of Europe."""
    _, regions = ctx.language, world_table("regions")
    labels = {
        "culture": _("growth of cultural work"),
        "first_income": _("income of {first}", first=FIRST_YEAR),
        "size": _("number in cultural work"),
    }
    years = _("{first}–{last}, NUTS 2 (scope: {scope})", first=FIRST_YEAR, last=LAST_YEAR, scope=_(SCOPE))
    caption = Caption("", "", years, world_source("household_income", "cultural_employment"))
    names = dict(zip(regions["nuts_id"], regions["name"], strict=True))
    subject = (_("growth of household income"), _("regions"))
    return _model_figure(ctx, "regions-model", caption, regions_model(ctx), subject, labels, names)


def _model_figure(
    ctx: CityContext,
    key: str,
    caption: Caption,
    model: SpatialModel,
    subject: tuple[str, str],
    labels: dict[str, str],
    names: dict[str, str],
) -> tuple[Figure, str]:
    """A model's effects as a figure, and its explanation. subject: what is explained, and across which places."""
    _, (outcome, what) = ctx.language, subject
    rows = model.terms.assign(
        label=model.terms["term"].map(labels), area=[names.get(place, place) for place in model.terms["moved_most"]]
    ).drop(columns="term")
    ordered = rows.sort_values(["sure", "effect"], key=abs, ascending=False)
    top, sure = next(ordered.itertuples()), ordered[ordered["sure"]]
    finding = _("Nothing here goes together with {outcome} beyond chance", outcome=outcome)
    if len(sure):
        parts = {True: N_("higher where these are higher: {terms}"), False: N_("lower where these are higher: {terms}")}
        by_sign = {rises: sure[(sure["effect"] > 0) == rises]["label"].map(_.inside) for rises in parts}
        said = [_(parts[rises], terms=", ".join(labels)) for rises, labels in by_sign.items() if len(labels)]
        finding = _("{outcome} is {parts}", outcome=f"{outcome[:1].upper()}{outcome[1:]}", parts="; ".join(said))
    unit = _(
        "total effect: standard deviations of {outcome} per standard deviation of each term everywhere, the others "
        "held still; 95 % bootstrap interval. The title names what is beyond chance at 5 % over all {count} terms",
        outcome=outcome,
        count=len(rows),
    )
    drawing = chart(
        "intervals", rows, name="label", value="effect", low="low", high="high", unit="", digits=2, reference=0
    )
    shown = ("effect", "low", "high", "direct", "indirect", "area", "moved_by", "ols")
    explanation = _(
        EXPLANATION,
        n=model.n,
        what=what,
        label=_.inside(top.label),
        direction=_("higher") if top.effect > 0 else _("lower"),
        doubt="" if top.sure else _(" (this may be chance)"),
        outcome=outcome,
        r2=_.percent(model.r2),
        moran=model.moran,
        moran_p=_.p_value(model.moran_p),
        kind=_("share what is left out (spatial error)")
        if model.kind == "error"
        else _("go with each other's values (spatial lag)"),
        dependence=model.dependence,
        dependence_low=model.dependence_low,
        dependence_high=model.dependence_high,
        **{name: getattr(top, name) for name in shown},
    )
    complete = Caption(finding, unit, caption.period, caption.source)
    rows = rows.assign(sure=[_("yes") if sure else _("no") for sure in rows["sure"]])
    return figure(ctx, key, complete, rows, drawing, COLUMNS), explanation
