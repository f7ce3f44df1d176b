"""What a validator finds in a GTFS feed, under the codes and severities of MobilityData's canonical validator.

Of its rules those that bear on what is shown here: files, columns, keys, references, order and speed of stop times,
days. `unsorted_stop_times` alone is a code of ours.
https://gtfs-validator.mobilitydata.org/rules.html
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.city.findings import Finding
from data.connectors.gtfs_text import ERROR, INFO, OTHERS, REQUIRED, WARNING, FeedText, seconds
from data.errors import SourceError
from data.standards.tables import Notice, joined
from data.translation import N_, Language

# By file: columns that it must have, and those of them that each row must fill.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "agency.txt": (("agency_name", "agency_url", "agency_timezone"), ("agency_name", "agency_url", "agency_timezone")),
    "stops.txt": (("stop_id",), ("stop_id",)),
    "routes.txt": (("route_id", "route_type"), ("route_id", "route_type")),
    "trips.txt": (("route_id", "service_id", "trip_id"), ("route_id", "service_id", "trip_id")),
    "stop_times.txt": (("trip_id", "stop_sequence"), ("trip_id", "stop_sequence")),
    "calendar.txt": (("service_id", "start_date", "end_date"), ("service_id", "start_date", "end_date")),
    "calendar_dates.txt": (("service_id", "date", "exception_type"), ("service_id", "date", "exception_type")),
}
KEYS = {
    "stops.txt": ["stop_id"],
    "routes.txt": ["route_id"],
    "trips.txt": ["trip_id"],
    "stop_times.txt": ["trip_id", "stop_sequence"],
    "calendar.txt": ["service_id"],
    "calendar_dates.txt": ["service_id", "date"],
}
REFERENCES = [
    ("trips.txt", "route_id", (("routes.txt", "route_id"),)),
    ("trips.txt", "service_id", (("calendar.txt", "service_id"), ("calendar_dates.txt", "service_id"))),
    ("stop_times.txt", "trip_id", (("trips.txt", "trip_id"),)),
    ("stop_times.txt", "stop_id", (("stops.txt", "stop_id"),)),
    ("stops.txt", "parent_station", (("stops.txt", "stop_id"),)),
]
# km/h by route_type, and of others, above which a trip between two stops is too fast.
SPEEDS = {"0": 100.0, "1": 150.0, "2": 500.0, "3": 150.0, "4": 80.0, "5": 30.0, "6": 50.0, "7": 50.0}
OTHER_SPEED, LEAST_S = 200.0, 60.0  # timetables are in whole minutes: a shorter ride counts as a minute
EARTH_KM = 6371.0
MOST_BYTES = 400_000_000  # of a feed's largest file, unpacked: 2 GB of memory


def notices(content: bytes, name: str, today: date | None = None) -> list[Notice]:
    """What is wrong with a feed, errors first. today: the day that decides what has expired. Raises SourceError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            feed = FeedText(archive)
            _files(feed)
            for file, (columns, filled) in COLUMNS.items():
                _columns(feed, file, columns, filled)
            for file, key in KEYS.items():
                _keys(feed, file, key)
            for reference in REFERENCES:
                _reference(feed, *reference)
            _stops(feed)
            _routes(feed)
            _times(feed)
            _days(feed, pd.Timestamp(today or date.today()))
            _unused(feed)
    except (zipfile.BadZipFile, KeyError, OSError, NotImplementedError) as error:
        raise SourceError(
            name, N_("this is no whole GTFS feed ({error})", error=str(error)), hint=N_("Fetch the feed again")
        ) from error
    order = (ERROR, WARNING, INFO)
    return sorted(feed.notices, key=lambda notice: (order.index(notice.severity), notice.file, notice.code))


def findings(path: Path, name: str) -> list[Finding]:
    """Notices of a city's feed, a finding a kind; what can be read is built with them. Raises SourceError."""
    with zipfile.ZipFile(path) as archive:
        largest = max((member.file_size for member in archive.infolist()), default=0)
    if largest > MOST_BYTES:
        what = N_(
            "a file of {bytes:,} bytes is too large for the validator (at most {most:,})",
            bytes=largest,
            most=MOST_BYTES,
        )
        return [Finding("note", name, what, N_("Use a validator of your own if nobody has looked at the feed"))]
    return [
        Finding(
            "note" if notice.severity == INFO else "warning",
            f"{name}/{notice.file}",
            N_("{what} ({code}, rows: {n:,})", what=notice.what, code=notice.code, n=notice.count)
            if notice.count > 1
            else N_("{what} ({code})", what=notice.what, code=notice.code),
            notice.hint,
            next(iter(notice.rows), None),
            notice.column,
        )
        for notice in notices(path.read_bytes(), name)
    ]


