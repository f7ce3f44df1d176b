"""What-if questions: people are conserved, sites and closures are counted by lookup, scenarios come back whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import data
from analytics import scenario
from analytics.scenario import Arrivals, Scenario, Shock, Sites
from analytics.siting import SitingProblem
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Map
from data.translation import Language
from services import arrivals, candidates, scenarios, shock, sites
from services.access import facilities
from services.areas import district_by_area

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2010, last_year=2025)


def context(city: str = "berlin", language: str = "en") -> CityContext:
    return CityContext(data.cities()[city], data.version(), Language(language))


def ask(page: Any, ctx: CityContext, /, **changes: object) -> Any:
    """A page's usual choices in the city, some changed."""
    return page.Query(**page.defaults(ctx) | changes)


@pytest.mark.parametrize("rule", ["where compatriots live", "free places", "even spread", "by residents", "own table"])
def test_everyone_who_arrives_lives_somewhere(rule: str) -> None:
    ctx = context()
    query = ask(arrivals, ctx, rule=rule, own=tuple(range(12)))
    given = arrivals.inputs(ctx, query)
    people, rows = arrivals.placed(ctx, given, query.level, PERIOD, 0)
    assert people.sum() == 10_000
    assert set(rows["service"]) == set(arrivals.NEEDS)
    figure = arrivals.map_figure(ctx, TERRITORY, query)
    assert figure.rows["people"].sum() == 10_000
    assert figure.rows["low"].le(figure.rows["high"]).all()
    if rule == "own table":
        assert figure.rows.set_index("area_id")["people"].loc["01"] == 0


def test_what_is_said_of_arrivals_is_readable() -> None:
    ctx = context()
    query = ask(arrivals, ctx)
    assert "one for 1,500 to 1,900 people" in arrivals.assumptions(ctx, query)
    band = arrivals.band_figure(ctx, TERRITORY, query)
    assert [column.label for column in band.columns] == ["Month", "80 % band, low", "middle", "80 % band, high"]
    assert "middle is that of 2000 draws" in arrivals.summary(ctx, TERRITORY, query)
    german = context(language="de")
    assert "wo Landsleute wohnen" in arrivals.summary(german, TERRITORY, query)
    assert "Plätze" in arrivals.summary(german, TERRITORY, query)
    falling = ask(arrivals, ctx, people_low=20_000)
    with pytest.raises(NothingToShow, match="A range must rise"):
        arrivals.map_figure(ctx, TERRITORY, falling)


