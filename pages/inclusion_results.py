"""Indicators and the inclusion index, kept between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from analytics import composite, coverage, indicators, measures, robustness, scales, spatial
from pages.common import area_names, cached, city, exact_areas, hierarchy, optional, table
from pages.creative_places import regions_beside_income
from pages.reach_results import minutes
from views.language import _

if TYPE_CHECKING:
    from libpysal.weights import W


@cached
def measured(period: pd.Timestamp, level: str) -> pd.DataFrame:
    """Every indicator of every area of a level."""
    here = city()
    shapes = table("areas", here.key)
    shapes = shapes[(shapes["level"] == "planning_area") & (shapes["boundary_version"] == here.boundary_version)]
    groups = hierarchy()[level]
    given = measures.Inputs(
        residents=_of("residents", period),
        origins=_of("residents_by_origin", period),
        background=_of("residents_by_background", period),
        social=optional("social_monitoring"),
        facilities=table("facilities", here.key),
        cells=table("cells", here.key),
        minutes={kind: minutes(kind, "adult") for kind in table("facility_kinds")["kind"]},
        km2=shapes.set_index("area_id")["area_km2"],
        groups=groups,
        level=level,
        displaced=here.displaced_origins,
    )
    return indicators.measure(given)


def _of(name: str, period: pd.Timestamp) -> pd.DataFrame:
    rows = optional(name)
    return rows[rows["period"] == period]


def expert_points(points: tuple[int, ...] | None) -> pd.Series | None:
    """The reader's points by dimension."""
    return None if points is None else pd.Series(points, index=list(indicators.DIMENSIONS), dtype=float)


@cached
def index(
    period: pd.Timestamp, level: str, base: tuple[tuple[str, str], ...], points: tuple[int, ...] | None
) -> pd.DataFrame:
    """Dimension scores, score and rank by area, under the reader's choices."""
    rows = indicators.oriented(measured(period, level))
    result = composite.index(rows, indicators.dimension_of(), expert=expert_points(points), **dict(base))
    return result.assign(name=result.index.map(area_names(level)))


@cached
def robust(
    period: pd.Timestamp, level: str, base: tuple[tuple[str, str], ...], points: tuple[int, ...] | None
) -> robustness.Robustness:
    """Rank intervals and Sobol shares."""
    rows = indicators.oriented(measured(period, level))
    return robustness.assess(rows, indicators.dimension_of(), dict(base), expert_points(points))


def touching(shapes: gpd.GeoDataFrame, key: str) -> dict[str, list[str]]:
    """Areas that share a border or corner, by id."""
    from libpysal.weights import Queen

    return Queen.from_dataframe(shapes, ids=shapes[key].tolist(), silence_warnings=True).neighbors


@cached
def neighbours() -> dict[str, list[str]]:
    """Planning areas that share a border or corner."""
    return touching(exact_areas(), "area_id")


def among(near: dict[str, list[str]], areas: pd.Index) -> tuple[W, pd.Index]:
    """Neighbours among the areas with figures; areas left without one are dropped."""
    from libpysal.weights import W

    kept = set(areas)
    while alone := {area for area in kept if not kept & set(near[area])}:
        kept -= alone
    order = [area for area in areas if area in kept]
    return W(
        {area: [one for one in near[area] if one in kept] for area in order}, id_order=order, silence_warnings=True
    ), pd.Index(order)


@cached
def economic_health(period: pd.Timestamp, outcome: str, terms: tuple[str, ...]) -> spatial.SpatialModel:
    """How an indicator of economic health goes together with sides of inclusion across planning areas."""
    rows = measured(period, "planning_area")[[outcome, *terms]].dropna()
    weights, order = among(neighbours(), rows.index)
    return spatial.fit(rows.loc[order], outcome, list(terms), weights)


@cached
def regional_health(first: int, last: int) -> spatial.SpatialModel:
    """How growth of household income goes together with growth of cultural work across regions of Europe."""
    rows = regions_beside_income(first, last)[0].set_index("nuts_id")
    near = touching(gpd.GeoDataFrame(table("regions")), "nuts_id")
    weights, order = among(near, rows.index)
    columns = ["income", "culture", "first_income", "size"]
    return spatial.fit(rows.loc[order, columns], "income", columns[1:], weights)


@cached
def segregation(period: pd.Timestamp) -> pd.DataFrame:
    """Theil's H of three groups (no migration background, German with one, foreign national) and the scale it lies at."""
    rows = _of("residents_by_background", period)
    wide = (
        rows[rows["level"] == "planning_area"]
        .pivot(index="area_id", columns="background", values="persons")
        .astype(float)
        .dropna()
    )
    everyone = coverage.of_age(_of("residents", period), None, None).set_index("area_id")["persons"].reindex(wide.index)
    groups = (
        pd.DataFrame(
            {
                "none": everyone - wide["migration_background"],
                "german": wide["migration_background"] - wide["foreign_nationals"],
                "foreign": wide["foreign_nationals"],
            }
        )
        .clip(lower=0)
        .dropna()
    )
    above = hierarchy()
    return scales.decompose_theil_h(
        groups,
        {
            level: above[level]
            for level in city().level_names
            if level in above and level not in ("city", "planning_area")
        },
    )


@cached
def segregation_over_time(periods: tuple[pd.Timestamp, ...]) -> pd.DataFrame:
    """Theil's H among planning areas for each half-year."""
    return pd.DataFrame(
        {"period": period, "h": segregation(period)["h"].iloc[-1], "group": _("among planning areas")}
        for period in periods
    )