def _files(feed: FeedText) -> None:
    for file in REQUIRED:
        if file not in feed.members:
            feed.add(ERROR, "missing_required_file", file, what=N_("the feed lacks this file"), hint=N_("Add it"))
    if not {"calendar.txt", "calendar_dates.txt"} & feed.members.keys():
        what = N_("neither calendar.txt nor calendar_dates.txt says on which days trips run")
        feed.add(
            ERROR, "missing_calendar_and_calendar_date_files", "calendar.txt", what=what, hint=N_("Add one of them")
        )
    if "feed_info.txt" not in feed.members:
        what = N_("who publishes the feed and until when it holds is not said")
        feed.add(WARNING, "missing_recommended_file", "feed_info.txt", what=what, hint=N_("Add it"))
    for file in sorted(feed.members.keys() - {*REQUIRED, *OTHERS}):
        feed.add(INFO, "unknown_file", file[:60], what=N_("GTFS knows no such file"), hint=N_("Nothing has to be done"))


def _columns(feed: FeedText, file: str, columns: tuple[str, ...], filled: tuple[str, ...]) -> None:
    rows = feed[file]
    if file not in feed.members or rows.empty:
        return
    for column in columns:
        if column not in rows:
            what = N_("the file lacks this column")
            feed.add(ERROR, "missing_required_column", file, column=column, what=what, hint=N_("Add it"))
        elif column in filled:
            what, hint = N_("the cell is empty"), N_("Fill it in")
            empty = rows.loc[rows[column].str.strip() == "", column]
            feed.add(ERROR, "missing_required_field", file, empty, column=column, what=what, hint=hint)


def _keys(feed: FeedText, file: str, key: list[str]) -> None:
    rows = feed[file]
    if not {*key} <= {*rows}:
        return
    given = rows[(rows[key] != "").all(axis=1)]
    twice = given[given.duplicated(key)]
    shown, names = joined(twice[key], ", "), ", ".join(key)
    what = N_("{names} '{cell}' stand twice") if len(key) > 1 else N_("the {names} '{cell}' stands twice")
    hint = N_("Give it another id, or take the row out")
    feed.add(ERROR, "duplicate_key", file, shown, column=key[0], what=what, hint=hint, names=names)


def _reference(feed: FeedText, file: str, column: str, targets: tuple[tuple[str, str], ...]) -> None:
    rows, known, is_there = feed[file], set[str](), False
    for other, name in targets:
        if name in feed[other]:
            known, is_there = known | set(feed[other][name]), True
    if column not in rows or not is_there:
        return
    lost = rows.loc[(rows[column] != "") & ~rows[column].isin(known), column]
    files = ", ".join(other for other, _name in targets)
    what, hint = N_("'{cell}' is not in {files}"), N_("Add it there, or mend it")
    feed.add(ERROR, "foreign_key_violation", file, lost, column=column, what=what, hint=hint, files=files)


def _stops(feed: FeedText) -> None:
    """Places of stops: given where they must be, on earth, not at 0, 0; stations and what lies in them."""
    rows = feed["stops.txt"]
    if rows.empty:
        return
    kind = rows["location_type"].str.strip().replace("", "0") if "location_type" in rows else pd.Series("0", rows.index)
    place = {
        axis: pd.to_numeric(rows.get(f"stop_{axis}", pd.Series("", rows.index)), errors="coerce")
        for axis in ("lat", "lon")
    }
    missing = (place["lat"].isna() | place["lon"].isna()) & kind.isin(["0", "1", "2"])
    named = rows.get("stop_id", rows.iloc[:, 0])
    feed.add(
        ERROR,
        "stop_without_location",
        "stops.txt",
        named[missing],
        column="stop_lat",
        what=N_("'{cell}' has no place"),
        hint=N_("Write degrees such as 52.51"),
    )
    for axis, most in (("lat", 90), ("lon", 180)):
        wild = rows.loc[place[axis].abs() > most, f"stop_{axis}"] if f"stop_{axis}" in rows else rows.iloc[:0, 0]
        what, hint = N_("'{cell}' is not from -{most} to {most}"), N_("Write degrees")
        feed.add(
            ERROR, "number_out_of_range", "stops.txt", wild, column=f"stop_{axis}", what=what, hint=hint, most=most
        )
    near = (place["lat"].abs() <= 1) & (place["lon"].abs() <= 1)
    what, hint = N_("'{cell}' lies at latitude 0, longitude 0"), N_("Write where it is")
    feed.add(ERROR, "point_near_origin", "stops.txt", named[near], column="stop_lat", what=what, hint=hint)
    parent = rows["parent_station"].str.strip() if "parent_station" in rows else pd.Series("", rows.index)
    what, hint = N_("'{cell}' needs the station that it belongs to"), N_("Fill in parent_station")
    lone = named[kind.isin(["2", "3", "4"]) & (parent == "")]
    feed.add(ERROR, "location_without_parent_station", "stops.txt", lone, column="parent_station", what=what, hint=hint)
    what, hint = N_("the station '{cell}' lies in another station"), N_("Empty its parent_station")
    nested = named[(kind == "1") & (parent != "")]
    feed.add(ERROR, "station_with_parent_station", "stops.txt", nested, column="parent_station", what=what, hint=hint)


