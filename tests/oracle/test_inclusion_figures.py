"""Figures of the pages on services, profile, index and diversity, from the city's raw tables and points.

Counts of few people are suppressed or rounded in what is shipped, so shares of larger areas may differ in the first
decimal.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.figures import Figure
from tests.driver import figures, open_page

DISTRICT = "08"  # Neukölln
AGES = {
    "0-5": "inhabitants_age_below_6",
    "6-14": "inhabitants_age_6_15",
    "15-17": "inhabitants_age_15_18",
    "18-26": "inhabitants_age_18_27",
    "27-44": "inhabitants_age_27_45",
    "45-54": "inhabitants_age_45_55",
    "55-64": "inhabitants_age_55_65",
    "65+": "inhabitants_age_above_65",
}


def residents(sources: Path, day: str) -> pd.DataFrame:
    """Residents by planning area (rows) and age (columns) on a day, and all of them."""
    raw = pd.read_parquet(sources / "berlin" / "population_t2_planning-areas.parquet")
    rows = raw[pd.to_datetime(raw["period"]) == day].set_index("id")
    return rows[list(AGES.values())].set_axis(list(AGES), axis=1).assign(all=rows["inhabitants"])


@pytest.fixture(scope="module")
def newest(sources: Path) -> pd.DataFrame:
    return residents(sources, "2024-12-31")


@pytest.fixture(scope="module")
def points(sources: Path) -> pd.DataFrame:
    """Libraries of OpenStreetMap and day-care centres of the register: kind, district, x, y, places."""
    berlin = sources / "berlin"
    areas = gpd.read_parquet(berlin / "planning_areas_2021.parquet").to_crs(25833)
    osm = gpd.read_parquet(berlin / "osm_points_of_interest.parquet").to_crs(25833).drop_duplicates(["id", "kind"])
    care = gpd.read_parquet(berlin / "official_daycare.parquet").to_crs(25833)
    libraries = osm[osm["kind"] == "libraries"][["geometry"]].assign(kind="library", places=np.nan)
    daycare = care[["geometry"]].assign(kind="daycare", places=pd.to_numeric(care["e_platz"]).replace(0, np.nan))
    both = gpd.GeoDataFrame(pd.concat([libraries, daycare], ignore_index=True), crs=25833)
    joined = gpd.sjoin(both, areas[["PLR_ID", "geometry"]], predicate="within")
    return pd.DataFrame(joined.assign(x=joined.geometry.x, y=joined.geometry.y, district=joined["PLR_ID"].str[:2]))


def page(name: str, **query: str) -> dict[str, Figure]:
    """Figures of a page by key."""
    app = open_page(name, 120, city="berlin", **query)
    assert not app.exception
    return {figure.key: figure for figure in figures(app)}


@pytest.fixture(scope="module")
def profile() -> pd.DataFrame:
    """The profile of Neukölln beside the city, by indicator."""
    return page("profile", level="district", profile_area=DISTRICT)["measures"].rows.set_index("indicator")


BASES = {
    "child_poverty": ("S4", ["0-5", "6-14"]),
    "old_age_poverty": ("KI_03", ["65+"]),
    "unemployment": ("S1", ["15-17", "18-26", "27-44", "45-54", "55-64"]),
    "transfer_receipt": ("S3", ["all"]),
    "residence_over_five_years": ("KI_10", ["all"]),
}


@pytest.mark.parametrize("key", BASES)
def test_social_shares_of_city_and_district(sources: Path, profile: pd.DataFrame, key: str) -> None:
    column, ages = BASES[key]
    raw = pd.read_csv(sources / "berlin" / "social_monitoring_2021.csv", dtype={"PLR_ID": str}).set_index("PLR_ID")
    people = residents(sources, "2021-06-30")[ages].sum(axis=1).reindex(raw.index)
    both = pd.DataFrame({"share": pd.to_numeric(raw[column], errors="coerce"), "people": people}).dropna()
    for place, rows in (("city", both), ("value", both[both.index.str[:2] == DISTRICT])):
        expected = (rows["share"] * rows["people"]).sum() / rows["people"].sum()
        assert profile.loc[key, place] == pytest.approx(expected, abs=0.15), place
    expected = {"child_poverty": 26.5, "old_age_poverty": 6.1}.get(key)
    assert expected is None or profile.loc[key, "city"] == pytest.approx(expected, abs=0.05)


def test_residents_and_their_ages(newest: pd.DataFrame, profile: pd.DataFrame) -> None:
    for place, rows in (("city", newest), ("value", newest[newest.index.str[:2] == DISTRICT])):
        total = rows["all"].sum()
        assert profile.loc["residents", place] == pytest.approx(total, rel=1e-4), place
        assert profile.loc["children", place] == pytest.approx(
            100 * rows[["0-5", "6-14"]].sum().sum() / total, abs=0.05
        )
        assert profile.loc["older", place] == pytest.approx(100 * rows["65+"].sum() / total, abs=0.05)


def test_daycare_places_for_children(newest: pd.DataFrame, points: pd.DataFrame, profile: pd.DataFrame) -> None:
    daycare = points[points["kind"] == "daycare"]
    children = newest["0-5"].groupby(newest.index.str[:2]).sum()
    assert profile.loc["daycare_places", "city"] == pytest.approx(
        100 * daycare["places"].sum() / children.sum(), abs=0.1
    )
    expected = 100 * daycare.groupby("district")["places"].sum() / children
    assert profile.loc["daycare_places", "value"] == pytest.approx(expected[DISTRICT], abs=0.1)
    rows = page("coverage", service="daycare", level="district", coverage="places_per_100")["coverage-map"].rows
    assert rows.set_index("area_id")["places_per_100"].to_dict() == pytest.approx(expected.to_dict(), abs=0.2)


def test_residents_per_library(newest: pd.DataFrame, points: pd.DataFrame) -> None:
    libraries = points[points["kind"] == "library"].groupby("district").size()
    people = newest["all"].groupby(newest.index.str[:2]).sum()
    rows = page("coverage", service="library", level="district", coverage="residents_per_facility")["coverage-map"].rows
    shown = rows.set_index("area_id")
    assert shown["facilities"].to_dict() == libraries.to_dict()
    assert shown["residents_per_facility"].to_dict() == pytest.approx((people / libraries).to_dict(), rel=1e-3)


def test_residents_nearer_to_the_limits_than_to_a_library(
    sources: Path, newest: pd.DataFrame, points: pd.DataFrame
) -> None:
    import data
    from data.context import CityContext
    from services import access

    cells = data.table("cells", "berlin")  # where residents are placed is the project's own estimate
    areas = gpd.read_parquet(sources / "berlin" / "planning_areas_2021.parquet").to_crs(25833)
    outside = areas.union_all().buffer(0).boundary
    here = shapely.points(cells["x"], cells["y"])
    library = shapely.STRtree(shapely.points(*points.loc[points["kind"] == "library", ["x", "y"]].to_numpy().T))
    nearest = library.query_nearest(here, return_distance=True, all_matches=False)[1]
    limits = shapely.STRtree(shapely.get_parts(shapely.segmentize(outside, 500)))
    border = limits.query_nearest(here, return_distance=True, all_matches=False)[1]
    people = cells["area_id"].map(newest["all"]) * cells["share"]
    expected = people[border < nearest].sum()
    ctx = CityContext(data.cities()["berlin"], data.version())
    shown = access.residents_nearer_to_limits(ctx, ("library",), pd.Timestamp("2024-12-31"), "")
    assert shown == pytest.approx(expected, rel=2e-3)
    assert shown == pytest.approx(621_092, rel=1e-3)


def test_apart_from_the_city(sources: Path, profile: pd.DataFrame) -> None:
    raw = pd.read_parquet(sources / "berlin" / "population_t1_planning-areas.parquet")
    rows = raw[pd.to_datetime(raw["period"]) == "2024-12-31"].set_index("id")
    share = rows["inhabitants_with_migration_background"] / rows["inhabitants"]
    whole = rows["inhabitants_with_migration_background"].sum() / rows["inhabitants"].sum()
    for place, part in (("city", rows), ("value", rows[rows.index.str[:2] == DISTRICT])):
        distance = 100 * (share[part.index] - whole).abs()
        expected = (distance * part["inhabitants"]).sum() / part["inhabitants"].sum()
        assert profile.loc["apart", place] == pytest.approx(expected, abs=0.5)  # suppressed areas are left out


def test_primary_schools_state_no_places() -> None:
    rows = page("coverage", service="school_primary", level="district")["coverage-map"].rows
    assert rows["without_places"].sum() == rows["facilities"].sum() > 450
    assert rows[["places", "places_per_100"]].isna().all(axis=None)  # not none: not known


def test_separation_of_three_groups_and_its_change(sources: Path) -> None:
    raw = pd.read_parquet(sources / "berlin" / "population_t1_planning-areas.parquet")
    shown = page("diversity")["over-time"].rows.set_index("period")["h"]

    def entropy(shares: np.ndarray) -> np.ndarray:
        return -np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0).sum(axis=-1)

    for day in ("2021-06-30", "2024-12-31"):
        rows = raw[pd.to_datetime(raw["period"]) == day]
        background, foreign = rows["inhabitants_with_migration_background"], rows["inhabitants_foreigners"]
        groups = np.column_stack([rows["inhabitants"] - background, background - foreign, foreign]).clip(0)
        groups = groups[groups.sum(axis=1) > 0]
        totals, whole = groups.sum(axis=1), entropy(groups.sum(axis=0) / groups.sum())
        expected = (totals * (whole - entropy(groups / totals[:, None]))).sum() / (totals.sum() * whole)
        assert shown[pd.Timestamp(day)] == pytest.approx(expected, abs=5e-4)  # suppressed areas are left out
