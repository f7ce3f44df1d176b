"""Data and Your city: tables and packs as their readers and administrators meet them."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import data
from data import definitions, local
from data.city import building, pack
from tests.driver import figures, open_page, words
from views import exports


@pytest.fixture(autouse=True)
def _own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def at_end_of_work(app: AppTest) -> AppTest:
    """The page once the work that it began has ended; quick work may have ended in the run that began it."""
    if "pack_work" in app.session_state:
        app.session_state["pack_work"].wait(120)
    return app.run()


def test_a_table_is_shown_with_its_types_in_words_and_taken_home_whole() -> None:
    app = open_page("data_tables", city="berlin", table="berlin/facilities")
    assert not app.exception
    shown = {figure.key: figure for figure in figures(app)}
    table, contract = shown["berlin-facilities"], shown["contract"]
    assert contract.rows.set_index("column")["type"][["places", "name", "area_id"]].tolist() == [
        "whole number",
        "text",
        "text",
    ]
    shipped = data.table("facilities", "berlin")
    assert len(table.rows) == len(shipped)
    assert len(app.dataframe[1].value) == 1_000
    again = pd.read_csv(io.BytesIO(exports.csv_bytes(table)), dtype=str, keep_default_na=False)
    assert again["area_id"].tolist() == shipped["area_id"].tolist()
    assert [column.name for column in table.columns] == [name for name in shipped if name != "geometry"]


def test_shapes_of_a_table_go_along() -> None:
    areas = next(f for f in figures(open_page("data_tables", city="berlin", table="berlin/areas")) if f.geometry)
    assert areas.geometry is not None
    assert len(areas.geometry()) == len(areas.rows)


def test_differences_of_a_new_version_are_shown_and_used() -> None:
    table, entry = data.table("cultural_employment"), data.entry("cultural_employment")
    changed = table["thousand_persons"].where(table.index != 0, table["thousand_persons"] + 5)
    local.offer(replace(entry, folder="", version=""), table.assign(thousand_persons=changed))
    app = open_page("data_tables", city="berlin", table="world/cultural_employment")
    assert not app.exception
    assert "1 figures changed" in words(app)
    difference = figures(app)[0].rows
    assert difference[["change", "what"]].to_numpy().tolist() == [[5, "changed"]]
    app.button(key="use-world-cultural_employment").click().run()
    assert data.entry("cultural_employment").version
    app.button(key="back").click().run()
    assert not data.entry("cultural_employment").version
    assert not app.exception


def test_a_new_table_is_offered_without_a_table_before() -> None:
    table = pd.DataFrame({"year": [2022], "geo": ["DE30"], "million_pps": [1.0], "flag": [""]})
    local.offer(replace(definitions.entry("regional_gdp"), period="2022"), table)
    app = open_page("data_tables")
    assert "There was no such table before" in words(app)
    app.button(key="reject-world-regional_gdp").click().run()
    assert local.offers() == []


def test_a_pack_is_read_mapped_checked_and_built() -> None:
    files = pack.template("Uppsala")
    files["city.toml"] = files["city.toml"].replace('persons = "persons"\n', "", 1)
    files["residents.csv"] = files["residents.csv"].replace("persons", "heads").replace("0-5,100", "0-5,-4")
    app = open_page("data_city")
    app.file_uploader(key="pack_upload").upload("mine.zip", zipped(files), "application/zip").run()
    app = at_end_of_work(app)
    app.selectbox(key="map-residents.csv-residents-persons").set_value("heads").run()
    app.button(key="check").click().run()
    app = at_end_of_work(app)
    assert not app.exception
    findings = figures(app)[-1]
    assert findings.finding == "1 error, 0 warnings"
    assert findings.rows[["file", "column"]].to_numpy().tolist() == [["residents.csv", "heads"]]
    assert "Build the city" not in [button.label for button in app.button]
    files["residents.csv"] = files["residents.csv"].replace("0-5,-4", "0-5,40")
    app.file_uploader(key="pack_upload").upload("mended.zip", zipped(files), "application/zip").run()
    app = at_end_of_work(app)
    app.selectbox(key="map-residents.csv-residents-persons").set_value("heads").run()
    app.button(key="check").click().run()
    app = at_end_of_work(app)
    app.button(key="build").click().run()
    app = at_end_of_work(app)
    assert "The city is in use." in [line.value for line in app.success]
    assert data.cities()["uppsala"].name == "Uppsala"
    assert "**Uppsala**, in use" in words(app)


def test_plain_files_become_a_city_and_next_months_file_is_read_as_the_last_one() -> None:
    files = pack.template()
    heads = files["residents.csv"].replace("area,period,age,persons", "Viertel,Stand,Altersjahre,Köpfe")
    doctors = "label,what,lon,lat\nPraxis,Arzt,24.935,60.165\nBank,Bank,24.945,60.175\n"
    sent = {"areas.geojson": files["areas.geojson"], "people.csv": heads, "places.csv": doctors}
    app = open_page("data_city")
    uploads = [(name, text.encode(), "text/plain") for name, text in sent.items()]
    app.file_uploader(key="pack_upload").set_value(uploads).run()
    app = at_end_of_work(app)
    assert not app.exception
    assert [figure.finding.partition(":")[0] for figure in figures(app)[-3:]] == [*sent]
    app.text_input(key="pack_name").input("Plainville").run()
    app.selectbox(key="pack_country").set_value("FIN").run()
    app.multiselect(key="holds-people.csv").set_value(["residents"]).run()
    names = {"area": "Viertel", "period": "Stand", "age": "Altersjahre", "persons": "Köpfe"}
    for ours, theirs in names.items():
        app.selectbox(key=f"map-people.csv-residents-{ours}").set_value(theirs).run()
    app.multiselect(key="holds-places.csv").set_value(["services"]).run()
    app.selectbox(key="map-places.csv-services-kind").set_value("what").run()
    app.selectbox(key="kind-places.csv-services-Arzt").set_value("doctor").run()
    app.button(key="check").click().run()
    app = at_end_of_work(app)
    findings = figures(app)[-1]
    assert findings.finding.startswith("0 errors"), findings.rows.to_string()
    assert any("people.csv holds 4,024 persons" in what for what in findings.rows["what"])
    app.button(key="build").click().run()
    app = at_end_of_work(app)
    assert data.cities()["plainville"].name == "Plainville"
    assert data.table("facilities", "plainville")["kind"].tolist() == ["doctor"]
    later = heads.replace("2025-12-31", "2026-12-31").replace(",100\n", ",150\n", 1)
    app = open_page("data_city")
    app.file_uploader(key="pack_upload").set_value([("people-2026.csv", later.encode(), "text/csv")]).run()
    app = at_end_of_work(app)
    assert "Read as the last file of this form of Plainville was." in words(app)
    assert app.selectbox(key="pack_city").value == "plainville"
    assert app.selectbox(key="map-people-2026.csv-residents-persons").value == "Köpfe"
    app.button(key="check").click().run()
    app = at_end_of_work(app)
    app.button(key="build").click().run()
    at_end_of_work(app)
    people = data.table("residents", "plainville")
    assert f"{people['period'].max():%Y-%m-%d}" == "2026-12-31"
    assert people["persons"].sum() == 4074
    assert data.table("facilities", "plainville")["kind"].tolist() == ["doctor"]


def test_what_is_no_zip_is_told_by_the_name_it_was_sent_with() -> None:
    app = open_page("data_city")
    app.file_uploader(key="pack_upload").upload("mine.zip", b"no zip", "application/zip").run()
    app = at_end_of_work(app)
    assert figures(app)[-1].rows["file"].tolist() == ["mine.zip"]
    assert "Check" not in [button.label for button in app.button]


def test_a_build_is_taken_back_and_a_city_taken_out(tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    for name, text in pack.template("Bare").items():
        (folder / name).write_text(text, encoding="utf-8")
    building.build(folder)
    building.build(folder)
    newest = data.entry("areas", "bare").version
    app = open_page("data_city", city="bare")
    app.button(key="build-back-bare").click().run()
    assert data.entry("areas", "bare").version < newest
    app.button(key="build-remove-bare").click().run()
    assert "bare" not in data.cities()
    assert not app.exception


def test_a_data_package_becomes_a_citys_files_with_its_publisher_and_licence() -> None:
    files = pack.template()
    fields = [{"name": name} for name in ("area", "period", "age")] + [{"name": "persons", "type": "integer"}]
    about = {
        "resources": [{"name": "residents", "path": "r.csv", "schema": {"fields": fields}}],
        "licenses": [{"name": "CC-BY-4.0"}],
        "contributors": [{"title": "City of Ost", "role": "publisher"}],
    }

    def send(residents: str) -> AppTest:
        package = zipped({"datapackage.json": json.dumps(about), "r.csv": residents})
        app = open_page("data_city")
        areas = ("areas.geojson", files["areas.geojson"].encode(), "text/plain")
        app.file_uploader(key="pack_upload").set_value([areas, ("ost.zip", package, "application/zip")]).run()
        return at_end_of_work(app)

    app = send(files["residents.csv"].replace(",100\n", ",many\n", 1))
    fault = figures(app)[-1].rows.iloc[0]
    assert (fault["file"], fault["column"], fault["what"]) == ("r.csv", "persons", "'many' is no integer")
    assert "Check" not in [button.label for button in app.button]
    app = send(files["residents.csv"])
    assert not app.exception
    assert app.text_input(key="publisher-residents.csv-residents").value == "City of Ost"
    assert app.text_input(key="licence-residents.csv-residents").value == "CC-BY-4.0"
    app.text_input(key="pack_name").input("Oststadt").run()
    app.selectbox(key="pack_country").set_value("FIN").run()
    app.button(key="check").click().run()
    app = at_end_of_work(app)
    app.button(key="build").click().run()
    app = at_end_of_work(app)
    assert data.table("residents", "oststadt")["persons"].sum() == 4024
    assert data.entry("residents", "oststadt").licence == "CC-BY-4.0"
