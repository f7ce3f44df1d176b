"""GTFS Schedule: a feed's stops as people see them, by the kind of vehicle that serves them, and what was left out.

Platforms of one name are one stop, whether or not the feed names their station; what no trip of any day serves is none.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import charset_normalizer
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from data.city.findings import Finding
from data.connectors.gtfs_text import what_it_holds
from data.errors import SourceError
from data.translation import N_, Sentence

# route_type of the GTFS reference -> our kind; coaches and trolleybuses stop as buses do.
KINDS = {
    0: "tram_stop",
    1: "metro_station",
    2: "rail_station",
    3: "bus_stop",
    4: "ferry_landing",
    5: "tram_stop",
    6: "cableway_station",
    7: "cableway_station",
    11: "bus_stop",
    12: "metro_station",
}
EXTENDED = {  # hundreds of the extended route types
    1: "rail_station",
    2: "bus_stop",
    3: "rail_station",
    4: "metro_station",
    5: "metro_station",
    6: "metro_station",
    7: "bus_stop",
    8: "bus_stop",
    9: "tram_stop",
    10: "ferry_landing",
    12: "ferry_landing",
    13: "cableway_station",
    14: "cableway_station",
}
OUTSIDE = N_("{n:,} outside the city")
NEVER, OTHER = "never", "other"  # of a trip: its service has no day; its vehicle is no kind of ours
# Columns that a file needs, and those that are read where they are there.
FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stops.txt": (("stop_id", "stop_lat", "stop_lon"), ("stop_name", "parent_station")),
    "routes.txt": (("route_id", "route_type"), ()),
    "trips.txt": (("trip_id", "route_id"), ("service_id",)),
    "stop_times.txt": (("trip_id", "stop_id"), ("pickup_type", "drop_off_type")),
    "calendar.txt": (("service_id", "start_date", "end_date"), ()),
    "calendar_dates.txt": (("service_id", "date", "exception_type"), ()),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256"]  # of feeds that are not in UTF-8
CHUNK_ROWS = 1_000_000  # of stop_times.txt in memory at a time
SAME_NAME_M, SAME_PLACE_M = 150.0, 20.0  # platforms of one name, or of any names, this near are one stop
EARTH_RADIUS_M = 6_371_000.0
FEW = 3  # stops in the city: a feed with fewer is likely another city's
MAX_ROWS_NAMED = 5
MOST_DAYS = 800  # of a service that are counted: over two years
AGAIN = N_("Fetch the feed again")
_PLATFORM = re.compile(
    r"[\s,(\[-]+((gleis|gl|steig|bstg|bahnsteig|bussteig|platform|plat|bay|stand|track|voie|quai|anden|via|колія|"
    r"платформа|رصيف)\.?\s*(\d{1,3}[a-z]?|[^\W\d])|stop\s+[a-z])\W*$"
)


def stops(path: Path, name: str, ground: shapely.Geometry | None = None) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Stops by kind: source_id, kind, name, places (none), operator, geometry (EPSG:4326); and what is to be said.

    ground: the city (EPSG:4326); stops outside are left out, but for a feed that has none inside, which is an error
    among the findings. The last finding, a note where nothing is odd, says what the feed holds and what was kept.
    Raises SourceError.
    """
    with opened(path, name) as feed:
        places = feed.stops()
        calls = feed.calls(feed.kind_of_trips())
    served = calls[~calls["kind"].isin([NEVER, OTHER])]
    placed = served[served["stop_id"].isin(places.index)]
    table = _as_people_see(placed, places)
    inside = pd.Series(True, index=table.index)
    if ground is not None:
        shapely.prepare(ground)
        inside &= shapely.contains_xy(ground, table.geometry.x, table.geometry.y)
    left_out = feed.unplaced | {
        N_("{n:,} where no service runs on any day"): _only(calls, NEVER, served),
        N_("{n:,} of vehicles that are no kind of ours"): _only(calls, OTHER, served),
        N_("{n:,} that stop_times.txt names and stops.txt does not"): len(set(served["stop_id"]) - feed.ids),
        OUTSIDE: int((~inside).sum()),
    }
    said = what_it_holds(
        feed.days, table["kind"], inside if ground is not None else None, placed["stop_id"].nunique(), left_out
    )
    if len(table) and not inside.any():
        x, y = (float(np.median(axis)) for axis in (table.geometry.x, table.geometry.y))
        where = N_(
            "no stop of the feed lies in the city: they lie around latitude {y:.2f}, longitude {x:.2f}", y=y, x=x
        )
        level, hint = "warning", N_("Give the feed of this city, or mend the areas' places")
        if shapely.contains_xy(ground, table.geometry.y, table.geometry.x).any():
            level, hint = "error", N_("Its stop_lat and stop_lon are exchanged: mend stops.txt")
        feed.findings.append(Finding(level, name, where, hint))
        feed.findings.append(Finding("warning", name, said, N_("Nothing of the feed is used")))
        return table, feed.findings
    few = ground is not None and inside.sum() < FEW and not inside.all()
    if few or not len(table) or any(count for reason, count in left_out.items() if reason != OUTSIDE):
        hint = N_("Nothing has to be mended if that is as it should be")
        if few or not len(table):
            hint = N_("So few are likely another city's feed, or one of other vehicles: check it")
        feed.findings.append(Finding("warning", name, said, hint))
    else:
        feed.findings.append(Finding("note", name, N_("{name}: {said}.", name=name, said=said), ""))
    return gpd.GeoDataFrame(table[inside], crs=4326).reset_index(drop=True), feed.findings


