"""How long ways are: over the city's own streets, or along straight lines lengthened by what such cities' ways are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from analytics import access, network
from analytics.network import Streets
from data.context import CityContext
from services.areas import current_half_years, exact_areas, residents
from services.cache import cached_numbers
from services.tables import city_table, has_tables, place_table, world_table

ON_WHEELS = {"wheelchair": "wheelchair", "bicycle": "bicycle"}  # walker -> network to travel; others go on foot


def walkers(ctx: CityContext) -> dict[str, str]:
    """Who may be on the way, in words."""
    return {name: ctx.language(label) for name, label in access.WALKERS.items()}


def has_network(ctx: CityContext) -> bool:
    """Whether the city has a street network of its own; if not, minutes come from straight lines and the circuity."""
    return has_tables(ctx, "network_nodes")


@cached_numbers
def streets(ctx: CityContext, walker: str, bridges: tuple[str, ...] = ()) -> Streets:
    """The city's streets as a walker may use them. bridges: names of those that are closed."""
    nodes, edges = (place_table(name, ctx.key) for name in ("network_nodes", "network_edges"))
    return network.streets(nodes, edges, ON_WHEELS.get(walker, "foot"), bridges)


@cached_numbers
def bridges(ctx: CityContext) -> list[str]:
    """Names of the city's bridges, of whose streets it is known; empty where it has none or no streets."""
    if not has_network(ctx):
        return []
    edges = place_table("network_edges", ctx.key)
    return sorted(set(edges["bridge"]) - {""}) if "bridge" in edges else []


@cached_numbers
def cell_nodes(ctx: CityContext, walker: str) -> tuple[np.ndarray, np.ndarray]:
    """The node of the streets that each cell is joined to, and the metres to it."""
    return network.snap(city_table(ctx, "cells"), streets(ctx, walker))


@cached_numbers
def circuity(ctx: CityContext) -> dict[str, Any]:
    """Walked over straight distance where people live as densely as in this city, fitted on another's streets.

    place: the other city. density_from: residents per km2 of such neighbourhoods, at least; factor, low, high: middle
    ratio, 10th and 90th percentile.
    """
    rows = world_table("circuity")
    row = rows[rows["density_from"] <= _usual_density(ctx)].sort_values("density_from").iloc[-1]
    return {"place": row["place"]} | {name: float(row[name]) for name in ("density_from", "factor", "low", "high")}


def _usual_density(ctx: CityContext) -> float:
    """Residents per km2 of the smallest area in which the middle resident lives; 0 where nobody is known to live."""
    days = current_half_years(ctx)
    if not days or not has_tables(ctx, "areas_exact"):
        return 0.0
    km2 = exact_areas(ctx).set_index("area_id").area / 1e6
    people = residents(ctx, days[-1]).dropna().set_index("area_id")["persons"]
    density = (people / km2.reindex(people.index)).sort_values()
    reached = people.reindex(density.index).cumsum()
    return float(density[reached >= reached.iloc[-1] / 2].iloc[0]) if people.sum() else 0.0


def spread(ctx: CityContext) -> tuple[float, float]:
    """By what factors minutes may be shorter or longer: 10th and 90th percentile of walks over the middle one."""
    if has_network(ctx):
        return 1.0, 1.0
    fitted = circuity(ctx)
    return fitted["low"] / fitted["factor"], fitted["high"] / fitted["factor"]


def travel_matrix(
    ctx: CityContext, points: pd.DataFrame, sites: pd.DataFrame, walker: str, limit: float
) -> access.TravelMatrix:
    """Minutes from points to the sites within the limit. points, sites: x, y in the city's reference system."""
    speed = access.SPEEDS[walker]
    if not has_network(ctx):
        return access.travel_matrix(points, sites, limit, speed, circuity(ctx)["factor"])
    metres = network.reach_metres(points, sites, streets(ctx, walker), limit * speed)
    return access.TravelMatrix(metres / speed, limit)


def filled(
    ctx: CityContext, points: pd.DataFrame, sites: pd.DataFrame, within: csr_matrix, limit: float, walker: str
) -> np.ndarray:
    """Minutes from all points to all sites, points × sites, of those that are within a limit.

    Others are over the limit, along straight lines times the circuity.
    """
    metres = np.hypot(*(points[axis].to_numpy()[:, None] - sites[axis].to_numpy()[None] for axis in ("x", "y")))
    minutes = np.maximum(metres * circuity(ctx)["factor"] / access.SPEEDS[walker], np.nextafter(limit, np.inf))
    pairs = within.tocoo()
    minutes[pairs.row, pairs.col] = pairs.data
    return minutes