def test_free_places_are_known_only_where_facilities_state_them(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    query = ask(arrivals, ctx)
    assert arrivals.options(ctx)["rule"] == ["where compatriots live", "even spread", "by residents", "own table"]
    figure = arrivals.map_figure(ctx, TERRITORY, query)
    assert figure.rows["short"].isna().all()
    assert figure.note == "free places are not known"
    plain = context("strange")
    assert arrivals.defaults(plain) == {"level": "planning_area", "rule": "by residents"}
    assert len(arrivals.map_figure(plain, TERRITORY, ask(arrivals, plain)).rows) == 6


def test_the_curve_counts_sites_that_close_and_room() -> None:
    ctx, plain = context(), Sites()
    closed = tuple(facilities(ctx, "library")["source_id"][:40])
    base, room = sites.frontier(ctx, plain, PERIOD), sites.frontier(ctx, plain.replace(room=5000), PERIOD)
    after_closing = sites.frontier(ctx, plain.replace(closed=closed), PERIOD)
    assert base["gained"].is_monotonic_increasing
    assert room["gained"].tolist() == pytest.approx([5000.0 * count for count in range(1, 13)])
    assert (after_closing["gained"] >= base["gained"]).all()
    assert after_closing["gained"].iloc[-1] > base["gained"].iloc[-1]


@pytest.mark.parametrize("model", scenario.SITING)
def test_a_quick_answer_is_below_the_proven_one_and_its_bound_above(model: str) -> None:
    ctx, question = context(), Sites(model=model, count=3, limit=20)
    quick, best = sites.quick(ctx, question, PERIOD), sites.optimum(ctx, question, PERIOD)
    covering = sites.optimum(ctx, question.replace(model="maximal covering"), PERIOD)
    assert quick.value <= covering.value * 1.01 <= quick.bound * 1.02
    assert 1 <= len(best.sites) <= 3 or model == "set covering"


def test_the_map_shows_sites_there_are_and_new_ones() -> None:
    ctx = context(language="fr")
    query = ask(sites, ctx, count=3, closed=tuple(facilities(ctx, "library")["source_id"][:2]))
    drawing = sites.map_figure(ctx, TERRITORY, query).drawing
    assert isinstance(drawing, Map)
    there, new = (layer.options for layer in drawing.layers if layer.kind == "points")
    assert len(there["points"]) == len(facilities(ctx, "library")) - 2
    assert len(new["points"]) == 3
    assert new["highlighted"]
    assert drawing.legend is not None
    assert drawing.legend.highlighted.endswith("3")
    table = sites.places_figure(ctx, TERRITORY, query)
    assert table.rows["name"].notna().all()
    assert table.geometry is not None
    assert {place["type"] for place in table.geometry() if place} == {"Point"}


def test_a_city_without_public_buildings_is_told(cities: tuple[str, ...]) -> None:
    ctx = context("strange")
    with pytest.raises(NothingToShow, match="Дивне місто has no school, library or other public building"):
        sites.map_figure(ctx, TERRITORY, ask(sites, ctx))


def test_a_country_is_told_that_it_is_too_large_before_memory_is(
    cities: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = context("three-shores")
    points, places = candidates.problem(ctx, Sites(), pd.Timestamp("2019-12-31")).minutes.shape
    monkeypatch.setattr(candidates, "MOST_WAYS", points * places)
    assert candidates.problem(ctx, Sites(), pd.Timestamp("2019-12-31")).minutes.shape == (points, places)
    monkeypatch.setattr(candidates, "MOST_WAYS", points * places - 1)
    with pytest.raises(
        NothingToShow, match=f"too large for this question: {places} possible sites and {points} places"
    ):
        candidates.problem(ctx, Sites(), pd.Timestamp("2019-12-31"))


def test_more_sites_than_buildings_are_the_buildings(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    for model in scenario.SITING:
        answer = sites.result(ctx, Sites(model=model, count=25), True, pd.Timestamp("2019-12-31"), "district")
        assert 1 <= len(answer.places) <= 3


def test_sites_of_a_district_close_whatever_its_id(cities: tuple[str, ...]) -> None:
    ctx, period = context("three-shores"), pd.Timestamp("2019-12-31")
    schools = facilities(ctx, "school_primary")
    districts = schools["area_id"].map(district_by_area(ctx, "planning_area"))
    answer = shock.result(ctx, Shock(kind="school_primary", districts=("x 3",), budget=0.0), period, "district")
    assert answer.closed == (districts == "x 3").sum() > 0
    assert answer.places == schools.loc[districts == "x 3", "places"].sum()
    assert answer.areas.set_index("area_id")["share_after"].loc["x 3"] == 0
    plain = context("strange")  # no districts: its areas close
    libraries = Shock(kind="library", districts=("St. Pauli 1",), budget=0.0)
    answer = shock.result(plain, libraries, pd.Timestamp("2013-06-30"), "planning_area")
    assert (answer.closed, answer.sites) == (1, 2)
    assert pd.isna(answer.places)


def test_coverage_lost_comes_back() -> None:
    ctx = context()
    query = ask(shock, ctx, service="library", limit=15, districts=("08", "09"), budget=0.0, reopened=5)
    back = shock.recovery_figure(ctx, TERRITORY, query)
    assert back is not None
    assert back.rows["served"].is_monotonic_increasing
    assert back.rows["share"].iloc[-1] == pytest.approx(1)
    assert shock.recovery_figure(ctx, TERRITORY, ask(shock, ctx, districts=(), budget=0.0)) is None
    assert "Neukölln, Treptow-Köpenick" in shock.summary(ctx, TERRITORY, query, ask(arrivals, ctx))


SAVED = Scenario(
    name="Winter",
    city="berlin",
    period="2024-12-31",
    level="planning_area",
    seed=3,
    arrivals=Arrivals(people=(1, 2, 3), ages=(0.125, 0.375, 0.25, 0.25), vacancy=(0.0, 0.333, 0.5), rule="own table"),
    sites=Sites(model="fairest", count=2, closed=("a",)),
    shock=Shock(budget=0.07, floor=0.333, districts=("08",)),
)


def test_a_scenario_comes_back_whole_from_the_pages() -> None:
    ctx, values = context(), scenarios.choices(SAVED)
    views = {page: service.Query(**values[page]) for page, (_part, _title, service) in scenarios.PARTS.items()}
    assert scenarios.build(ctx, TERRITORY, "Winter", views) == SAVED


def test_a_scenario_says_which_parts_were_set() -> None:
    ctx = context()
    assert scenarios.parts_set(ctx, SAVED) == ("People arrive, We build, Something breaks", "none")
    libraries = Scenario(name="Libraries", city="berlin", period="2024-12-31", sites=Sites(count=2))
    assert scenarios.parts_set(ctx, libraries) == ("We build", "People arrive, Something breaks")
    outcome = scenarios.outcome(ctx, libraries)
    assert outcome["Left as usual"] == "People arrive, Something breaks"
    assert len(outcome["Where"].split(", ")) == 2
    assert outcome["New sites"] == "2 × Library, maximal covering, within 15 minutes"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"city": "elsewhere"}, "city: 'elsewhere' is not known here"),
        ({"period": "1999-12-31"}, "period:"),
        ({"sites": Sites(kind="castle")}, "sites.kind: 'castle'"),
        ({}, ""),
    ],
)
def test_a_scenario_that_does_not_fit_the_city_is_told_why(change: dict[str, object], sentence: str) -> None:
    saved = Scenario(name="Test", city="berlin", period="2024-12-31").replace(**change)
    reason = scenarios.misfit(context(), saved)
    assert reason.startswith(sentence) if sentence else reason == ""
    if sentence:
        with pytest.raises(ValueError, match="is not known here"):
            scenarios.load(context(), scenarios.dump(saved).encode(), "test.toml")