def _routes(feed: FeedText) -> None:
    rows = feed["routes.txt"]
    if rows.empty:
        return
    names = [
        rows[name].str.strip() if name in rows else pd.Series("", rows.index)
        for name in ("route_short_name", "route_long_name")
    ]
    bare = rows.loc[(names[0] == "") & (names[1] == ""), rows.columns[0]]
    what, hint = N_("the route '{cell}' has neither a short nor a long name"), N_("Fill in one of them")
    feed.add(
        ERROR,
        "route_both_short_and_long_name_missing",
        "routes.txt",
        bare,
        column="route_short_name",
        what=what,
        hint=hint,
    )


def _times(feed: FeedText) -> None:
    """Stop times: read as times, forward within a trip, no faster than vehicles go, at least two a trip."""
    rows = feed["stop_times.txt"]
    if not {"trip_id", "stop_sequence"} <= {*rows}:
        return
    table = pd.DataFrame(
        {"trip": rows["trip_id"], "stop": rows.get("stop_id", ""), "row": rows.index}, index=rows.index
    ).astype({"trip": "category", "stop": "category"})  # a country's feed has ten million rows of few names
    table["place"] = pd.to_numeric(rows["stop_sequence"], errors="coerce")
    for name in ("arrival_time", "departure_time"):
        given = rows[name] if name in rows else pd.Series("", rows.index)
        table[name] = seconds(given)
        wrong = given[(given.str.strip() != "") & table[name].isna()]
        what, hint = N_("'{cell}' is no time"), N_("Write a time as 08:05:00")
        feed.add(ERROR, "invalid_time", "stop_times.txt", wrong, column=name, what=what, hint=hint)
    backwards = table["place"].groupby(table["trip"]).diff() < 0
    what, hint = N_("the rows of trip '{cell}' are not in the order of stop_sequence"), N_("Sort the file")
    feed.add(
        INFO,
        "unsorted_stop_times",
        "stop_times.txt",
        table.loc[backwards, "trip"],
        column="stop_sequence",
        what=what,
        hint=hint,
    )
    table = table.sort_values(["trip", "place"], kind="stable")
    arrives, departs = table["arrival_time"], table["departure_time"].fillna(table["arrival_time"])
    before = departs.groupby(table["trip"]).ffill().groupby(table["trip"]).shift()
    early = table.loc[(arrives < before) | (departs < arrives), "trip"].sort_index()
    what, hint = N_("trip '{cell}' arrives before it has left the stop before"), N_("Mend the times")
    code = "stop_time_with_arrival_before_previous_departure_time"
    feed.add(ERROR, code, "stop_times.txt", early, column="arrival_time", what=what, hint=hint)
    _fast(feed, table, arrives.fillna(table["departure_time"]), departs)
    count = table.groupby("trip")["row"].agg(["size", "min"])
    lone = pd.Series(count.index[count["size"] == 1], index=count.loc[count["size"] == 1, "min"])
    what, hint = N_("trip '{cell}' has one stop"), N_("Add its other stops, or take it out")
    feed.add(WARNING, "unusable_trip", "stop_times.txt", lone.sort_index(), column="trip_id", what=what, hint=hint)


def _fast(feed: FeedText, table: pd.DataFrame, arrives: pd.Series, departs: pd.Series) -> None:
    """Rides between two stops that no vehicle of their kind makes in the time."""
    stops, trips, routes = feed["stops.txt"], feed["trips.txt"], feed["routes.txt"]
    if not (
        {"stop_id", "stop_lat", "stop_lon"} <= {*stops}
        and {"trip_id", "route_id"} <= {*trips}
        and "route_type" in routes
    ):
        return
    places = stops.drop_duplicates("stop_id").set_index("stop_id")
    degrees = {axis: pd.to_numeric(places[f"stop_{axis}"], errors="coerce") for axis in ("lat", "lon")}
    lat, lon = (np.radians(table["stop"].map(degrees[axis]).astype("float64")) for axis in ("lat", "lon"))
    trip = table["trip"]
    same = trip == trip.shift()
    a = np.sin((lat - lat.shift()) / 2) ** 2 + np.cos(lat) * np.cos(lat.shift()) * np.sin((lon - lon.shift()) / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(a.clip(0, 1)))
    seconds = (arrives - departs.shift()).clip(lower=LEAST_S)
    kinds = routes.drop_duplicates("route_id").set_index("route_id")["route_type"].str.strip()
    of_trip = trips.drop_duplicates("trip_id").set_index("trip_id")["route_id"].map(kinds)
    limit = trip.map(of_trip.map(SPEEDS).fillna(OTHER_SPEED)).astype("float64").fillna(OTHER_SPEED)
    speed = 3600 * km / seconds
    fast = same & ((arrives - departs.shift()) >= 0) & (speed > limit)
    shown, first = trip[fast].sort_index(), speed[fast].sort_index().iloc[:1].max()
    what = N_("trip '{cell}' goes {speed:,.0f} km/h from the stop before")
    hint, code = N_("Mend the times, or the places of the two stops"), "fast_travel_between_consecutive_stops"
    feed.add(WARNING, code, "stop_times.txt", shown, column="arrival_time", what=what, hint=hint, speed=first)


