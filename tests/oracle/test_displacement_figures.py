"""Figures of the displacement pages and the overview, from UNHCR's, IDMC's, UNRWA's and the World Bank's raw tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.figures import Figure
from tests.driver import figures, open_page

RENAMED = {"STA": "XXA", "UKN": "UNK", "XXX": "UNK"}  # UNHCR's own codes among its ISO ones


@pytest.fixture(scope="module")
def people(sources: Path) -> pd.DataFrame:
    """The forcibly displaced as UNHCR defines them: year, coo, coa, kind, n."""
    population = pd.read_parquet(sources / "unhcr" / "population.parquet")
    parts = [
        population[["year", "coo_iso", "coa_iso", column]].rename(columns={column: "n"}).assign(kind=column)
        for column in ("refugees", "asylum_seekers", "oip")
    ]
    for file in ("idmc", "unrwa"):
        rows = pd.read_parquet(sources / "unhcr" / f"{file}.parquet")
        parts.append(rows[["year", "coo_iso", "coa_iso", "total"]].rename(columns={"total": "n"}).assign(kind=file))
    rows = pd.concat(parts).rename(columns={"coo_iso": "coo", "coa_iso": "coa"}).dropna(subset="n")
    return rows.assign(n=rows["n"].astype("int64"), coo=rows["coo"].replace(RENAMED), coa=rows["coa"].replace(RENAMED))


@pytest.fixture(scope="module")
def world_bank(sources: Path) -> dict[str, pd.Series]:
    """Residents and product by country code and year."""
    files = {"residents": "worldbank_population_1960_2024", "usd": "worldbank_gdp_usd_1960_2023"}
    return {
        name: pd.read_csv(sources / "world" / f"{file}.csv").set_index(["Country Code", "Year"])["Value"]
        for name, file in files.items()
    }


def page(name: str, **query: str) -> dict[str, Figure]:
    """Figures of a page by key."""
    app = open_page(name, 90, city="berlin", **query)
    assert not app.exception
    return {figure.key: figure for figure in figures(app)}


def persons(figure: Figure, year: int, column: str = "persons") -> float:
    """A column's sum in a year."""
    return float(figure.rows.loc[figure.rows["year"] == year, column].sum())


@pytest.mark.parametrize("code", ["UKR", "SDN", "COL", "LBN", "DEU", "PSE"])
def test_a_countrys_displaced_people_and_their_kinds(people: pd.DataFrame, code: str) -> None:
    stock = page("displacement", scope="country", country=code)["stock"]
    there = people[people["coa"] == code]
    for year in (2015, 2024, 2025):
        assert persons(stock, year) == there.loc[there["year"] == year, "n"].sum(), (code, year)
    newest = there[there["year"] == 2025]
    inside = newest.loc[newest["kind"] == "idmc", "n"].sum()
    across = newest.loc[(newest["kind"] != "idmc") & (newest["coo"] != newest["coa"]), "n"].sum()
    for count in (inside, across):
        shown = f"{count:,}" if count < 1e6 else f"{count / 1e6:.3g} million"
        assert count == 0 or shown in stock.finding, (code, count)


def test_the_worlds_displaced_people_by_origin_and_asylum(people: pd.DataFrame) -> None:
    by_origin = page("displacement", by="origin")["stock"]
    newest = people[people["year"] == 2025].groupby("coo")["n"].sum()
    shown = by_origin.rows[by_origin.rows["year"] == 2025].set_index("group")["persons"]
    assert shown["Sudan"] == newest["SDN"]
    assert shown["Syrian Arab Rep."] == newest["SYR"]
    assert shown.sum() == newest.sum()
    by_asylum = page("displacement", by="asylum")["stock"]
    newest = people[people["year"] == 2025].groupby("coa")["n"].sum()
    shown = by_asylum.rows[by_asylum.rows["year"] == 2025].set_index("group")["persons"]
    assert shown["Sudan"] == newest["SDN"]


@pytest.mark.parametrize(("code", "more"), [("DEU", []), ("LBN", []), ("SRB", ["XKX"]), ("SDN", [])])
def test_rates_over_the_residents_of_the_same_year(
    people: pd.DataFrame, world_bank: dict[str, pd.Series], code: str, more: list[str]
) -> None:
    stock = page("displacement", scope="country", country=code, measure="per_1000")["stock"]
    for year in (2015, 2024):
        count = people.loc[(people["coa"] == code) & (people["year"] == year), "n"].sum()
        residents = sum(world_bank["residents"][part, year] for part in [code, *more])
        assert persons(stock, year, "per_1000") == pytest.approx(1000 * count / residents), (code, year)
    assert stock.rows.loc[stock.rows["year"] == 2025, "per_1000"].isna().all()


