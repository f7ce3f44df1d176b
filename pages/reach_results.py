"""Results of the accessibility engine, kept between runs: who walks how long to what, and is there a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h3
import ibis
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

import data
from analytics import access, coverage, equity, network
from analytics import cells as hexes
from data import engine
from pages.common import area_names, cached, cell_groups, city, known, optional, residents_served, table
from views.language import _

if TYPE_CHECKING:
    from libpysal.weights import Queen

EVERYONE, DISPLACED = "all it serves", "residents of displaced origin"
MOST_CELLS = 12_000  # hexagons that a map sends to a browser: about 70 bytes each
THRESHOLDS = [float(m) for m in range(1, 46)]


@cached
def streets(place: str) -> tuple[pd.DataFrame, csr_matrix]:
    """Nodes and ways of a place's street network."""
    nodes = table("network_nodes", place)
    return nodes, network.graph(nodes, table("network_edges", place))


@cached
def circuity() -> dict[str, float]:
    """Walked over straight distance, fitted on the street network that stands in for the city's own."""
    return network.circuity(*streets(city().walking_network))


def has_network() -> bool:
    """Whether the city has a street network of its own; if not, minutes come from straight lines and the circuity."""
    return data.has("network_nodes", city().key)


def ways_within(lived: pd.DataFrame, sites: pd.DataFrame, walker: str, limit: float) -> access.TravelMatrix:
    """Who reaches what within the limit: over the city's streets where it has them, else by the circuity."""
    speed = access.SPEEDS[walker]
    if not has_network():
        return access.travel_matrix(lived, sites, limit, speed, circuity()["factor"])
    return access.TravelMatrix(network.reach_metres(lived, sites, *streets(city().key), limit * speed) / speed, limit)


@cached
def people(kind: str, period: pd.Timestamp) -> np.ndarray:
    """Whole residents of the ages a kind serves in every cell (an estimate)."""
    return access.people_in_cells(table("cells", city().key), residents_served(kind, period))


@cached
def displaced_people(period: pd.Timestamp) -> np.ndarray:
    """Residents of displaced origin in every cell, spread like all residents; suppressed areas hold none (an estimate)."""
    here = city()
    rows = table("residents_by_origin", here.key)
    rows = rows[(rows["period"] == period) & (rows["level"] == "planning_area")]
    rows = rows[rows["origin"].isin(here.displaced_origins)].groupby("area_id", as_index=False)["persons"].sum()
    return access.people_in_cells(table("cells", here.key), rows)


def facilities(kind: str) -> pd.DataFrame:
    """The facilities of a kind."""
    rows = table("facilities", city().key)
    return rows[rows["kind"] == kind].reset_index(drop=True)


@cached
def minutes(kind: str, walker: str, closed: tuple[str, ...] = ()) -> np.ndarray:
    """Minutes from every cell to the nearest facility of a kind, those with the closed source ids apart (an estimate)."""
    cells, sites = table("cells", city().key), facilities(kind)
    sites = sites[~sites["source_id"].isin(closed)]
    if has_network():
        return network.walk_metres(cells, sites, *streets(city().key)) / access.SPEEDS[walker]
    return access.nearest_minutes(cells, sites, access.SPEEDS[walker], circuity()["factor"])


@cached
def places(kind: str, walker: str, limit: float, period: pd.Timestamp) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """E2SFCA: places per 100 people of every cell, how many facilities it reaches, and each facility's load.

    Where a kind states no places each facility counts as one, and the first is facilities per 100 people. Returns also
    the facilities with reachable (people within the limit) and per_place (of them for each place).
    """
    cells, sites, demand = table("cells", city().key), facilities(kind), people(kind, period)
    lived = demand > 0
    ways = ways_within(cells[lived], sites, walker, limit)
    supply = (
        sites["places"].astype("float64").fillna(0).to_numpy() if sites["places"].notna().any() else np.ones(len(sites))
    )
    found, count = np.full(len(cells), np.nan), np.full(len(cells), np.nan)
    count[lived] = access.cumulative_opportunities(ways)
    found[lived] = 100 * access.e2sfca(ways, demand[lived], supply)
    inside = ways.minutes.copy()
    inside.data[:] = 1
    reachable = inside.T @ demand[lived]
    return (
        found,
        count,
        sites.assign(reachable=reachable.astype(int), per_place=reachable / np.where(supply > 0, supply, np.nan)),
    )