@contextmanager
def opened(path: Path, name: str) -> Iterator[Feed]:
    """A feed while it is read. Raises SourceError where it is no whole one."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Feed(archive, name)
    except (KeyError, ValueError, OSError, EOFError, zipfile.BadZipFile, NotImplementedError) as error:
        raise SourceError(name, N_("this is no whole GTFS feed ({error})", error=str(error)), hint=AGAIN) from error


class Feed:
    """A feed's files, read by the columns that are needed; what is wrong with them goes to `findings`."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        self.findings: list[Finding] = []
        self.ids: set[str] = set()  # of every stop
        self.unplaced: dict[str, int] = {}
        self.days = ""  # from when to when its services run
        paths = [PurePosixPath(member) for member in archive.namelist()]
        folders = [path.parent for path in paths if path.name == "stops.txt"]  # some feeds lie in a folder of their zip
        if len(folders) > 1:
            where = ", ".join(map(str, folders[:MAX_ROWS_NAMED]))
            raise SourceError(
                name,
                N_("the zip holds {count} feeds ({where})", count=len(folders), where=where),
                hint=N_("Give one of them"),
            )
        self.members = {path.name: str(path) for path in paths if path.parent in folders}
        start = archive.open(self.members["stops.txt"]).read(1_000_000)
        self.encoding = "utf-8-sig"
        try:
            start.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            if fault.end < len(start) - 3:  # not only a letter that was cut in two
                match = charset_normalizer.from_bytes(start[:100_000], cp_isolation=ENCODINGS).best()
                self.encoding = match.encoding if match else "cp1252"
                what = N_("the file is not in UTF-8; it was read as {encoding}", encoding=self.encoding)
                self.findings.append(Finding("warning", f"{name}/stops.txt", what, N_("Ask the publisher for UTF-8")))

    def _chunks(self, file: str, extra: tuple[str, ...] = ()) -> Iterator[pd.DataFrame]:
        """A file's rows as text, '' where a cell is empty, by the million; the index is the row in an editor."""
        needed, more = FILES.get(file, ((), ()))
        wanted = {*needed, *more, *extra}
        with self.archive.open(self.members[file]) as opened:
            reader = pd.read_csv(
                opened,
                dtype=str,
                usecols=lambda column: str(column).strip() in wanted,
                encoding=self.encoding,
                encoding_errors="replace",
                keep_default_na=False,
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
                chunksize=CHUNK_ROWS,
            )
            for rows in reader:
                rows.columns = rows.columns.str.strip()
                for column in needed:
                    if column not in rows:
                        raise SourceError(
                            self.name, N_("{file} has no column '{column}'", file=file, column=column), hint=AGAIN
                        )
                rows.index = rows.index + 2
                yield rows.reindex(columns=list(dict.fromkeys([*needed, *more, *extra]))).fillna("")

    def _rows(self, file: str, extra: tuple[str, ...] = ()) -> pd.DataFrame:
        """A whole file; nothing where the feed lacks it."""
        if file not in self.members and file.startswith("calendar"):
            return pd.DataFrame(columns=[*FILES[file][0], *extra], dtype=str)
        chunks = list(self._chunks(file, extra))
        rows = pd.concat(chunks) if chunks else pd.DataFrame(columns=[*sum(FILES[file], ()), *extra], dtype=str)
        return rows[(rows != "").any(axis=1)]

    def _warn(self, level: str, file: str, column: str, what: str, hint: str, rows: pd.DataFrame) -> None:
        """A finding for each of the first rows, and one for how many more there are; {cell} is the cell."""
        where = f"{self.name}/{file}"
        for row, value in rows[column].head(MAX_ROWS_NAMED).items():
            said = Sentence(what, cell=str(value)[:60])
            self.findings.append(Finding(level, where, said, hint, int(str(row)), column))
        if len(rows) > MAX_ROWS_NAMED:
            more = N_("{n} more rows like row {row}", n=f"{len(rows) - MAX_ROWS_NAMED:,}", row=rows.index[0])
            self.findings.append(Finding(level, where, more, hint, None, column))

    def stops(self) -> pd.DataFrame:
        """Stops that have a place, by id: name, lon, lat, station (id of the stop that all its platforms belong to)."""
        rows = self._rows("stops.txt")
        self.ids = set(rows["stop_id"])
        rows["lon"], rows["lat"] = (pd.to_numeric(rows[f"stop_{axis}"], errors="coerce") for axis in ("lon", "lat"))
        self._check_twice(rows)
        rows = rows.drop_duplicates("stop_id")
        somewhere = rows["lon"].between(-180, 180) & rows["lat"].between(-90, 90) & rows[["lon", "lat"]].any(axis=1)
        by_id = rows.set_index("stop_id")
        station = by_id["parent_station"].where(by_id["parent_station"].isin(by_id.index), by_id.index.to_series())
        for _level in range(2):  # a boarding area belongs to a platform, a platform to a station
            station = station.map(station)
        placed = pd.Series(somewhere.to_numpy(), index=by_id.index)
        helped = ~placed & station.map(placed)  # what lies in a station may leave its own place out
        for axis in ("lon", "lat"):
            by_id[axis] = by_id[axis].where(~helped, station.map(by_id[axis]))
        lost = rows[~somewhere & ~helped.to_numpy()]
        hint = N_("Write degrees such as 52.51; it was left out")
        self._warn(
            "warning", "stops.txt", "stop_lat", N_("the stop has no place on earth (stop_lat '{cell}')"), hint, lost
        )
        self.unplaced[N_("{n:,} without a place")] = len(lost)
        by_id = by_id.assign(name=by_id["stop_name"].str.strip(), station=station)
        return by_id.loc[placed | helped, ["name", "lon", "lat", "station"]].rename_axis(None)

    def _check_twice(self, rows: pd.DataFrame) -> None:
        """Findings for ids that stand twice: an error unless the rows say the same."""
        twice, first = rows["stop_id"].duplicated(), rows.drop_duplicates("stop_id").set_index("stop_id")
        again = rows[twice]
        before = first.loc[again["stop_id"]].set_index(again.index)
        apart = np.hypot(again["lon"] - before["lon"], again["lat"] - before["lat"]) > 0.002  # some 150 m
        other = apart | (again["stop_name"] != before["stop_name"])
        what, hint = N_("the stop_id '{cell}' stands twice"), N_("Take the second row out; the first was used")
        self._warn("warning", "stops.txt", "stop_id", what, hint, again[~other])
        what, hint = (
            N_("the stop_id '{cell}' stands twice, for two places"),
            N_("Give one of them another id in all files"),
        )
        self._warn("error", "stops.txt", "stop_id", what, hint, again[other])

    def kind_of_trips(self) -> pd.Series:
        """By trip: the kind of stop that it calls at, NEVER or OTHER."""
        routes, trips = self._rows("routes.txt"), self._rows("trips.txt")
        codes = pd.to_numeric(routes["route_type"], errors="coerce").fillna(-1).astype(int)
        kind = codes.map(lambda code: KINDS.get(code) or (EXTENDED.get(code // 100) if code >= 100 else None) or OTHER)
        kind_of_route = pd.Series(kind.to_numpy(), index=routes["route_id"])
        kind_of_route = kind_of_route[~kind_of_route.index.duplicated()]
        of_trip = trips["route_id"].map(kind_of_route).fillna(OTHER)
        if {"calendar.txt", "calendar_dates.txt"} & self.members.keys():
            of_trip = of_trip.where(trips["service_id"].isin(self._running()), NEVER)
        by_trip = pd.Series(of_trip.to_numpy(), index=trips["trip_id"])
        return by_trip[~by_trip.index.duplicated()]

    def optional_rows(self, file: str, columns: tuple[str, ...]) -> pd.DataFrame:
        """Some columns of a file as text, '' where a cell, the column or the file is missing."""
        chunks = list(self.optional_chunks(file, columns))
        return pd.concat(chunks) if chunks else pd.DataFrame(columns=list(columns), dtype=str)

    def optional_chunks(self, file: str, columns: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        """The same by the million rows."""
        if file in self.members:
            for rows in self._chunks(file, columns):
                yield rows[list(columns)]

    @cached_property
    def days_of_services(self) -> pd.DataFrame:
        """On which days each service runs: service_id, day (days since 1 January 1970)."""
        week, extra = self._rows("calendar.txt", WEEKDAYS), self._rows("calendar_dates.txt")
        start, end = (_day_number(week[column]) for column in ("start_date", "end_date"))
        parts = [pd.DataFrame({"service_id": pd.Series(dtype=str), "day": pd.Series(dtype=float)})]
        for row in week.index[start.notna() & end.notna()]:
            days = np.arange(start[row], min(end[row], start[row] + MOST_DAYS) + 1)
            flags = (week.loc[row, list(WEEKDAYS)].str.strip() == "1").to_numpy()
            runs = days[flags[((days + 3) % 7).astype(int)]]
            parts.append(pd.DataFrame({"service_id": week.loc[row, "service_id"], "day": runs}))
        extra = extra.assign(day=_day_number(extra["date"])).dropna(subset="day").drop_duplicates(["service_id", "day"])
        kind = extra["exception_type"].str.strip()
        usual = pd.concat(parts).drop_duplicates()
        removed = extra.loc[kind == "2", ["service_id", "day"]].assign(removed=True)
        usual = usual.merge(removed, on=["service_id", "day"], how="left")
        usual = usual.loc[usual["removed"].isna(), ["service_id", "day"]]
        added = extra.loc[kind == "1", ["service_id", "day"]]
        return pd.concat([usual, added]).drop_duplicates(ignore_index=True)

    def _running(self) -> set[str]:
        """Services that run on one day at least."""
        days = self.days_of_services
        if len(days):
            first, last = (
                pd.Timestamp("1970-01-01") + pd.Timedelta(days=day) for day in (days["day"].min(), days["day"].max())
            )
            self.days = N_("{first} to {last}", first=f"{first:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")
        return set(days["service_id"])

    def calls(self, kind_of_trip: pd.Series) -> pd.DataFrame:
        """stop_id, kind: which kinds of vehicle people can board or leave at a stop."""
        pairs = [pd.DataFrame(columns=["stop_id", "kind"], dtype=str)]
        for rows in self._chunks("stop_times.txt"):
            passed = (rows["pickup_type"] == "1") & (rows["drop_off_type"] == "1")
            pair = pd.DataFrame({"stop_id": rows["stop_id"], "kind": rows["trip_id"].map(kind_of_trip)})
            pairs.append(pair[~passed].dropna().drop_duplicates())
        return pd.concat(pairs).drop_duplicates(ignore_index=True)


def _day_number(days: pd.Series) -> pd.Series:
    """Days since 1 January 1970 of text such as 20260131; empty where it is no day."""
    parsed = pd.to_datetime(days.str.strip(), format="%Y%m%d", errors="coerce")
    return (parsed - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)


def _only(calls: pd.DataFrame, kind: str, served: pd.DataFrame) -> int:
    """How many stops are called at in this way and in none that counts."""
    return len(set(calls.loc[calls["kind"] == kind, "stop_id"]) - set(served["stop_id"]))


def _plain(name: str) -> str:
    """A name without case, accents, signs and the number of a platform."""
    signs = unicodedata.normalize("NFKD", name[:200]).casefold()
    text = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", _PLATFORM.sub("", text)))


def _as_people_see(placed: pd.DataFrame, places: pd.DataFrame) -> gpd.GeoDataFrame:
    """One row a stop and kind, of platforms (stop_id, kind) and what is known of each stop."""
    rows = placed.merge(places, left_on="stop_id", right_index=True)
    rows = rows.assign(stop=-1).sort_values(["kind", "stop_id"], ignore_index=True)
    plain = rows["name"].map({name: _plain(name) for name in rows["name"].unique()})
    for _kind, part in rows.groupby("kind"):
        rows.loc[part.index, "stop"] = _together(part, plain[part.index].to_numpy())
    # A stop is called and placed as its station, if the feed names one, else as its first platform and their middle.
    rows["named"] = (rows["station"] != rows["stop_id"]) & rows["station"].isin(places.index)
    rows = rows.sort_values(["kind", "stop", "named", "station"], ascending=[True, True, False, True])
    groups: Any = rows.groupby(["kind", "stop"], sort=False)
    first, middle = groups.first(), groups[["lon", "lat"]].mean()
    for column in ("lon", "lat", "name"):
        own = first[column] if column == "name" else middle[column]
        first[column] = own.where(~first["named"], first["station"].map(places[column]))
    first["source_id"] = first["station"].where(first["named"], first["stop_id"])
    first = first.reset_index()
    return gpd.GeoDataFrame(
        {**first[["source_id", "kind", "name"]], "places": float("nan"), "operator": ""},
        geometry=gpd.points_from_xy(first["lon"], first["lat"]),
        crs=4326,
    )


def _together(part: pd.DataFrame, plain: np.ndarray) -> np.ndarray:
    """Which platforms of one kind are one stop: of one station, of one name and near, or at the same place."""
    lon, lat = np.radians(part["lon"].to_numpy()), np.radians(part["lat"].to_numpy())
    xyz = EARTH_RADIUS_M * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    place = pd.factorize(pd.MultiIndex.from_arrays(np.round(xyz).T))[0]  # to a metre: very many may stand at one
    name = pd.factorize(plain)[0]
    names = np.flatnonzero((plain != "") & ~pd.DataFrame({"place": place, "name": name}).duplicated().to_numpy())
    places = np.flatnonzero(~pd.Series(place).duplicated().to_numpy())
    # Names are far apart in a fourth direction, so that only those of one name are near each other.
    of_name = np.column_stack([xyz, 10 * SAME_NAME_M * name])[names]
    edges = [
        names[cKDTree(of_name).query_pairs(SAME_NAME_M, output_type="ndarray")] if len(names) else names.reshape(0, 2),
        places[cKDTree(xyz[places]).query_pairs(SAME_PLACE_M, output_type="ndarray")],
    ]
    for group in (place, pd.factorize(part["station"])[0]):
        first = pd.Series(np.arange(len(part))).groupby(group).transform("first").to_numpy()
        edges.append(np.column_stack([first, np.arange(len(part))]))
    start, end = np.concatenate(edges).T
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(part), len(part)))
    return np.asarray(connected_components(graph, directed=False)[1])
