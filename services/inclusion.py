"""Indicators by area, and the inclusion index made from them: every choice of its making open, every rank with its range."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field

from analytics import composite, indicators, measures, robustness
from analytics.indicators import DIMENSIONS, REGISTRY
from data.context import CityContext, Territory, ViewState
from data.figures import Column, Figure
from data.translation import N_
from services.access import minutes_to_nearest
from services.areas import area_names, current_half_years, hierarchy, in_district, place_name, require_period
from services.cache import cached
from services.figures import Caption, area_map, chart, figure
from services.names import cards, dimensions, level_plurals
from services.tables import city_table, has_tables, optional_table, source, world_table

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
COLUMNS = {
    column.name: column
    for column in (
        Column("score", N_("Score"), digits=1),
        Column("rank", N_("Place")),
        Column("low", N_("Best place")),
        Column("high", N_("Last place")),
        *(Column(key, label, digits=1) for key, label in DIMENSIONS.items()),
    )
}
SHARES = {
    column.name: column
    for column in (
        Column("choice", N_("Choice"), kind="name"),
        Column("first", N_("First-order share"), digits=3),
        Column("first_conf", N_("First-order share, half-width of the 95 % interval"), digits=3),
        Column("total", N_("Total share"), digits=3),
        Column("total_conf", N_("Total share, half-width of the 95 % interval"), digits=3),
    )
}


class Recipe(NamedTuple):
    """How an index is made, by the keys of analytics.composite; points: of an expert budget, by dimension in their order."""

    normalisation: str
    weights: str
    aggregation: str
    imputation: str
    outliers: str
    points: tuple[int, ...] | None = None

    @property
    def steps(self) -> dict[str, str]:
        """Option by choice."""
        return {name: getattr(self, name) for name in CHOICES}

    @property
    def expert(self) -> pd.Series | None:
        """The points of an expert budget by dimension."""
        return None if self.points is None else pd.Series(self.points, index=list(DIMENSIONS), dtype=float)


class Query(ViewState):
    """What a reader asks of the index: areas, choices of its making, points of an expert budget and the room that gave them."""

    level: str = ""
    normalisation: Literal["min-max", "z-score", "rank"] = "min-max"
    weights: Literal["equal", "expert", "pca", "benefit of the doubt"] = "equal"
    aggregation: Literal["arithmetic", "geometric", "mazziotta-pareto"] = "geometric"
    imputation: Literal["mean", "median", "nearest"] = "median"
    outliers: Literal["kept", "winsorised"] = "winsorised"
    points_housing: int = Field(17, ge=0, le=100)
    points_learning: int = Field(17, ge=0, le=100)
    points_work: int = Field(17, ge=0, le=100)
    points_health: int = Field(17, ge=0, le=100)
    points_participation: int = Field(17, ge=0, le=100)
    points_diversity: int = Field(17, ge=0, le=100)
    room: str = Field("", max_length=12)

    @property
    def recipe(self) -> Recipe:
        """How this index is made; points count only where an expert budget is chosen."""
        points = tuple(getattr(self, f"points_{key}") for key in DIMENSIONS) if self.weights == "expert" else None
        return Recipe(*(getattr(self, name) for name in CHOICES), points)


def social_shares(ctx: CityContext, period: pd.Timestamp) -> pd.DataFrame:
    """Social indicators by smallest area on the newest day not after a period, each indicator by itself."""
    rows = optional_table(ctx, "social_monitoring")
    rows = rows[rows["period"] <= period]
    return rows[rows["period"] == rows.groupby("indicator")["period"].transform("max")]


def social_day(ctx: CityContext, period: pd.Timestamp) -> pd.Timestamp | None:
    """The day of the newest social indicators not after a period; None where there are none."""
    days = social_shares(ctx, period)["period"]
    return days.max() if len(days) else None


@cached
def measured(ctx: CityContext, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Every indicator of every area of a level (or of the 'city'): areas x indicators, as they are."""
    areas, has_cells = city_table(ctx, "areas"), has_tables(ctx, "cells")
    areas = areas[(areas["level"] == ctx.levels[-1]) & (areas["boundary_version"] == ctx.boundary_version)]
    inputs = measures.Inputs(
        residents=_of_period(ctx, "residents", period),
        origins=_of_period(ctx, "residents_by_origin", period),
        background=_of_period(ctx, "residents_by_background", period),
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
    )
    return indicators.measure(inputs)


def _of_period(ctx: CityContext, name: str, period: pd.Timestamp) -> pd.DataFrame:
    rows = optional_table(ctx, name)
    return rows[rows["period"] == period]


def history(ctx: CityContext, indicator: str, level: str, area: str) -> pd.Series:
    """An indicator of an area by the day that it is of: each half-year that fits today's areas, or each day it was published."""
    is_social = "social_monitoring" in next(card for card in REGISTRY if card.key == indicator).tables
    values = {}
    for period in current_half_years(ctx):
        day = social_day(ctx, period) if is_social else period
        if day is not None:
            values[day] = measured(ctx, period, level).loc[area, indicator]
    return pd.Series(values, dtype=float)


@cached
def index(ctx: CityContext, period: pd.Timestamp, level: str, recipe: Recipe) -> pd.DataFrame:
    """Dimension scores, score, rank and name by area, under the reader's choices."""
    rows = indicators.oriented(measured(ctx, period, level))
    result = composite.index(rows, indicators.dimension_of(), expert=recipe.expert, **recipe.steps)
    return result.assign(name=result.index.map(area_names(ctx, level)))


@cached
def rank_ranges(ctx: CityContext, period: pd.Timestamp, level: str, recipe: Recipe) -> robustness.Robustness:
    """Rank intervals over all choices, and each choice's Sobol share."""
    rows = indicators.oriented(measured(ctx, period, level))
    return robustness.assess(rows, indicators.dimension_of(), recipe.steps, recipe.expert)
