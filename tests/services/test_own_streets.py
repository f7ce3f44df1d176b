"""A pack with an extract and a feed: its own homes, streets, bridge and timetable carry every figure."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

import data
from data.city import building, pack
from data.context import CityContext, Territory
from services import closures, isochrones, transit, walks
from tests.extracts import grid_of_streets, write_extract

FEED = {
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nW,West,60.1700,24.9300\nE,East,60.1700,24.9500\n",
    "routes": "route_id,route_short_name,route_type\nt,1,0\n",
    "trips": "trip_id,route_id,service_id\nm,t,w\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "w,1,1,1,1,1,0,0,20260105,20260116\n",
    "stop_times": "trip_id,stop_id,stop_sequence,arrival_time,departure_time\n"
    "m,W,1,07:00:00,07:00:00\nm,E,2,07:02:00,07:02:00\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs\nm,06:00:00,22:00:00,300\n",
}


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CityContext:
    """The template's city with right-angled streets, a bridge, twenty houses in each area's corner and a tram."""
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    folder = tmp_path / "pack"
    folder.mkdir()
    files = dict(pack.template("Testville"))
    files["city.toml"] = str(files["city.toml"]) + (
        '\n[network]\nfile = "streets.osm.pbf"\nperiod = "2026-01"\n[stops]\nfile = "feed.zip"\nperiod = "2026-01"\n'
    )
    for name, content in files.items():
        (folder / name).write_text(str(content), encoding="utf-8")
    nodes, ways = grid_of_streets(24.93, 60.16)
    ways[900] = ([1, 11], {"highway": "footway", "bridge": "yes", "name": "Old Bridge"})
    number = 5000
    for home in range(80):
        lon, lat = 24.931 + 0.0101 * (home % 2), 60.161 + 0.0001 * (home // 2 % 20) + 0.010 * (home // 40)
        corners = [(lon, lat), (lon + 0.0003, lat), (lon + 0.0003, lat + 0.00008), (lon, lat + 0.00008)]
        for place, (x, y) in enumerate(corners):
            nodes[number + place] = (x, y, {})
        ways[number] = ([number, number + 1, number + 2, number + 3, number], {"building": "house"})
        number += 10
    write_extract(folder / "streets.osm.pbf", nodes, ways)
    with zipfile.ZipFile(folder / "feed.zip", "w") as archive:
        for name, text in FEED.items():
            archive.writestr(f"{name}.txt", text)
    key, findings = building.build(folder)
    assert [finding for finding in findings if finding.level == "error"] == []
    return CityContext(data.cities()[key], data.version())


def test_everything_runs_on_its_own_streets_and_by_its_own_timetable(ctx: CityContext) -> None:
    assert "over its homes by floor area" in ctx.city.estimate_note
    cells = data.table("cells", ctx.key)
    assert (cells["share"] > 0).sum() < len(cells) / 4  # the houses stand in the corners
    assert walks.has_network(ctx)
    assert walks.bridges(ctx) == ["Old Bridge"]
    assert transit.has_timetable(ctx)
    assert closures.kinds(ctx) == ["bridge", "line", "station"]
    assert data.entry("timetable_trips", ctx.key).note.startswith("The plan of 2026-01-06;")
    east = data.table("timetable_stops", ctx.key).query("name == 'East'")[["x", "y"]].astype(float)
    middle, late = transit.minutes_to_sites(ctx, east, "morning")
    on_foot = walks.minutes_from_cells(ctx, east, "adult")
    assert (middle <= on_foot + 0.01).all()
    assert (middle <= late).all()
    assert (middle < on_foot - 1).any()  # some do ride
    territory = Territory(first_year=2015, last_year=2026)
    figure = isochrones.map_figure(ctx, territory, 24.94, 60.17, isochrones.Query(way="ride"))
    assert "reach this place within 15 minutes (By bus and train)" in figure.finding
    assert np.isfinite(figure.rows["minutes"]).all()
