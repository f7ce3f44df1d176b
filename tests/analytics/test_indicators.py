"""The registry: every card is whole, values agree with cases worked by hand, and people are conserved."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import data
from analytics import indicators, measures

ROOT = Path(__file__).parents[2]


def inputs() -> measures.Inputs:
    """Two areas in one district: A with 100 adults, B with 50 adults and 50 small children."""
    rows = [("A", "27-44", 100), ("B", "27-44", 50), ("B", "0-5", 50), ("A", "6-14", 0), ("B", "65+", 0)]
    residents = pd.DataFrame(rows, columns=["area_id", "age", "persons"])
    origins = pd.DataFrame(
        [("district", "D", "SYR", 20), ("district", "D", "UKR", 20), ("district", "D", "TUR", 20)],
        columns=["level", "area_id", "origin", "persons"],
    )
    background = pd.DataFrame(
        [("planning_area", "A", "migration_background", 10), ("planning_area", "B", "migration_background", 50)],
        columns=["level", "area_id", "background", "persons"],
    )
    social = pd.DataFrame(
        [("A", "unemployment", 2.0), ("B", "unemployment", 6.0)], columns=["area_id", "indicator", "percent"]
    )
    facilities = pd.DataFrame([("daycare", "A", 30)], columns=["kind", "area_id", "places"])
    cells = pd.DataFrame({"area_id": ["A", "B"], "share": [1.0, 1.0], "x": [0, 0], "y": [0, 0]})
    minutes = {kind: np.array([5.0, 15.0]) for kind in data.table("facility_kinds")["kind"]}
    return measures.Inputs(
        residents,
        origins,
        background,
        social,
        facilities,
        cells,
        minutes,
        pd.Series({"A": 1.0, "B": 3.0}),
        pd.Series({"A": "D", "B": "D"}),
        "district",
        ["SYR", "UKR"],
        dict.fromkeys(("unemployment", "child_poverty", "transfer_receipt"), residents),
    )


def test_values_by_hand() -> None:
    row = indicators.measure(inputs()).loc["D"]
    assert row["residents"] == 200
    assert row["density"] == pytest.approx(50)
    assert row["children"] == pytest.approx(25)
    assert row["displaced"] == pytest.approx(20)
    assert row["unemployment"] == pytest.approx((100 * 2 + 50 * 6) / 150)  # of those of 15 to 64: 100 and 50
    assert row["library_walk"] == pytest.approx(10)
    assert row["daycare_places"] == pytest.approx(60)
    assert row["origin_mix"] == pytest.approx(3)
    assert row["apart"] == pytest.approx(20)  # the city's share is 30 %, the areas have 10 and 50


def test_without_counts_by_age_shares_of_ages_are_not_known() -> None:
    counted = inputs()
    row = indicators.measure(replace(counted, residents=counted.residents.assign(age="0-119"))).loc["D"]
    assert row["residents"] == 200
    assert row[["children", "older", "daycare_places"]].isna().all()


def test_shares_are_weighted_with_whom_they_are_of_and_only_within_a_year() -> None:
    counted = inputs()
    poor = counted.social.assign(indicator="child_poverty")
    assert indicators.measure(replace(counted, social=poor)).loc["D", "child_poverty"] == 6  # A has no child
    ages = counted.of_social["unemployment"]
    for bases in ({}, {"unemployment": ages.iloc[:0]}, {"unemployment": ages.assign(age="0-119")}):
        assert np.isnan(indicators.measure(replace(counted, of_social=bases)).loc["D", "unemployment"])
        alone = replace(counted, of_social=bases, groups=pd.Series({"A": "A", "B": "B"}))
        assert indicators.measure(alone)["unemployment"].tolist() == [2, 6]  # as published
    everyone = counted.social.assign(indicator="transfer_receipt")
    assert indicators.measure(replace(counted, social=everyone)).loc["D", "transfer_receipt"] == 4


def test_places_that_nobody_states_are_not_known_not_none() -> None:
    places = pd.DataFrame([("daycare", "A", 30), ("daycare", "B", None)], columns=["kind", "area_id", "places"])
    areas = replace(inputs(), facilities=places.astype({"places": "Int64"}), groups=pd.Series({"A": "A", "B": "B"}))
    assert np.isnan(measures.places("daycare", 27, 45)(areas)["B"])
    assert measures.places("daycare", 27, 45)(replace(areas, facilities=places[:1]))["B"] == 0


def test_turning_makes_high_good() -> None:
    table = indicators.measure(inputs())
    turned = indicators.oriented(table)
    assert turned.loc["D", "unemployment"] == -table.loc["D", "unemployment"]
    assert turned.loc["D", "daycare_places"] == table.loc["D", "daycare_places"]
    assert set(indicators.dimension_of()) == set(indicators.DIMENSIONS)


def test_every_card_is_whole_and_points_to_what_exists() -> None:
    names = {name for _, name in data.catalogue()}
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert len({one.key for one in indicators.REGISTRY}) == len(indicators.REGISTRY)
    for one in indicators.REGISTRY:
        assert one.dimension in indicators.DIMENSIONS | indicators.CONTEXT, one.key
        assert set(one.tables) <= names, one.key
        assert one.good in ("high", "low", ""), one.key
        assert (one.good == "") == (one.dimension == "people") or one.dimension == "environment", one.key
        assert all((one.label, one.unit, one.definition, one.formula, one.period)), one.key
        assert one.shown_on.partition("?")[0] in pages, one.key
        assert inspect.isfunction(one.make), one.key
