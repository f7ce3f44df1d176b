"""Indicators by area, and the inclusion index made from them, with the range of every rank."""

from __future__ import annotations

from itertools import combinations
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field

import data
from analytics import composite, indicators, measures, robustness
from analytics.indicators import DIMENSIONS, REGISTRY
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_, Language
from services.access import minutes_to_nearest
from services.areas import area_names, area_shapes, current_half_years, hierarchy, in_district
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, area_map, chart, figure
from services.findings import ends, some
from services.indicator_days import about, bases_day, of_period, social_day, social_days, social_shares
from services.names import cards, dimensions, level_plurals
from services.tables import city_table, has_tables, optional_table, source, world_table

MOST_RANKS = 25  # areas whose ranges are drawn
LEAST_SHIFT = 0.05  # places: under it a mean shift is written 0.0, and shares of it say nothing
TABLES = ("residents", "social_monitoring", "facilities")  # what most indicators are made from
INDICATOR_COLUMNS = {card.key: Column(card.key, card.label, card.unit, digits=card.digits) for card in REGISTRY}
CHOICES = {
    "normalisation": N_("Scale"),
    "weights": N_("Weights"),
    "aggregation": N_("Sum"),
    "imputation": N_("Gaps are filled by"),
    "outliers": N_("Outliers are"),
}
OPTIONS = composite.OPTION_LABELS | {
    "mean": N_("the mean"),
    "median": N_("the median"),
    "nearest": N_("five similar areas"),
    "pca": N_("principal components (PCA)"),
    "expert": N_("expert budget (below)"),
    "benefit of the doubt": N_("benefit of the doubt"),
    "mazziotta-pareto": "Mazziotta-Pareto",
}
COLUMNS = by_name(
    Column("score", N_("Score"), digits=1),
    Column("rank", N_("Place")),
    Column("low", N_("Best place")),
    Column("high", N_("Last place")),
    *(Column(key, label, digits=1) for key, label in DIMENSIONS.items()),
)
SHARES = by_name(
    Column("choice", N_("Choice"), kind="name"),
    Column("first", N_("First-order share"), digits=3),
    Column("first_conf", N_("First-order share, half-width of the 95 % interval"), digits=3),
    Column("total", N_("Total share"), digits=3),
    Column("total_conf", N_("Total share, half-width of the 95 % interval"), digits=3),
)
STEPS = N_(
    "\n1. **Framework**: six dimensions of inclusion: {dimensions}.\n2. **Selection**: {columns} "
    "indicators, each with a card on the page *Indicators*. Rents, overcrowding, language courses and "
    "opening hours are not published\n   by area and are missing.\n3. **Imputation**: {gaps} of {size:,} "
    "values are gaps{filled}.\n4. **Multivariate analysis**: rank correlations "
    "between dimensions are in the table below; opposed dimensions make weights matter.\n5. "
    "**Normalisation**: {normalisation}. Outliers (skewness above 2 and kurtosis above 3.5): {weak}; "
    "{outliers}.\n6. **Weighting**: {weights}; within a dimension indicators count alike.\n7. "
    "**Aggregation**: {aggregation}. A geometric or Mazziotta-Pareto sum lets a strong dimension make up "
    "less for a weak one.\n8. **Uncertainty and sensitivity**: above; every rank has its range.\n9. **Back "
    "to the data**: the profile page shows each indicator behind a score.\n10. **Links and "
    "presentation**: the page *Inclusion and economic health* sets it beside unemployment.\n"
)


Points = Annotated[int, Field(ge=0, le=100)]


class Query(ViewState):
    """What a reader asks of the index: level, choices of its making, points of an expert budget and their room.

    concentration: how alike the room's people share out points (analytics.voting.concentration), 0 if not known.
    """

    level: str = ""
    normalisation: Literal["min-max", "z-score", "rank"] = "min-max"
    weights: Literal["equal", "expert", "pca", "benefit of the doubt"] = "equal"
    aggregation: Literal["arithmetic", "geometric", "mazziotta-pareto"] = "geometric"
    imputation: Literal["mean", "median", "nearest"] = "median"
    outliers: Literal["kept", "winsorised"] = "winsorised"
    points_housing: Points = 17
    points_learning: Points = 17
    points_work: Points = 17
    points_health: Points = 17
    points_participation: Points = 17
    points_diversity: Points = 17
    room: str = Field("", max_length=12)
    concentration: float = Field(0.0, ge=0, le=1e6)

    @property
    def steps(self) -> dict[str, str]:
        """Option by choice, as analytics.composite calls them."""
        return {name: getattr(self, name) for name in CHOICES}

    @property
    def expert(self) -> pd.Series | None:
        """Points by dimension, where an expert budget is chosen."""
        points = {key: float(getattr(self, f"points_{key}")) for key in DIMENSIONS}
        return pd.Series(points) if self.weights == "expert" else None


