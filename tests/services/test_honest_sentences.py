"""Sentences say what their figure carries: ranges that tell something, stocks as stocks, leads beyond a point."""

from __future__ import annotations

import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import (
    access,
    catalogue,
    creative_city,
    creative_region,
    displacement,
    flows,
    origin_map,
    origins,
    outlook,
)
from services.findings import ends
from services.stocks import Place

YEARS = Territory(country="DEU", first_year=2015, last_year=2025)


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_ranges_end_before_the_first_that_tells_nothing() -> None:
    future = pd.DataFrame(
        {
            "low_80": [50, 40, 10, 40],
            "high_80": [90, 120, 130, 150],
            "low_95": [30, 20, 5, 20],
            "high_95": [110, 400] * 2,
        }
    )
    # 130 is 13 times 10; nobody knows how many live there
    assert outlook.usable(future, float("inf"))["high_80"].tolist() == [90, 120]
    # of 100 residents 120 cannot be displaced; the 95 % interval ends at them
    assert outlook.usable(future, 100)[["high_80", "high_95"]].to_numpy().tolist() == [[90, 100]]
    assert outlook.usable(future, 80).empty


def test_no_range_over_the_number_of_residents_is_told() -> None:
    query = outlook.Query(subject="country", horizon_country=5)
    figure = outlook.forecast_figure(context(), YEARS.changed(country="UKR"), query)
    assert figure.finding == (
        "Ukraine: past forecasts missed by so much that no range can be given for the end of 2030"
    )
    assert "high_80" not in figure.rows
    assert figure.rows["year"].iloc[-1] == 2025  # the past alone


@pytest.mark.parametrize(("origin", "told"), [("UKR", False), ("SYR", True)])
def test_a_citys_outlook_says_of_whom(origin: str, told: bool) -> None:
    query = outlook.Query(subject="city", outlook_origin=origin, horizon_city=4)
    figure = outlook.forecast_figure(context(), YEARS, query)
    assert figure.finding.startswith("Residents with roots in ")
    assert ("between" in figure.finding) == told
    rows = figure.rows
    assert (rows["high_80"] <= 10 * rows["low_80"]).all()


def of_country(code: str) -> tuple[Territory, Place]:
    territory = YEARS.changed(country=code)
    return territory, displacement.place(context(), territory, displacement.Query(scope="country"))


def test_no_pace_is_told_where_people_became_fewer() -> None:
    territory, place = of_country("UKR")
    figure = displacement.stock_figure(context(), territory, displacement.Query(scope="country"), place)
    finding, total = figure.finding, figure.rows.groupby("year")["persons"].sum()
    fall = 100 * (total[2025] / total[2022] - 1)
    assert total.loc[2015:2025].idxmax() == 2022
    assert finding.endswith(f", {fall:.0f} % since the peak of 2022")
    assert "doubling" not in finding


def test_a_stock_is_no_movement_and_school_age_names_its_base() -> None:
    territory, place = of_country("UKR")
    assert flows.arcs_figure(context(), territory, place).finding == (
        "At the end of 2025 the largest group across borders is 911 people from Afghanistan in Ukraine"
    )
    finding = displacement.ages_figure(context(), displacement.Query(scope="country"), place).finding
    assert finding == "Ukraine, 2025: 9 % of 2,581 across borders with a stated age are of school age, 5 to 17"
    syrians = displacement.ages_figure(context(), displacement.Query(only_from="SYR"), Place(None, "World", "world"))
    assert " from Syrian Arab Rep. across borders" in syrians.finding


def test_names_less_than_a_point_apart_stand_together() -> None:
    rows = pd.DataFrame({"name": ["a", "b", "c", "d"], "value": [38.0, 37.2, 36.9, 99], "base": [400, 400, 400, 9]})
    assert origins.close_to_top(rows, "value", "base") == ["a", "b"]  # d: of nine people


