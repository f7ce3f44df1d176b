"""OpenStreetMap points of interest: libraries, health, community and culture venues, transit stops."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.connectors.raw import open_raw

# Kind in the source -> our kind. 'art-galleries' holds public works of art (sculptures, murals, fountains), not
# galleries: of ten names drawn at random all ten are works. Left out: kinds that the city's own registers count
# better (schools, kindergartens, childcare), and hospitals and parks, of which the source has three each.
KINDS = {
    "libraries": "library",
    "community-centers": "community_centre",
    "doctors": "doctor",
    "clinics": "clinic",
    "pharmacies": "pharmacy",
    "universities": "university",
    "playgrounds": "playground",
    "sport-centers": "sports_centre",
    "museums": "museum",
    "theaters": "theatre",
    "cinemas": "cinema",
    "nightclubs": "nightclub",
    "coworking-spaces": "coworking",
    "art-galleries": "public_art",
    "tram-stops": "tram_stop",
    "ubahn-stops": "metro_station",
    "sbahn-stops": "rail_station",
}


def facilities(folder: Path) -> gpd.GeoDataFrame:
    """Points of interest of September 2025: source_id, kind, name, places (none known), geometry (EPSG:4326)."""
    raw = open_raw(folder / "osm_points_of_interest.parquet", ["id", "name", "kind"], geometry=True)
    table = raw[raw["kind"].isin(KINDS)].drop_duplicates(["id", "kind"])
    table = table.assign(
        source_id=table["id"], kind=table["kind"].map(KINDS), places=pd.NA, operator="", source="OpenStreetMap"
    )
    return gpd.GeoDataFrame(
        table[["source_id", "kind", "name", "places", "operator", "source", "geometry"]], crs=raw.crs
    )