@cached_numbers
def measured(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Every indicator of every area of a level (or of the 'city'): areas x indicators, as they are."""
    areas, has_cells = city_table(ctx, "areas"), has_tables(ctx, "cells")
    bases = {indicator: bases_day(ctx, day) for indicator, day in social_days(ctx, period).items()}
    areas = areas[(areas["level"] == ctx.levels[-1]) & (areas["boundary_version"] == ctx.boundary_version)]
    inputs = measures.Inputs(
        residents=of_period(ctx, "residents", period),
        origins=of_period(ctx, "residents_by_origin", period),
        background=of_period(ctx, "residents_by_background", period),
        social=social_shares(ctx, period),
        facilities=optional_table(ctx, "facilities"),
        cells=optional_table(ctx, "cells"),
        minutes={
            kind: minutes_to_nearest(ctx, kind, "adult") if has_cells else np.empty(0)
            for kind in world_table("facility_kinds")["kind"]
        },
        km2=areas.set_index("area_id")["area_km2"],
        groups=hierarchy(ctx)[level],
        level=level,
        displaced=ctx.city.displaced_origins,
        of_social={
            name: data.empty("residents") if day is None else of_period(ctx, "residents", day)
            for name, day in bases.items()
        },
    )
    return indicators.measure(inputs)


@cached_numbers
def days(ctx: CityContext, indicator: str) -> dict[pd.Timestamp, pd.Timestamp]:
    """Days of an indicator, oldest first, each with a half-year at which `measured` has it.

    The half-years that fit today's areas, or the days for which it was published.
    """
    periods = current_half_years(ctx)
    if "social_monitoring" not in next(card for card in REGISTRY if card.key == indicator).tables:
        return {period: period for period in periods}
    published = {period: social_day(ctx, period, indicator) for period in periods}
    return {day: period for period, day in published.items() if day is not None}


def history(ctx: CityContext, indicator: str, level: str, area: str) -> pd.Series:
    """An indicator of an area by day."""
    values = {day: measured(ctx, period, level).loc[area, indicator] for day, period in days(ctx, indicator).items()}
    return pd.Series(values, dtype=float)


def _oriented(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """The indicators of the index, high is good. Raises NothingToShow where the city has not two dimensions of them."""
    _, rows = ctx.language, indicators.oriented(measured(ctx, period, level))
    if len(rows) < 2:
        raise NothingToShow(
            _("An index compares areas; there is only one of them."), _("Choose the whole city or smaller areas.")
        )
    known = indicators.dimension_of()[rows.columns].nunique()
    if known < 2:
        raise NothingToShow(
            _("An index needs two dimensions or more; {city} has figures for {known}.", city=ctx.name, known=known),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    return rows


@cached_numbers
def index(ctx: CityContext, period: pd.Timestamp, query: Query) -> pd.DataFrame:
    """Dimension scores, score, rank and name by area, under the reader's choices."""
    rows = _oriented(ctx, period, query.level)
    result = composite.index(rows, indicators.dimension_of(), expert=query.expert, **query.steps)
    return result.assign(name=result.index.map(area_names(ctx, query.level)))


@cached_numbers
def rank_ranges(ctx: CityContext, period: pd.Timestamp, query: Query) -> robustness.Robustness:
    """Rank intervals over all choices, and each choice's Sobol share."""
    rows = _oriented(ctx, period, query.level)
    return robustness.assess(rows, indicators.dimension_of(), query.steps, query.expert)


def _ranked(ctx: CityContext, period: pd.Timestamp, query: Query) -> pd.DataFrame:
    """Every area's score, place, range of places and dimension scores: area_id, name and the columns of COLUMNS."""
    ranges = rank_ranges(ctx, period, query).ranks[["low", "high"]]
    rows = index(ctx, period, query).join(ranges).reset_index()
    first = ["area_id", "name", "score", "rank", "low", "high"]
    return rows[[*first, *(key for key in DIMENSIONS if key in rows)]]


def map_figure(ctx: CityContext, territory: Territory, period: pd.Timestamp, query: Query) -> Figure:
    """The index on a map of the city or the chosen district; places are among all areas of the level in the city."""
    _, rows = ctx.language, _ranked(ctx, period, query)
    rows["value"] = rows["score"]
    rows["shown"] = [
        _("score {score:.0f}, place {rank:.0f} of {count} (range {low:.0f} to {high:.0f})", count=len(rows), **row)
        for row in rows[["score", "rank", "low", "high"]].to_dict("records")
    ]
    inside = in_district(ctx, rows, territory.district, query.level)
    best = inside[inside["rank"] == inside["rank"].min()].iloc[0]
    best = inside[inside["low"] <= best["low"]]  # all that may come as far forward
    place = {"low": _.ranks(best["low"].min(), best["high"].max()), "count": len(rows)}
    place["name"] = some(ctx, best["name"])
    finding = _("{name}: {low} of {count} in nine of ten combinations of choices", **place)
    if len(best) > 1:
        finding = _("{name} share {low} of {count} in nine of ten combinations of choices", **place)
    elif len(inside) > 1:
        finding = _("Highest: {name}, {low} of {count} in nine of ten combinations of choices", **place)
    unit, note = _("inclusion index, 1 to 100 (estimate)"), _("ranges: 5 to 95 % of 2,048 combinations of choices")
    if query.aggregation == "mazziotta-pareto" and query.weights != "benefit of the doubt":
        unit = _("inclusion index, every dimension with mean 100 and standard deviation 10 (estimate)")
    caption = Caption(finding, unit, _.day(period), source(ctx, *TABLES), f"{note} · {about(ctx, period)}")
    return area_map(ctx, territory, "index-map", caption, rows, query.level, columns=COLUMNS)


def ranks_figure(ctx: CityContext, territory: Territory, period: pd.Timestamp, query: Query) -> Figure:
    """The best places with their ranges: of the chosen district's areas, or of all where districts are compared."""
    _, rows = ctx.language, _ranked(ctx, period, query)
    count, width = len(rows), float((rows["high"] - rows["low"]).median())
    if query.level != "district":
        rows = in_district(ctx, rows, territory.district, query.level)
    best = rows.nsmallest(MOST_RANKS, "rank")
    marked = area_names(ctx, query.level).get(territory.district if query.level == "district" else territory.area, "")
    values = {"count": count, "areas": level_plurals(ctx)[query.level], "wide": width, "most": MOST_RANKS}
    unit = N_("place among {count} {areas}, 1 to the right; range over choices")
    if len(rows) > MOST_RANKS:
        unit = N_("place among {count} {areas}, 1 to the right; range over choices; the best {most} shown")
    finding = _("By the choices made, the middle one of {count} {areas} moves by {wide:.0f} places", **values)
    drawing = chart(
        "intervals",
        best,
        name="name",
        value="rank",
        low="low",
        high="high",
        unit="",
        digits=0,
        marked=marked,
        first_is_best=True,
    )
    caption = Caption(finding, _(unit, **values), about(ctx, period), source(ctx, *TABLES))
    return figure(ctx, "ranks", caption, best, drawing, COLUMNS, area_shapes(ctx, query.level))


def room_figure(ctx: CityContext, territory: Territory, period: pd.Timestamp, query: Query) -> Figure:
    """The best places with the range that the room's own disagreement on weights leaves them."""
    _, rows = ctx.language, _oriented(ctx, period, query.level)
    assert query.expert is not None
    ranks = robustness.by_weights(rows, indicators.dimension_of(), query.steps, query.expert, query.concentration)
    ranks = ranks.rename_axis("area_id").reset_index()
    ranks.insert(1, "name", ranks["area_id"].map(area_names(ctx, query.level)))
    if query.level != "district":
        ranks = in_district(ctx, ranks, territory.district, query.level)
    best = ranks.nsmallest(MOST_RANKS, "rank", keep="all").head(MOST_RANKS)
    width = float((ranks["high"] - ranks["low"]).median())
    finding = _("Where people of the room disagree on weights, a place moves by {wide:.0f} in the middle", wide=width)
    unit = _(
        "place among {count} {areas}, 1 to the right; range: 5 to 95 % of 500 sets of weights as unlike as the room's",
        count=len(rows),
        areas=level_plurals(ctx)[query.level],
    )
    drawing = chart(
        "intervals", best, name="name", value="rank", low="low", high="high", unit="", digits=0, first_is_best=True
    )
    caption = Caption(finding, unit, about(ctx, period), source(ctx, *TABLES))
    return figure(ctx, "room-ranks", caption, best, drawing, COLUMNS, area_shapes(ctx, query.level))


def sobol_figure(ctx: CityContext, period: pd.Timestamp, query: Query) -> Figure:
    """Which choice moves the ranks most. Raises NothingToShow where none moves any."""
    _, result = ctx.language, rank_ranges(ctx, period, query)
    if result.shares.empty or result.shift < LEAST_SHIFT:
        what = _("No choice moves any of these areas: there is nothing to share out among the choices.")
        raise NothingToShow(what, _("Choose the whole city or smaller areas."))
    shares = result.shares.sort_values("total", ascending=False, kind="stable")
    shares = shares.assign(choice=shares["choice"].map(_))
    percent = shares.assign(
        value=100 * shares["total"],
        low=100 * (shares["total"] - shares["total_conf"]).clip(lower=0),
        high=100 * (shares["total"] + shares["total_conf"]),
    )
    moves = _("areas move {shift:.1f} places on average", shift=result.shift)
    most = ends(
        ctx,
        shares.assign(name=shares["choice"], error=shares["total_conf"] / 1.96),
        "total",
        lambda choice, _share: _("What matters most is the choice of {choice}", choice=choice),
        _.percent,
        subject=_("What matters most"),
        what=_("choices"),
        largest=True,
        error="error",
    )
    finding = f"{most.text[:1].upper()}{most.text[1:]}: {moves}"
    unit = _(
        "% of the variance of the mean shift in rank (total Sobol share, 95 % interval; {runs:,} runs)",
        runs=result.runs,
    )
    drawing = chart("intervals", percent, name="choice", value="value", low="low", high="high", unit="", digits=0)
    note = _("Areas that tie under the benefit of the doubt are told apart by their mean score.")
    caption = Caption(finding, unit, about(ctx, period), source(ctx, *TABLES), note)
    return figure(ctx, "sobol", caption, shares, drawing, SHARES)


def _filled(ctx: CityContext, period: pd.Timestamp, query: Query) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indicators of the index, high is good, before and after gaps are filled."""
    rows = _oriented(ctx, period, query.level)
    return rows, composite.impute(rows, query.imputation)


def option_name(language: Language, option: str) -> str:
    """What an option of the index is called, as it stands inside a sentence."""
    name = language(OPTIONS[option])
    return language.inside(name) if option in composite.OPTION_LABELS else name


def steps(ctx: CityContext, period: pd.Timestamp, query: Query) -> str:
    """The Handbook's ten steps, each with what was done and what it did."""
    _, (rows, filled) = ctx.language, _filled(ctx, period, query)
    gaps = rows.isna().sum()
    skewed = [cards(_)[key].label for key in rows.columns[composite.skewed(filled)]]
    said = ""
    if gaps.any():
        said = _(
            ", in {value} indicators; filling them by {imputation} moves no indicator's mean by more than {moved:.3f} "
            "standard deviations",
            value=int((gaps > 0).sum()),
            imputation=option_name(_, query.imputation),
            moved=((filled.mean() - rows.mean()) / rows.std(ddof=0)).abs().max(),
        )
    return _(
        STEPS,
        dimensions=", ".join(dimensions(_).values()),
        columns=len(rows.columns),
        gaps=_.number(gaps.sum()) if gaps.any() else _("none"),
        size=rows.size,
        filled=said,
        weak=", ".join(skewed) or _("none"),
        **{name: option_name(_, option) for name, option in query.steps.items()},
    )


def correlations_figure(ctx: CityContext, period: pd.Timestamp, query: Query) -> Figure:
    """How the dimensions go together across the areas of the whole city."""
    _, (_rows, filled) = ctx.language, _filled(ctx, period, query)
    scores = composite.by_dimension(composite.normalise(filled, query.normalisation), indicators.dimension_of())
    ranks, names = scores.corr(method="spearman"), dimensions(_)
    pairs = [(a, b, ranks.loc[a, b]) for a, b in combinations(ranks, 2) if np.isfinite(ranks.loc[a, b])]
    by_pair = pd.DataFrame(
        [{"name": f"{names[a]} – {names[b]}", "strength": abs(value), "value": value} for a, b, value in pairs],
        columns=["name", "strength", "value"],
    )
    signed = dict(zip(by_pair["name"], by_pair["value"], strict=True))
    finding = ends(
        ctx,
        by_pair,
        "strength",
        lambda pair, _size: _("Dimensions that go together most: {pair}, {r}", pair=pair, r=_.signed(signed[pair], 2)),
        lambda size: _.number(size, 2),
        subject=_("Rank correlations between dimensions, without sign"),
        what=_("pairs"),
        largest=True,
        digits=2,
    ).text
    rows = ranks.rename_axis("dimension").reset_index()
    rows["dimension"] = rows["dimension"].map(names)
    columns = {key: Column(key, label, digits=2) for key, label in DIMENSIONS.items()}
    unit = _("Spearman's rank correlation, from -1 to 1")
    caption = Caption(finding, unit, about(ctx, period), source(ctx, *TABLES))
    return figure(ctx, "correlations", caption, rows, columns=columns)


def indicators_figure(ctx: CityContext, territory: Territory, period: pd.Timestamp, level: str) -> Figure:
    """Every indicator by area of the city or the chosen district."""
    _, rows, note = ctx.language, measured(ctx, period, level).reset_index(), about(ctx, period)
    rows.insert(1, "name", rows["area_id"].map(area_names(ctx, level)))
    rows = in_district(ctx, rows, territory.district, level)
    caption = Caption(_("Indicators by area"), _("each column in the unit of its heading"), note, source(ctx, *TABLES))
    return figure(ctx, "indicators", caption, rows, None, INDICATOR_COLUMNS, area_shapes(ctx, level))