def test_sudans_rate_before_2011_is_over_both_sudans(people: pd.DataFrame, world_bank: dict[str, pd.Series]) -> None:
    query = {"scope": "country", "country": "SDN", "measure": "per_1000", "from": "1980", "to": "2010"}
    stock = page("displacement", **query)["stock"]
    count = people.loc[(people["coa"] == "SDN") & (people["year"] == 2010), "n"].sum()
    residents = world_bank["residents"]["SDN", 2010] + world_bank["residents"]["SSD", 2010]
    assert persons(stock, 2010, "per_1000") == pytest.approx(1000 * count / residents)


@pytest.mark.parametrize(("code", "year"), [("DEU", 2023), ("ETH", 2023), ("LBN", 2022)])
def test_refugees_to_the_product(people: pd.DataFrame, world_bank: dict[str, pd.Series], code: str, year: int) -> None:
    stock = page("displacement", scope="country", country=code, measure="per_gdp")["stock"]
    is_refugee = (people["coa"] == code) & (people["year"] == year) & (people["kind"] == "refugees")
    per_resident = world_bank["usd"][code, year] / world_bank["residents"][code, year]
    assert persons(stock, year, "per_gdp") == pytest.approx(people.loc[is_refugee, "n"].sum() / per_resident, rel=1e-6)


def test_the_worlds_rate_is_over_every_country_with_a_row(
    people: pd.DataFrame, world_bank: dict[str, pd.Series]
) -> None:
    stock = page("displacement", measure="per_1000")["stock"]
    count = people.loc[people["year"] == 2024, "n"].sum()
    # The World Bank's own total holds Taiwan and a few territories that UNHCR does not list.
    assert persons(stock, 2024, "per_1000") == pytest.approx(
        1000 * count / world_bank["residents"]["WLD", 2024], rel=0.004
    )


def test_resettlement_returns_and_naturalisation(sources: Path) -> None:
    raw = pd.read_parquet(sources / "unhcr" / "solutions.parquet")
    raw = raw[raw["year"] == 2025]
    germany = page("displacement_flows", scope="country", country="DEU")["movements"]
    there = raw[raw["coa_iso"] == "DEU"]
    rows = germany.rows[germany.rows["year"] == 2025].set_index("movement")["persons"]
    assert rows["Arrived by resettlement"] == there["resettlement"].sum()
    assert rows["Refugees returned"] == there["returned_refugees"].sum()
    assert there["naturalisation"].isna().all()
    assert "not reported: naturalised" in germany.finding
    world = page("displacement_flows")["movements"]
    rows = world.rows[world.rows["year"] == 2025].set_index("movement")["persons"]
    assert rows["Resettled"] == raw["resettlement"].sum()
    assert rows["Naturalised"] == raw["naturalisation"].sum()


def test_pairs_across_borders_and_the_change_of_the_world(people: pd.DataFrame) -> None:
    shown = page("displacement_flows")
    crossed = people[(people["kind"] != "idmc") & (people["coo"] != people["coa"]) & (people["year"] == 2025)]
    assert shown["pairs"].rows["persons"].sum() == crossed["n"].sum()
    largest = crossed.groupby(["coo", "coa"])["n"].sum()
    assert largest["VEN", "COL"] == largest.max() == shown["pairs"].rows["persons"].iloc[0]
    alike = people[people["kind"] != "oip"].groupby("year")["n"].sum()  # others in need are counted since 2018
    gaza = people[(people["kind"] == "idmc") & (people["coa"] == "PSE") & (people["year"] == 2025)]["n"].sum()
    twice = 0.7 * gaza  # UNRWA's estimate of those who are Palestine refugees as well
    assert shown["change"].rows["change"].sum() == alike[2025] - alike[2015] - twice


def test_the_overviews_two_tiles(people: pd.DataFrame) -> None:
    tiles = page("overview", country="UKR")
    newest = people[people["year"] == 2025]
    world, country = tiles["overview-world"].rows, tiles["overview-country"].rows
    assert world.loc[world["year"] == 2025, "value"].tolist() == [newest["n"].sum()]
    assert country.loc[country["year"] == 2025, "value"].tolist() == [newest.loc[newest["coa"] == "UKR", "n"].sum()]
