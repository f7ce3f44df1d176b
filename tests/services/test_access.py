"""Access on foot adds up: over areas, over places handed out, and over groups; also where a city has little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import access, coverage, equity, reach, walks

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2015, last_year=2025)


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_figures_of_the_districts_add_up_to_the_city() -> None:
    ctx = context()
    districts = access.by_area(ctx, "daycare", "child", 15, PERIOD, "district")
    city = access.by_area(ctx, "daycare", "child", 15, PERIOD, "city")
    assert districts["persons"].sum() == city["persons"].iloc[0]
    assert city["persons"].iloc[0] == access.people_in_cells(ctx, "daycare", PERIOD).sum()
    mean = (districts["minutes"] * districts["persons"]).sum() / districts["persons"].sum()
    assert mean == pytest.approx(city["minutes"].iloc[0])
    # Every place is handed out: places per child times children are the places.
    handed = (districts["places_per_100"] * districts["persons"]).sum() / 100
    assert handed == pytest.approx(access.facilities(ctx, "daycare")["places"].sum(), rel=0.001)


def test_hexagons_hold_everyone_of_their_district_and_fit_the_browser() -> None:
    ctx = context()
    rows, resolution = reach.hexagons(ctx, "library", "adult", 15, PERIOD, "08")
    areas = access.by_area(ctx, "library", "adult", 15, PERIOD, "district").set_index("area_id")
    assert rows["persons"].sum() == areas.loc["08", "persons"]
    assert np.average(rows["minutes"], weights=rows["persons"]) == pytest.approx(areas.loc["08", "minutes"])
    assert len(rows) <= reach.MOST_CELLS
    assert resolution > reach.hexagons(ctx, "library", "adult", 15, PERIOD, "")[1]


def test_the_curve_at_the_limit_is_the_share_within_it() -> None:
    ctx = context()
    curve = reach.curves(ctx, "library", "adult", PERIOD, "08").set_index(["group", "minutes"])["percent"]
    areas = access.by_area(ctx, "library", "adult", 15, PERIOD, "district").set_index("area_id")
    assert curve[access.EVERYONE, 15] == pytest.approx(100 * areas.loc["08", "share_within"])
    assert curve[access.EVERYONE].is_monotonic_increasing


def test_two_maps_stand_on_one_scale_with_rows_of_their_own() -> None:
    ctx, query = context(), reach.Query(service="library", level="district", against="another service", other="daycare")
    left, right = reach.maps(ctx, TERRITORY, query)
    labels = [figure.drawing.legend.labels for figure in (left, right)]  # type: ignore[union-attr]
    assert labels[0] == labels[1]
    counts = [sum(figure.drawing.legend.counts) for figure in (left, right)]  # type: ignore[union-attr]
    assert counts == [12, 12]
    assert left.rows["minutes"].gt(right.rows["minutes"]).all()  # day care is nearer everywhere
    earlier = reach.maps(ctx, TERRITORY, reach.Query(service="library", level="district", against="an earlier date"))
    assert [figure.period for figure in earlier] == ["31 December 2024", "30 June 2021"]


def test_the_profile_of_an_area_has_described_columns_and_its_own_numbers() -> None:
    ctx = context()
    query = reach.Query(service="library", limit=10)
    figure = reach.profile_figure(ctx, Territory(area="08100314", first_year=2015, last_year=2025), query)
    assert figure.finding == "Donaustraße: minutes to each service"
    headings = dict(zip([column.name for column in figure.columns], figure.headings(), strict=True))
    assert headings["persons"] == "People served"
    assert headings["percent"] == "Share within the limit (%)"
    row = figure.rows.set_index("service").loc["Library"]
    areas = access.by_area(ctx, "library", "adult", 10, PERIOD, "planning_area").set_index("area_id")
    assert row["minutes"] == areas.loc["08100314", "minutes"]
    assert row["percent"] == pytest.approx(100 * areas.loc["08100314", "share_within"])
    assert row["rank"] == (areas["minutes"] < row["minutes"]).sum() + 1
    with pytest.raises(NothingToShow, match="Choose an area"):
        reach.profile_figure(ctx, TERRITORY, query)


def test_a_facility_without_a_name_is_called_by_its_id_and_the_table_has_all_of_them() -> None:
    ctx, territory = context(), TERRITORY.changed(district="08")
    query = reach.Query(service="library")
    names = reach.facility_names(ctx, territory, query)
    first = next(iter(names))
    figure = reach.facility_figure(ctx, territory, query.changed(facility=first))
    assert list(figure.rows["source_id"]) == list(names)
    assert figure.rows["reachable"].is_monotonic_decreasing  # no places are stated: the most crowded first
    assert figure.rows["per_place"].isna().all()
    assert figure.finding.startswith(f"{names[first]}: {figure.rows['reachable'].iloc[0]:,} of those")
    assert figure.geometry is not None
    assert {shape["type"] for shape in figure.geometry() if shape} == {"Point"}


def test_equity_measures_the_whole_city_and_says_whether_the_gap_is_sure() -> None:
    ctx = context()
    values = equity.fairness(ctx, "daycare", "adult", 15, PERIOD)
    assert values["gini"] == pytest.approx(0.24, abs=0.005)
    curve = equity.lorenz(ctx, "daycare", "adult", 15, PERIOD).query("group == 'as it is'")
    assert 1 - 2 * np.trapezoid(curve["good"] / 100, curve["people"] / 100) == pytest.approx(values["gini"], abs=0.01)
    gap, area = equity.displaced_gap(ctx, "daycare", "adult", PERIOD)
    assert gap.low <= gap.gap <= gap.high
    assert area == "TXL"  # one reception centre makes the whole difference
    assert gap.gap == pytest.approx(0.17, abs=0.01)
    assert gap.without == pytest.approx(-0.11, abs=0.015)
    assert "cannot be told" in equity.gap_sentence(ctx, TERRITORY, access.Question(service="daycare"))
    query = access.Question(service="daycare")
    whole, district = (equity.cluster_figure(ctx, TERRITORY.changed(district=key), query) for key in ("", "08"))
    assert whole.rows.equals(district.rows)
    assert len(whole.rows) == 542
    assert whole.finding == f"{(whole.rows['shown'] == 'jointly underserved').sum()} areas are jointly underserved"


def test_a_city_without_origins_poverty_or_districts_has_gaps_not_zeros(cities: tuple[str, ...]) -> None:
    ctx, period = context("strange"), pd.Timestamp("2013-06-30")
    territory = Territory(first_year=2012, last_year=2013)
    values = equity.fairness(ctx, "library", "adult", 15, period)
    assert not np.isfinite(values["concentration"] or 0)
    numbers = [number.value for number in equity.key_figures(ctx, territory, access.Question(service="library"))]
    assert numbers[2:] == ["not known", "not known"]
    assert list(access.groups_counted(ctx, "library", period)) == [access.EVERYONE]
    rows = access.by_area(ctx, "library", "adult", 15, period, ctx.largest_level)
    assert dict(zip(rows["area_id"], rows["persons"], strict=True))["Área 2"] == 1350
    options = reach.options(ctx, territory)
    assert options["against"] == ["nothing", "an earlier date"]  # it has one kind of service


def test_the_district_is_looked_up_not_cut_from_ids(cities: tuple[str, ...]) -> None:
    ctx, period = context("three-shores"), pd.Timestamp("2019-12-31")
    parts = [
        reach.hexagons(ctx, "library", "adult", 15, period, key)[0]["persons"].sum() for key in ("n", "south-2", "x 3")
    ]
    assert sum(parts) == access.people_in_cells(ctx, "library", period).sum()
    assert parts == sorted(parts)


def test_ties_and_small_bases_are_said_not_ranked() -> None:
    ctx = context()
    none = reach.maps(
        ctx, TERRITORY, reach.Query(service="library", level="planning_area", reach_measure="share_within")
    )[0]
    assert none.finding.startswith("Library: 0 % of people served within the limit (estimate) is the lowest value, in ")
    few = coverage.map_figure(ctx, TERRITORY, coverage.Query(service="library", level="planning_area", distance=500))
    assert few.finding.startswith("Library: ")
    assert few.finding.startswith("Library: 0 % is the lowest value, in ")  # of 301 one was called the least served
    assert few.finding.endswith(" and 370 more (planning areas: 373 of 536)")
    daycare = coverage.map_figure(ctx, TERRITORY, coverage.Query(service="daycare", level="planning_area"))
    least = daycare.finding.removeprefix("Day care: least served is ").rsplit(", ", 1)[0]
    rows = daycare.rows.set_index("name")
    assert rows.loc[least, "persons"] >= 300
    small = rows[rows["persons"] < 300]
    assert small["share_within"].min() < rows.loc[least, "share_within"]
    assert (
        f"{len(small[small['share_within'].notna()])} areas with fewer than 300 people are not ranked" in daycare.note
    )


def test_a_single_area_is_no_ranking(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(district="n", first_year=2018, last_year=2019)
    figure = coverage.map_figure(ctx, territory, coverage.Query(service="library", level="district", distance=1000))
    assert figure.finding.startswith("Library: North, ")
    assert "least" not in figure.finding


def test_places_that_are_not_stated_are_no_zeros() -> None:
    ctx = context()
    rows = coverage.by_area(ctx, "school_primary", PERIOD, "district", 500)
    assert rows["without_places"].sum() == rows["facilities"].sum() == 499
    assert rows[["places", "places_per_100"]].isna().all(axis=None)
    assert rows["residents_per_facility"].notna().all()
    query = reach.Query(service="school_primary", level="district", reach_measure="places_per_100")
    assert "facilities in reach per 100 people" in reach.maps(ctx, TERRITORY, query)[0].unit
    assert "% of facilities" in equity.lorenz_figure(ctx, TERRITORY, query).unit


def test_who_may_have_a_nearer_service_outside_is_said() -> None:
    ctx = context()
    query = access.Question(service="library")
    count = access.residents_nearer_to_limits(ctx, ("library",), PERIOD, "")
    assert count == pytest.approx(621_092, rel=1e-3)
    assert f"{count:,} residents of Berlin live nearer to its limits than to any that is" in access.about(
        ctx, query, TERRITORY
    )
    parts = [access.residents_nearer_to_limits(ctx, ("library",), PERIOD, f"{n:02}") for n in range(1, 13)]
    assert sum(parts) == count


def test_minutes_along_straight_lines_are_a_range(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    low, high = walks.spread(ctx)
    assert low < 1 < high
    period = pd.Timestamp("2019-12-31")
    rows = access.by_area(ctx, "library", "adult", 15, period, "district")
    assert (rows["minutes_low"] / rows["minutes"]).to_numpy() == pytest.approx(low)
    assert (rows["minutes_high"] / rows["minutes"]).to_numpy() == pytest.approx(high)
    assert (rows["share_low"] <= rows["share_within"]).all()
    assert (rows["share_within"] <= rows["share_high"]).all()
    assert walks.minutes_text(ctx, 10.0) == f"{10 * low:.1f}–{10 * high:.1f}"
    curve = reach.curve_figure(ctx, territory, reach.Query(service="library", level="district"))
    assert "–" in curve.finding.split(" % of all residents")[0]


def test_minutes_over_streets_are_none() -> None:
    ctx = context()
    assert walks.spread(ctx) == (1.0, 1.0)
    curve = reach.curve_figure(ctx, TERRITORY, reach.Query(service="library"))
    assert curve.finding.startswith("Library within 15 minutes: 42 % of all residents, ")
    assert curve.finding.endswith(" % of residents of displaced origin of all ages")


def test_areas_without_a_facility_are_said_before_the_least_served() -> None:
    """80 of Berlin's 542 planning areas hold a library: the others are no better served than the most crowded one."""
    query = coverage.Query(service="library", level="planning_area", coverage="residents_per_facility")
    figure = coverage.map_figure(context(), TERRITORY, query)
    holding = figure.rows[figure.rows["facilities"] > 0]
    most = (holding["persons"] / holding["facilities"]).max()
    assert (len(figure.rows), len(holding), f"{most:,.0f}") == (542, 80, "16,216")
    assert figure.finding == (
        "462 of 542 planning areas have no library; of the other 80 Springpfuhl has most residents for one, 16,216"
    )


