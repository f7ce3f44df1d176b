"""Overview, Outlook and Goals: their numbers, what they say where there are none, and whose they are."""

from __future__ import annotations

from pathlib import Path

import pytest

import data
from data import store
from data.context import CityContext
from services import inclusion
from services.names import cards
from tests.driver import figures, open_page, words


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def today(indicator: str, district: str) -> float:
    """The newest value of an indicator of a district of the shipped city, as a goal starts from it."""
    ctx = CityContext(data.cities()["berlin"], data.version())
    seen = inclusion.history(ctx, indicator, "district", district)
    return round(seen.iloc[-1], cards(ctx.language)[indicator].digits)


def test_the_overview_shows_six_figures_with_period_and_source() -> None:
    app = open_page("overview", city="berlin", lang="en")
    values = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert values == {
        "Forcibly displaced worldwide": ("119.3 million", ""),  # one more category is counted since 2018
        "Displaced people in Germany": ("2.95 million", "+300.8 %"),
        "Residents with roots in Ukraine and Syrian Arab Rep. in Berlin": ("148,439", "+386.0 %"),
        # 194,979 places over 208,938 children under six on 2024-12-31
        "Day-care places per 100 children under 6 in Berlin": ("93.3", ""),
        "Residents within 1 km of a library in Berlin": ("31 %", ""),
        "Cultural employment in Berlin": ("189,200", "+7.2 %"),
    }
    assert [caption.value for caption in app.caption].count("2025") == 2
    notes = [markdown.value for markdown in app.markdown]
    assert sum("UNHCR" in note for note in notes) == 2
    # The dates are those of the catalogue, not of the code.
    assert any(r"Places (registers 2023, OpenStreetMap 2025-09)" in note.replace("\\", "") for note in notes)
    shown = {figure.key: figure for figure in figures(app) if figure.key.startswith("overview-")}
    assert shown.pop("overview-map").period == "31 December 2024"
    assert shown["overview-daycare"].rows["value"].iloc[-1] == pytest.approx(100 * 194_979 / 208_938, abs=0.01)
    periods = [figure.period for figure in shown.values()]
    assert periods == [*["2015–2025"] * 2, "2015–2024", *["2024"] * 2, "2015–2022"]


def test_a_district_changes_the_overviews_title_and_its_local_figures() -> None:
    city, district = open_page("overview", city="berlin"), open_page("overview", city="berlin", district="08")
    assert district.title[0].value == "Neukölln: who arrives, who is served, who creates"
    changed = [a.value != b.value for a, b in zip(city.metric, district.metric, strict=True)]
    assert changed == [False, False, True, True, True, False]


def test_the_overview_says_which_years_a_city_counts(cities: tuple[str, ...]) -> None:
    app = open_page("overview", city="strange", lang="en", **{"from": "2015", "to": "2025"})
    assert "Дивне місто counts residents from 2012 to 2013." in words(app)
    assert "Дивне місто has no table for this" in words(app)
    app = open_page("overview", city="strange", lang="en", **{"from": "2012", "to": "2013"})
    assert "counts residents from" not in words(app)
    library = next(figure for figure in figures(app) if figure.key == "overview-library")
    assert library.rows["value"].between(0, 100).all()
    assert library.period == "2013"


@pytest.mark.parametrize("subject", ["world", "country", "city"])
def test_no_outlook_without_its_band_and_backtest(subject: str) -> None:
    app = open_page("outlook", city="berlin", lang="en", subject=subject)
    assert not app.exception
    outlook, backtest, signals = figures(app)
    if subject == "city":
        assert "no range can be given" in outlook.finding
    else:
        assert "past outcomes" in outlook.finding  # how often such intervals held
        held = int(outlook.finding.split(" held ")[1].split(" %")[0])
        assert ("80 % interval" in outlook.finding) == (held >= 75)
    assert {"low_80", "high_80", "low_95", "high_95"} <= set(outlook.rows)
    assert (outlook.rows["low_95"] < outlook.rows["low_80"]).all()
    assert {"model", "mase", "coverage_80", "coverage_95"} <= set(backtest.rows)
    assert backtest.rows["mase"].is_monotonic_increasing
    assert signals.geometry is not None


def test_the_outlook_opens_on_the_chosen_district() -> None:
    app = open_page("outlook", city="berlin", district="08", lang="en")
    assert app.selectbox(key="outlook.subject").value == "city"
    assert app.title[0].value == "Outlook and early signals: Neukölln"
    outlook, _backtest = figures(app)
    assert outlook.finding.startswith("Residents with roots in Ukraine, Neukölln: ")
    assert outlook.rows["high_80"].max() < 10 * outlook.rows["low_80"].max()
    said = words(app)
    assert "No change stands outside an area's own history. Of 4" in said
    assert "changed as one in twenty would by chance (2" in said  # a twentieth of some 450 areas
    assert open_page("outlook", city="berlin").selectbox(key="outlook.subject").value == "world"


