"""A day's timetable from a GTFS feed: stops, patterns of halts, and trips with their runs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.connectors import gtfs
from data.connectors.gtfs_text import seconds

AROUND_M = 10_000  # stops so far around the city are kept: ways may lead through them
WORKING_DAYS = (1, 2, 3)  # Tuesday to Thursday
MODES = {
    "tram_stop": "tram",
    "metro_station": "metro",
    "rail_station": "rail",
    "bus_stop": "bus",
    "ferry_landing": "ferry",
    "cableway_station": "cableway",
}
DAY_S = 86_400


class Timetable(NamedTuple):
    """The timetable of a day: patterns of stops, and the trips that follow them.

    stops: stop (0..n-1), name, x, y (metres). patterns: pattern, position, stop, arrival and departure (seconds after a
    trip's start). trips: pattern, start (seconds after midnight, over 86,400 after the next, below 0 before it), run
    (trips that a traveller can stay seated through), line, mode. day: whose plan it is.
    """

    stops: pd.DataFrame
    patterns: pd.DataFrame
    trips: pd.DataFrame
    day: str


def timetable(path: Path, name: str, ground: gpd.GeoSeries) -> Timetable | None:
    """The plan of the working day (Tuesday to Thursday, else any) on which most trips run; None where there is none.

    ground: the city in metres; stops farther than AROUND_M from it are left out. Platforms of a station are one stop.
    Times that a feed leaves out between two that it has are spread evenly over the halts; trips by headway
    (frequencies.txt) start at every headway. Trips of one block_id whose next begins where they end within ten
    minutes are one run. Trips of the day before that run past midnight are in, as the first of the day.
    Raises SourceError.
    """
    with gtfs.opened(path, name) as feed:
        places = feed.stops()
        trips, day = _trips(feed)
        halts = _halts(feed, trips.index)
        headways = feed.optional_rows("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"))
    stops = _stations(places, ground)
    halts = halts.assign(stop=halts["stop_id"].map(stops["stop"])).dropna(subset="stop")
    halts = halts[halts.groupby("trip_id")["stop"].transform("size") > 1]
    if halts.empty:
        return None
    halts["stop"] = halts["stop"].astype(int)
    patterns, of_trip = _patterns(halts)
    rows = trips.loc[of_trip.index].assign(pattern=of_trip["pattern"], start=of_trip["start"])
    rows["run"] = _runs(rows, halts)
    rows = _with_night(_by_headway(rows, headways), patterns.groupby("pattern")["arrival"].max())
    columns = {name: rows[name].to_numpy() for name in ("pattern", "start", "run", "line", "mode")}
    table = pd.DataFrame(columns).sort_values(["start", "pattern"], ignore_index=True)
    table = table.astype(dict.fromkeys(("pattern", "start", "run"), "int32"))
    used = stops.drop_duplicates("stop").sort_values("stop")[["stop", "name", "x", "y"]].reset_index(drop=True)
    return Timetable(used, patterns, table.drop_duplicates(["pattern", "start", "run"], ignore_index=True), day)


def _trips(feed: gtfs.Feed) -> tuple[pd.DataFrame, str]:
    """By trip that runs on the chosen day or the one before: line, mode, block, today, yesterday; and the day."""
    kinds = feed.kind_of_trips()
    trips = feed.optional_rows("trips.txt", ("trip_id", "route_id", "service_id", "block_id")).drop_duplicates(
        "trip_id"
    )
    line = _lines(feed)
    trips = trips.assign(
        line=trips["route_id"].map(line).fillna(trips["route_id"]), mode=trips["trip_id"].map(kinds).map(MODES)
    ).dropna(subset="mode")
    days = feed.days_of_services
    if days.empty:
        return trips.set_index("trip_id").iloc[:0], ""
    counts = (
        days.merge(trips.groupby("service_id").size().rename("trips"), on="service_id").groupby("day")["trips"].sum()
    )
    working = counts[((counts.index + 3) % 7).isin(WORKING_DAYS)]
    counts = working if len(working) else counts
    if counts.empty:
        return trips.set_index("trip_id").iloc[:0], ""
    chosen = counts.index[counts == counts.max()].min()
    runs = {
        name: trips["service_id"].isin(days.loc[days["day"] == chosen - back, "service_id"])
        for back, name in enumerate(("today", "yesterday"))
    }
    day = f"{pd.Timestamp('1970-01-01') + pd.Timedelta(days=int(chosen)):%Y-%m-%d}"
    return trips.assign(**runs)[runs["today"] | runs["yesterday"]].set_index("trip_id"), day


def _lines(feed: gtfs.Feed) -> pd.Series:
    """By route_id the name of its line."""
    columns = ("route_id", "agency_id", "route_short_name", "route_long_name")
    routes = feed.optional_rows("routes.txt", columns).drop_duplicates("route_id").set_index("route_id")
    agencies = feed.optional_rows("agency.txt", ("agency_id", "agency_name")).drop_duplicates("agency_id")
    line = routes["route_short_name"].where(routes["route_short_name"] != "", routes["route_long_name"])
    line = line.where(line != "", routes.index.to_series())
    return by_operator(line, routes["agency_id"].map(agencies.set_index("agency_id")["agency_name"]))


def by_operator(line: pd.Series, operator: pd.Series) -> pd.Series:
    """Names of lines, with the operator's where lines of several operators have one name. Both by route."""
    several = operator.groupby(line).transform("nunique") > 1
    return line.where(~several | operator.isna(), line + " (" + operator.astype("str") + ")")


def _halts(feed: gtfs.Feed, trips: pd.Index) -> pd.DataFrame:
    """trip_id, stop_id, arrival, departure (seconds after midnight), in the order of each trip."""
    parts = []
    columns = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
    for rows in feed.optional_chunks("stop_times.txt", columns):
        rows = rows[rows["trip_id"].isin(trips)]
        sequence = pd.to_numeric(rows["stop_sequence"], errors="coerce")
        arrival, departure = seconds(rows["arrival_time"]), seconds(rows["departure_time"])
        times = {"arrival": arrival.fillna(departure), "departure": departure.fillna(arrival)}
        parts.append(rows[["trip_id", "stop_id"]].assign(sequence=sequence, **times).dropna(subset="sequence"))
    halts = (
        pd.concat(parts) if parts else pd.DataFrame(columns=["trip_id", "stop_id", "sequence", "arrival", "departure"])
    )
    halts = halts.sort_values(["trip_id", "sequence"], kind="stable", ignore_index=True)
    for name in ("arrival", "departure"):
        halts[name] = halts.groupby("trip_id")[name].transform(lambda times: times.interpolate(limit_area="inside"))
    halts = halts.dropna(subset=["arrival", "departure"])
    # A clock that runs backwards is a mistake of the feed: nobody arrives before leaving.
    halts["departure"] = halts[["arrival", "departure"]].max(axis=1)
    backwards = halts.groupby("trip_id")["arrival"].diff() < 0
    return halts[~halts["trip_id"].isin(halts.loc[backwards, "trip_id"])]


def _stations(places: pd.DataFrame, ground: gpd.GeoSeries) -> pd.DataFrame:
    """By stop_id: the number of its station, its name, x and y (metres)."""
    points = gpd.GeoSeries.from_xy(places["lon"], places["lat"], crs=4326).to_crs(ground.crs)
    area = shapely.buffer(shapely.union_all(shapely.make_valid(ground.to_numpy())), AROUND_M, quad_segs=4)
    shapely.prepare(area)
    near = places[shapely.contains_xy(area, points.x, points.y)]
    station = near["station"].where(near["station"].isin(near.index), near.index.to_series())
    number, ids = pd.factorize(station)
    spots = points.set_axis(places.index).loc[ids]
    names = near.loc[ids, "name"].to_numpy()
    xy = np.column_stack([spots.x, spots.y]).round().astype("int32")
    return pd.DataFrame(
        {"stop": number, "name": names[number], "x": xy[number, 0], "y": xy[number, 1]}, index=near.index
    )


def _patterns(halts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Halts that trips share, and by trip its pattern and start."""
    start = halts.groupby("trip_id")["departure"].transform("first")
    rows = halts.assign(
        arrival=(halts["arrival"] - start).clip(lower=0).round().astype("int32"),
        departure=(halts["departure"] - start).round().astype("int32"),
        position=halts.groupby("trip_id").cumcount(),
    )
    columns = ["position", "stop", "arrival", "departure"]
    hashed = pd.util.hash_pandas_object(rows[columns], index=False).groupby(rows["trip_id"]).sum()
    number = pd.Series(pd.factorize(hashed.to_numpy())[0], index=hashed.index)
    first = number[~number.duplicated()]
    patterns = rows[rows["trip_id"].isin(first.index)].assign(pattern=lambda own: own["trip_id"].map(first))
    patterns = patterns[["pattern", *columns]].sort_values(["pattern", "position"], ignore_index=True).astype("int32")
    starts = halts.groupby("trip_id")["departure"].first().round().astype(int)
    return patterns, pd.DataFrame({"pattern": number, "start": starts})


def _runs(trips: pd.DataFrame, halts: pd.DataFrame) -> np.ndarray:
    """The number of each trip's run. trips: in any order, by trip, with block_id and start."""
    ends = halts.groupby("trip_id").agg(first=("stop", "first"), last=("stop", "last"), until=("arrival", "last"))
    rows = trips.join(ends).assign(number=np.arange(len(trips)))
    ordered = rows[rows["block_id"] != ""].sort_values(["block_id", "start"])
    same = (ordered["block_id"] == ordered["block_id"].shift()) & (ordered["first"] == ordered["last"].shift())
    same &= (ordered["start"] - ordered["until"].shift()).between(0, 600)
    run = rows["number"].to_numpy().copy()
    group = (~same).cumsum()
    run[ordered["number"]] = ordered["number"].groupby(group).transform("first")
    return run


def _by_headway(trips: pd.DataFrame, headways: pd.DataFrame) -> pd.DataFrame:
    """Trips with those that run by headway put in place of their model."""
    rows = headways[headways["trip_id"].isin(trips.index)]
    if rows.empty:
        return trips
    first, last = seconds(rows["start_time"]), seconds(rows["end_time"])
    gap = pd.to_numeric(rows["headway_secs"], errors="coerce")
    use = first.notna() & last.notna() & (gap >= 30) & (last - first <= 2 * DAY_S)
    starts = [np.arange(a, b, step) for a, b, step in zip(first[use], last[use], gap[use], strict=True)]
    copies = trips.loc[np.repeat(rows.loc[use, "trip_id"].to_numpy(), [len(own) for own in starts])]
    copies = copies.assign(start=np.concatenate(starts).astype(int) if starts else [])
    copies["run"] = len(trips) + np.arange(len(copies))
    return pd.concat([trips[~trips.index.isin(rows["trip_id"])], copies])


def _with_night(trips: pd.DataFrame, lasts: pd.Series) -> pd.DataFrame:
    """Trips of the day, and those of the day before that are still under way after midnight.

    lasts: seconds that a trip of each pattern takes.
    """
    night = trips[trips["yesterday"]]
    night = night.assign(start=night["start"] - DAY_S, run=night["run"] + trips["run"].max() + 1)
    return pd.concat([trips[trips["today"]], night[night["start"] + night["pattern"].map(lasts) > 0]])
