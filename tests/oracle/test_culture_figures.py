"""Figures on culture recomputed from OpenStreetMap's points, the statistics office and Eurostat by pandas alone."""

from __future__ import annotations

from math import comb
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from services import creative_city, creative_inclusion, creative_places, creative_region
from services.firms import Query as FirmsQuery
from tests.services.test_creative_results import BERLIN, TERRITORY, city_query, context

KINDS = {
    "cinemas": "cinema",
    "coworking-spaces": "coworking",
    "museums": "museum",
    "nightclubs": "nightclub",
    "theaters": "theatre",
}
YEARS = creative_region.Years(2015, 2022)


@pytest.fixture(scope="module")
def venues(sources: Path) -> pd.DataFrame:
    """Venues of the usual kinds: kind, plr (8 digits), district."""
    rows = pd.read_parquet(sources / "berlin" / "osm_points_of_interest.parquet", columns=["kind", "planning-area-id"])
    rows = rows[rows["kind"].isin(KINDS)].assign(kind=rows["kind"].map(KINDS))
    plr = rows["planning-area-id"].astype(str).str.zfill(8)
    return rows.assign(plr=plr, district=plr.str[:2])


@pytest.fixture(scope="module")
def work(sources: Path) -> pd.DataFrame:
    """Thousand persons in cultural work: regions x years."""
    rows = pd.read_csv(sources / "eurostat" / "cult_emp_reg_nuts2_2014_2022.csv")
    return rows.pivot(index="nuts_id", columns="year", values="thousand_persons")


@pytest.fixture(scope="module")
def countries(sources: Path) -> pd.Series:
    """Country of each of Eurostat's 332 regions."""
    rows = pd.read_parquet(sources / "eurostat" / "nuts2_2016.parquet", columns=["NUTS_ID", "CNTR_CODE"])
    return rows.set_index("NUTS_ID")["CNTR_CODE"]


def binomial_tail(hits: int, size: int, share: float) -> float:
    """How likely so many or more are."""
    return sum(comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(hits, size + 1))


def test_venues_by_kind_and_place(venues: pd.DataFrame, sources: Path) -> None:
    ctx = context()
    query = city_query(ctx)
    kinds = creative_city.kinds_figure(ctx, TERRITORY, query)
    counts = venues["kind"].value_counts()
    assert kinds.finding == f"Museum: {counts['museum']} of {len(venues)} venues, the most frequent kind"
    assert kinds.rows.groupby("name")["count"].sum()["Mitte"] == (venues["district"] == "01").sum()
    density = creative_city.density_figure(ctx, TERRITORY, query)
    people = pd.read_parquet(sources / "berlin" / "population_t2_planning-areas.parquet")
    people = people[people["period"].astype(str) == "2024-12-31"]
    by_region = venues.groupby(venues["plr"].str[:6]).size()
    rates = 10_000 * by_region / people.groupby(people["id"].str[:6])["inhabitants"].sum()
    shown = density.rows.set_index("area_id")["per_10000"].astype(float)
    for region in by_region.nlargest(3).index:
        assert shown[region] == pytest.approx(rates[region], rel=0.01)
    assert density.finding == f"Densest in Regierungsviertel: {rates['011002']:.1f} per 10,000 residents (36 venues)"


def test_places_open_to_the_public_by_district(venues: pd.DataFrame, sources: Path) -> None:
    """Books: bookshops and newspaper shops apart; the latter are of the press."""
    raw = pd.read_parquet(sources / "berlin_osm" / "berlin_pois.parquet")
    books = raw[(raw["class"] == "library") & (raw["subclass"] == "books")].drop_duplicates(["lon", "lat", "name"])
    points = gpd.GeoDataFrame(books, geometry=gpd.points_from_xy(books["lon"], books["lat"]), crs=4326)
    districts = gpd.read_parquet(sources / "berlin" / "planning_areas_2021.parquet").to_crs(4326)
    inside = gpd.sjoin(points, districts[["PLR_ID", "geometry"]], predicate="within")
    by_district = inside.groupby(inside["PLR_ID"].str[:2]).size()
    ctx = context()
    for district in ("01", "05"):
        place = TERRITORY.changed(district=district)
        rows = creative_places.submarkets_figure(ctx, place, FirmsQuery(scope="kkw")).rows.set_index("submarket")
        assert rows.loc["Books", "places"] == by_district[district]
        cinemas = venues[(venues["kind"] == "cinema") & (venues["district"] == district)]
        records = inside_shops(raw, districts, district)
        assert rows.loc["Film", "places"] == len(cinemas) + records


def inside_shops(raw: pd.DataFrame, areas: gpd.GeoDataFrame, district: str) -> int:
    """Music and video shops of a district."""
    shops = raw[raw["subclass"].isin(["music", "video"]) & raw["class"].isin(["music", "video"])]
    points = gpd.GeoSeries.from_xy(shops["lon"], shops["lat"], crs=4326)
    return int(points.within(areas[areas["PLR_ID"].str[:2] == district].union_all()).sum())


def test_quotients_and_their_exact_tests(venues: pd.DataFrame) -> None:
    ctx, table = context(), pd.crosstab(venues["district"], venues["kind"])
    sizes, total = table.sum(axis=1), len(venues)
    for kind, place in (("cinema", "05"), ("nightclub", "02"), ("museum", "01")):
        query = city_query(ctx).changed(specialised=kind)
        rows = creative_city.quotients_figure(ctx, TERRITORY, query).rows.set_index("area_id")
        hits, share = int(table.loc[place, kind]), table[kind].sum() / total
        assert rows.loc[place, "lq"] == pytest.approx(hits / sizes[place] / share)
        assert rows.loc[place, "p"] == pytest.approx(min(1, 2 * binomial_tail(hits, int(sizes[place]), share)))
    assert (table.loc["05", "cinema"], sizes["05"]) == (4, 12)
    assert binomial_tail(4, 12, 69 / 498) == pytest.approx(0.0726, abs=1e-4)


