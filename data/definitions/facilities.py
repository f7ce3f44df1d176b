"""A city's facilities."""

from pathlib import Path

import geopandas as gpd
import httpx
import pandas as pd
import pandera.pandas as pa
import shapely

import data
from data.connectors import berlin_facilities, berlin_statistics, openstreetmap, overpass
from data.definitions._common import AREA, NUMBER, TEXT, Definition, Entry, Tables, choice
from data.placing import assign_areas


def make(sources: Path, tables: Tables) -> pd.DataFrame:
    """Registers and OpenStreetMap in one table, each facility in the planning area it stands in."""
    official = berlin_facilities.facilities(sources / "berlin")
    osm = openstreetmap.facilities(sources / "berlin").to_crs(official.crs)
    exact = tables["areas_exact"]
    newest = exact[exact["boundary_version"] == berlin_statistics.NEW]
    rows = assign_areas(gpd.GeoDataFrame(pd.concat([official, osm], ignore_index=True), crs=official.crs), newest)
    rows["name"], rows["places"] = rows["name"].fillna(""), rows["places"].astype("Int64")
    return rows.sort_values(["kind", "source_id"], ignore_index=True)


def download(place: str, client: httpx.Client | None) -> pd.DataFrame:
    """OpenStreetMap's own of today; kinds that a register counts stay as they are."""
    city, current, exact = data.cities()[place], data.table("facilities", place), data.table("areas_exact", place)
    namesakes, _response = overpass.places(city.name, city.country, client)
    middle = shapely.Point(city.lon, city.lat)
    nearest = min(namesakes, key=lambda namesake: float(namesake.shape.distance(middle)))
    osm, response = overpass.services(nearest.relation, client)
    response.require_fresh("OpenStreetMap")
    official = current[~current["source"].str.contains("OpenStreetMap")]
    osm = osm[~osm["kind"].isin(official["kind"])].rename(columns={"id": "source_id"})
    osm = osm.assign(places=pd.Series(pd.NA, osm.index, "Int64"), source="OpenStreetMap")
    fresh = assign_areas(osm, exact[exact["boundary_version"] == city.boundary_version])
    rows = pd.concat([official, fresh[list(current.columns)]], ignore_index=True)
    return rows.sort_values(["kind", "source_id"], ignore_index=True)


TABLE = Definition(
    Entry(
        "facilities",
        "berlin",
        "Services, culture venues and transit stops",
        publisher="Senate departments of Berlin; OpenStreetMap",
        licence="CC BY 3.0 DE / dl-de-by-2.0; ODbL 1.0",
        attribution="Senatsverwaltung für Bildung, Geoportal Berlin; © OpenStreetMap contributors",
        period="registers 2023, OpenStreetMap 2025-09",
        unit="facilities, places",
        geography="points",
    ),
    columns={
        "source_id": TEXT,
        "kind": TEXT,
        "name": TEXT,
        "places": pa.Column("Int64", pa.Check.gt(0), nullable=True),
        "operator": choice("public", "independent", ""),
        "source": TEXT,
        "area_id": AREA,
        "lon": NUMBER,
        "lat": NUMBER,
        "x": NUMBER,
        "y": NUMBER,
    },
    key=["source_id", "kind"],
    make=make,
    download=download,
    download_period="registers as before, OpenStreetMap {today}",
    every_city=True,
)
