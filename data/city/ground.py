"""What a checked pack's sections come to in its city.

Areas in metres, who lives where, which places and streets lie in it. The check and the build both rest on this, so that
they speak of the same city.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from data import grid
from data.city.pack import Pack
from data.connectors import gtfs_timetable, osm_buildings, street_network
from data.connectors.gtfs_timetable import Timetable
from data.connectors.street_network import Network
from data.placing import assign_areas

CITY_ID = "0"  # the id of the whole city's area
HEXAGON = 8  # H3 resolution of the areas of a pack that has a grid only: about 0.7 km2
FEWEST_HOMES = 10  # of an extract for each area, from which they show where people live
ON_THE_LINE_M = 1.0  # a middle this near to the city is on its line


@dataclass
class Ground:
    """A city as its pack describes it.

    smallest: area_id, name, district and district_name where there are districts, geometry (metres, `crs`). squares:
    the population grid in metres, None without one; counted: its people in the areas. people: period, area_id, age,
    persons. places: services and stops in the areas. cells: hexagons with their share of an area's residents. network:
    the streets, None without an extract; homes: how many buildings of it residents are spread over, 0 where the grid
    tells or none are known. timetable: of a working day, None without a feed.
    """

    crs: int
    smallest: gpd.GeoDataFrame
    squares: gpd.GeoDataFrame | None
    counted: float
    people: pd.DataFrame
    places: pd.DataFrame
    cells: pd.DataFrame
    network: Network | None
    homes: int = 0
    timetable: Timetable | None = None


def survey(manifest: Pack, sections: dict[str, pd.DataFrame], folder: Path) -> Ground:
    """The city that a pack's checked sections describe."""
    population = gpd.GeoDataFrame(sections["grid"]) if "grid" in sections else None
    shapes = gpd.GeoDataFrame(sections["areas"]) if "areas" in sections else hexagons(population)
    crs = manifest.city.crs or int(shapes.estimate_utm_crs().to_epsg())
    smallest = shapes.to_crs(crs)
    squares = None if population is None else as_squares(population, crs)
    estimate = None if squares is None else residents_of_grid(smallest, squares)
    counted = 0.0 if estimate is None else float(estimate["persons"].sum())
    people = sections.get("residents", estimate)
    assert people is not None
    places = facilities(smallest, {name: sections[name] for name in ("services", "stops") if name in sections})
    streets, homes = None, None
    if "network" in manifest.parts:
        west, south, east, north = map(float, shapes.total_bounds)
        file = folder / manifest.parts["network"].file
        streets = street_network.network(file, crs, (west, south, east, north))
        if squares is None:
            homes = osm_buildings.homes(file, crs, (west, south, east, north))
            homes = homes if len(homes) >= FEWEST_HOMES * len(smallest) else None
    cells = grid.cells(smallest, homes if squares is None else squares)
    number = 0 if homes is None else len(homes)
    plan = None
    if "stops" in sections:  # of a feed that the check has read
        feed = manifest.parts["stops"].file
        plan = gtfs_timetable.timetable(folder / feed, feed, smallest.geometry)
    return Ground(crs, smallest, squares, counted, people, places, cells, streets, number, plan)


def hexagons(population: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Areas for a city with a grid only: the H3 hexagons that hold people, with their parents as districts."""
    assert population is not None
    centres = population[population["persons"] > 0].representative_point()
    ids = pd.Series([h3.latlng_to_cell(point.y, point.x, HEXAGON) for point in centres]).drop_duplicates()
    outlines = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]) for cell in ids]
    parents = ids.map(lambda cell: h3.cell_to_parent(cell, HEXAGON - 1))
    return gpd.GeoDataFrame(
        {
            "area_id": ids,
            "name": [f"Hexagon {number}" for number in range(1, len(ids) + 1)],
            "district": parents,
            "district_name": [f"Hexagons, group {number + 1}" for number in pd.factorize(parents)[0]],
        },
        geometry=outlines,
        crs=4326,
    )


def as_squares(population: gpd.GeoDataFrame, crs: int) -> gpd.GeoDataFrame:
    """The grid in metres; points become squares as wide as their usual distance."""
    metric = population.to_crs(crs)
    if (metric.geom_type == "Point").all():
        xy = metric.get_coordinates().to_numpy()
        spacing_m = float(np.median(cKDTree(xy).query(xy, k=2)[0][:, 1])) if len(xy) > 1 else 250.0
        metric = metric.set_geometry(metric.buffer(max(spacing_m, 1.0) / 2, cap_style="square"))
    return metric[metric["persons"] > 0]


def residents_of_grid(metric: gpd.GeoDataFrame, squares: gpd.GeoDataFrame) -> pd.DataFrame:
    """Residents by area from a grid (an estimate).

    A square's persons, shared among the areas by how much of it they hold.

    A square belongs to the city as a whole where its middle does: at a shore its people live on the city's side of it.
    Only where no middle does, in a place smaller than a square, it is parted by the share that lies inside.
    """
    shapes = metric[["area_id", "geometry"]]
    middles = gpd.GeoDataFrame(geometry=squares.centroid, index=squares.index, crs=squares.crs)
    inside = gpd.sjoin(middles, shapes, predicate="dwithin", distance=ON_THE_LINE_M).index.unique()
    chosen = squares.loc[inside] if len(inside) else squares
    chosen = chosen.assign(square=np.arange(len(chosen)), size=chosen.area)
    pieces = gpd.overlay(chosen, shapes, how="intersection", keep_geom_type=True)
    base = pieces.area.groupby(pieces["square"]).transform("sum") if len(inside) else pieces["size"]
    persons = (pieces["persons"] * pieces.area / base).groupby(pieces["area_id"]).sum()
    reached = metric.intersects(shapely.box(*squares.total_bounds))  # beyond the grid nothing is known
    table = pd.DataFrame({"area_id": metric["area_id"], "persons": metric["area_id"].map(persons).fillna(0.0)})[reached]
    return table.assign(persons=_rounded(table["persons"]), period=squares["period"].max(), age="0+")


def _rounded(persons: pd.Series) -> pd.Series:
    """Whole persons that add up to what they did: the largest fractions are rounded up."""
    low = np.floor(persons + 1e-9)
    up = round(float((persons - low).sum()))
    order = (persons - low).sort_values(ascending=False, kind="stable").index
    return low.where(~low.index.isin(order[:up]), low + 1)


def facilities(metric: gpd.GeoDataFrame, places: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Services and stops, each in the area it stands in, with the section it is of; those outside are left out."""
    columns = ["source_id", "kind", "name", "places", "operator", "section", "area_id", "lon", "lat", "x", "y"]
    stated = [table.assign(section=section) for section, table in places.items() if len(table)]
    if not stated:
        numeric = ("lon", "lat", "x", "y")
        empty = pd.DataFrame({name: pd.Series(dtype=float if name in numeric else str) for name in columns})
        return empty.astype({"places": "Int64"})
    inside = assign_areas(gpd.GeoDataFrame(pd.concat(stated, ignore_index=True), crs=4326), metric)
    inside["places"] = inside["places"].astype("float64").round().astype("Int64")
    return inside[columns].sort_values(["kind", "source_id"], ignore_index=True)
