"""Places open to the public where no register of firms is stored: counted once, dated, never called firms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from data.city import building
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import creative_places
from services.firms import Query
from tests.packs import district_pack
from tests.services.test_creative_results import TERRITORY, context

QUERY = Query(scope="kkw", level="district", submarket="Art")


def test_berlins_places_by_submarket() -> None:
    ctx = context()
    facilities, shops = data.table("facilities", "berlin"), data.table("creative_shops", "berlin")
    kinds, activities = facilities["kind"].value_counts(), shops["activity"].value_counts()
    drawn = creative_places.submarkets_figure(ctx, TERRITORY, QUERY)
    count = drawn.rows.set_index("submarket")["places"]
    assert count["Art"] == kinds["museum"] + activities["47783"] + activities["47791"]
    assert count["Film"] == kinds["cinema"] + activities["47630"] + activities["77220"]
    assert count["Music"] == kinds["theatre"] + activities["47593"] + activities["47630"]
    assert count["Performing arts"] == kinds["theatre"]
    total = kinds[["museum", "theatre", "cinema"]].sum() + len(shops)
    assert drawn.finding == f"{total:,} places of the creative economy stand open to the public in Berlin"
    assert count.sum() > total, "theatres are of two submarkets and one place each"
    assert pd.isna(count["Architecture"]), "not seen is no zero"
    for text, said in ((drawn.note, "Architecture"), (drawn.note, "not a count of firms"), (drawn.source, "ODbL")):
        assert said in text
    for month in ("2021-08", "2025-09"):
        assert month in drawn.period


def test_the_map_counts_each_place_once_and_a_district_has_its_own() -> None:
    ctx = context()
    city = creative_places.map_figure(ctx, TERRITORY, QUERY)
    every_place = creative_places.places(ctx, "kkw")["place"].nunique()
    assert city.rows["facilities"].sum() == every_place
    row = city.rows.set_index("area_id").loc["01"]
    assert row["per_10000"] == pytest.approx(10_000 * row["facilities"] / row["persons"])
    mitte = creative_places.map_figure(ctx, TERRITORY.changed(district="01"), QUERY)
    assert mitte.rows["facilities"].sum() == row["facilities"]


def test_a_city_with_venues_alone(three_shores: CityContext) -> None:
    drawn = creative_places.submarkets_figure(three_shores, Territory(first_year=2018, last_year=2019), QUERY)
    counts = drawn.rows.set_index("submarket")["places"].dropna().to_dict()
    assert counts == {"Art": 3, "Music": 3, "Performing arts": 3, "Film": 2}
    assert drawn.finding.startswith("8 places")


def test_a_city_without_any_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    building.build(district_pack(tmp_path / "pack"))
    with pytest.raises(NothingToShow, match="No place of the creative economy is mapped in Three Shores"):
        creative_places.require_places(context("three-shores"))
