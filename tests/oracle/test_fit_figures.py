"""Pupils, day-care places, dwellings and what is completed, from the raw files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from services import children, fit, health, homes, rents
from tests.summaries import summary_of

TERRITORY = Territory(first_year=2015, last_year=2025)


def berlin() -> CityContext:
    return CityContext(data.cities()["berlin"], data.version())


def test_pupils_are_those_of_all_schools_and_not_the_sums_below_them(sources: Path) -> None:
    """The source's own sum of all is 426,070 in 704 schools; two vocational centres hold 7,618 of them."""
    raw = pd.read_parquet(sources / "berlin_more" / "schools_pupils_2024_25.parquet")
    ours = data.table("schools", "berlin")
    assert len(ours) == raw["bsn"].notna().sum() == 925
    assert ours["pupils"].notna().sum() == 704
    assert ours["pupils"].sum() == 426_070 == raw["students_total"].iloc[-2]
    largest = ours.sort_values("pupils")["pupils"].dropna().tail(2)
    assert ours["pupils"].sum() - largest.sum() == 418_452


def test_primary_pupils_of_a_district(sources: Path) -> None:
    raw = pd.read_parquet(sources / "berlin_more" / "schools_pupils_2024_25.parquet")
    raw = raw[raw["bsn"].notna() & (raw["school_type_de"] == "Grundschule") & (raw["ownership_en"] == "Public")]
    shown = summary_of(berlin(), TERRITORY.changed(district="08"), fit.Query()).rows.set_index("need")
    assert (
        shown.loc["public primary schools", "there"]
        == raw.loc[raw["neighborhood"] == "Neukölln", "students_total"].sum()
    )


def test_day_care_places_at_two_dates(sources: Path) -> None:
    """197,762 and 199,851 with groups for curative education, which are not counted."""
    shown = fit.trend_figure(berlin(), TERRITORY).rows.set_index("recorded")
    for recorded, every in (("2025-10", 197_762), ("2026-07", 199_851)):
        raw = pd.read_parquet(sources / "berlin_more" / f"daycare_{recorded}.parquet")
        places = pd.to_numeric(raw["places"], errors="coerce").fillna(0)
        assert places.sum() == every
        assert shown.loc[recorded, "places"] == places[raw["type"] != "Heilpädagogische Gruppe"].sum()


def test_dwellings_add_up_by_rooms_under_their_true_headers(sources: Path) -> None:
    raw = pd.read_parquet(sources / "berlin_more" / "housing_stock_planning_areas_2015_2023.parquet")
    ours = data.table("dwellings", "berlin")
    rooms = [name for name in ours if name.startswith("rooms_")]
    assert (ours[rooms].sum(axis=1) == ours["dwellings"]).all()
    newest = raw[raw["year"] == "2023"]
    assert (
        ours.loc[ours["year"] == 2023, "dwellings"].sum()
        == pd.to_numeric(newest["inhabitants"].replace("–", "0")).sum()
    )
    shown = homes.map_figure(berlin(), TERRITORY).rows
    assert shown["dwellings"].notna().sum() == len(newest) == 434
    one = newest[newest["id"] == "08100102"].iloc[0]
    row = shown.set_index("area_id").loc["08100102"]
    assert row["dwellings"] == int(one["inhabitants"])
    people = pd.read_parquet(sources / "berlin" / "population_t2_planning-areas.parquet")
    people = people[(pd.to_datetime(people["period"]) == "2023-12-31") & (people["id"] == "08100102")]["inhabitants"]
    assert row["per_dwelling"] == pytest.approx(people.iloc[0] / int(one["inhabitants"]), rel=2e-3)


def test_completions_of_the_districts_are_the_city_s(sources: Path) -> None:
    folder = sources / "berlin_more" / "building_completions"
    years = {}
    for year in range(2020, 2024):
        name = f"{year}_completions_including_measures_on_existing_buildings_city.csv"
        years[year] = int(pd.read_csv(folder / name)["apartments"].iloc[0])
    ours = data.table("dwellings_completed", "berlin").groupby("year")["completed"].sum()
    assert ours.to_dict() == years
    finding = homes.building_figure(berlin(), homes.Query(newcomers=10_000, household=2.0)).finding
    mean = sum(years.values()) / 4
    assert f"need 5,000 dwellings: {5000 / mean:.1f} years" in finding


