"""Each page runs on real tables, keeps the reader's territory, and says what to do where there is nothing to show."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import data

APP = str(Path(__file__).parents[2] / "app.py")
PAGES = ["overview", "displacement", "displacement_flows", "displacement_city", "outlook", "coverage", "reach", "goals"]


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
    # UNHCR counts from 1951 on, and a forecast learns from all years: these two pages always have figures.
    if (first, last) != (2016, 2018) and page not in ("displacement", "displacement_flows", "outlook"):
        assert app.info, "nothing says what is missing"


@pytest.mark.parametrize("page", PAGES)
def test_a_chosen_district_is_kept_from_page_to_page(page: str) -> None:
    app = open_page("overview")
    app.selectbox(key="district").set_value("08").run()
    assert "Neukölln" in app.title[0].value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert app.selectbox(key="district").value == "08"


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
    # 194,979 places of 2023 over 208,938 children under six on 2024-12-31
    assert values["Places per 100"] == "93.3"


def test_a_single_district_reports_its_own_facilities() -> None:
    app = open_page("coverage")
    app.selectbox(key="district").set_value("12").run()
    assert not app.exception
    assert app.metric[0].value == "168"


def shown_table(app: AppTest, column: str) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def test_no_map_sends_more_than_a_megabyte_and_a_half() -> None:
    """Payload guard: what the browser is sent for each map, city and densest district, planning areas and hexagons."""
    for page in ("reach", "coverage", "displacement_city", "creative"):
        for district in ("", "03"):
            app = open_page(page)
            app.selectbox(key="district").set_value(district)
            if "level" in {box.key for box in app.selectbox}:
                app.selectbox(key="level").set_value("planning_area")
            app.run()
            assert not app.exception
            sent = [len(chart.proto.json) for chart in app.get("deck_gl_json_chart")]
            assert sent
            assert max(sent) < 1.5e6, (page, district, sent)
