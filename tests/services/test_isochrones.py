"""From where a place is reached: more by bicycle than on foot, all of it within walking where no bus is quicker."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from services import access, isochrones, site_test, transit

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2015, last_year=2025)
HERMANNPLATZ = 13.4247, 52.4869


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_faster_means_reach_from_farther_and_every_minute_counts() -> None:
    ctx = context()
    place = site_test.spot(ctx, *HERMANNPLATZ)
    people = access.people_in_cells(ctx, "", PERIOD)
    reached = {}
    for way in isochrones.ways(ctx):
        minutes = isochrones.minutes(ctx, place, isochrones.Query(way=way, way_limit=20))
        reached[way] = int(people[np.isfinite(minutes)].sum())
        nearer = isochrones.minutes(ctx, place, isochrones.Query(way=way, way_limit=10))
        assert (np.isfinite(minutes) | ~np.isfinite(nearer)).all()
    assert reached["older person"] < reached["child"] < reached["adult"] < reached["bicycle"]
    assert reached["wheelchair"] < reached["adult"] < reached["ride"]
    figure = isochrones.map_figure(ctx, TERRITORY, *HERMANNPLATZ, isochrones.Query(way="ride", way_limit=20))
    assert f"About {round(reached['ride'], -1):,} residents reach this place within 20 minutes" in figure.finding
    assert figure.rows["persons"].sum() == reached["ride"]


def test_cities_without_a_timetable_offer_no_ride(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    assert not transit.has_timetable(ctx)
    assert isochrones.RIDE not in isochrones.ways(ctx)
    lon, lat = ctx.city.lon, ctx.city.lat
    figure = isochrones.map_figure(
        ctx, TERRITORY.changed(first_year=2018, last_year=2019), lon, lat, isochrones.Query()
    )
    assert figure.rows["minutes"].max() <= 15
    assert figure.rows["minutes"].min() == pytest.approx(0, abs=3)
