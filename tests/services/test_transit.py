"""Public transport and closures add up, never take longer than walking, and say what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import access, closures, coverage, equity, transit, walks

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2015, last_year=2025)


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_ways_of_each_group_add_up_to_all_of_it() -> None:
    ctx = context()
    rows = transit.shares(ctx, "library", "morning", 30, PERIOD, "")
    assert rows.groupby("group")["percent"].sum().tolist() == pytest.approx([100, 100])
    everyone = rows[rows["group"] == access.EVERYONE]
    assert everyone["persons"].sum() == access.people_in_cells(ctx, "library", PERIOD).sum()
    own = transit.shares(ctx, "library", "morning", 30, PERIOD, "08")
    assert own["persons"].sum() < rows["persons"].sum()


def test_nobody_rides_longer_than_they_would_walk_and_the_night_takes_longer() -> None:
    ctx = context()
    people = access.people_in_cells(ctx, "library", PERIOD)
    on_foot = walks.minutes_from_cells(ctx, access.facilities(ctx, "library"), "adult")
    means = {}
    for window in ("morning", "night"):
        middle, late = transit.minutes_to_nearest(ctx, "library", window)
        assert (middle <= on_foot + 0.01)[on_foot <= 120].all()
        assert (middle <= late).all()
        near = np.isfinite(middle)
        means[window] = np.average(middle[near], weights=people[near])
    assert means["morning"] < means["night"] < np.average(np.minimum(on_foot, 300), weights=people)


def test_areas_of_a_map_are_means_over_their_people() -> None:
    ctx = context()
    districts = transit.by_area(ctx, "library", "morning", 30, PERIOD, "district")
    city = transit.by_area(ctx, "library", "morning", 30, PERIOD, "city").iloc[0]
    assert districts["persons"].sum() == city["persons"]
    for name in ("share_within", "share_only"):
        assert np.average(districts[name], weights=districts["persons"]) == pytest.approx(city[name])
    figure = transit.map_figure(ctx, TERRITORY, "library", transit.Query(), "district")
    assert "timetable of 2021-09-14" in figure.period
    assert "VBB" in figure.source


def test_fifths_by_poverty_add_up_and_the_gap_is_their_difference() -> None:
    ctx = context()
    rows, gap = equity.bus_need(ctx, "daycare", transit.Query(), PERIOD)
    assert gap is not None
    assert rows.groupby("fifth")["percent"].sum().tolist() == pytest.approx([100] * 5)
    people = access.people_in_cells(ctx, "daycare", PERIOD)
    by_fifth = rows.groupby("fifth")["persons"].sum()
    assert by_fifth.sum() <= people.sum()
    assert by_fifth.max() < 1.1 * by_fifth.min()
    ride = rows[rows["way"] == "ride"].set_index("fifth")["persons"]
    others = 100 * ride[ride.index < 5].sum() / by_fifth[by_fifth.index < 5].sum()
    assert gap.gap == pytest.approx(100 * ride[5] / by_fifth[5] - others)
    figure = equity.bus_figure(ctx, TERRITORY, "daycare", transit.Query())
    assert "need a bus or train" in figure.finding
    assert "social monitoring of 31 December 2020" in figure.period
    unsure = equity.bus_figure(ctx, TERRITORY, "library", transit.Query())
    assert "cannot be told" in unsure.finding


def test_coverage_by_each_way_counts_who_is_within_its_limit() -> None:
    ctx = context()
    people = access.people_in_cells(ctx, "library", PERIOD)
    within = {}
    for way in coverage.ways(ctx):
        query = coverage.Query(service="library", level="district", way=way, distance=1000, minutes=15)
        figure = coverage.map_figure(ctx, TERRITORY, query)
        within[way] = figure.rows["within"].sum()
        assert coverage.within(ctx, query) in figure.note
        assert ("VBB" in figure.source) == (way == "transit")
    minutes = access.minutes_to_nearest(ctx, "library", "adult")
    assert within["foot"] == pytest.approx(people[minutes <= 15].sum(), rel=2e-3)
    middle, _late = transit.minutes_to_nearest(ctx, "library", "morning")
    assert within["transit"] == pytest.approx(people[middle <= 15].sum(), rel=2e-3)
    assert within["metres"] < within["foot"]  # 15 minutes are 1,250 m
    assert within["wheelchair"] < within["foot"] < within["transit"] < within["bicycle"]
    late = coverage.Query(service="library", level="district", way="transit", minutes=15, window="night")
    assert coverage.map_figure(ctx, TERRITORY, late).rows["within"].sum() < within["transit"]


def test_a_closed_line_makes_nobody_faster_and_those_along_it_slower() -> None:
    ctx = context()
    before, _late = transit.minutes_to_nearest(ctx, "library", "morning")
    after, _late = transit.minutes_to_nearest(ctx, "library", "morning", ("U7",))
    assert (after >= before - 0.01).all()
    query = closures.Query(closing="line", closed_ways=("U7",))
    rows = closures.losses(ctx, query, "library", PERIOD, "district").set_index("area_id")
    assert rows["longer"].sum() > 50_000
    # Neukölln has the line, Treptow-Köpenick hardly.
    assert rows.loc["08", "per_1000"] > 10 * rows.loc["09", "per_1000"] + 1


def test_closed_bridges_cut_off_who_lives_on_an_island() -> None:
    """Schmöckwitz and others lie between waters; nobody gains by a closed bridge."""
    ctx = context()
    everything = tuple(closures.closable(ctx, "bridge"))
    rows = closures.losses(ctx, closures.Query(closed_ways=everything), "library", PERIOD, "city").iloc[0]
    assert 0 < rows["cut_off"] < rows["longer"] < rows["persons"]
    one = closures.losses(ctx, closures.Query(closed_ways=everything[:1]), "library", PERIOD, "city").iloc[0]
    assert one["longer"] < rows["longer"]
    with pytest.raises(NothingToShow, match="Nothing is closed yet"):
        closures.map_figure(ctx, TERRITORY, closures.Query(), "library", "district")
    figure = closures.map_figure(ctx, TERRITORY, closures.Query(closed_ways=everything), "library", "district")
    people = int(figure.rows["longer"].sum())
    assert f"about {round(people, -1):,} people have a longer way" in figure.finding


def test_cities_without_a_timetable_or_streets_say_so(cities: tuple[str, ...]) -> None:
    for city in cities:
        ctx = context(city)
        if not transit.has_timetable(ctx):
            with pytest.raises(NothingToShow, match="has no timetable"):
                transit.map_figure(ctx, TERRITORY, "library", transit.Query(), ctx.levels[-1])
            assert "line" not in closures.kinds(ctx)
            assert "transit" not in coverage.ways(ctx)
            with pytest.raises(NothingToShow, match="has no timetable"):
                equity.bus_figure(ctx, TERRITORY, "library", transit.Query())
        fitted = walks.circuity(ctx)
        assert 1 < fitted["low"] < fitted["factor"] < fitted["high"] < 2
