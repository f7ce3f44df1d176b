"""The creative economy: choices belong to their page; tables that are fetched or imported are shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import data
from bench import firms as firms_bench
from data import definitions, firms, local
from tests.driver import figures, follow_link, open_page


def test_firms_page_says_what_to_do_and_shows_an_imported_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("creative_firms")
    assert "zone firms" in app.info[0].value, "the tests act as administrators"
    assert any("stand open to the public in Berlin" in line.value for line in app.subheader)
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    firms_bench.generate(tmp_path / "month.csv", 30_000)
    firms.import_month(tmp_path / "month.csv", pd.Timestamp("2023-03-01"))
    app = open_page("creative_firms", scope="dcms")
    assert not app.exception
    in_scope = float(app.metric[0].value.replace(",", ""))
    assert 0 < in_scope < 30_000
    assert any("(estimate)" in line.value and " to " in line.value for line in app.markdown)  # bands: never a point
    assert any("2023-03" in line.value for line in app.caption)


def test_fetched_tables_show_shares_by_region_and_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    assert any("make refresh" in line.value for line in open_page("creative_region").info)
    culture = data.table("cultural_employment")
    everyone = culture.assign(geo=culture["nuts_id"], thousand_persons=culture["thousand_persons"] * 25, flag="")
    everyone = everyone[["year", "geo", "thousand_persons", "flag"]]
    local.save(replace(definitions.entry("employment"), period="2014-2022"), everyone)
    parts = pd.DataFrame(
        [(2021, "EU27_2020", "age", "Y15-29", 1200.0, ""), (2022, "EU27_2020", "age", "Y15-29", 1300.0, "")],
        columns=["year", "geo", "split", "part", "thousand_persons", "flag"],
    )
    local.save(replace(definitions.entry("cultural_employment_parts"), period="2021-2022"), parts)
    app = open_page("creative_region")
    assert not app.exception
    # every region has the same share here, so none is named
    assert any("1.00 everywhere (" in line.value for line in app.subheader)
    app = open_page("creative")
    assert not app.exception
    assert any("How young" in line.value for line in app.subheader)


def test_a_region_is_a_choice_of_its_page_alone() -> None:
    app = open_page("creative_region", region="FR10")
    assert app.title[0].value == "Creative economy: Ile-de-France"
    app.selectbox(key="creative_region.region").set_value("AT13").run()
    assert app.query_params["region"] == "AT13"
    app = follow_link(app, "creative_city")
    assert "region" not in app.query_params
    app = open_page("creative_region", region="nowhere")
    assert app.title[0].value == "Creative economy: Berlin"
    assert "nowhere" in app.warning[0].value


def test_a_district_changes_the_title_and_the_figures() -> None:
    app = open_page("creative_city", district="03")
    assert app.title[0].value == "Creative economy in Pankow"
    shown = {figure.key: figure.rows for figure in figures(app)}
    assert len(shown["venues-map"]) == len(shown["culture-walk"]) == 16
    assert len(shown["hot"]) == 60
    app.multiselect(key="creative_city.venues").set_value([]).run()
    assert app.info[0].value.startswith("**No kind of venue is chosen.**")
    assert not figures(app)