@cached
def by_area(kind: str, walker: str, limit: float, period: pd.Timestamp, level: str) -> pd.DataFrame:
    """People, mean minutes, share within the limit, places per 100 (E2SFCA) and facilities in reach, by area."""
    demand = people(kind, period)
    groups = cell_groups(level)
    walked, (supplied, count, _sites) = minutes(kind, walker), places(kind, walker, limit, period)
    result = pd.DataFrame({"persons": pd.Series(demand).groupby(groups).sum()})
    result["minutes"] = access.weighted_mean(walked, demand, groups)
    result["share_within"] = access.weighted_mean((walked <= limit).astype(float), demand, groups)
    result["places_per_100"] = access.weighted_mean(np.nan_to_num(supplied), demand, groups)
    result["in_reach"] = access.weighted_mean(np.nan_to_num(count), demand, groups)
    result = result.rename_axis("area_id").reset_index()
    return result.assign(name=result["area_id"].map(area_names(level)))


@cached
def hexagons(kind: str, walker: str, limit: float, period: pd.Timestamp, district: str) -> tuple[pd.DataFrame, int]:
    """Hexagons that are lived in, as fine as MOST_CELLS allows: a district's finer than the city's. Returns them and their resolution."""
    here, demand = table("cells", city().key), people(kind, period)
    supplied, count, _sites = places(kind, walker, limit, period)
    rows = pd.DataFrame(
        {
            "cell": _cell_numbers(),
            "persons": demand,
            "minutes": minutes(kind, walker),
            "share_within": (minutes(kind, walker) <= limit).astype(float),
            "places_per_100": np.nan_to_num(supplied),
            "in_reach": np.nan_to_num(count),
        }
    )
    shown = demand > 0
    if district:
        shown &= cell_groups("district").eq(district).to_numpy()
    finest = h3.get_resolution(here["cell"].iloc[0])
    resolution = hexes.level_of_detail(int(shown.sum()), finest, MOST_CELLS)
    means = ["minutes", "share_within", "places_per_100", "in_reach"]
    found = engine.run(hexes.coarser(ibis.memtable(rows[shown]), resolution, "persons", means))
    return found.assign(cell=[f"{cell:x}" for cell in found["cell"]]), resolution


@cached
def _cell_numbers() -> np.ndarray:
    """The city's cells as the numbers that their names spell."""
    return np.array([int(cell, 16) for cell in table("cells", city().key)["cell"]], dtype=np.int64)


@cached
def curves(kind: str, walker: str, period: pd.Timestamp, district: str) -> pd.DataFrame:
    """Share of people within every number of minutes, for those the kind serves and for residents of displaced origin."""
    cells = table("cells", city().key)
    here = np.ones(len(cells), bool) if not district else cell_groups("district").eq(district).to_numpy()
    parts = []
    for group, number in groups_counted(kind, period).items():
        curve = access.coverage_curve(minutes(kind, walker)[here], number[here], THRESHOLDS)
        parts.append(curve.assign(group=group, percent=100 * curve["share"]))
    return pd.concat(parts, ignore_index=True)


def groups_counted(kind: str, period: pd.Timestamp) -> dict[str, np.ndarray]:
    """Everyone a kind serves and, where the city counts origins, residents of displaced origin, in every cell."""
    every = {EVERYONE: people(kind, period)}
    return every | ({DISPLACED: displaced_people(period)} if knows_displaced() else {})


