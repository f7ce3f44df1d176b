"""Stocks, rests, rates and indices on cases small enough to compute by hand, and on published figures."""

from __future__ import annotations

import pandas as pd
import pytest

import data
from analytics import displacement

TABLE = pd.DataFrame(
    [
        (2020, "SYR", "DEU", "refugees", 600),
        (2020, "SYR", "DEU", "asylum_seekers", 40),
        (2020, "AFG", "DEU", "refugees", 100),
        (2020, "AFG", "IRN", "refugees", 900),
        (2020, "SYR", "SYR", "idps_idmc", 6000),
        (2020, "SYR", "SYR", "idps_unhcr", 5500),
        (2022, "SYR", "DEU", "refugees", 660),
        (2022, "UKR", "DEU", "refugees", 1000),
    ],
    columns=["year", "origin", "asylum", "category", "persons"],
)


def test_stock_sums_the_forcibly_displaced_and_counts_idps_once() -> None:
    total = displacement.stock(TABLE, "category").groupby("year")["persons"].sum()
    assert total.to_dict() == {2020: 7640, 2022: 1660}


def test_stock_keeps_to_origin_asylum_and_years() -> None:
    rows = displacement.stock(TABLE, "origin", asylum="DEU", years=(2021, 2022))
    assert rows.values.tolist() == [[2022, "SYR", 660], [2022, "UKR", 1000]]
    assert displacement.stock(TABLE, "asylum", origin="AFG")["persons"].tolist() == [100, 900]


def test_a_year_without_people_is_a_gap_not_a_zero() -> None:
    assert 2021 not in set(displacement.stock(TABLE, "category")["year"])


def test_top_with_rest_still_adds_up_in_every_year() -> None:
    rows = displacement.stock(TABLE, "origin", categories=["refugees"])
    top = displacement.top_with_rest(rows, "origin", 1)
    assert top.values.tolist() == [[2020, "REST", 1600], [2022, "REST", 660], [2022, "UKR", 1000]]
    assert top.groupby("year")["persons"].sum().equals(rows.groupby("year")["persons"].sum())


def test_per_1000_has_no_rate_without_residents() -> None:
    rates = displacement.per_1000(pd.Series([5, 5, 5]), pd.Series([1000, 0, None]))
    assert rates.iloc[0] == 5
    assert rates.isna().tolist() == [False, True, True]


def test_index_starts_at_100_for_each_group() -> None:
    rows = displacement.stock(TABLE, "origin", asylum="DEU", categories=["refugees"])
    indexed = displacement.index_to_first(rows, "origin").set_index(["origin", "year"])["persons"]
    assert indexed["SYR", 2022] == pytest.approx(110)
    assert indexed["UKR", 2022] == 100


def test_change_of_nothing_is_unknown() -> None:
    assert displacement.change(0, 5) is None
    assert displacement.change(200, 250) == pytest.approx(0.25)


@pytest.mark.parametrize(("year", "millions"), [(2023, 117.6), (2024, 124.7), (2025, 119.3)])
def test_plain_sum_of_unhcr_tables(year: int, millions: float) -> None:
    rows = displacement.stock(data.table("displaced"), "category", years=(year, year))
    assert round(rows["persons"].sum() / 1e6, 1) == millions


def test_germany_2024_equals_unhcr() -> None:
    rows = displacement.stock(data.table("displaced"), "category", asylum="DEU", years=(2024, 2024))
    assert rows.set_index("category")["persons"].to_dict() == {"refugees": 2_749_266, "asylum_seekers": 348_903}