def test_an_outlook_of_a_short_past_says_why_there_is_none(cities: tuple[str, ...]) -> None:
    app = open_page("outlook", city="three-shores", district="south-2", lang="en", **{"from": "2018", "to": "2019"})
    assert "A forecast needs 10 points or more; there are 2." in words(app)
    assert not figures(app)
    assert open_page("outlook", city="strange").selectbox(key="outlook.subject").options == ["The world", "Finland"]


def test_a_goal_is_set_tracked_and_removed() -> None:
    app = open_page("goals", city="berlin", district="08", lang="en")
    app.selectbox(key="goals.goal_indicator").set_value("unemployment").run()
    assert app.number_input(key="goals.goal_value").value == today("unemployment", "08")
    app.number_input(key="goals.goal_value").set_value(3.0).run()
    app.button(key="goal_store").click().run()
    assert not app.exception
    stored = store.targets("berlin").iloc[0]
    assert stored[["indicator", "level", "area_id", "value"]].tolist() == ["unemployment", "district", "08", 3.0]
    # Published for one day only: whether it is on track cannot be told, and the page says why.
    assert any("cannot be told yet" in line.value and "a trend needs four" in line.value for line in app.markdown)
    (shown,) = figures(app)
    assert shown.finding.startswith("Unemployment, Neukölln: 3.0 by ")
    assert shown.period == "31 December 2020"
    app.button(key=f"remove-{stored['id']}").click().run()
    assert store.targets("berlin").empty
    assert app.info


def test_a_goals_value_starts_anew_with_its_area() -> None:
    app = open_page("goals", city="berlin")
    start = app.number_input(key="goals.goal_value").value
    indicator = app.selectbox(key="goals.goal_indicator").value
    assert start == today(indicator, app.selectbox(key="goals.goal_area").value)
    app.number_input(key="goals.goal_value").set_value(start + 5).run()
    assert app.number_input(key="goals.goal_value").value == start + 5
    app.selectbox(key="goals.goal_area").set_value("08").run()
    assert app.number_input(key="goals.goal_value").value == today(indicator, "08")
    linked = open_page("goals", city="berlin", goal_area="08")
    assert linked.number_input(key="goals.goal_value").value == today(indicator, "08")


def test_goals_follow_the_district_and_outlive_their_areas() -> None:
    store.add_target("berlin", "district", "08", "library_walk", 15, 2030)
    store.add_target("berlin", "district", "07", "library_walk", 15, 2030)
    store.add_target("berlin", "ward", "77", "library_walk", 15, 2030)
    app = open_page("goals", city="berlin", lang="en")
    assert [figure.key for figure in figures(app)] == ["goal-2", "goal-1"]
    assert "Nearest library: the city has no figure for this goal." in words(app)  # it can still be removed
    assert len([button for button in app.button if button.label == "Remove this goal"]) == 3
    district = open_page("goals", city="berlin", district="08", lang="de")
    assert district.title[0].value == "Ziele von Neukölln"
    (shown,) = figures(district)
    assert len(shown.rows) == 3  # what is measured, and a straight path to the goal; no trend
    measured = shown.rows[shown.rows["group"] == shown.rows["group"].iloc[0]]
    assert len(measured) == 1  # libraries are counted once: what half-years show is who moves
    assert "cannot be told yet" in open_page("goals", city="berlin", district="08", lang="en").markdown[0].value


def test_a_goal_of_a_city_without_districts(cities: tuple[str, ...]) -> None:
    app = open_page("goals", city="strange", lang="uk")
    assert app.selectbox(key="goals.level").value == "planning_area"
    app.button(key="goal_store").click().run()
    assert not app.exception
    assert store.targets("strange")["area_id"].iloc[0] in {"St. Pauli 1", "Área 2", "Київ", "Œ-3", "0", "北 4"}


def test_falling_births_are_no_progress_of_day_care() -> None:
    store.add_target("berlin", "district", "08", "daycare_places", 100, 2030)
    app = open_page("goals", city="berlin", lang="en")
    assert all(len(figure.rows[figure.rows["group"] == "measured"]) == 1 for figure in figures(app))
    said = words(app)
    assert "Status: **on track**" not in said
    assert "Services are counted at one time (registers 2023" in said