def _dates(feed: FeedText, file: str, column: str) -> pd.Series:
    rows = feed[file]
    if column not in rows:
        return pd.Series(dtype="datetime64[ns]")
    days = pd.to_datetime(rows[column].str.strip(), format="%Y%m%d", errors="coerce")
    wrong = rows.loc[days.isna() & (rows[column].str.strip() != ""), column]
    what, hint = N_("'{cell}' is no day"), N_("Write a day as 20260901")
    feed.add(ERROR, "invalid_date", file, wrong, column=column, what=what, hint=hint)
    return days


def _days(feed: FeedText, today: pd.Timestamp) -> None:
    """Days: read as days, first before last, not all of them past."""
    start, end = _dates(feed, "calendar.txt", "start_date"), _dates(feed, "calendar.txt", "end_date")
    extra = _dates(feed, "calendar_dates.txt", "date")
    if len(start) and len(end):
        swapped = (
            feed["calendar.txt"].loc[start > end, "service_id"] if "service_id" in feed["calendar.txt"] else start[:0]
        )
        what, hint = N_("the service '{cell}' ends before it begins"), N_("Exchange start_date and end_date")
        code = "start_and_end_range_out_of_order"
        feed.add(ERROR, code, "calendar.txt", swapped, column="end_date", what=what, hint=hint)
    last = pd.concat([end, extra]).max()
    if pd.notna(last) and last < today:
        file = "calendar.txt" if len(end) else "calendar_dates.txt"
        what, hint = N_("its last day of service was {day}"), N_("Ask the publisher for a newer feed")
        feed.add(WARNING, "expired_calendar", file, what=what, hint=hint, day=f"{last:%Y-%m-%d}")
    until = _dates(feed, "feed_info.txt", "feed_end_date").max()
    if pd.notna(until) and until < today + pd.Timedelta(days=7):
        what, hint = N_("the feed holds until {day}"), N_("Ask the publisher for a newer feed")
        code, day = "feed_expiration_date7_days", f"{until:%Y-%m-%d}"
        feed.add(WARNING, code, "feed_info.txt", column="feed_end_date", what=what, hint=hint, day=day)


def _unused(feed: FeedText) -> None:
    """Stops and trips that no stop time names."""
    times = feed["stop_times.txt"]
    stops, trips = feed["stops.txt"], feed["trips.txt"]
    if {"stop_id", "trip_id"} <= {*times} and "stop_id" in stops and "trip_id" in trips:
        kind = stops["location_type"].str.strip() if "location_type" in stops else pd.Series("", stops.index)
        idle = stops.loc[kind.isin(["", "0"]) & ~stops["stop_id"].isin(set(times["stop_id"])), "stop_id"]
        what, hint = N_("no trip calls at '{cell}'"), N_("Nothing has to be done if that is as it should be")
        feed.add(WARNING, "stop_without_stop_time", "stops.txt", idle, column="stop_id", what=what, hint=hint)
        lost = trips.loc[~trips["trip_id"].isin(set(times["trip_id"])), "trip_id"]
        what = N_("trip '{cell}' has no stop")
        feed.add(
            WARNING,
            "unused_trip",
            "trips.txt",
            lost,
            column="trip_id",
            what=what,
            hint=N_("Add its stops, or take it out"),
        )


def as_plain(collected: list[Notice], language: Language) -> list[dict[str, Any]]:
    """Notices as rows of a table: severity, code, file, rows, column, what, hint."""
    return [
        {
            "severity": notice.severity,
            "code": notice.code,
            "file": notice.file,
            "count": notice.count,
            "at": ", ".join(map(str, notice.rows)) + (" …" if notice.count > len(notice.rows) > 0 else ""),
            "column": notice.column,
            "what": language(notice.what),
            "hint": language(notice.hint),
        }
        for notice in collected
    ]