def metres_from_cells(
    ctx: CityContext, sites: pd.DataFrame, walker: str = "adult", bridges: tuple[str, ...] = ()
) -> np.ndarray:
    """Metres over the city's streets from every cell to the nearest of some sites (x, y); see minutes_from_cells."""
    if bridges:  # then cells may be joined to other nodes
        return network.walk_metres(city_table(ctx, "cells"), sites, streets(ctx, walker, bridges))
    node, to_network = cell_nodes(ctx, walker)
    return to_network + network.metres_to_nearest(streets(ctx, walker), sites)[node]


def minutes_from_cells(ctx: CityContext, sites: pd.DataFrame, walker: str, bridges: tuple[str, ...] = ()) -> np.ndarray:
    """Minutes from every cell to the nearest of some sites (x, y). bridges: names of those that nobody crosses."""
    speed = access.SPEEDS[walker]
    if not has_network(ctx):
        return access.nearest_minutes(city_table(ctx, "cells"), sites, speed, circuity(ctx)["factor"])
    return metres_from_cells(ctx, sites, walker, bridges) / speed


def minutes_to_place(ctx: CityContext, x: float, y: float, walker: str, limit: float) -> np.ndarray:
    """Minutes from every cell to one place; infinite beyond the limit."""
    cells = city_table(ctx, "cells")
    travel = travel_matrix(ctx, cells, pd.DataFrame([{"x": x, "y": y}]), walker, limit).minutes.tocoo()
    minutes = np.full(len(cells), np.inf)
    minutes[travel.row] = travel.data
    return minutes


def range_text(ctx: CityContext, low: float, high: float, digits: int) -> str:
    """Two ends in words, '8.4–11.2'; one number where they are written alike."""
    first, last = (ctx.language.number(end, digits) for end in (low, high))
    return first if first == last else f"{first}–{last}"


def minutes_text(ctx: CityContext, minutes: float, digits: int = 1) -> str:
    """Minutes in words, as a range where they come from straight lines."""
    low, high = spread(ctx)
    return range_text(ctx, minutes * low, minutes * high, digits)


@cached_numbers
def wheelchair_ways(ctx: CityContext) -> dict[str, int]:
    """How many ways are steps, barred to wheelchairs otherwise, left, and of these unknown.

    Unknown are those whose slope and use by wheelchair nobody says.
    """
    edges = place_table("network_edges", ctx.key)
    barred, steps = network.bars_wheelchairs(edges), edges["kind"] == "steps"
    left = edges[~barred]
    known = pd.Series(False, index=left.index)
    if "incline" in left:
        known |= left["incline"].notna()
    if "wheelchair" in left:
        known |= left["wheelchair"] != ""
    counts = {"steps": steps, "barred": barred & ~steps, "left": ~barred}
    return {name: int(rows.sum()) for name, rows in counts.items()} | {"unknown": int((~known).sum())}


def _unknown(ctx: CityContext, walker: str) -> str:
    """What is left out, assumed or not known of the streets for a walker; '' where nothing is."""
    _ = ctx.language
    if walker == "wheelchair":
        counts = wheelchair_ways(ctx)
        said = _("{steps:,} flights of steps are left out.", steps=counts["steps"])
        if counts["barred"]:
            said += " " + _(
                "So are {barred:,} ways steeper than {steep:.0f} % or closed to wheelchairs.",
                barred=counts["barred"],
                steep=network.STEEP,
            )
        unknown = _(
            "Of {unknown:,} of the other {left:,} ways slope, kerbs and surface are not known.",
            unknown=counts["unknown"],
            left=counts["left"],
        )
        return f"{said} {unknown}"
    if walker == "bicycle":
        return _("Streets at 15 km/h, beside traffic 14, on paths 12; pushed on footways, carried on steps (assumed).")
    return ""


def about_walks(ctx: CityContext, walker: str = "adult") -> str:
    """How minutes come about, and where residents are taken to live."""
    _ = ctx.language
    speed = _("at {speed:.0f} m a minute", speed=access.SPEEDS[walker])
    if has_network(ctx):
        how = _("Minutes over the city's own streets, {speed}.", speed=speed)
        how = " ".join(filter(None, [how, _unknown(ctx, walker)]))
    else:
        fitted = circuity(ctx)
        how = _(
            "Minutes are an estimate: straight line × {factor:.2f}, the middle ratio of walked to straight distance "
            "in neighbourhoods of {place} with over {density:,.0f} residents per km² (80 % of pairs {low:.2f} to "
            "{high:.2f}), {speed}.",
            place=fitted["place"],
            factor=fitted["factor"],
            density=fitted["density_from"],
            low=fitted["low"],
            high=fitted["high"],
            speed=speed,
        )
    return f"{how} {_(ctx.city.estimate_note)}"