def test_day_care_falls_short_by_the_same_range_whatever_else_is_drawn() -> None:
    """Arrivals and free places drawn apart.

    11 to 196 places by district regions (20,000 draws; the 80 % band's ends move by 15 with the seed at 2,000). Drawn
    as one they were 14 to 105.
    """
    ctx, given = context(), Arrivals()
    low, high = arrivals.daycare_shortfall(ctx, given, "district_region", PERIOD, 0)
    assert low == pytest.approx(11, abs=1)
    assert high == pytest.approx(196, abs=15)
    query = ask(arrivals, ctx, level="district_region")
    summary = arrivals.summary(ctx, TERRITORY, query)
    assert f"short of {low:,.0f} to {high:,.0f} places (by district regions; free places do not cross" in summary
    assert "learner hours" in summary
    assert "teaching hours" not in summary


def test_centres_that_close_take_their_places_with_them() -> None:
    ctx = context()
    figure = shock.map_figure(ctx, TERRITORY, ask(shock, ctx))
    outcome = shock.result(ctx, shock.inputs(ask(shock, ctx)), PERIOD, "district_region")
    assert outcome.closed == 288
    assert outcome.places > 19_000
    assert f"288 of 2,880 day-care centres closed with {outcome.places:,.0f} places" in figure.finding
    below = int((outcome.areas["share_before"] < 0.7).sum())
    assert below in range(59, 64)
    assert f"0 areas fall below 70 %, where {below} of 143 were before" in figure.finding


@pytest.mark.parametrize(("limit", "gained"), [(15, 255_048), (20, 332_810)])
def test_an_optimum_found_within_a_second_is_shown_as_such(limit: int, gained: int) -> None:
    """All 1,200 buildings are candidates: the 300 with most residents near reached 298,898 at 20 minutes."""
    ctx = context()
    question = Sites(limit=limit)
    assert len(sites.candidates(ctx, "library", limit, PERIOD)) == 1200
    best = sites.optimum(ctx, question, PERIOD)
    assert best.value == pytest.approx(gained, rel=0.011)
    quick = sites.quick(ctx, question, PERIOD)
    assert quick.value <= best.bound + 1
    assert quick.bound <= 1.01 * best.bound
    said = sites.map_figure(ctx, TERRITORY, ask(sites, ctx, limit=limit)).finding
    assert ("the proven optimum" in said) == (quick.gap <= sites.PROVEN)