def test_ages_that_are_estimated_from_a_wider_band_are_said_so(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    query = coverage.Query(service="school_primary", level="district")
    note = "estimated from those aged 6–17, in proportion to the years"
    assert f"For residents aged 6 to 11 ({note}) on 31 December 2019" in coverage.about(ctx, territory, query)
    assert note in coverage.map_figure(ctx, territory, query).note
    assert note in reach.curve_figure(ctx, territory, reach.Query(service="school_primary", level="district")).note
    assert "estimated from" not in coverage.about(ctx, territory, coverage.Query(service="library", level="district"))


def test_facilities_that_state_no_places_are_counted_as_the_key_figures_count_them() -> None:
    ctx, query = context(), coverage.Query(service="daycare", level="planning_area", coverage="places_per_100")
    facilities = coverage.key_figures(ctx, TERRITORY, query)[0].value
    assert facilities == "2,880"
    assert f"4 of {facilities} state no places" in coverage.map_figure(ctx, TERRITORY, query).note


def test_who_is_compared_where_is_in_the_sentence() -> None:
    ctx, query = context(), reach.Query(service="school_primary", level="planning_area")
    assert ", with those in Berlin alone counted" in reach.maps(ctx, TERRITORY, query)[0].finding
    curve = reach.curve_figure(ctx, TERRITORY, query)
    assert " % of residents aged 6 to 11, " in curve.finding
    assert set(curve.rows["group"]) == {"residents aged 6 to 11", "residents of displaced origin of all ages"}
    lorenz = equity.lorenz_figure(ctx, TERRITORY, query)
    assert lorenz.finding.startswith("Primary school, 31 December 2024: facilities in reach in 15 minutes have a Gini")
    assert equity.gap_sentence(ctx, TERRITORY, query).startswith("Primary school: the way of residents of displaced")


def test_few_areas_tell_no_cluster(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    figure = equity.cluster_figure(ctx, territory, access.Question(service="library"))
    assert figure.finding == "12 areas are too few to tell which are jointly underserved"
