"""What questions about sites share: kinds of service, and some thousand points that stand for where residents live."""

from __future__ import annotations

from collections.abc import Iterable

import h3
import numpy as np
import pandas as pd
from scipy import sparse

from analytics import access, coverage
from data.context import CityContext, Territory
from data.translation import N_
from services.access import counts_displaced, displaced_in_cells, minutes_to_nearest, people_in_cells
from services.areas import require_period
from services.cache import cached_numbers
from services.figures import Caption
from services.names import facility_kinds
from services.served import known_first, served_on
from services.tables import city_table, facilities_source, missing_table, require_tables
from services.walks import travel_matrix

SERVED, DISPLACED = N_("everyone it serves"), N_("displaced origin")
AGES = {N_("under 15"): (0, 15), N_("65 and over"): (65, None)}


def services(ctx: CityContext, leaving_out: Iterable[str]) -> dict[str, str]:
    """Kinds of facility to ask about: name by kind. Raises NothingToShow where the city has none."""
    require_tables(ctx, "facilities", "cells", "residents")
    labels: dict[str, str] = facility_kinds(ctx)["label"].drop(list(leaving_out), errors="ignore").to_dict()
    if not labels:
        raise missing_table(ctx.language, ctx.key, "facilities")
    return labels


def usual_service(ctx: CityContext, usual: str, leaving_out: Iterable[str]) -> str:
    """The usual kind, or the city's first where it has none of that kind or not the ages that it serves."""
    kinds = facility_kinds(ctx).index.drop(list(leaving_out), errors="ignore")
    order = known_first(ctx, [usual, *kinds] if usual in kinds else kinds)
    return order[0] if order else usual


def caption(ctx: CityContext, territory: Territory, finding: str, unit: str, kind: str = "") -> Caption:
    """A finding on facilities and residents, with its period and source. kind: of which those served are counted."""
    _, period = ctx.language, require_period(ctx, territory)
    served = _("served: {served}", served=served_on(ctx, kind, period)) if kind else ""
    return Caption(finding, unit, _.day(period), facilities_source(ctx), served)


@cached_numbers
def demand_points(ctx: CityContext) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells of a smallest area within one H3 cell of resolution 8.

    area_id, x, y (where its residents are in the mean); and the point of each cell.
    """
    cells = city_table(ctx, "cells")
    parents = np.array([h3.cell_to_parent(cell, 8) for cell in cells["cell"]])
    number, _pairs = pd.factorize(pd.Series(cells["area_id"].to_numpy() + "/" + parents))
    points = cells.assign(point=number, weight=_weights(cells))
    for axis in ("x", "y"):
        points[axis] *= points["weight"]
    sums = points.groupby("point").agg(
        area_id=("area_id", "first"), x=("x", "sum"), y=("y", "sum"), w=("weight", "sum")
    )
    return sums[["area_id"]].assign(x=sums["x"] / sums["w"], y=sums["y"] / sums["w"]), number


def _weights(cells: pd.DataFrame) -> np.ndarray:
    """How much each cell counts in its point: its share of the residents, a little where nobody lives in any."""
    return cells["share"].to_numpy() + 1e-9


def at_points(ctx: CityContext, by_cell: np.ndarray) -> np.ndarray:
    """People of cells, added up by demand point."""
    points, number = demand_points(ctx)
    return np.bincount(number, by_cell, minlength=len(points))


@cached_numbers
def people(ctx: CityContext, kind: str, period: pd.Timestamp) -> pd.DataFrame:
    """People at every demand point, a column a group: all that a kind serves first, and groups that the city counts."""
    cells, rows = city_table(ctx, "cells"), city_table(ctx, "residents")
    rows = rows[rows["period"] == period]
    groups = {SERVED: people_in_cells(ctx, kind, period)}
    if counts_displaced(ctx, period):
        groups[DISPLACED] = displaced_in_cells(ctx, period)
    known = {name: ages for name, ages in AGES.items() if coverage.knows_age(rows["age"].unique(), *ages)}
    groups |= {name: access.people_in_cells(cells, coverage.of_age(rows, *ages)) for name, ages in known.items()}
    return pd.DataFrame({name: at_points(ctx, by_cell) for name, by_cell in groups.items()})


@cached_numbers
def minutes_before(ctx: CityContext, kind: str, closed: tuple[str, ...] = (), walker: str = "adult") -> np.ndarray:
    """Minutes from every demand point to the nearest facility that stays: the mean of its cells' residents."""
    points, number = demand_points(ctx)
    weights = _weights(city_table(ctx, "cells"))
    minutes = np.bincount(number, weights * minutes_to_nearest(ctx, kind, walker, closed), minlength=len(points))
    return minutes / np.bincount(number, weights, minlength=len(points))


def within(ctx: CityContext, sites: pd.DataFrame, limit: int, walker: str = "adult") -> sparse.csr_matrix:
    """Sites x demand points, 1 where a point is within the limit (minutes of the way, an estimate)."""
    covers = travel_matrix(ctx, demand_points(ctx)[0], sites, walker, limit).minutes.T.tocsr()
    covers.data[:] = 1
    return covers
