"""Service coverage: figures equal the shipped tables, for every kind, level and district."""

from __future__ import annotations

import pytest

import data
from data.context import CityContext, Territory
from services import coverage
from tests.driver import figures, open_page

EVERYWHERE = Territory(country="DEU", first_year=2014, last_year=2024)


@pytest.mark.parametrize("level", ["district", "forecast_area", "district_region", "planning_area"])
def test_coverage_of_every_kind_adds_up_at_every_level(level: str) -> None:
    ctx = CityContext(data.cities()["berlin"], data.version())
    facilities = data.table("facilities", "berlin")
    for kind in coverage.services(ctx):
        query = coverage.Query(service=kind, level=level)
        shown = coverage.map_figure(ctx, EVERYWHERE, query).rows
        assert shown["facilities"].sum() == (facilities["kind"] == kind).sum()
        assert shown["places"].sum() == facilities.loc[facilities["kind"] == kind, "places"].sum()


def test_day_care_figures_equal_the_shipped_tables() -> None:
    app = open_page("coverage", city="berlin")
    values = {metric.label: metric.value for metric in app.metric}
    assert values["Day-care centres"] == "2,880"
    # 194,979 places of 2023 over 208,983 children under six on 2024-12-31
    assert values["Places per 100"] == "93.3"


def test_a_single_district_reports_its_own_facilities() -> None:
    app = open_page("coverage", city="berlin", district="12")
    assert app.metric[0].value == "168"
    areas = data.table("areas", "berlin").query("level == 'planning_area' and boundary_version == '2021'")["area_id"]
    # Berlin's own ids do begin with the district's.
    assert set(figures(app)[0].rows["area_id"]) == set(areas[areas.str.startswith("12")])


@pytest.mark.parametrize("city", ["three-shores", "strange"])
def test_another_citys_figures_are_its_own(city: str, cities: tuple[str, ...]) -> None:
    app = open_page("coverage", city=city)
    kind = app.selectbox(key="coverage.service").value
    rows = data.table("facilities", city)
    assert app.metric[0].value == str(int((rows["kind"] == kind).sum()))