def knows_displaced() -> bool:
    """Whether the city counts residents of the origins that stand for displacement."""
    return known("residents_by_origin") and bool(city().displaced_origins)


@cached
def fairness(kind: str, walker: str, limit: float, period: pd.Timestamp) -> dict[str, float | None]:
    """Gini, Palma-style ratio and concentration index of places over people; the gap in minutes between groups."""
    here = city()
    rows = by_area(kind, walker, limit, period, "planning_area").set_index("area_id")
    poverty = optional("social_monitoring").query("indicator == 'child_poverty'").set_index("area_id")["percent"]
    cells = table("cells", here.key)
    supplied, demand = places(kind, walker, limit, period)[0], people(kind, period)
    fled = displaced_people(period) if knows_displaced() else np.full(len(cells), np.nan)
    displaced = pd.Series(fled).groupby(cells["area_id"]).sum(min_count=1).reindex(rows.index).to_numpy(float)
    everybody = table("residents", here.key).query("period == @period").groupby("area_id")["persons"].sum(min_count=1)
    others = everybody.reindex(rows.index).astype("float64").to_numpy() - displaced
    walked = access.weighted_mean(minutes(kind, walker), people_everyone(period), cells["area_id"])
    if knows_displaced():
        gap = equity.gap(walked.reindex(rows.index).to_numpy(float), displaced, others)
    else:
        gap = dict.fromkeys(("mean", "low", "high"), np.nan)
    ranks = poverty.reindex(rows.index).to_numpy(float)
    return {
        "gini": equity.gini(np.nan_to_num(supplied), demand),
        "palma": equity.palma(np.nan_to_num(supplied), demand),
        "concentration": equity.concentration_index(
            rows["places_per_100"].to_numpy(float), rows["persons"].to_numpy(), ranks
        )
        if known("social_monitoring")
        else np.nan,
        **{f"gap_{name}": value for name, value in zip(("mean", "low", "high"), gap.values(), strict=True)},
    }


@cached
def people_everyone(period: pd.Timestamp) -> np.ndarray:
    """All residents in every cell (an estimate)."""
    rows = table("residents", city().key)
    rows = coverage.of_age(rows[rows["period"] == period], None, None)
    return access.people_in_cells(table("cells", city().key), rows)


@cached
def lorenz(kind: str, walker: str, limit: float, period: pd.Timestamp) -> pd.DataFrame:
    """Lorenz curve of places over people, in percent, thinned for drawing; beside it the line of equality."""
    curve = 100 * equity.lorenz(np.nan_to_num(places(kind, walker, limit, period)[0]), people(kind, period))
    curve = curve.iloc[np.unique(np.linspace(0, len(curve) - 1, 120).astype(int))].assign(group=_("as it is"))
    even = pd.DataFrame({"people": [0.0, 100.0], "good": [0.0, 100.0], "group": _("the same for all")})
    return pd.concat([curve, even], ignore_index=True)


@cached
def neighbours() -> Queen:
    """Planning areas that touch."""
    here = city()
    shapes = table("areas", here.key)
    shapes = shapes[(shapes["level"] == "planning_area") & (shapes["boundary_version"] == here.boundary_version)]
    from libpysal.weights import Queen

    return Queen.from_dataframe(shapes, ids=shapes["area_id"].tolist())


@cached
def joint(
    kind: str, walker: str, limit: float, period: pd.Timestamp, measure: str
) -> tuple[dict[str, float], pd.Series]:
    """Moran's I and the areas that are jointly badly or well served, false discoveries held to 5 %."""
    rows = by_area(kind, walker, limit, period, "planning_area").set_index("area_id")[measure]
    filled = rows.reindex(neighbours().id_order)
    # Areas in which nobody of the age lives have no value: they take the middle one, so that they pull nowhere.
    whole, kinds = equity.local_moran(filled.fillna(filled.median()), neighbours())
    return whole, kinds.where(filled.notna(), "")
