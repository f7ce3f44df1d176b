"""GTFS feeds: stops as people see them, what never runs, feeds of elsewhere, and one sentence on what was kept."""

from __future__ import annotations

import tracemalloc
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import shapely

from data.city import checks, pack
from data.city.findings import Finding
from data.connectors import gtfs, gtfs_notices
from data.errors import SourceError

ROUTES = "route_id,route_type\nR,109\nU,400\nT,900\nB,700\n"
TRIPS = "route_id,service_id,trip_id\nR,d,r\nU,d,u\nT,d,t\nB,d,b\n"
HEAD = "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
CITY = shapely.box(13.0, 52.0, 14.0, 53.0)


def feed(path: Path, **files: str) -> Path:
    """A feed of these files (stops, calls, ...), with routes and trips of one vehicle each."""
    names = {"calls": "stop_times.txt", "dates": "calendar_dates.txt"}
    texts = {"routes": ROUTES, "trips": TRIPS} | files
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(names.get(name, f"{name}.txt"), text)
    return path


def read(path: Path, ground: shapely.Geometry | None = CITY) -> tuple[pd.DataFrame, list[Finding]]:
    table, findings = gtfs.stops(path, "feed.zip", ground)
    return table.set_index("source_id"), findings


def calls(*pairs: str) -> str:
    return "trip_id,stop_id\n" + "\n".join(pairs) + "\n"


def test_platforms_of_one_name_are_one_stop_whether_or_not_they_name_their_station(tmp_path: Path) -> None:
    stops = HEAD + "A,Heath (West),52.5080,13.2590,\nA0,Heath (West),52.5080,13.2590,A\n"
    stops += "A1,Heath (West),52.5081,13.2590,A\nA2,Heath (West),52.5082,13.2590,\nA3,HEATH west,52.5084,13.2590,\n"
    table, findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("r,A0", "r,A1", "r,A2", "r,A3")))
    assert table["kind"].to_dict() == {"A": "rail_station"}
    assert (table.geometry["A"].x, table.geometry["A"].y) == (13.2590, 52.5080)  # where the feed says the station is
    assert [finding.what for finding in findings] == [
        "feed.zip: the feed serves 4 platforms, as people see them 1 urban rail station; in the city: "
        "1 urban rail station."
    ]


def test_without_any_station_a_stop_is_in_the_middle_of_its_platforms(tmp_path: Path) -> None:
    stops = HEAD + "b,Market platform 2,52.5004,13.4000,\na,Market Platform 1,52.5000,13.4002,\n"
    table, _findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("t,a", "t,b")))
    assert list(table.index) == ["a"]
    assert table.geometry["a"].equals_exact(shapely.Point(13.4001, 52.5002), 1e-9)


def test_twins_are_one_stop_and_namesakes_far_away_are_not(tmp_path: Path) -> None:
    stops = HEAD + "P,New Town,52.51,13.40,\nP1,New Town,52.51,13.40,P\nx1,City New Town,52.51,13.40,\n"
    # 0.001 degrees of latitude are 111 m, 0.002 are 222 m
    stops += "y,New Town,52.511,13.40,\nz,New Town,52.513,13.40,\n"
    table, _findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("t,P1", "t,x1", "t,y", "t,z")))
    assert sorted(table.index) == ["P", "z"]


@pytest.mark.parametrize(
    ("name", "other", "together"),
    [
        ("Süd, Gleis 1", "SUD Gleis 12", True),
        ("Lime St (Stop B)", "Lime St (Stop C)", True),
        ("Norte - Andén 2", "Norte, andén 3", True),
        ("Largo Via Po", "Largo Via Re", False),  # streets, not platforms
        ("Haupt", "Haupthof", False),
        ("", "", False),
    ],
)
def test_names_are_compared_without_case_accents_and_platforms(
    name: str, other: str, together: bool, tmp_path: Path
) -> None:
    stops = HEAD + f'a,"{name}",52.5000,13.4,\nb,"{other}",52.5010,13.4,\n'  # 111 m apart
    table, _findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("t,a", "t,b")))
    assert len(table) == (1 if together else 2)


