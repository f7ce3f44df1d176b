"""Berlin's timetable of one working day, from tables made of VBB's open feed, as stops, patterns and trips."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data.connectors import raw
from data.connectors.gtfs_timetable import Timetable, by_operator

METRIC = 25833
DAY = "2021-09-14"
MODES = {"suburban": "rail", "subway": "metro", "tram": "tram", "bus": "bus", "regional": "rail", "ferry": "ferry"}


@cache
def timetable(folder: Path) -> Timetable:
    """Stops of one station are one stop, since the source has coordinates of stations only.

    Trips of the Ring end at Südkreuz and Gesundbrunnen while their train runs on (continues_as): they are one run.
    """
    stops = raw.open_raw(folder / "stops.parquet", ["stop_id", "station_id", "name", "lat", "lon"])
    stations = stops.drop_duplicates("station_id").sort_values("station_id").reset_index(drop=True)
    points = gpd.GeoSeries.from_xy(stations["lon"], stations["lat"], crs=4326).to_crs(METRIC)
    rows = pd.DataFrame({"stop": stations.index, "name": stations["name"]})
    rows[["x", "y"]] = np.column_stack([points.x, points.y]).round().astype("int32")
    station = stops["station_id"].map(pd.Series(stations.index, index=stations["station_id"]))
    station = pd.Series(station.to_numpy(), index=stops["stop_id"])
    trips = raw.open_raw(folder / "trips.parquet", ["trip_id", "pattern_id", "route_id", "start_s", "continues_as"])
    routes = raw.open_raw(folder / "routes.parquet", ["route_id", "name", "mode", "operator"])
    routes["name"] = by_operator(routes["name"], routes["operator"])
    trips = trips.merge(routes, on="route_id").sort_values(["start_s", "trip_id"], ignore_index=True)
    times = raw.open_raw(folder / "stop_times.parquet", ["trip_id", "stop_sequence", "stop_id", "arrival_s"])
    times = times.merge(trips[["trip_id", "pattern_id", "start_s"]], on="trip_id")
    for name in ("arrival", "departure"):
        times[name] = times[f"{name}_s"] - times["start_s"]
    # A trip that began the evening before was cut, and its first arrival set to midnight: the smallest is the plan's.
    patterns = times.groupby(["pattern_id", "stop_sequence"], as_index=False).agg(
        stop_id=("stop_id", "first"), arrival=("arrival", "min"), departure=("departure", "max")
    )
    number = pd.Series(range(patterns["pattern_id"].nunique()), index=patterns["pattern_id"].unique())
    patterns = pd.DataFrame(
        {
            "pattern": patterns["pattern_id"].map(number),
            "position": patterns["stop_sequence"],
            "stop": patterns["stop_id"].map(station),
            "arrival": patterns["arrival"],
            "departure": patterns["departure"],
        }
    )
    trips = pd.DataFrame(
        {
            "pattern": trips["pattern_id"].map(number),
            "start": trips["start_s"],
            "run": _runs(trips),
            "line": trips["name"],
            "mode": trips["mode"].map(MODES),
        }
    )
    return Timetable(
        rows, patterns.astype("int32"), trips.astype(dict.fromkeys(("pattern", "start", "run"), "int32")), DAY
    )


def _runs(trips: pd.DataFrame) -> np.ndarray:
    """The number of each trip's run: its first trip's. Trips are in the order of their starts."""
    place = pd.Series(trips.index, index=trips["trip_id"])
    follows = trips["continues_as"].map(place)
    run = np.arange(len(trips))
    for trip, after in follows.dropna().astype(int).items():
        run[after] = run[trip]
    return run