def test_hot_spots_by_permutation(venues: pd.DataFrame, sources: Path) -> None:
    """Anew with plain numpy: each area's own count held, as many others drawn as it has neighbours."""
    shapes = gpd.read_parquet(sources / "berlin" / "planning_areas_2021.parquet").set_index("PLR_ID")
    x = venues.groupby("plr").size().reindex(shapes.index, fill_value=0).to_numpy(float)
    assert (x == 0).sum() == 354
    near = shapes.buffer(0.5)  # metres: the published borders leave slivers
    pairs = gpd.GeoSeries(near).sindex.query(near, predicate="intersects")
    rng, p = np.random.default_rng(7), []
    for area in range(len(x)):
        neighbours = np.setdiff1d(pairs[1][pairs[0] == area], [area])
        others = np.delete(x, area)
        drawn = others[rng.integers(0, len(others), (19_999, len(neighbours)))].sum(
            axis=1
        )  # a few of many: repeats rare
        p.append(2 * ((drawn >= x[neighbours].sum()).sum() + 1) / 20_000)
    ordered = np.sort(p)
    passed = np.nonzero(ordered <= 0.05 * np.arange(1, len(x) + 1) / len(x))[0]
    expected = set(shapes.index[np.array(p) <= ordered[passed.max()]])
    ctx = context()
    hot = creative_city.hot_spots_figures(ctx, TERRITORY, city_query(ctx))[0]
    shown = set(hot.rows.loc[hot.rows["hot_or_cold"] == "hot spot", "area_id"])
    assert 10 <= len(shown) <= 12
    assert len(expected ^ shown) <= 3  # those at the edge differ by the draws
    assert hot.finding.startswith(f"Hot spots of venues: {len(shown)} of 542 planning areas")


def test_a_region_s_figures(work: pd.DataFrame, countries: pd.Series) -> None:
    ctx, own = context(), work.loc["DE30"]
    figures = creative_region.key_figures(ctx, BERLIN, YEARS)
    assert figures[0].value == f"{own[2022]:.1f}" == "189.2"
    assert figures[2].value == f"{100 * (own[2020] / own[2019] - 1):+.1f} %"
    both = work[[2015, 2022]].dropna()
    europe, country = both.sum(), both[countries.reindex(both.index) == "DE"].sum()
    growth = europe[2022] / europe[2015] - 1, country[2022] / country[2015] - 1
    parts = creative_region.shift_share_figure(ctx, BERLIN, YEARS).rows["change"].tolist()
    expected = own[2015] * growth[0], own[2015] * (growth[1] - growth[0]), own[2022] - own[2015] * (1 + growth[1])
    assert parts == pytest.approx(list(expected))
    whole = work[list(range(2015, 2023))].dropna()
    ratio = np.log(own[list(range(2015, 2023))].to_numpy() / whole.sum().to_numpy())
    years = np.arange(2015, 2023)
    design = np.column_stack([np.ones(8), years, years >= 2021]).astype(float)
    slope = 100 * np.expm1(np.linalg.lstsq(design, ratio, rcond=None)[0][1])
    assert figures[1].value == f"{slope:+.1f}"
    assert f"the {len(whole)} regions with every year together" in creative_region.statement(ctx, BERLIN, YEARS)


def test_all_regions(work: pd.DataFrame, countries: pd.Series) -> None:
    figure = creative_region.growth_figure(context(), BERLIN, YEARS)
    both = work[[2015, 2022]].dropna()
    absent = countries.index.difference(work.index)
    assert (len(countries), len(absent), len(both)) == (332, 58, 196)
    assert "196 regions with both years" in figure.note
    assert "58 of 332 regions have no figure in any year" in figure.note
    ends = (both[2022] / both[2015]) ** (1 / 7) - 1
    assert ends.max() == pytest.approx(0.157, abs=5e-4)  # what was once said to be the fastest, from one low start
    assert ends.idxmax() == "FRD2"
    rows, years = figure.rows.set_index("nuts_id"), np.arange(2015, 2023)
    design = np.column_stack([np.ones(8), years, years >= 2021]).astype(float)
    for region in ("FRD2", "DE30", "FR10"):
        logs = np.log(work.loc[region, list(years)].to_numpy(float))
        slope = np.linalg.lstsq(design, logs, rcond=None)[0][1]
        assert rows.loc[region, "growth"] == pytest.approx(100 * np.expm1(slope))
    assert rows.loc["FRD2", "low"] < 0


def test_culture_beside_income(work: pd.DataFrame, countries: pd.Series, sources: Path) -> None:
    income = pd.read_csv(sources / "eurostat" / "tgs00026_disposable_income_nuts2.csv")
    income = income.pivot_table(index="geo", columns="time", values="values")
    growth = pd.DataFrame({"culture": work[2019] / work[2014], "income": income[2019] / income[2014]}).dropna()
    figure, sentence = creative_inclusion.regions_figure(context())
    assert len(figure.rows) == len(growth)
    assert f"over {len(growth)} regions" in sentence
    plain = stats.spearmanr(growth["culture"], growth["income"]).statistic
    assert f"is {plain:+.2f}" in sentence
    assert f"{countries.reindex(growth.index).nunique()} countries" in sentence
    ranks = growth.rank()
    within = ranks - ranks.groupby(countries.reindex(ranks.index)).transform("mean")
    assert abs(within.corr().iloc[0, 1]) < 0.1  # what the country makes goes, nothing is left
    assert figure.finding.endswith("no association that the figures can tell from chance")
