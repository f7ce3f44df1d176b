"""What a pack does not hold is said to be missing: no share of an age, date, region or sum is made up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from data.city import building
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import (
    access,
    api,
    areas,
    arrivals,
    coverage,
    demand_points,
    diversity,
    equity,
    firms,
    inclusion,
    indicator_cards,
    indicator_days,
    origins,
    outlook,
    overview,
    profile,
)
from services.served import knows_served
from tests.packs import pack_of

DAY, BEFORE, EARLIER = (pd.Timestamp(day) for day in ("2024-12-31", "2023-12-31", "2022-06-30"))
EVER = Territory(country="FIN", first_year=2015, last_year=2025)
CITIES = {
    "no-ages": {"residents": "totals", "areas": "no district"},
    "no-services": {"services": "none", "stops": "none"},
    "other-days": {"social": "days of their own", "origins": "on another day", "background": "one"},
    "one-area": {"areas": "one area", "origins": "no displaced origin named"},
    "wide-ages": {"residents": "wide ages"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("unlike")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONE_LOCAL", str(place / "local"))
        patch.setenv("ZONE_DATABASE", f"sqlite:///{place / 'zone.db'}")
        for key, forms in CITIES.items():
            building.build(pack_of(place / key, key, forms))
        building.build(yearly(place / "yearly"))
    return place


def yearly(place: Path) -> Path:
    """A pack that counts residents and origins once a year, at the end of June from 2013 to 2024."""
    folder = pack_of(place, "yearly", {"areas": "no district", "background": "none", "social": "none"})
    for name in ("residents", "origins"):
        rows = pd.read_csv(folder / f"{name}.csv").query("period == '2024-12-31'")
        days = [rows.assign(period=f"{2013 + n}-06-30", persons=rows["persons"] * (10 + n) // 10) for n in range(12)]
        pd.concat(days).to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(autouse=True)
def at_hand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(folder / "local"))
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{folder / 'zone.db'}")


def context(city: str) -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_without_ages_no_share_of_an_age_and_no_child_is_counted() -> None:
    ctx = context("no-ages")
    city = inclusion.measured(ctx, DAY, "city").iloc[0]
    # 400 + 100 n in nine of twelve areas, a quarter more a year later: 1.25 x (3600 + 100 x (0+1+2+4+5+6+8+9+10))
    assert city["residents"] == 1.25 * 8100
    assert city[["children", "older", "daycare_places"]].isna().all()
    assert city["library_walk"] > 0
    assert "Not known: 'Under 15' and '65 and over'" in indicator_days.caveats(ctx, DAY)
    with pytest.raises(NothingToShow, match="residents aged 0 to 5 there are is not known: the city's residents of 31"):
        overview.daycare(ctx, EVER)
    for figure in (coverage.key_figures, coverage.map_figure, coverage.districts_figure):
        with pytest.raises(NothingToShow, match="residents aged 0 to 5"):
            figure(ctx, EVER, coverage.Query(service="daycare", level="planning_area"))
        assert figure(ctx, EVER, coverage.Query(service="library", level="planning_area"))
    with pytest.raises(NothingToShow, match="residents over 64"):
        equity.lorenz_figure(ctx, EVER, access.Question(service="care_home"))
    assert "Ages are not known: nothing is said of children" in ctx.city.estimate_note


def test_a_service_for_all_ages_comes_first_where_ages_are_not_known() -> None:
    assert list(coverage.services(context("no-ages")))[:2] == ["library", "doctor"]
    assert list(coverage.services(context("other-days")))[:2] == ["daycare", "school_primary"]


def test_a_wide_band_of_ages_is_not_cut() -> None:
    ctx = context("wide-ages")  # 0-17, 18-64, 65+
    city = inclusion.measured(ctx, DAY, "city").iloc[0]
    assert city["older"] == pytest.approx(100 / 3)  # the three bands have as many each
    assert city[["children", "daycare_places"]].isna().all()
    assert not knows_served(ctx, "daycare", DAY)
    assert knows_served(ctx, "care_home", DAY)
    assert "Not known: 'Under 15', as" in indicator_days.caveats(ctx, DAY)
    assert list(demand_points.people(ctx, "library", DAY)) == ["everyone it serves", "displaced origin", "65 and over"]
    assert list(demand_points.people(context("no-ages"), "library", DAY)) == ["everyone it serves", "displaced origin"]


def test_each_social_indicator_is_of_its_own_newest_day() -> None:
    ctx = context("no-services")  # two days, the later a quarter higher
    area = {day: inclusion.measured(ctx, day, "planning_area").loc["Q. 0"] for day in (BEFORE, DAY)}
    assert area[BEFORE]["transfer_receipt"] == pytest.approx(24, abs=1)
    assert area[DAY]["transfer_receipt"] == pytest.approx(30, abs=1)  # not 27
    ctx = context("other-days")  # child poverty was counted in 2022 alone
    assert indicator_days.social_days(ctx, DAY) == {
        "unemployment": DAY,
        "transfer_receipt": DAY,
        "child_poverty": EARLIER,
    }
    assert indicator_days.social_days(ctx, BEFORE) == {"child_poverty": EARLIER}
    assert "social monitoring of 30 June 2022 and 31 December 2024" in indicator_days.about(ctx, DAY)
    assert inclusion.history(ctx, "child_poverty", "planning_area", "Q. 0").index.tolist() == [EARLIER]
    cards = indicator_cards.cards_figure(ctx, EVER).rows.set_index("key")["period"]
    assert cards["child_poverty"].endswith("(30 June 2022)")
    assert cards["unemployment"].endswith("(31 December 2024)")
    answer = api.indicators(ctx, "planning_area", DAY)[1]["indicators"]
    assert [answer[key]["day"] for key in ("child_poverty", "residents")] == ["2022-06-30", "2024-12-31"]
    shown = inclusion.indicators_figure(ctx, EVER, DAY, "planning_area")
    assert "social monitoring of 30 June 2022 and 31 December 2024" in shown.period
    poverty = equity.key_figures(ctx, EVER, access.Question(service="library"))[2]
    assert "social monitoring of 30 June 2022" in str(poverty.help)


def test_firms_of_two_days_are_not_added_up() -> None:
    ctx = context("no-services")
    rows = firms.firms(ctx, "kkw", "planning_area").drop_duplicates("area_id").set_index("area_id")
    assert rows.loc["Q. 0", "all_firms"] == 1 + 2 + 4  # a quarter more than 1, 2 and 3, not beside them
    figure = firms.map_figure(ctx, EVER, firms.Query(scope="kkw", level="planning_area"))
    assert figure.period == "31 December 2024"


def test_profile_and_social_figures_show_without_services() -> None:
    ctx = context("no-services")
    rows = profile.table_figure(ctx, DAY, "district", "D 0").rows.set_index("indicator")
    assert rows.loc["residents", "value"] == 1.25 * 4 * (400 + 500 + 600)
    assert rows.loc["older", "value"] == 25
    assert rows.loc["unemployment", "value"] > 0
    assert "walk" not in indicator_days.about(ctx, DAY) + indicator_days.caveats(ctx, DAY)
    query = inclusion.Query(level="district")
    assert set(inclusion.index(ctx, DAY, query)) >= {"work", "diversity", "score"}


def test_a_number_has_the_region_and_period_that_are_known() -> None:
    ctx = context("no-ages")
    number, _figure = overview.culture(ctx, EVER)
    assert number.label == "Cultural employment in Helsinki-Uusimaa"  # not of the city, which is a part of it
    number, figure = overview.library(ctx, EVER)
    assert "libraries: period not stated" in number.note
    assert figure.period == "2024"
    with pytest.raises(NothingToShow, match="names no origins that stand for displacement"):
        overview.city(context("one-area"), EVER)


def test_people_of_another_day_stand_for_no_one() -> None:
    ctx = context("other-days")  # origins of 2022, residents of 2023 and 2024
    assert access.counts_displaced(ctx)
    assert not access.counts_displaced(ctx, DAY)
    assert list(access.groups_counted(ctx, "library", DAY)) == [access.EVERYONE]
    assert not equity.counts_displaced(ctx, EVER)
    with pytest.raises(NothingToShow, match="Where compatriots live on 31 December 2024"):
        arrivals.placed(ctx, arrivals.USUAL.replace(rule="where compatriots live"), "planning_area", DAY, 1)
    query = origins.Query(origins=("UKR",), city_measure="per_1000", origin="UKR", level="planning_area")
    with pytest.raises(NothingToShow, match="Per 1,000 residents: not known on the days of these counts"):
        origins.trend_figure(ctx, EVER, query)
    with pytest.raises(NothingToShow, match="need both counts"):
        diversity.segregation(ctx, DAY)


def test_a_forecast_and_its_steps_follow_the_days_of_the_counts() -> None:
    ctx = context("yearly")
    query = outlook.Query(subject="city", outlook_origin="UKR", horizon_city=2)
    assert outlook.step_name(ctx, EVER, query) == "years"
    rows = outlook.forecast_figure(ctx, EVER, query).rows
    assert rows["period"].tolist() == [pd.Timestamp("2025-06-30"), pd.Timestamp("2026-06-30")]  # no half-years


def test_areas_that_were_never_redrawn_are_not_said_to_be() -> None:
    with pytest.raises(NothingToShow) as gap:
        areas.require_period(context("yearly"), Territory(country="FIN", first_year=1990, last_year=2000))
    assert gap.value.what == "City yearly counts no residents in these years."
    assert gap.value.hint == "Choose years from 2013 to 2024 in the sidebar."
    with pytest.raises(NothingToShow, match="Origins are not counted on a day of these years on which residents are"):
        origins.map_period(context("other-days"), EVER)


def test_one_area_is_not_ranked() -> None:
    ctx = context("one-area")
    with pytest.raises(NothingToShow, match="there is only one of them"):
        inclusion.map_figure(ctx, EVER, DAY, inclusion.Query(level="planning_area"))
    assert inclusion.measured(ctx, DAY, "city")["residents"].iloc[0] == 4 * 500
