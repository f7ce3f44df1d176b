"""Indicators of any city, the index made from them, the profile of an area, segregation, economic health."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Chart, Map
from data.translation import Language
from services import cities as side_by_side
from services import city_indicators, diversity, economic_health, inclusion, indicator_cards, indicator_days, profile

PERIOD = pd.Timestamp("2024-12-31")
BEFORE, AFTER = pd.Timestamp("2018-12-31"), pd.Timestamp("2019-12-31")  # half-years of the city with districts
CITY, NEUKOELLN = Territory(first_year=2015, last_year=2025), Territory(district="08", first_year=2015, last_year=2025)
DISTRICTS, SMALLEST = (inclusion.Query(level=level) for level in ("district", "planning_area"))


def context(city: str = "berlin", language: str = "en") -> CityContext:
    return CityContext(data.cities()[city], data.version(), Language(language))


def test_social_shares_are_of_the_newest_day_not_after_the_period(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    assert indicator_days.social_day(ctx, BEFORE, "unemployment") is None
    assert inclusion.measured(ctx, BEFORE, "district")["unemployment"].isna().all()
    assert indicator_days.about(ctx, BEFORE) == "Residents of 31 December 2018; walks are estimates"
    assert indicator_days.social_day(ctx, AFTER, "unemployment") == AFTER
    assert "social monitoring of 31 December 2019" in indicator_days.about(ctx, AFTER)
    # Of those aged 15 to 64: a quarter of the ages 6 to 17, all of 18 to 64.
    of_district = [area for area, district in inclusion.hierarchy(ctx)["district"].items() if district == "n"]
    shares = data.table("social_monitoring", "three-shores").query("indicator == 'unemployment'").set_index("area_id")
    residents = (
        data.table("residents", "three-shores")
        .query("period == @AFTER")
        .pivot(index="area_id", columns="age", values="persons")
    )
    weights = residents["6-17"] * 3 / 12 + residents["18-64"]
    expected = np.average(shares.loc[of_district, "percent"], weights=weights.loc[of_district].astype(float))
    assert indicator_days.bases_day(ctx, AFTER) == AFTER
    assert inclusion.measured(ctx, AFTER, "district").loc["n", "unemployment"] == pytest.approx(expected)
    assert inclusion.measured(ctx, AFTER, "city")["residents"].iloc[0] == 32_160
    assert indicator_days.social_day(context(), PERIOD, "unemployment") == pd.Timestamp("2020-12-31")


def test_a_city_without_ages_origins_or_social_shares_has_gaps_and_no_index(cities: tuple[str, ...]) -> None:
    ctx, period = context("strange"), pd.Timestamp("2013-06-30")
    row = inclusion.measured(ctx, period, "planning_area").loc["Київ"]
    assert row["residents"] == 1000 + 600 + 50
    assert row[["children", "displaced", "unemployment", "origin_mix", "apart"]].isna().all()
    assert row["library_walk"] > 0
    with pytest.raises(NothingToShow, match="two dimensions or more"):
        inclusion.map_figure(ctx, Territory(), period, SMALLEST)


def test_history_is_by_the_day_that_a_value_is_of(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    assert list(inclusion.history(ctx, "residents", "district", "n").index) == [BEFORE, AFTER]
    unemployment = inclusion.history(ctx, "unemployment", "district", "n")
    assert list(unemployment.index) == [AFTER]
    assert unemployment[AFTER] == inclusion.measured(ctx, AFTER, "district").loc["n", "unemployment"]


def test_the_index_follows_the_chosen_district() -> None:
    ctx = context()
    whole = inclusion.map_figure(ctx, CITY, PERIOD, DISTRICTS)
    assert len(whole.rows) == 12
    assert whole.finding.startswith("Pankow and Charlottenburg-Wilmersdorf share place 1 to ")
    district = inclusion.map_figure(ctx, NEUKOELLN, PERIOD, DISTRICTS)
    assert district.rows["name"].tolist() == ["Neukölln"]
    place = district.rows.iloc[0]
    assert district.finding == (
        f"Neukölln: place {place['low']:.0f} to {place['high']:.0f} of 12 in nine of ten combinations of choices"
    )
    inside = inclusion.map_figure(ctx, NEUKOELLN, PERIOD, SMALLEST)
    best = inside.rows.loc[inside.rows["rank"].idxmin()]
    alike = inside.rows[inside.rows["low"] <= best["low"]]
    assert best["name"] in inside.finding
    assert inside.finding.startswith("Highest: ") == (len(alike) == 1)
    assert " of 542 " in inside.finding  # places are among the city's areas
    ranks = inclusion.ranks_figure(ctx, NEUKOELLN, PERIOD, DISTRICTS)
    assert len(ranks.rows) == 12
    assert isinstance(ranks.drawing, Chart)
    assert ranks.drawing.options["marked"] == "Neukölln"
    table = inclusion.indicators_figure(ctx, NEUKOELLN, PERIOD, "district")
    assert table.rows["residents"].tolist() == [329_488]
    assert [column.heading for column in table.columns][:2] == ["Name", "Residents (persons)"]


def test_points_count_only_in_an_expert_budget() -> None:
    ctx = context()
    points = {"points_work": 100, "points_housing": 0, "points_learning": 0, "points_health": 0}
    points |= {"points_participation": 0, "points_diversity": 0}
    ignored = inclusion.index(ctx, PERIOD, DISTRICTS.changed(**points))
    pd.testing.assert_frame_equal(ignored, inclusion.index(ctx, PERIOD, DISTRICTS))
    only_work = inclusion.index(ctx, PERIOD, DISTRICTS.changed(weights="expert", **points))
    assert only_work["score"].tolist() == pytest.approx(only_work["work"].tolist())


@pytest.mark.parametrize("language", ["de", "uk"])
def test_options_are_said_in_the_readers_language(language: str) -> None:
    ctx = context(language=language)
    steps = inclusion.steps(ctx, PERIOD, DISTRICTS)
    assert not [word for word in ("min-max", "equal", "geometric", "winsorised", "none") if f" {word}" in steps]
    choices = inclusion.sobol_figure(ctx, PERIOD, DISTRICTS).rows["choice"]
    assert not set(choices) & {"weights", "imputation"} or ctx.language("weights") == "weights"


def test_a_profile_names_its_area_and_says_what_stands_out() -> None:
    ctx = context()
    strip, table = (show(ctx, PERIOD, "district", "08") for show in (profile.strip_figure, profile.table_figure))
    assert "Neukölln" in strip.subtitle
    assert table.finding.startswith("Neukölln: ")
    assert "social monitoring of 31 December 2020" in table.subtitle
    rows = table.rows.set_index("indicator")
    assert rows["dimension"].iloc[0] == "People"
    assert rows.loc["residents", "value"] == 329_488
    assert np.isnan(rows.loc["residents", "better_than"])  # neither many nor few is better
    gaps = profile.standouts(ctx, PERIOD, "district", "08", "gap")
    assert gaps["unemployment"].startswith(
        "Unemployment: 8.5 % on 31 December 2020, worse than all other districts (city: 5.3)"
    )
    assert list(gaps) == list(rows[rows["kind"] == "gap"].sort_values("better_than", kind="stable").index)
    assert "district" not in rows
    assert "district" in profile.table_figure(ctx, PERIOD, "planning_area", "08100314").rows


def test_areas_of_a_profile_lie_in_the_territory(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    assert list(profile.areas_within(ctx, Territory(district="x 3"), "district")) == ["x 3"]
    areas = profile.areas_within(ctx, Territory(district="x 3"), "planning_area")
    assert sorted(areas.values()) == ["Quarter 10", "Quarter 11", "Quarter 8", "Quarter 9"]
    area = next(iter(areas))
    assert profile.areas_within(ctx, Territory(district="x 3", area=area), "planning_area") == {area: areas[area]}
    assert list(profile.areas_within(ctx, Territory(area=area), "district")) == ["x 3"]


def test_tables_for_paper_have_the_figures_numbers() -> None:
    ctx = context(language="de")
    table = profile.table_figure(ctx, PERIOD, "planning_area", "08100314")
    printed = profile.print_tables(ctx, table)
    assert sum(len(rows) for _head, rows in printed.values()) == len(table.rows)
    head, rows = printed["Menschen"]
    assert head == ["", "Gebiet", "Bezirk", "Stadt", "Ähnliche Gebiete", "Besser als (%)"]
    assert rows[0][:4] == ["Einwohner (Personen)", "7.930", "329.488", "3.897.145"]


def test_scales_of_segregation_add_up() -> None:
    ctx = context()
    scales, over_time = diversity.scales_figures(ctx, NEUKOELLN)
    assert scales.rows["share"].sum() == pytest.approx(1)
    assert scales.rows["h"].iloc[-1] == pytest.approx(scales.rows["added"].sum())
    assert over_time.rows["h"].iloc[-1] == scales.rows["h"].iloc[-1]
    assert over_time.period == "30 June 2021 – 31 December 2024"
    mix = diversity.mix_figure(ctx, NEUKOELLN, PERIOD, "planning_area")
    assert 40 <= len(mix.rows) <= 46  # areas with suppressed origins are left out
    assert f" of {len(mix.rows)} areas" in mix.finding
    whole = diversity.mix_figure(ctx, CITY, PERIOD, "district_region")
    both = int(whole.finding.split(" of 143 areas are more mixed")[0])
    assert both == pytest.approx(29, abs=2)  # one or two turn on what is suppressed
    assert "; 35 would be if the two had nothing to do with each other" in whole.finding
    assert scales.finding.startswith("The largest part lies ")  # 43 % is not most of it
    with pytest.raises(NothingToShow):
        diversity.mix_figure(ctx, NEUKOELLN, PERIOD, "district")


def test_a_spatial_model_needs_thirty_areas(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), Territory(first_year=2015, last_year=2025)
    terms = economic_health.measures(ctx, territory, economic_health.TERMS)
    assert "daycare_places" not in terms  # not known anywhere
    query = economic_health.Query(terms=tuple(terms))
    with pytest.raises(NothingToShow, match=r"Only 1\d areas have every figure; a spatial model needs 30"):
        economic_health.areas_figure(ctx, territory, query)
    with pytest.raises(NothingToShow, match="Nothing is chosen"):
        economic_health.areas_figure(ctx, territory, economic_health.Query())


def test_coefficients_say_of_which_days_they_are() -> None:
    query = economic_health.Query(terms=("density", "library_walk"))
    figure, explanation = economic_health.areas_figure(context(), CITY, query)
    assert figure.period == "residents of 31 December 2024, social monitoring of 31 December 2020"
    assert figure.rows["label"].tolist() == ["Residents per km²", "Nearest library (minutes on foot)"]
    sure = {row["label"]: row["effect"] > 0 for row in figure.rows.to_dict("records") if row["sure"] == "yes"}
    assert sure
    higher, lower = (
        figure.finding.partition(start)[2].partition(";")[0].lower()
        for start in ("higher where these are higher: ", "lower where these are higher: ")
    )
    assert figure.finding.startswith("Unemployment is ")
    assert all(label.lower() in (higher if rises else lower) for label, rises in sure.items())
    assert "planning areas" in explanation


def test_cards_count_areas_and_say_the_day_of_what_was_published() -> None:
    ctx = context()
    counted = indicator_cards.areas_counted(ctx, CITY)
    assert (counted["residents"], counted["unemployment"]) == (542, 536)
    rows = indicator_cards.cards_figure(ctx, CITY).rows.set_index("key")
    assert rows.loc["unemployment", "period"].endswith("(31 December 2020)")
    assert rows.loc["unemployment", "good"] == "low is good"
    assert rows.loc["children", "period"] == "chosen day"


def test_a_map_of_the_index_is_classed_by_its_score() -> None:
    figure = inclusion.map_figure(context(), CITY, PERIOD, DISTRICTS)
    assert isinstance(figure.drawing, Map)
    assert figure.drawing.legend is not None
    assert sum(figure.drawing.legend.counts) == 12
    assert figure.drawing.legend.title == "inclusion index, 1 to 100 (estimate), 31 December 2024"


def test_shares_of_the_city_are_of_those_they_are_of() -> None:
    city = inclusion.measured(context(), PERIOD, "city").iloc[0]
    assert city["old_age_poverty"] == pytest.approx(6.1, abs=0.05)  # weighted with residents of all ages: 7.4
    assert city["child_poverty"] == pytest.approx(26.5, abs=0.05)  # 25.6
    assert indicator_days.bases_day(context(), pd.Timestamp("2020-12-31")) == pd.Timestamp("2021-06-30")
    said = indicator_days.caveats(context(), PERIOD)
    assert "weighted with their own ages, counted on 30 June 2021" in said
    assert "A walk may take" not in said  # walks are over streets
    assert "residents live nearer to its limits than to any that is" in said


def test_areas_that_may_both_be_first_share_their_places(cities: tuple[str, ...]) -> None:
    ctx, query = context("three-shores"), inclusion.Query(level="district")
    figure = inclusion.map_figure(ctx, CITY, AFTER, query)
    first = figure.rows[figure.rows["low"] <= figure.rows.loc[figure.rows["rank"] == 1, "low"].min()]
    assert list(first["name"]) == ["North", "Süd"]
    assert figure.finding == "North and Süd share place 1 to 2 of 3 in nine of ten combinations of choices"
    ranks = inclusion.ranks_figure(ctx, CITY, AFTER, query)
    assert ranks.unit == "place among 3 areas of the level 'Shore', 1 to the right; range over choices"


def test_social_shares_come_with_their_own_day_wherever_they_stand() -> None:
    ctx, both = context(), "Residents of 31 December 2024; social monitoring of 31 December 2020; walks are estimates"
    assert profile.strip_figure(ctx, PERIOD, "district", "08").period == both
    assert inclusion.ranks_figure(ctx, CITY, PERIOD, DISTRICTS).period == both
    said = profile.standouts(ctx, PERIOD, "district", "08", "gap")
    assert " on 31 December 2020, worse than " in said["child_poverty"]
    assert "2020" not in profile.standouts(ctx, PERIOD, "district", "08", "strength").get("density", "")


def test_a_share_of_ages_that_are_not_counted_has_no_interval(cities: tuple[str, ...]) -> None:
    """Three Shores counts 6 to 17: how many are under 15, of whom child poverty is a share, nobody knows."""
    ctx = context("three-shores")
    rows = {item.key: item for item in city_indicators.of_city(ctx, "work", 2025, None)}
    poverty, transfers = rows["child_poverty"].rate, rows["transfer_receipt"].rate
    assert 8.0 < poverty.value < 13.5
    assert np.isnan([poverty.low, poverty.high]).all()
    assert transfers.low < transfers.value < transfers.high
    table = side_by_side.compared(ctx, CITY, side_by_side.Query(topic="work", cities=("berlin",)))
    part = table[table["key"] == "child_poverty"].assign(reason="")
    assert side_by_side._comparison(ctx, part) == "comparable"


def test_all_others_are_not_the_most_alike(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    assert "Most like" not in profile.about(ctx, AFTER, "district", "n")
    assert "Most like: " in profile.about(context(), PERIOD, "district", "08")
