"""Timetables from GTFS: the day that is chosen, times left out, headways, runs, stations and what is far away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_matrix

from analytics import transit
from data.connectors import gtfs_timetable

CITY = gpd.GeoSeries([shapely.box(389_000, 5_818_000, 393_000, 5_822_000)], crs=25833)
STOPS = """stop_id,stop_name,stop_lat,stop_lon,parent_station
A,Alpha,52.52,13.38,
A1,Alpha,52.52,13.38,A
A2,Alpha,52.5201,13.3801,A
B,Beta,52.53,13.39,
C,Gamma,52.54,13.40,
Z,Far,48.1,11.5,
"""
ROUTES = "route_id,route_short_name,route_long_name,route_type\nt,M1,,0\nb,,Ring bus,3\n"
CALENDAR = """service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
week,1,1,1,1,1,0,0,20260105,20260116
sunday,0,0,0,0,0,0,1,20260105,20260116
"""
# 13 January, a Tuesday, has one trip more by an exception.
DATES = "service_id,date,exception_type\nextra,20260113,1\n"


def feed(path: Path, trips: str, times: str, **more: str) -> Path:
    files = {"stops": STOPS, "routes": ROUTES, "calendar": CALENDAR, "calendar_dates": DATES}
    texts = files | {"trips": "trip_id,route_id,service_id,block_id\n" + trips} | more
    texts["stop_times"] = "trip_id,stop_id,stop_sequence,arrival_time,departure_time\n" + times
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"{name}.txt", text)
    return path


def read(path: Path) -> gtfs_timetable.Timetable:
    plan = gtfs_timetable.timetable(path, "feed.zip", CITY)
    assert plan is not None
    return plan


def test_the_working_day_with_most_trips_is_taken_and_platforms_are_their_station(tmp_path: Path) -> None:
    trips = "1,t,week,\n2,t,week,\n3,t,extra,\n4,t,sunday,\n5,t,sunday,\n6,t,sunday,\n7,t,sunday,\n"
    times = "".join(f"{n},A1,1,08:0{n}:00,08:0{n}:00\n{n},B,2,08:1{n}:00,08:1{n}:00\n" for n in range(1, 8))
    plan = read(feed(tmp_path / "feed.zip", trips, times))
    assert plan.day == "2026-01-13"
    assert plan.trips["start"].tolist() == [28860, 28920, 28980]
    assert plan.trips[["line", "mode"]].drop_duplicates().to_numpy().tolist() == [["M1", "tram"]]
    assert len(plan.patterns) == 2  # all trips take ten minutes: one pattern
    names = plan.stops.set_index("stop")["name"]
    assert plan.patterns["stop"].map(names).tolist() == ["Alpha", "Beta"]
    assert plan.patterns["arrival"].tolist() == [0, 600]
    assert "Far" not in set(names)


def test_times_left_out_are_spread_and_clocks_that_run_back_are_left_out(tmp_path: Path) -> None:
    times = "1,A1,1,08:00:00,08:00:30\n1,B,5,,\n1,C,9,08:10:30,08:10:30\n"
    times += "2,A1,1,09:00:00,09:00:00\n2,B,2,08:30:00,08:30:00\n"
    plan = read(feed(tmp_path / "feed.zip", "1,t,week,\n2,t,week,\n", times))
    assert len(plan.trips) == 1
    assert plan.patterns["departure"].tolist() == [0, 300, 600]
    assert plan.trips["start"].tolist() == [28830]


def test_trips_by_headway_start_at_every_headway_and_past_midnight(tmp_path: Path) -> None:
    times = "1,A1,1,00:00:00,00:00:00\n1,B,2,00:06:00,00:06:00\n"
    headways = "trip_id,start_time,end_time,headway_secs\n1,23:30:00,24:30:00,1200\n"
    plan = read(feed(tmp_path / "feed.zip", "1,b,week,\n", times, frequencies=headways))
    # The trip of Monday's 24:10 is Tuesday's first; that of 23:50 ends before midnight.
    assert plan.trips["start"].tolist() == [600, 84600, 85800, 87000]
    assert plan.trips["line"].tolist() == ["Ring bus"] * 4
    assert plan.trips["run"].nunique() == 4
    rides = transit.connections(len(plan.stops), plan.patterns, plan.trips, 86_000, 90_000)
    assert rides.departure.tolist() == [87000]


def test_the_night_is_served_by_what_left_the_day_before(tmp_path: Path) -> None:
    trips = "1,b,week,n\n2,b,week,n\n3,b,sunday,\n"
    times = "1,A1,1,25:30:00,25:30:00\n1,B,2,25:40:00,25:40:00\n"  # half past one at night
    times += "2,B,1,25:41:00,25:41:00\n2,C,2,25:50:00,25:50:00\n"
    times += "3,A1,1,26:00:00,26:00:00\n3,B,2,26:10:00,26:10:00\n"  # the night to Monday is not asked for
    plan = read(feed(tmp_path / "feed.zip", trips, times))
    assert plan.day == "2026-01-06"  # a Tuesday
    night = transit.connections(len(plan.stops), plan.patterns, plan.trips, 3600, 3 * 3600)
    assert sorted(night.departure) == [5400, 6060]
    assert night.runs == 1
    number = plan.stops.set_index("name")["stop"]
    to_place = np.where(plan.stops["stop"] == number["Gamma"], 0.0, np.inf)
    stay = csr_matrix(np.eye(len(plan.stops)) * transit.CHANGE)
    best = transit.arrivals(night, to_place, stay)
    assert best[number["Alpha"], 0] == 25 * 3600 + 50 * 60 - 86_400


def test_the_first_day_of_a_feed_has_no_night_before(tmp_path: Path) -> None:
    calendar = CALENDAR.splitlines()[0] + "\nweek,0,1,0,0,0,0,0,20260106,20260106\n"
    times = "1,A1,1,25:30:00,25:30:00\n1,B,2,25:40:00,25:40:00\n"
    plan = read(feed(tmp_path / "feed.zip", "1,b,week,\n", times, calendar=calendar))
    assert plan.trips["start"].tolist() == [91_800]


def test_a_vehicle_that_goes_on_is_one_run(tmp_path: Path) -> None:
    trips = "1,t,week,x\n2,b,week,x\n3,b,week,x\n4,b,week,\n"
    times = "1,A1,1,08:00:00,08:00:00\n1,B,2,08:10:00,08:10:00\n"
    times += "2,B,1,08:12:00,08:12:00\n2,C,2,08:20:00,08:20:00\n"
    times += "3,C,1,09:20:00,09:20:00\n3,B,2,09:30:00,09:30:00\n"  # an hour later: one gets off
    times += "4,B,1,08:12:00,08:12:00\n4,C,2,08:22:00,08:22:00\n"
    plan = read(feed(tmp_path / "feed.zip", trips, times))
    runs = plan.trips.set_index(["start", "line"])["run"]
    assert runs[28800, "M1"] == runs.loc[29520, "Ring bus"].iloc[0]
    assert plan.trips["run"].nunique() == 3


def test_lines_of_one_name_are_told_apart_by_their_operators(tmp_path: Path) -> None:
    routes = "route_id,agency_id,route_short_name,route_type\nt,n,612,3\nb,s,612,3\nc,s,1,3\nd,s,1,3\n"
    agency = "agency_id,agency_name\nn,North buses\ns,South buses\n"
    trips = "1,t,week,\n2,b,week,\n3,c,week,\n4,d,week,\n"
    times = "".join(f"{n},A1,1,08:0{n}:00,08:0{n}:00\n{n},B,2,08:1{n}:00,08:1{n}:00\n" for n in range(1, 5))
    plan = read(feed(tmp_path / "feed.zip", trips, times, routes=routes, agency=agency))
    assert plan.trips["line"].tolist() == ["612 (North buses)", "612 (South buses)", "1", "1"]


def test_a_feed_without_times_has_no_timetable(tmp_path: Path) -> None:
    path = feed(tmp_path / "feed.zip", "1,t,week,\n", "1,A1,1,,\n1,B,2,,\n")
    assert gtfs_timetable.timetable(path, "feed.zip", CITY) is None
