"""Data from elsewhere: read in a process apart, shown with its source, protected, saved in versions, asked politely."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

import data
from data import rights
from data.context import CityContext
from data.errors import DataError, SourceError
from data.rights import NotAllowedError
from data.standards.tables import ForeignColumn, ForeignTable
from data.translation import Language
from services import dcat, inbound
from tests.data.test_gtfs_notices import zipped as feed
from tests.data.test_packages_in import ABOUT, zipped
from tests.data.test_sdmx_in import EUROSTAT

CTX = CityContext(data.cities()["berlin"], data.version())
PEOPLE = "area,day,persons\nA,2024-12-31,120\nB,2024-12-31,7\nC,2024-12-31,\n"
FIELDS = [{"name": "area"}, {"name": "day", "type": "date"}, {"name": "persons", "type": "integer", "title": "People"}]
RESOURCE = {"name": "People of Ost", "path": "p.csv", "title": "People by quarter", "schema": {"fields": FIELDS}}


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path))


def package(text: str = PEOPLE) -> inbound.Received:
    return inbound.receive(CTX, "ost.zip", zipped(ABOUT | {"resources": [RESOURCE]}, p__csv=text))


def test_a_package_is_shown_with_its_own_titles_source_and_licence_and_small_counts_are_gaps() -> None:
    received = package()
    assert (
        inbound.headline(CTX, received) == "ost.zip is a data package. Tables: 1; rows that can be used: 3; faults: 0."
    )
    figure = inbound.table_figure(CTX, received.tables[0], "t")
    assert figure.finding == "People by quarter"
    assert figure.source == "City of Ost, Register of residents · CC-BY-4.0"
    assert [column.heading for column in figure.columns] == ["area", "day", "People"]
    assert figure.rows["persons"].tolist() == [120, pd.NA, pd.NA]  # 7 people could be known by name


def test_faults_are_listed_with_row_column_and_mend() -> None:
    received = package(PEOPLE + "D,2024-12-31,many\n")
    figure = inbound.findings_figure(CTX, received)
    assert figure is not None
    assert figure.rows[["file", "row", "column", "what", "hint"]].to_numpy().tolist() == [
        ["p.csv", "5", "persons", "'many' is no integer", "Write a whole number such as 1200"]
    ]
    german = inbound.findings_figure(replace(CTX, language=Language("de")), received)
    assert german is not None
    assert german.rows[["what", "hint"]].to_numpy().tolist() == [
        ["'many' ist nicht vom Typ integer", "Schreiben Sie eine ganze Zahl wie 1200"]
    ]


def test_a_table_is_saved_comes_back_as_it_was_and_is_taken_back() -> None:
    (table,) = inbound.receive(CTX, "pjan.csv", EUROSTAT.encode()).tables
    assert inbound.saved(CTX) == {}
    with _nobody(), pytest.raises(NotAllowedError):
        inbound.save(CTX, table)
    inbound.save(CTX, table)
    ((kind, back),) = inbound.saved(CTX).items()
    assert kind == "figures/estat-demo-pjan-1-0"
    assert back.table.columns == table.columns
    pd.testing.assert_frame_equal(
        back.table.rows.reset_index(drop=True), table.rows.reset_index(drop=True), check_dtype=False
    )
    assert back.table.rows["OBS_VALUE"].isna().sum() == 2
    assert "pjan.csv, saved by" in inbound.saved_words(CTX, back)
    inbound.take_back(back.version)
    assert inbound.saved(CTX) == {}


@contextmanager
def _nobody() -> Iterator[None]:
    before = rights.actor()
    rights.act_as(rights.NOBODY)
    try:
        yield
    finally:
        rights.act_as(before)


def test_a_table_of_nobody_is_not_saved() -> None:
    received = inbound.receive(CTX, "p.zip", zipped({"resources": [RESOURCE]}, p__csv=PEOPLE))
    with pytest.raises(DataError, match="names no publisher and no source"):
        inbound.save(CTX, received.tables[0])


def test_years_of_few_series_are_lines_with_their_break() -> None:
    text = EUROSTAT + "ESTAT:DEMO_PJAN(1.0),11/07/26 23:00:00,A,NR,DE4,2022,2573135,\r\n"
    (table,) = inbound.receive(CTX, "pjan.csv", text.encode()).tables
    drawing = inbound.table_figure(CTX, table, "t").drawing
    assert drawing is not None
    assert sorted(drawing.rows["series"].unique()) == ["DE3", "DE4"]
    assert drawing.options["breaks"] == {2023: "break in the series"}
    assert drawing.rows["value"].isna().sum() == 2


def test_a_feeds_notices_are_shown_with_severity_code_file_and_row() -> None:
    received = inbound.receive(CTX, "feed.zip", feed(trips="route_id,service_id,trip_id\nX,D,T\n"))
    figure = inbound.notices_figure(CTX, received)
    assert figure is not None
    first = figure.rows.iloc[0]
    assert (first["severity"], first["code"], first["file"], first["at"]) == (
        "error",
        "foreign_key_violation",
        "trips.txt",
        "2",
    )


@contextmanager
def serving(content: bytes, kind: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/away"):
                self.send_response(302)
                self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_our_own_catalogue_is_harvested_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps(dcat.catalogue("https://zone.example/api")).encode()
    with serving(content, "application/ld+json") as host:
        with pytest.raises(SourceError, match="not among those the app asks"):
            inbound.from_address(CTX, f"http://{host}/dcat.jsonld")
        monkeypatch.setenv("ZONE_HOSTS", host)
        received = inbound.from_address(CTX, f"http://{host}/dcat.jsonld?page=1")
        with pytest.raises(SourceError, match="its server answered 302"):
            inbound.from_address(CTX, f"http://{host}/away")
    assert len(received.datasets) == len(data.catalogue())
    figure = inbound.datasets_figure(CTX, received)
    shown = figure.rows[figure.rows["address"] == "https://zone.example/api/tables/berlin/residents?format=csv"]
    assert shown["page"].tolist() == ["Your city"]
    assert shown["licence"].notna().all()
    with pytest.raises(SourceError, match="it cannot be reached"):
        inbound.from_address(CTX, f"http://{host}/dcat.jsonld")  # its server is gone


def test_small_whole_numbers_are_hidden_unless_their_column_says_that_they_are_something_else() -> None:
    columns = tuple(
        ForeignColumn(name, title, kind, unit)
        for name, title, kind, unit in (
            ("einwohner", "Einwohner", "whole", ""),
            ("residents", "Residents", "text", ""),
            ("anteil", "Share of residents", "number", "%"),
            ("floors", "Floors", "number", "EUR"),
            ("kept", "Large", "whole", ""),
        )
    )
    rows = pd.DataFrame(
        {"einwohner": [3, 12], "residents": ["4", "40"], "anteil": [4.0, 5.5], "floors": [7.0, 8.0], "kept": [10, 11]}
    )
    figure = inbound.table_figure(CTX, ForeignTable("t", "t.csv", "T", rows, columns, publisher="P"), "t")
    shown = figure.rows
    assert shown["einwohner"].isna().tolist() == [True, False]
    assert shown["residents"].isna().tolist() == [True, False]
    for name in ("anteil", "floors", "kept"):
        assert shown[name].tolist() == rows[name].tolist()
    hidden = {column.name for column in figure.columns if column.missing}
    assert hidden == {"einwohner", "residents"}, "only where something was hidden it is called so"
    assert "below 10 are left out" in figure.note


def test_a_saved_table_still_says_what_was_hidden() -> None:
    columns = (ForeignColumn("area", "Area"), ForeignColumn("residents", "Residents", "whole"))
    rows = pd.DataFrame({"area": ["a", "b"], "residents": pd.array([3, 40], "Int64")})
    inbound.save(CTX, ForeignTable("t", "t.csv", "T", rows, columns, publisher="P"))
    (saved,) = inbound.saved(CTX).values()
    again = inbound.table_figure(CTX, saved.table, "t")
    assert again.rows["residents"].isna().tolist() == [True, False]
    assert "below 10 are left out" in again.note
    assert [column.name for column in again.columns if column.missing] == ["residents"]