def test_children_of_catchments_are_all_children_of_the_city(sources: Path) -> None:
    raw = gpd.read_parquet(sources / "berlin_more" / "school_catchments.parquet")
    shown = fit.schools_figure(berlin(), TERRITORY, fit.Query(class_size=20)).rows
    assert len(shown) == raw["esb"].nunique() == 377
    people = pd.read_parquet(sources / "berlin" / "population_t2_planning-areas.parquet")
    people = people[pd.to_datetime(people["period"]) == "2024-12-31"]
    children = people["inhabitants_age_6_15"].sum() * 6 / 9  # of nine years of age six
    assert shown["children"].sum() == pytest.approx(children, rel=0.005)
    assert (shown["classes"] == -(-shown["children"] // 20)).all()


def test_rents_are_the_publishers_and_their_errors_follow_from_the_bands(sources: Path) -> None:
    """Neukölln: 119,816 households pay 30.44 %; the band that Marzahn-Hellersdorf hides is the rest to 100."""
    raw = pd.read_csv(
        sources / "berlin_more/microcensus_housing/2018_households_by_percentage_of_household_net_income_districts.csv",
        dtype={"id": str},
        na_values="/",
    ).set_index("id")
    shown = rents.by_district(berlin(), "burden")
    shown = shown[shown["year"] == 2018].set_index("area_id")
    assert shown["mean"].to_dict() == pytest.approx(raw.iloc[:, -1].round(2).to_dict())
    middles, bands = np.array([10, 20, 30, 40, 55]), raw.iloc[:, 1:6].to_numpy(float) / 100
    bands[:, 4] = np.where(np.isnan(bands[:, 4]), 1 - np.nansum(bands, axis=1), bands[:, 4])
    variance = (bands * (middles - raw.iloc[:, -1].to_numpy()[:, None]) ** 2).sum(axis=1)
    half = 1.96 * np.sqrt(1.5 * variance / (raw["total"].to_numpy() * 10))
    assert (shown["high"] - shown["mean"]).to_numpy() == pytest.approx(half, rel=5e-3)
    figure = rents.rents_figure(berlin(), TERRITORY, rents.Query())
    assert "Neukölln, 30.4 %, is not clearly above Spandau" in figure.finding
    assert "fell in 1 of 12 districts and rose in 0" in figure.note
    newest = rents.rents_figure(berlin(), TERRITORY, rents.Query(rents="rent"))
    assert newest.period == "2022"
    assert "cannot tell" not in newest.note, "dwellings of 2014 and households of 2022 are no series"


def test_children_with_a_migration_background_are_the_publishers_within_their_bands(sources: Path) -> None:
    column = "inhabitants_with_migration_background_age_6_15"
    raw = pd.read_parquet(sources / "berlin" / "population_t3_planning-areas.parquet")
    figure = children.background_figure(berlin(), TERRITORY, children.Query())
    shown = figure.rows.set_index("area_id")
    areas = raw["id"].str[:4]
    now, first = (raw[raw["period"] == day].groupby(areas)[column].sum() for day in ("2024-12-31", "2021-06-30"))
    assert len(shown) == 58
    assert (shown["with_background"] - now).abs().max() < 60
    assert shown["with_background"].sum() == pytest.approx(now.sum(), rel=0.002)
    assert shown["more"].sum() == pytest.approx((now - first).sum(), rel=0.03)
    assert f"about {round(now.sum(), -2):,.0f} children" in figure.note or "about 179,100 children" in figure.note


def test_the_atlas_is_higher_where_fewer_children_are_poor(sources: Path) -> None:
    """That higher is better off is said of it; the social monitoring of other years and another office agrees."""
    poverty = pd.read_csv(sources / "berlin" / "social_monitoring_2021.csv", dtype={"PLR_ID": str})
    poverty = poverty.set_index("PLR_ID")["S4"]
    for indicator, most in (("health_and_social", -0.8), ("health", -0.5)):
        rows = health.atlas(berlin(), indicator).set_index("area_id")["index"]
        assert rows.corr(poverty.reindex(rows.index).astype(float), method="spearman") < most


def test_care_homes_and_older_people_of_a_district(sources: Path) -> None:
    people = pd.read_parquet(sources / "berlin" / "population_t2_districts.parquet")
    people = people[people["period"] == "2024-12-31"].set_index("id")["inhabitants_age_above_65"]
    rows = health.care_figure(berlin(), TERRITORY, "district").rows.set_index("area_id")
    assert (rows["older"] - people).abs().max() <= 60  # ages of small areas are moved by lot
    doctors = data.table("facilities", "berlin").query("kind == 'doctor'")
    assert rows["doctors"].sum() == len(doctors)
    assert rows.loc["09", "care_per_100"] == pytest.approx(100 * rows.loc["09", "care_places"] / people["09"], rel=0.01)