def test_a_station_counts_once_for_each_kind_of_vehicle(tmp_path: Path) -> None:
    stops = HEAD + "S,Central,52.5,13.4,\nu,Central,52.5,13.4,S\nt,Central,52.5004,13.4,\nb,Central,52.5,13.4004,\n"
    table, _findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("u,u", "t,t", "b,b")))
    assert table["kind"].to_dict() == {"S": "metro_station", "t": "tram_stop", "b": "bus_stop"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("0", "tram_stop"),
        ("1", "metro_station"),
        ("2", "rail_station"),
        ("3", "bus_stop"),
        ("4", "ferry_landing"),
        ("5", "tram_stop"),
        ("6", "cableway_station"),
        ("7", "cableway_station"),
        ("11", "bus_stop"),
        ("12", "metro_station"),
        ("106", "rail_station"),
        ("200", "bus_stop"),
        ("401", "metro_station"),
        ("715", "bus_stop"),
        ("800", "bus_stop"),
        ("906", "tram_stop"),
        ("1000", "ferry_landing"),
        ("1400", "cableway_station"),
        ("1100", None),
        ("1501", None),
        ("", None),
    ],
)
def test_each_type_of_route_has_its_kind_of_stop(code: str, kind: str | None, tmp_path: Path) -> None:
    routes, stops = f"route_id,route_type\nR,{code}\n", HEAD + "P,X,52.51,13.40,\n"
    table, findings = read(feed(tmp_path / "f.zip", routes=routes, stops=stops, calls=calls("r,P")))
    assert list(table["kind"]) == ([kind] if kind else [])
    if not kind:
        assert findings[-1].what.endswith("left out are stops: 1 of vehicles that are no kind of ours")


def test_very_many_stops_at_one_point_are_one_stop_and_take_no_more_memory_than_others(tmp_path: Path) -> None:
    ids = [f"s{number}" for number in range(20_000)]
    stops = HEAD + "".join(f"{name},{name},52.5,13.4,\n" for name in ids)
    path = feed(tmp_path / "f.zip", stops=stops, calls=calls(*[f"b,{name}" for name in ids]))
    tracemalloc.start()
    table, _findings = read(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert list(table.index) == ["s0"]
    assert peak < 100_000_000  # 200 million pairs would take 3 GB


def test_what_runs_on_no_day_is_left_out_and_said(tmp_path: Path) -> None:
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    calendar = (
        f"service_id,{days},start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20260105,20260111\n"
        "no_weekday,0,0,0,0,0,0,0,20260101,20261231\n"
        "weekend,0,0,0,0,0,1,1,20260105,20260109\n"  # Monday to Friday: no weekend in it
        "taken_out,1,0,0,0,0,0,0,20260105,20260118\n"  # the Mondays 5 and 12 January
        "half,1,0,0,0,0,0,0,20260105,20260118\n"
        "once,0,0,0,0,0,0,0,20260101,20261231\n"
    )
    dates = (
        "service_id,date,exception_type\ntaken_out,20260105,2\ntaken_out,20260112,2\nhalf,20260112,2\n"
        "half,20260113,2\nonce,20260201,1\nonly_dates,20260201,1\n"
    )
    services = ["week", "no_weekday", "weekend", "taken_out", "half", "once", "only_dates", "unheard_of"]
    stops = HEAD + "".join(f"{name},{name},52.5,13.{number}0,\n" for number, name in enumerate(services, 1))
    trips = "route_id,service_id,trip_id\n" + "".join(f"B,{name},{name}\n" for name in services)
    path = feed(
        tmp_path / "f.zip",
        stops=stops,
        trips=trips,
        calendar=calendar,
        dates=dates,
        calls=calls(*[f"{name},{name}" for name in services]),
    )
    table, findings = read(path)
    assert sorted(table.index) == ["half", "once", "only_dates", "week"]
    assert findings[-1].what.endswith(
        "left out are stops: 4 where no service runs on any day; its services run from 2026-01-05 to 2026-02-01"
    )


def test_where_no_one_can_get_on_or_off_is_no_stop(tmp_path: Path) -> None:
    text = "trip_id,stop_id,pickup_type,drop_off_type\nb,P,1,1\nb,Q,0,1\nb,Z,,\n"
    stops = HEAD + "P,X,52.51,13.40,\nQ,Y,52.52,13.40,\nZ,Z,52.53,13.40,\n"
    assert sorted(read(feed(tmp_path / "f.zip", stops=stops, calls=text))[0].index) == ["Q", "Z"]


def test_an_id_that_stands_twice_is_named_with_its_row(tmp_path: Path) -> None:
    stops = HEAD + "M,Market,52.51,13.40,\nN,North,52.52,13.40,\nM,Market,52.51,13.40,\nN,Far,52.60,13.40,\n"
    table, findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("t,M", "t,N")))
    assert sorted(table.index) == ["M", "N"]
    assert [(finding.level, str(finding)) for finding in findings[:2]] == [
        (
            "warning",
            "feed.zip/stops.txt, row 4, column 'stop_id': the stop_id 'M' stands twice. "
            "Take the second row out; the first was used.",
        ),
        (
            "error",
            "feed.zip/stops.txt, row 5, column 'stop_id': the stop_id 'N' stands twice, for two places. "
            "Give one of them another id in all files.",
        ),
    ]


def test_a_stop_without_a_place_takes_its_stations_or_is_named(tmp_path: Path) -> None:
    stops = HEAD + "S,Central,52.5,13.4,\na,Central,,,S\nb,Lost,0,0,\nc,Lost,91,13.4,\nd,Here,52.6,13.4,\n"
    table, findings = read(feed(tmp_path / "f.zip", stops=stops, calls=calls("t,a", "t,b", "t,c", "t,d", "t,ghost")))
    assert sorted(table.index) == ["S", "d"]
    assert [(finding.row, finding.column) for finding in findings[:-1]] == [(4, "stop_lat"), (5, "stop_lat")]
    assert findings[-1].what.endswith(
        "left out are stops: 2 without a place, 1 that stop_times.txt names and stops.txt does not"
    )