def test_an_answer_by_coverage_is_not_said_to_be_one_for_another_aim() -> None:
    ctx = context()
    query = ask(sites, ctx, model="p-centre", count=2, limit=25)
    summary = sites.summary(ctx, TERRITORY, query)
    assert "chosen so that *most people newly within the limit*" in summary
    assert "as the answer for 'the longest walk is as short as possible' is not computed yet" in summary


def test_who_gains_is_told_of_every_group_and_people_reached_over_streets_need_no_range() -> None:
    ctx = context()
    query = ask(sites, ctx, service="library")
    gain = sites.groups_figure(ctx, TERRITORY, query)
    points = 100 * (gain.rows["share_after"] - gain.rows["share_before"])
    assert gain.finding.startswith(f"Share within {query.limit} minutes: everyone it serves {points[0]:+.1f} points, ")
    assert f"displaced origin {points[1]:+.1f} points" in gain.finding
    answer = sites.result(ctx, sites.inputs(query), False, PERIOD, query.level)
    assert answer.gained_range == (answer.gained, answer.gained)
    assert "as ways are long or direct" not in sites.map_figure(ctx, TERRITORY, query).finding


def test_people_newly_reached_hang_on_how_long_ways_are() -> None:
    """Points of 10, 20 and 40 people walk 20, 12 and 30 minutes today, 8, 6 and 14 to the new site; the limit is 15."""
    minutes, before, people = (
        np.array([[8.0], [6.0], [14.0]]),
        np.array([20.0, 12.0, 30.0]),
        np.array([10.0, 20.0, 40.0]),
    )
    case = SitingProblem("maximal covering", minutes, people, people[None], before, 1, 15.0)
    assert [case.gained([0], factor) for factor in (1.0, 0.5, 1.3)] == [50, 0, 30]


def test_what_breaks_is_said_by_what_closes(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), Territory(first_year=2018, last_year=2019)
    query = ask(shock, ctx, service="library", budget=0.0, districts=())
    assert shock.map_figure(ctx, territory, query).finding.startswith(
        "Nothing closes of 3 libraries; areas below 70 %: "
    )
    people = ask(arrivals, ctx)
    by_budget = shock.summary(ctx, territory, query.changed(budget=34.0), people)
    assert by_budget.startswith("If 34 % of the budget for libraries goes, ")
    one = shock.summary(ctx, territory, query.changed(districts=("n",)), people)
    assert one.startswith("If libraries in North close, ")


def test_where_arrivals_would_live_is_no_list_of_all() -> None:
    ctx = context()
    even = ask(arrivals, ctx, rule="even spread", people_low=12_000, people_likely=12_000, people_high=12_000)
    assert "live *even spread*: the largest parts, 1,000 each, in 12: " in arrivals.summary(ctx, TERRITORY, even)
    most = arrivals.summary(ctx, TERRITORY, ask(arrivals, ctx, rule="by residents"))
    assert ": the largest part, 1," in most


def test_new_sites_are_chosen_for_who_is_on_the_way() -> None:
    """By bicycle more is in reach today and newly; without steps less is."""
    ctx = context()
    served = {}
    for walker in ("adult", "wheelchair", "bicycle"):
        answer = sites.result(ctx, Sites(limit=10, walker=walker), False, PERIOD, "district")
        served[walker] = answer.groups.iloc[0]
    assert served["wheelchair"]["before"] < served["adult"]["before"] < served["bicycle"]["before"]
    assert served["wheelchair"]["after"] < served["adult"]["after"] < served["bicycle"]["after"]
    summary = sites.summary(ctx, TERRITORY, ask(sites, ctx, walker="wheelchair", limit=10))
    assert (
        "7,068 flights of steps are left out. Of 413,345 of the other 413,345 ways slope, kerbs and surface are"
        in summary
    )
