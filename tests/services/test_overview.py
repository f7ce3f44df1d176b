"""The overview's local figures equal their tables; half-years before today's areas count where areas need not fit."""

from __future__ import annotations

import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.translation import Language
from services import overview

ALWAYS = Territory(country="DEU", first_year=2000, last_year=2100)


def context(language: str = "en") -> CityContext:
    return CityContext(data.cities()["berlin"], data.version(), Language(language))


def test_day_care_of_the_city_equals_places_over_children() -> None:
    number, figure = overview.daycare(context(), ALWAYS)
    residents, facilities = data.table("residents", "berlin"), data.table("facilities", "berlin")
    places = facilities.loc[facilities["kind"] == "daycare", "places"].sum()
    children = residents[residents["age"] == "0-5"].groupby("period")["persons"].sum()
    # Counted at one time: over children of other years the share would tell of births.
    assert figure.rows["period"].tolist() == [children.index[-1]]
    assert figure.rows["value"].tolist() == pytest.approx([100 * places / float(children.iloc[-1])])
    assert (number.delta, figure.period) == ("", f"{children.index[-1].year}")
    assert number.value == f"{100 * places / float(children.iloc[-1]):.1f}"


def test_a_change_of_places_is_measured_at_both_ends() -> None:
    number, _figure = overview.daycare(context(), ALWAYS)
    assert "· places 2023: 194,979, 2025-10: 197,648, 2026-07: 199,734 (+2.4 %) · Places (" in number.note
    district, _figure = overview.daycare(context(), ALWAYS.changed(district="01"))
    rows = data.table("daycare_register", "berlin")
    counts = rows[rows["area_id"].str.startswith("01")].groupby("recorded")["places"].sum()
    assert all(f"{when}: {count:,}" in district.note for when, count in counts.items())


def test_districts_lie_around_the_city() -> None:
    for tile in (overview.daycare, overview.library):
        city = tile(context(), ALWAYS)[1].rows["value"].iloc[-1]
        districts = [
            tile(context(), ALWAYS.changed(district=f"{number:02}"))[1].rows["value"].iloc[-1]
            for number in range(1, 13)
        ]
        assert min(districts) < city < max(districts)


def test_numbers_and_rows_agree_in_every_language() -> None:
    for tiles in overview.TILES:
        for tile in tiles:
            english, arabic = (tile(context(language), ALWAYS) for language in ("en", "ar"))
            assert english[1].rows["value"].tolist() == arabic[1].rows["value"].tolist()
            assert english[0].link == arabic[0].link
            assert english[0].values.tolist() == english[1].rows["value"].tolist()


def test_without_figures_the_tile_says_of_what() -> None:
    with pytest.raises(NothingToShow, match=r"under 6 in Berlin\. No figure"):
        overview.daycare(context(), Territory(country="DEU", first_year=1951, last_year=1955))