def test_a_feed_of_elsewhere_is_called_so_and_a_feed_of_the_region_is_cut_to_the_city(tmp_path: Path) -> None:
    stops = HEAD + "a,A,52.5,13.4,\nb,B,48.1,11.5,\nc,C,48.2,11.6,\n"
    path = feed(tmp_path / "f.zip", stops=stops, calls=calls("t,a", "b,b", "b,c"))
    table, findings = read(path)
    assert list(table.index) == ["a"]
    assert [finding.level for finding in findings] == ["warning"]
    assert "in the city: 1 tram stop; left out are stops: 2 outside the city" in str(findings[0])
    assert "likely another city's feed" in findings[0].hint
    _table, findings = read(path, shapely.box(24.9, 60.1, 25.0, 60.2))
    assert [finding.level for finding in findings] == ["warning", "warning"]
    assert str(findings[0]) == (
        "feed.zip: no stop of the feed lies in the city: they lie around latitude 48.20, longitude 11.60. "
        "Give the feed of this city, or mend the areas' places."
    )
    assert len(read(path, None)[0]) == 3
    turned = feed(tmp_path / "t.zip", stops=HEAD + "a,A,13.4,52.5,\n", calls=calls("t,a"))
    assert read(turned)[1][0].hint == "Its stop_lat and stop_lon are exchanged: mend stops.txt"


@pytest.mark.parametrize("folder", ["", "google_transit/"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings_folders_and_blanks_of_real_feeds(folder: str, encoding: str, tmp_path: Path) -> None:
    stops = 'stop_id, stop_name ,stop_lat,stop_lon\n\nÜ1,"Köln, Süd; Löwenstraße",52.5,13.4\n'
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for name, text in (("stops", stops), ("routes", ROUTES), ("trips", TRIPS), ("stop_times", calls("t,Ü1"))):
            archive.writestr(f"{folder}{name}.txt", text.encode(encoding))
    table, findings = read(tmp_path / "f.zip")
    assert table["name"].to_dict() == {"Ü1": "Köln, Süd; Löwenstraße"}
    assert ("was read as" in findings[0].what) == (encoding == "cp1252")


def test_a_zip_of_several_feeds_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for folder in ("bus", "rail"):
            archive.writestr(f"{folder}/stops.txt", HEAD)
    with pytest.raises(SourceError, match=r"f.zip: the zip holds 2 feeds \(bus, rail\). Give one of them"):
        gtfs.stops(tmp_path / "f.zip", "f.zip")


@pytest.mark.parametrize(
    ("files", "word"),
    [
        ({"stops": "id,stop_lat,stop_lon\nA,1,2\n"}, "f.zip: stops.txt has no column 'stop_id'"),
        ({"calls": "trip_id\nt\n"}, "f.zip: stop_times.txt has no column 'stop_id'"),
        ({"stops": ""}, "no whole GTFS feed"),
    ],
)
def test_a_feed_that_is_not_whole_is_refused(files: dict[str, str], word: str, tmp_path: Path) -> None:
    texts = {"stops": HEAD + "A,A,52.5,13.4,\n", "calls": calls("t,A")} | files
    with pytest.raises(SourceError, match=word):
        gtfs.stops(feed(tmp_path / "f.zip", **texts), "f.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("routes.txt", ROUTES)
    with pytest.raises(SourceError, match="no whole GTFS feed"):
        gtfs.stops(tmp_path / "other.zip", "other.zip")


def test_the_check_of_a_pack_says_what_its_feed_holds(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    for name, text in pack.template().items():
        more = '\n[stops]\nfile = "feed.zip"\nperiod = "2026-01"\n' if name == pack.MANIFEST else ""
        (folder / name).write_text(text + more, encoding="utf-8")
    feed(folder / "feed.zip", stops=HEAD + "P,X,60.165,24.935,\n", calls=calls("b,P"))
    result = checks.check(folder)
    assert result.notes[0].what == (
        "feed.zip: the feed serves 1 platform, as people see them 1 bus stop; in the city: 1 bus stop."
    )
    assert list(result.tables["stops"]["kind"]) == ["bus_stop"]
    assert result.errors == []  # what a validator finds stops no build
    said = {str(finding) for finding in result.findings}
    assert "feed.zip/agency.txt: the feed lacks this file (missing_required_file). Add it." in said
    assert any("(unused_trip, rows: 3)" in sentence and "row 2" in sentence for sentence in said), said
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gtfs_notices, "MOST_BYTES", 20)
        result = checks.check(folder)
    assert result.findings == []
    assert result.notes[1].what.endswith("bytes is too large for the validator (at most 20)")