def test_residents_with_roots_are_of_a_day_and_growth_has_both_ends() -> None:
    territory, table = YEARS.changed(last_year=2022), data.table("residents_by_origin", "berlin")
    finding = origins.trend_figure(context(), territory, origins.Query(origins=("UKR",))).finding
    counted = 67_918  # of the table, level 'city'
    assert finding.startswith(f"On 31 December 2022 {counted:,} residents of Berlin had roots in Ukraine")
    query = origins.Query(origins=("UKR",), origin="UKR", level="planning_area", map_measure="growth")
    ends = origin_map.map_figure(context(), YEARS, query).finding.split("from ")[1].split(" to ")
    first, last = (int(end.replace(",", "")) for end in ends)
    of_ukraine = table.query("level == 'planning_area' and origin == 'UKR'").set_index("period")[["area_id", "persons"]]
    before, now = (of_ukraine.loc[day].set_index("area_id")["persons"] for day in ("2021-12-31", "2024-12-31"))
    assert first >= 100
    assert (last / first) == pytest.approx((now / before[before >= 100]).max())


def test_a_city_with_facilities_but_no_culture_is_not_said_to_lack_the_table(cities: tuple[str, ...]) -> None:
    with pytest.raises(NothingToShow, match="has no venue of culture among its facilities"):
        creative_city.require_kinds(context("strange"), ())


def test_no_hot_spot_is_said_to_be_none() -> None:
    wall = creative_city.Query(venues=("cableway_station",), level="planning_area", specialised="cableway_station")
    hot = creative_city.hot_spots_figures(context(), YEARS, wall)[0]
    assert (hot.rows["hot_or_cold"] == "hot spot").sum() == 0
    assert hot.finding == "None of 542 planning areas is a hot spot of venues; clusters of venues: none"


def test_the_walk_to_culture_over_streets_has_no_range() -> None:
    query = creative_city.Query(venues=("museum",), level="district", specialised="museum")
    figure = creative_city.walk_figure(context(), YEARS, query)
    rows, people = figure.rows, figure.rows["persons"]
    low, high = (round(100 * (rows[name] * people).sum() / people.sum()) for name in ("share_low", "share_high"))
    assert low == high
    assert figure.finding.startswith(f"{low} % of residents walk 15 minutes or less")


def test_growth_names_a_region_beyond_its_error_only_and_in_the_figures_unit() -> None:
    years = creative_region.Years(2014, 2022)
    figure = creative_region.growth_figure(context(), creative_region.Query(region="DE30"), years)
    top = figure.rows.dropna(subset="growth").sort_values("growth").iloc[-1]
    assert "points against the median region" in figure.finding or "is not clearly above" in figure.finding
    if "not clearly" not in figure.finding:
        assert top["name"] in figure.finding


def test_a_countrys_only_region_has_no_place_among_its_regions() -> None:
    region = data.table("regions")
    works = data.table("cultural_employment")
    counted = works.groupby("nuts_id")["year"].nunique()
    country = region.set_index("nuts_id")["country"].reindex(counted.index)
    alone = counted[(counted == counted.max()) & (country.map(country.value_counts()) == 1)]
    code = alone.index[0]
    with pytest.raises(NothingToShow, match="is the only region of its country"):
        creative_region.ranks_figure(context(), creative_region.Query(region=code), creative_region.Years(2014, 2022))


def test_what_the_region_adds_is_said_against_its_country() -> None:
    years = creative_region.Years(2014, 2020)
    figure = creative_region.shift_share_figure(context(), creative_region.Query(region="DE30"), years)
    change, own = figure.rows["change"].sum(), figure.rows["change"].iloc[-1]
    said = f"{change:+,.1f} thousand in all; {own:+,.1f} thousand against the growth of its country"
    assert said.replace("-", "−") in figure.finding.replace("-", "−")


@pytest.mark.parametrize("city", ["berlin", "strange"])
def test_the_first_table_is_the_citys_own(cities: tuple[str, ...], city: str) -> None:
    assert next(iter(catalogue.entries(context(city)))) == f"{city}/areas"


def test_who_is_served_is_said_with_every_walk() -> None:
    query = access.Question(service="library")
    assert access.about(context(), query, YEARS).startswith("Served: all residents.")
    daycare = access.about(context(), access.Question(service="daycare"), YEARS)
    assert daycare.startswith("Served: residents aged")


def test_a_tie_of_countries_is_no_tie_of_areas() -> None:
    rows = pd.DataFrame({"name": ["a", "b", "c"], "value": [5.0, 5.0, 1.0]})
    said = ends(
        context(),
        rows,
        "value",
        lambda name, _shown: name,
        lambda value: f"{value:.0f}",
        largest=True,
        what="countries",
    ).text
    assert said == "5 is the highest value, in a and b (countries: 2 of 3)"
