"""One search finds pages, areas, indicators, initiatives and places, and leads to what shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

import data
from data import rights
from data.context import CityContext
from data.store import register, seeds
from data.translation import Language
from services import finder

PAGES = {"coverage": "Service coverage", "goals": "Goals", "reach": "Who is served"}


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")


def context(language: str = "en") -> CityContext:
    return CityContext(data.cities()["berlin"], data.version(), Language(language))


def first(text: str, language: str = "en") -> finder.Hit:
    return finder.find(context(language), text, PAGES)[0]


@pytest.mark.parametrize(
    ("text", "kind", "page", "choices"),
    [
        ("goals", "page", "goals", {}),
        ("Service cover", "page", "coverage", {}),
        ("Neukölln", "area", "profile", {"level": "district", "profile_area": "08", "district": "08", "area": ""}),
        ("neukoelln", "area", "profile", {"level": "district", "profile_area": "08", "district": "08", "area": ""}),
        ("child poverty", "indicator", "map", {"colour": "child_poverty"}),
    ],
)
def test_the_likest_comes_first_and_leads_to_its_page(text: str, kind: str, page: str, choices: dict[str, str]) -> None:
    hit = first(text)
    assert (hit.kind, hit.page, hit.choices) == (kind, page, choices)


def test_a_smallest_area_is_chosen_with_its_district() -> None:
    hit = first("Donaustraße")
    assert hit.choices["level"] == "planning_area"
    assert hit.choices["area"] == hit.choices["profile_area"]
    assert hit.choices["district"] == "08"


def test_a_street_leads_to_the_map_where_it_lies() -> None:
    hit = next(hit for hit in finder.find(context(), "Karl-Marx-Allee", PAGES) if hit.kind == "street")
    assert hit.page == "map"
    assert (float(hit.choices["lon"]), float(hit.choices["lat"])) == pytest.approx((13.43, 52.52), abs=0.03)


def test_indicators_are_found_by_the_readers_words() -> None:
    label = first("Kinderarmut", "de")
    assert (label.kind, label.choices) == ("indicator", {"colour": "child_poverty"})


def test_initiatives_of_the_register_are_found() -> None:
    rights.act_as(rights.OWNER)
    seeds.fill_register()
    rows = register.everything()
    number, name = rows[["id", "name"]].iloc[0]
    hit = first(name)
    assert (hit.kind, hit.page, hit.choices) == ("initiative", "initiatives", {"initiative": str(number)})


@pytest.mark.parametrize("text", ["", "a", "   ", "%", "\u200b\u200b", "...."])
def test_nothing_is_found_for_nothing(text: str) -> None:
    assert finder.find(context(), text, PAGES) == []
