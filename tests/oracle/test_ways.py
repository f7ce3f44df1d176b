"""Where people live, how far they walk and how long they ride, from the raw buildings, streets and timetable."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import h3
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

import data
from data.context import CityContext
from services import access, coverage, transit, walks

PERIOD = pd.Timestamp("2024-12-31")


def berlin() -> CityContext:
    return CityContext(data.cities()["berlin"], data.version())


def test_people_are_put_where_the_census_of_2011_counted_them(sources: Path) -> None:
    """By square kilometre, in those wholly inside the city: another year, so a part of the difference is growth."""
    ctx = berlin()
    people = access.people_in_cells(ctx, "", PERIOD)
    assert people.sum() == 3_897_145
    spots = pd.DataFrame(
        [h3.cell_to_latlng(cell) for cell in data.table("cells", "berlin")["cell"]], columns=["lat", "lon"]
    )
    metric = gpd.GeoSeries.from_xy(spots["lon"], spots["lat"], crs=4326).to_crs(3035)
    placed = pd.Series(people).groupby([(metric.x // 1000).astype(int), (metric.y // 1000).astype(int)]).sum()
    census = pd.read_parquet(sources / "zensus_2011" / "continuous_Einwohner.parquet")
    census = census[census["Einwohner"] > 0]
    counted = census.set_index([(census["x"] // 1000).astype(int), (census["y"] // 1000).astype(int)])["Einwohner"]
    areas = gpd.read_parquet(sources / "berlin" / "planning_areas_2021.parquet").to_crs(3035)
    city = shapely.buffer(areas.union_all(), 0)
    inside = [
        (x, y)
        for x, y in placed.index
        if city.contains(shapely.box(1000 * x, 1000 * y, 1000 * x + 1000, 1000 * y + 1000))
    ]
    ours, theirs = placed.reindex(inside, fill_value=0), counted.reindex(inside, fill_value=0)
    ours = ours * theirs.sum() / ours.sum()
    assert len(inside) > 700
    assert np.corrcoef(ours, theirs)[0, 1] > 0.985  # near facilities: 0.960
    assert (ours - theirs).abs().sum() / 2 / theirs.sum() < 0.056  # near facilities: 0.108, by house numbers: 0.071


def test_walks_to_the_nearest_library_over_the_raw_streets(sources: Path) -> None:
    """A plain search from each of 60 cells over the source's own edges."""
    edges = pd.read_parquet(
        sources / "berlin_osm" / "berlin_walk_edges.parquet", columns=["u", "v", "length_m", "walk", "main"]
    )
    edges = edges[edges["walk"] & edges["main"]].sort_values("length_m", ascending=False)
    graph = nx.Graph()
    graph.add_weighted_edges_from(edges[["u", "v", "length_m"]].itertuples(index=False))
    nodes = gpd.read_parquet(sources / "berlin_osm" / "berlin_walk_nodes.parquet").to_crs(25833).set_index("id")
    nodes = nodes.loc[list(graph)].geometry
    tree, ids = shapely.STRtree(nodes.to_numpy()), nodes.index.to_numpy()
    libraries = data.table("facilities", "berlin").query("kind == 'library'")
    ends, away = tree.query_nearest(
        shapely.points(libraries["x"], libraries["y"]), return_distance=True, all_matches=False
    )
    cells = data.table("cells", "berlin")
    chosen = np.random.default_rng(11).choice(np.flatnonzero(cells["share"] > 0), 60, replace=False)
    starts, to_street = tree.query_nearest(
        shapely.points(cells["x"].iloc[chosen], cells["y"].iloc[chosen]), return_distance=True, all_matches=False
    )
    graph.add_weighted_edges_from(("door", ids[node], metres) for node, metres in zip(ends[1], away, strict=True))
    metres = nx.single_source_dijkstra_path_length(graph, "door")
    expected = np.array([metres[ids[node]] for node in starts[1]]) + to_street
    ctx = berlin()
    assert coverage.metres_to(ctx, "library")[chosen] == pytest.approx(expected, rel=2e-3, abs=3)  # ways: decimetres
    minutes = walks.minutes_from_cells(ctx, access.facilities(ctx, "library"), "adult")[chosen]
    assert minutes == pytest.approx(expected / 83, rel=2e-3, abs=0.05)


def test_the_timetable_holds_every_ride_of_the_raw_one(sources: Path) -> None:
    folder = sources / "berlin_vbb"
    times, trips = pd.read_parquet(folder / "stop_times.parquet"), pd.read_parquet(folder / "trips.parquet")
    stations = pd.read_parquet(folder / "stops.parquet").set_index("stop_id")["station_id"]
    departures = times[times["stop_sequence"] < times.groupby("trip_id")["stop_sequence"].transform("max")]
    window = departures[departures["departure_s"].between(7 * 3600, 9 * 3600)]
    rides = transit.rides(berlin(), "morning")
    ours = np.sort(rides.departure[(rides.departure >= 7 * 3600) & (rides.departure <= 9 * 3600)])
    assert ours.tolist() == np.sort(window["departure_s"]).tolist()
    assert len(trips) == len(data.table("timetable_trips", "berlin"))
    assert rides.stops == stations.nunique()
