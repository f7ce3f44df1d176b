"""The page *Map*: classes that count people, ranks without small bases, days and second maps in one scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import data
from analytics.findings import MIN_BASE
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Board, Figure, Map
from data.translation import Language
from services import city_map, inclusion, site_test
from services.areas import current_half_years

CITY = Territory(first_year=2015, last_year=2025)


@pytest.fixture(scope="module")
def ctx() -> CityContext:
    return CityContext(data.cities()["berlin"], data.version())


def query(**choices: object) -> city_map.Query:
    return city_map.Query(**{"colour": "child_poverty", "level": "planning_area", **choices})  # type: ignore[arg-type]


def drawn(figure: Figure) -> tuple[Map, Board]:
    assert isinstance(figure.drawing, Map)
    assert figure.drawing.board is not None
    return figure.drawing, figure.drawing.board


def test_the_list_holds_every_area_and_ranks_those_with_enough_people(ctx: CityContext) -> None:
    _map, board = drawn(city_map.city_map(ctx, CITY, query(colour="displaced")))
    rows = board.ranking
    values = inclusion.measured(ctx, current_half_years(ctx)[-1], "planning_area")
    assert len(rows) == 542
    small = values.index[values["residents"] < MIN_BASE]
    assert rows.set_index("id").loc[small, "place"].isna().all()
    assert set(rows.loc[rows["small"], "id"]) == set(small)
    ranked = rows.dropna(subset="place")
    assert ranked["value"].round(1).is_monotonic_decreasing
    enough = values.loc[values["residents"] >= MIN_BASE, "displaced"].dropna()
    assert ranked.iloc[0]["id"] == enough.idxmax()


def test_what_is_good_when_high_is_listed_from_its_low_end(ctx: CityContext) -> None:
    _map, board = drawn(city_map.city_map(ctx, CITY, query(colour="residence_over_five_years")))
    ranked = board.ranking.dropna(subset="place")
    assert ranked["value"].round(1).is_monotonic_increasing
    assert "lowest first" in board.title


def test_the_legend_counts_areas_and_people(ctx: CityContext) -> None:
    figure = city_map.city_map(ctx, CITY, query(colour="displaced", level="district"))
    legend = drawn(figure)[0].legend
    assert legend is not None
    assert sum(legend.counts) == 12
    people = sum(int(words.replace(",", "")) for words in legend.people)
    assert people == int(inclusion.measured(ctx, current_half_years(ctx)[-1], "city")["residents"].iloc[0])


def test_days_share_one_scale_and_the_last_is_the_maps(ctx: CityContext) -> None:
    figure = city_map.city_map(ctx, CITY, query(colour="displaced", level="district", over_time=True))
    drawing, board = drawn(figure)
    assert board.days is not None
    assert board.days.labels[0] == "30 June 2021"
    assert board.days.labels[-1] == "31 December 2024"
    assert {len(numbers) for numbers in board.days.numbers} == {12}
    areas = drawing.layers[0].options
    assert list(areas["classes"].number) == list(board.days.numbers[-1])
    # Ukraine's war stands between: shares rose, so the first day has lower classes.
    assert np.mean(board.days.numbers[0]) < np.mean(board.days.numbers[-1])


def test_an_earlier_day_beside_shares_the_scale_and_another_indicator_has_its_own(ctx: CityContext) -> None:
    _map, earlier = drawn(city_map.city_map(ctx, CITY, query(colour="displaced", beside="earlier")))
    assert earlier.beside is not None
    assert earlier.beside[:2] == ("31 December 2024", "30 June 2021")
    one, other = (layers[0].options["classes"] for layers in (_map.layers, earlier.beside[2]))
    assert (one.lows, one.highs) == (other.lows, other.highs)
    _map, board = drawn(city_map.city_map(ctx, CITY, query(beside="unemployment")))
    assert board.beside is not None
    assert board.beside[1].startswith("Unemployment (%)")
    assert board.beside[2][0].options["classes"].highs != _map.layers[0].options["classes"].highs


def test_a_single_day_has_no_slider_and_no_earlier_one(ctx: CityContext) -> None:
    _map, board = drawn(city_map.city_map(ctx, CITY, query(over_time=True)))  # social monitoring: of one day
    assert board.days is None
    assert "earlier" not in city_map.options(ctx)["beside"]({"colour": "child_poverty"})


def test_circles_grow_with_their_surface(ctx: CityContext) -> None:
    figure = city_map.city_map(ctx, CITY, query(circles="residents", level="district"))
    points = next(layer for layer in drawn(figure)[0].layers if layer.kind == "circles").options["points"]
    ratio = points["radius"] ** 2 / points["value"]
    assert ratio.max() / ratio.min() == pytest.approx(1, rel=0.03)  # tenths of a pixel
    assert "the largest is" in figure.note


def test_a_place_is_tested_by_who_lives_near_it(ctx: CityContext) -> None:
    near = site_test.people_figure(ctx, CITY, 13.4247, 52.4870).rows.set_index("group")  # Hermannplatz
    far = site_test.people_figure(ctx, CITY, 13.2, 52.43).rows.set_index("group")  # Wannsee
    everyone = near.loc["all residents"]
    assert everyone["within_5"] < everyone["within_10"] < everyone["within_15"]
    assert near.loc["all residents", "within_15"] > 5 * far.loc["all residents", "within_15"]
    ages = near.loc[["under 6", "6 to 14", "15 to 64", "65 and over"], "within_15"].sum()
    assert ages == pytest.approx(everyone["within_15"], abs=40)  # rounded to tens, five times
    assert (near % 10 == 0).all(axis=None)


def test_a_new_site_gains_nobody_beside_one_and_never_more_than_the_best(ctx: CityContext) -> None:
    library = data.table("facilities", "berlin").query("kind == 'library'").iloc[0]
    beside = site_test.change_figure(ctx, CITY, library["lon"], library["lat"], "library")
    assert beside.rows.empty
    assert "already has one as near" in beside.finding
    figure = site_test.change_figure(ctx, CITY, 13.52, 52.55, "library")
    assert "the best single site would reach about" in figure.finding
    assert figure.rows["gained"].is_monotonic_decreasing
    assert (figure.rows["before"] > 15).all()
    assert (figure.rows["after"] <= 15).all()


def test_a_drawn_area_must_hold_enough_people_and_lie_in_the_city(ctx: CityContext) -> None:
    with pytest.raises(NothingToShow, match="Fewer than 300"):
        site_test.outline_figure(ctx, CITY, (13.424, 52.487, 13.425, 52.487, 13.425, 52.4875))
    with pytest.raises(NothingToShow, match="outside of Berlin"):
        site_test.people_figure(ctx, CITY, 2.35, 48.85)
    whole = site_test.outline_figure(ctx, CITY, (13.0, 52.3, 13.8, 52.3, 13.8, 52.7, 13.0, 52.7)).rows
    residents = whole.iloc[0]
    assert residents["here"] == pytest.approx(residents["city"], abs=5)
    np.testing.assert_allclose(whole["here"].iloc[1:].astype(float), whole["city"].iloc[1:].astype(float))


@pytest.mark.parametrize("key", ["strange", "three-shores", "bare"])
def test_other_cities_have_their_map(cities: tuple[str, ...], key: str) -> None:
    other = CityContext(data.cities()[key], data.version(), Language("de"))
    years = [day.year for day in current_half_years(other)]
    territory = Territory(first_year=min(years), last_year=max(years))
    colour = next(iter(city_map.indicators(other)))
    figure = city_map.city_map(other, territory, city_map.Query(colour=colour, level=other.levels[-1]))
    _map, board = drawn(figure)
    assert len(board.ranking) == len(figure.rows) > 0
    assert pd.notna(figure.rows["value"]).any()


def test_the_map_looks_where_the_link_says(ctx: CityContext) -> None:
    figure = city_map.city_map(ctx, CITY, query(lon=13.4, lat=52.5, zoom=14.0))
    assert (figure.drawing.lon, figure.drawing.lat, figure.drawing.zoom) == (13.4, 52.5, 14)  # type: ignore[union-attr]
    german = replace(ctx, language=Language("de"))
    assert city_map.city_map(german, CITY, query()).finding.startswith("Kinderarmut")
