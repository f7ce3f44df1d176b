"""Each page runs on real tables, keeps the reader's territory, and says what to do where there is nothing to show."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import data

APP = str(Path(__file__).parents[2] / "app.py")
PAGES = ["overview", "displacement", "coverage", "creative"]


def open_page(page: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    return app.switch_page(f"pages/{page}.py").run()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_figures_and_raises_nothing(page: str) -> None:
    app = open_page(page)
    assert not app.exception
    assert app.title[0].value
    assert app.metric or app.subheader


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("first", "last"), [(1951, 1955), (1990, 2014), (2016, 2018), (2025, 2025)])
def test_years_without_figures_get_an_empty_state_not_an_error(page: str, first: int, last: int) -> None:
    app = open_page(page)
    app.selectbox(key="from").set_value(first)
    app.selectbox(key="to").set_value(last).run()
    assert not app.exception
    assert app.title[0].value
    if (first, last) != (2016, 2018):
        assert app.info, "nothing says what is missing"


@pytest.mark.parametrize("page", PAGES)
def test_a_chosen_district_is_kept_from_page_to_page(page: str) -> None:
    app = open_page("overview")
    app.selectbox(key="district").set_value("08").run()
    assert "Neukölln" in app.title[0].value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert app.selectbox(key="district").value == "08"


def test_overview_shows_six_figures_with_period_and_source() -> None:
    app = open_page("overview")
    assert len(app.metric) == 6
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Forcibly displaced worldwide"] == "119.3 million"
    assert values["Cultural employment in Berlin"] == "189,200"
    captions = [caption.value for caption in app.caption]
    assert sum("UNHCR" in caption and "2025" in caption for caption in captions) == 2


@pytest.mark.parametrize("by", ["category", "origin", "asylum"])
@pytest.mark.parametrize("measure", ["absolute", "per_1000", "index"])
def test_displacement_in_every_breakdown_and_measure(by: str, measure: str) -> None:
    app = open_page("displacement")
    app.radio(key="by").set_value(by).run()
    app.radio(key="measure").set_value(measure).run()
    assert not app.exception
    assert any("119.3 million" in heading.value for heading in app.subheader)


@pytest.mark.parametrize("level", ["district", "forecast_area", "district_region", "planning_area"])
def test_coverage_of_every_kind_at_every_level(level: str) -> None:
    app = open_page("coverage")
    app.selectbox(key="level").set_value(level).run()
    kinds = data.table("facility_kinds")
    for kind in kinds[kinds["grouping"] != "culture"]["kind"]:
        app.selectbox(key="service").set_value(kind).run()
        assert not app.exception, kind


def test_day_care_figures_equal_the_shipped_tables() -> None:
    app = open_page("coverage")
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Day-care centres"] == "2,880"
    # 194,979 places of 2023 over 208,983 children under six on 2024-12-31
    assert values["Places per 100"] == "93.3"


def test_a_single_district_reports_its_own_facilities() -> None:
    app = open_page("coverage")
    app.selectbox(key="district").set_value("12").run()
    assert not app.exception
    assert app.metric[0].value == "168"
