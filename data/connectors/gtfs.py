"""GTFS Schedule: the stops of a feed as transit facilities, by the kind of vehicle that serves them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data.errors import SourceError

# route_type of the GTFS reference -> our kind; buses and ferries are no kind of ours yet.
KINDS = {0: "tram_stop", 1: "metro_station", 2: "rail_station", 5: "tram_stop", 12: "metro_station"}
EXTENDED = {1: "rail_station", 4: "metro_station", 9: "tram_stop"}  # hundreds of the extended route types
NEEDED = {
    "stops.txt": ["stop_id", "stop_lat", "stop_lon"],
    "routes.txt": ["route_id", "route_type"],
    "trips.txt": ["trip_id", "route_id"],
    "stop_times.txt": ["trip_id", "stop_id"],
}


def stops(path: Path, name: str) -> gpd.GeoDataFrame:
    """Stations served by tram, metro or rail: source_id, kind, name, places (none), operator, geometry (EPSG:4326).

    Platforms count once, as their parent station. Raises SourceError.
    """
    try:
        with zipfile.ZipFile(path) as feed:
            read = {file: pd.read_csv(feed.open(file), dtype=str, encoding="utf-8-sig") for file in NEEDED}
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise SourceError(name, f"this is no whole GTFS feed ({error})", hint="Fetch the feed again") from error
    for file, columns in NEEDED.items():
        for column in columns:
            if column not in read[file]:
                raise SourceError(f"{name}/{file}", "the column is missing", column=column, hint="Fetch the feed again")
    kind = pd.to_numeric(read["routes.txt"]["route_type"], errors="coerce")
    kind = kind.map(
        lambda code: KINDS.get(code, EXTENDED.get(int(code // 100)) if pd.notna(code) and code >= 100 else None)
    )
    routes = dict(zip(read["routes.txt"]["route_id"], kind, strict=True))
    trips = read["trips.txt"].assign(kind=lambda rows: rows["route_id"].map(routes)).dropna(subset="kind")
    calls = read["stop_times.txt"][["trip_id", "stop_id"]].merge(trips[["trip_id", "kind"]], on="trip_id")
    calls = calls[["stop_id", "kind"]].drop_duplicates()
    places = (
        read["stops.txt"]
        .reindex(columns=["stop_id", "stop_name", "stop_lat", "stop_lon", "parent_station"])
        .set_index("stop_id")
    )
    station = places["parent_station"].where(places["parent_station"].isin(places.index), places.index.to_series())
    table = (
        calls.assign(source_id=calls["stop_id"].map(station))
        .dropna(subset="source_id")
        .drop_duplicates(["source_id", "kind"])
    )
    lon, lat = (pd.to_numeric(places[column], errors="coerce") for column in ("stop_lon", "stop_lat"))
    bad = table["source_id"].map(lon.isna() | lat.isna())
    table = table[~bad.astype(bool)]
    shapes = gpd.points_from_xy(table["source_id"].map(lon), table["source_id"].map(lat))
    return gpd.GeoDataFrame(
        {
            "source_id": table["source_id"].to_numpy(),
            "kind": table["kind"].to_numpy(),
            "name": table["source_id"].map(places["stop_name"]).fillna("").to_numpy(),
            "places": float("nan"),
            "operator": "",
        },
        geometry=shapes,
        crs=4326,
    )
