"""Day-care places short step by step, by hand and as properties; children and care, also without tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import data
from analytics import scenario as files
from analytics.scenario import Arrivals, Scenario, Shock, Sites
from data import store
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import children, fit, health, shortages
from tests.summaries import summary_of

TERRITORY = Territory(first_year=2015, last_year=2025)
DAY = "2024-12-31"


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def scenario(**parts: object) -> Scenario:
    usual = {"shock": Shock(kind="daycare", budget=0.0), "sites": Sites(kind="library")} | parts
    return Scenario(name="Test", city="berlin", period=DAY, **usual)


def test_places_short_grow_with_the_norm_and_are_those_of_the_areas() -> None:
    ctx = context()
    figures = [shortages.daycare_figure(ctx, TERRITORY, shortages.Query(), "district", norm) for norm in (80, 100)]
    low, high = (figure.rows for figure in figures)
    assert (high["short"] >= low["short"]).all()
    assert high["short"].sum() > low["short"].sum()
    row = high.set_index("area_id").loc["08"]
    assert row["short"] == pytest.approx(row["persons"] - row["places"])
    summary = summary_of(ctx, TERRITORY.changed(district="08"), fit.Query(norm=100))
    assert f"{row['short']:,.0f} short of 100 per 100" in summary.finding


@given(st.integers(0, 100_000), st.integers(10, 110))
@settings(max_examples=15)
def test_each_step_adds_to_the_one_before(people: int, norm: int) -> None:
    given_plan = scenario(arrivals=Arrivals(people=(people, people, people), rule="by residents"))
    rows = shortages.by_area(context(), given_plan, "district", norm)
    assert rows["arriving"].sum() == pytest.approx(0.1 * people)
    need = norm / 100 * (rows["persons"] + rows["arriving"])
    assert rows["short_arrivals"].to_numpy() == pytest.approx((need - rows["places"]).clip(lower=0).to_numpy())
    assert (rows["short_arrivals"] >= rows["short"]).all()
    assert (rows["short_closures"] == rows["short_arrivals"]).all(), "nothing closes"
    assert (rows["short_building"] == rows["short_arrivals"]).all(), "nothing is built"


def test_a_district_that_closes_loses_its_places_and_new_centres_give_theirs() -> None:
    ctx = context()
    plan = scenario(
        shock=Shock(kind="daycare", districts=("01",), budget=0.0),
        sites=Sites(kind="daycare", count=3, limit=5, room=70),
    )
    rows = shortages.by_area(ctx, plan, "district", 90).set_index("area_id")
    register = data.table("facilities", "berlin").query("kind == 'daycare'")
    mitte = register.loc[register["area_id"].str.startswith("01"), "places"].sum()
    assert rows.loc["01", "closed"] == mitte > 20_000
    assert rows["closed"].sum() == mitte
    assert rows["built"].sum() == 3 * 70
    left = rows["places"] - rows["closed"] + rows["built"]
    short = (0.9 * (rows["persons"] + rows["arriving"]) - left).clip(lower=0)
    assert rows["short_building"].to_numpy() == pytest.approx(short.to_numpy())
    median = shortages.by_area(ctx, plan.replace(sites=plan.sites.replace(room=0)), "district", 90)
    assert median["built"].sum() == 3 * register["places"].median()


def test_a_shock_that_nobody_set_closes_nothing_and_later_steps_are_not_reckoned() -> None:
    usual = Scenario(name="Test", city="berlin", period=DAY)  # its shock would close a tenth of all centres
    assert shortages.by_area(context(), usual, "district", 90)["closed"].sum() == 0
    today = shortages.by_area(context(), usual, "district", 90, "today")
    assert not {"arriving", "closed", "built"} & set(today)
    assert "short" in today


def test_a_saved_scenario_is_counted_and_says_so(cities: tuple[str, ...]) -> None:
    ctx = context()
    plan = scenario(arrivals=Arrivals(people=(20_000, 20_000, 20_000), rule="by residents"))
    number = store.add_scenario(ctx.key, plan.name, files.dump(plan))
    store.add_scenario(ctx.key, "elsewhere", files.dump(plan.replace(city="three-shores")))
    assert shortages.scenario_names(ctx) == {0: "None: only the newcomers above", number: f"{number}: Test"}
    query = shortages.Query(after="arrivals", scenario=number)
    figure = shortages.daycare_figure(ctx, TERRITORY, query, "district", 90, 10)
    assert figure.rows["arriving"].sum() == pytest.approx(2000)
    assert figure.finding.startswith("After arrivals (estimate): ")
    assert "20,000 people arrive" in figure.note


def test_weights_of_a_scenario_are_of_its_own_areas(cities: tuple[str, ...]) -> None:
    ctx = context()
    plan = scenario(arrivals=Arrivals(rule="own table", own=(1.0,) + (0.0,) * 11))
    assert shortages.by_area(ctx, plan, "district", 90)["arriving"].sum() == pytest.approx(1000)
    with pytest.raises(NothingToShow, match=r"weights to [Dd]istricts"):
        shortages.by_area(ctx, plan, "planning_area", 90)


def test_children_in_five_years_are_told_where_their_interval_leaves_today_out() -> None:
    figure = children.ahead_figure(context(), TERRITORY, 12_000, 20)
    rows = figure.rows
    assert rows["newcomers"].sum() == pytest.approx(12_000 * 0.2 * 9 / 12)
    more, fewer = (rows["low"] > rows["persons"]).sum(), (rows["high"] < rows["persons"]).sum()
    assert f"more in {more} and fewer in {fewer} of 12" in figure.finding
    assert 0 < more < 12
    classes = (rows["school"] + rows["newcomers"] - rows["persons"]) / 20
    assert rows["classes"].to_numpy() == pytest.approx(classes.to_numpy())


def test_an_index_is_never_mixed_of_two_areas_and_hardly_inhabited_ones_are_not_named() -> None:
    figure = health.atlas_figure(context(), TERRITORY, health.Query())
    rows = figure.rows.set_index("area_id")
    values = (
        data.table("health_atlas", "berlin").query("indicator == 'health_and_social'").set_index("area_id")["value"]
    )
    known = rows.dropna(subset="index")
    assert (known["index"].to_numpy() == values.reindex(known["older_area"]).to_numpy()).all()
    assert "Known of 508 of 542 areas" in figure.note
    lowest = known[known["persons"] >= health.FEWEST]["index"].min()
    assert f"{lowest:.2f}" in figure.finding.replace("\u2212", "-")


def test_cities_without_tables_say_what_is_missing(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    for missing in (
        lambda: children.background_figure(ctx, territory, children.Query()),
        lambda: children.ahead_figure(ctx, territory, 1000, 24),
        lambda: health.atlas_figure(ctx, territory, health.Query()),
        lambda: health.care_figure(context("bare"), territory, context("bare").largest_level),
        lambda: shortages.daycare_figure(context("bare"), territory, shortages.Query(), "planning_area", 90),
    ):
        with pytest.raises(NothingToShow):
            missing()
    figure = health.care_figure(ctx, territory, ctx.largest_level)
    assert len(figure.rows) > 0
    assert figure.rows["older"].sum() > 0
