"""Scopes and published cultural employment: internally sound, and equal to what Eurostat prints elsewhere."""

from __future__ import annotations

import pytest

import data


def test_published_shares_of_2022() -> None:
    """Eurostat news of 2023-08-25: EU 3.8 %, from 1.5 % in Romania to 5.4 % in the Netherlands; 7.7 million, +4.5 %."""
    rows = data.table("cultural_employment_by_country").set_index(["country", "year"])
    now = rows.xs(2022, level="year")
    union = now.loc[
        [
            "BE",
            "BG",
            "CZ",
            "DK",
            "DE",
            "EE",
            "IE",
            "EL",
            "ES",
            "FR",
            "HR",
            "IT",
            "CY",
            "LV",
            "LT",
            "LU",
            "HU",
            "MT",
            "NL",
            "AT",
            "PL",
            "PT",
            "RO",
            "SI",
            "SK",
            "FI",
            "SE",
        ]
    ]
    assert now.loc["EU", "percent"] == 3.8
    assert (union["percent"].idxmin(), union["percent"].min()) == ("RO", 1.5)
    assert (union["percent"].idxmax(), union["percent"].max()) == ("NL", 5.4)
    assert union["thousand_persons"].sum() == pytest.approx(now.loc["EU", "thousand_persons"], abs=0.5)
    change = rows.loc[("EU", 2022), "thousand_persons"] / rows.loc[("EU", 2021), "thousand_persons"] - 1
    assert round(100 * change, 1) == 4.5


def test_printed_yearly_changes_reproduce() -> None:
    """The same news: Cyprus +21.5 %, Luxembourg +14.5 %, Ireland +14.0 %, Bulgaria -7.7 %, Czechia -7.3 %."""
    wide = data.table("cultural_employment_by_country").pivot(
        index="country", columns="year", values="thousand_persons"
    )
    change = (100 * (wide[2022] / wide[2021] - 1)).round(1)
    printed = {"CY": 21.5, "LU": 14.5, "IE": 14.0, "SE": 11.9, "NL": 10.5, "BG": -7.7, "CZ": -7.3, "HR": -6.3}
    for country, percent in printed.items():
        assert change[country] == pytest.approx(percent, abs=0.5), country


def test_regions_of_a_country_add_up_to_its_printed_figure() -> None:
    regions, countries = data.table("cultural_employment"), data.table("cultural_employment_by_country")
    sums = regions.groupby([regions["nuts_id"].str[:2], "year"])["thousand_persons"].sum()
    printed = countries.set_index(["country", "year"])["thousand_persons"]
    for year in (2019, 2020, 2021, 2022):
        assert sums["NL", year] == pytest.approx(printed["NL", year], abs=0.3)
    assert sums["DE", 2019] == pytest.approx(printed["DE", 2019], abs=0.5)


def test_both_sexes_add_up_to_the_union() -> None:
    union, countries = data.table("cultural_employment_union"), data.table("cultural_employment_by_country")
    both = union[union["split"] == "sex"].groupby("year")["thousand_persons"].sum()
    printed = countries[countries["country"] == "EU"].set_index("year")["thousand_persons"]
    assert (both.loc[printed.index] - printed).abs().max() < 0.2


def test_every_scope_has_codes_and_germanys_eleven_submarkets() -> None:
    codes, scopes = data.table("creative_codes"), data.table("creative_scopes")
    assert set(codes["scope"]) == set(scopes["scope"])
    german = set(codes.loc[codes["scope"] == "kkw", "submarket"]) - {"Other"}
    assert len(german) == 11
    dcms = codes[codes["scope"] == "dcms"]
    assert len(dcms) == dcms["code"].nunique() == 31  # DCMS lists every class once


def test_every_class_bridges_to_the_new_classification() -> None:
    codes, bridge = data.table("creative_codes"), data.table("nace_bridge")
    assert set(codes["code"].str[:5]) == set(bridge["nace_2"])
    successors = bridge.groupby("nace_2")["nace_2_1"].apply(set)
    assert successors["90.03"] == {"90.11", "90.12", "90.13"}
    assert successors["63.91"] == {"60.31"}
    assert successors["59.20"] == {"59.20"}
