"""Displacement, flows and residents by origin equal the tables they are made from, also on other cities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import data
from analytics import displacement as methods
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Map
from services import boundary_change, displacement, flows, origin_map, origins, overview
from services.displacement import Query
from services.stocks import Place

YEARS = Territory(country="DEU", first_year=2015, last_year=2025)
WORLD, GERMANY = Place(None, "The world", "the world"), Place("DEU", "Germany", "Germany")


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def newest_counts(origin: str) -> pd.DataFrame:
    rows = data.table("residents_by_origin", "berlin")
    return rows[(rows["period"] == pd.Timestamp("2024-12-31")) & (rows["origin"] == origin)]


def test_cells_and_totals_equal_the_shipped_table() -> None:
    ctx, table = context(), data.table("displaced")
    across = table[table["category"].isin(methods.ACROSS_BORDERS)]
    for cell in across.sample(10, random_state=18).itertuples():
        territory = Territory(country=cell.asylum, first_year=cell.year, last_year=cell.year)
        query = Query(scope="country", only_from=cell.origin)
        figure = displacement.stock_figure(ctx, territory, query, displacement.place(ctx, territory, query))
        rows = figure.rows.set_index("group")["persons"]
        assert rows[methods.LABELS[cell.category]] == cell.persons, cell
        assert figure.period == str(cell.year)
    for year in (1993, 2001, 2010, 2018, 2025):
        counted = table[table["year"].eq(year) & table["category"].isin(methods.FORCIBLY_DISPLACED)]
        territory = Territory(country="DEU", first_year=year, last_year=year)
        rows = displacement.stock_figure(ctx, territory, Query(), WORLD).rows
        assert rows["persons"].sum() == counted["persons"].sum()


def test_sum_published_total_and_overlap() -> None:
    figure = displacement.totals_figure(context())
    rows = figure.rows.set_index("year")
    assert rows.loc[2024, ["summed", "published", "overlap"]].tolist() == [124_673_873, 123_200_000, 1_422_400]
    assert "There was no total for 2025" in figure.note


def test_protection_follows_the_chosen_years_and_origin() -> None:
    ctx, table = context(), data.table("asylum_decisions")
    query = Query(scope="country", only_from="SYR")
    figure = displacement.decisions_figure(ctx, YEARS.changed(first_year=2018, last_year=2020), query, GERMANY)
    assert figure.rows["year"].tolist() == [2018, 2019, 2020]
    assert figure.period == "2018–2020"
    assert figure.note == "Only from: Syrian Arab Rep."
    counted = table.query("year == 2020 and origin == 'SYR' and asylum == 'DEU' and counted == 'persons'")
    protected = counted[["recognised", "complementary"]].sum().sum()
    assert figure.rows.iloc[-1][["protected", "decided"]].tolist() == [protected, protected + counted["rejected"].sum()]
    with pytest.raises(NothingToShow, match="no decisions"):
        displacement.decisions_figure(ctx, YEARS.changed(first_year=1990, last_year=1995), query, GERMANY)


def test_arcs_are_as_wide_as_people_are_many_and_the_legend_says_so() -> None:
    figure = flows.arcs_figure(context(), YEARS, WORLD)
    assert isinstance(figure.drawing, Map)
    pairs, legend = figure.drawing.layers[0].options["pairs"], figure.drawing.legend
    assert np.ptp(pairs["width"] / pairs["persons"]) == pytest.approx(0)
    assert pairs["width"].max() == flows.WIDEST
    assert legend is not None
    assert [label for _width, label in legend.widths] == ["300,000", "800,000", "3 million"]
    assert all(
        width == pytest.approx(persons * flows.WIDEST / pairs["persons"].max())
        for (width, _label), persons in zip(legend.widths, (3e5, 8e5, 3e6), strict=True)
    )


def test_pairs_matrix_and_change_add_up() -> None:
    ctx, table = context(), data.table("displaced")
    is_across = table["category"].isin(methods.ACROSS_BORDERS) & (table["origin"] != table["asylum"])
    across = table[is_across].groupby("year")["persons"].sum()
    assert flows.pairs_figure(ctx, YEARS, WORLD).rows["persons"].sum() == across[2025]
    grid = flows.matrix_figure(ctx, YEARS).rows.set_index("origin")
    assert grid.loc["Total", "TOTAL"] == across[2025]
    assert (grid.drop(columns="TOTAL").sum(axis=1) == grid["TOTAL"]).all()
    change = flows.change_figure(ctx, YEARS, WORLD).rows
    assert (change["last"] - change["first"] == change["change"]).all()
    assert change["percent"].sum() == pytest.approx(100)
    with pytest.raises(NothingToShow, match="at the start and at the end"):
        flows.change_figure(ctx, YEARS.changed(first_year=2025), GERMANY)


@pytest.mark.parametrize("measure", list(origins.MEASURES))
@pytest.mark.parametrize("level", ["district", "planning_area"])
def test_the_map_of_origins_in_every_measure(measure: str, level: str) -> None:
    ctx = context()
    query = origins.Query().changed(map_measure=measure, origin="UKR", level=level)
    figure = origin_map.map_figure(ctx, YEARS, query)
    rows = figure.rows.set_index("area_id")
    assert "suppressed or unknown" in figure.note
    counts = newest_counts("UKR")
    ukraine = counts[counts["level"] == level].set_index("area_id")["persons"]
    assert rows["persons"].fillna(-1).to_dict() == ukraine.fillna(-1).to_dict()
    assert not rows["persons"].between(1, 9).any()
    values = rows[measure].astype(float).where(rows["residents"] > (0 if measure == "persons" else 299)).dropna()
    if measure == "growth":  # from a hundred people of the origin on
        values = values[rows["persons"].astype(float) / (1 + values / 100) >= 99.9]
    values = values if measure == "diversity" else values.round(origins.MEASURES[measure][2])
    top = values[(values > values.max() - 1) if measure == "diversity" else (values == values.max())]
    words = f"{len(top)} areas are the most mixed" if len(top) > 1 else rows.loc[top.index[0], "name"]
    assert words in figure.finding
    assert rows.loc[rows["residents"].fillna(0) == 0, measure].isna().all() or measure in ("persons", "quotient")


def test_growth_starts_where_counts_fit_todays_areas() -> None:
    ctx = context()
    starts = origins.growth_starts(ctx, YEARS, "district")
    assert starts[0] == "2015-06-30"
    assert starts[-1] == "2024-06-30"
    assert origins.start_name(ctx, "2015-06-30") == "30 June 2015 (the summer of 2015)"
    assert origins.start_name(ctx, "2021-12-31") == "31 December 2021 (last before February 2022)"
    assert origins.growth_starts(ctx, YEARS, "planning_area")[0] == "2021-06-30"  # areas were redrawn
    assert origins.growth_starts(ctx, YEARS.changed(last_year=2018), "district") == []


def test_origins_follow_the_district_and_the_area() -> None:
    ctx, query = context(), origins.Query(origins=("UKR", "SYR"))
    counts = newest_counts("SYR").set_index(["level", "area_id"])["persons"]
    for changes, level, area in (
        ({}, "city", "11"),
        ({"district": "08"}, "district", "08"),
        ({"district": "08", "area": "08100314"}, "planning_area", "08100314"),
    ):
        figure = origins.trend_figure(ctx, YEARS.changed(**changes), query)
        newest = figure.rows[figure.rows["period"] == "2024-12-31"].set_index("origin")["persons"]
        assert newest["Syrian Arab Rep."] == counts[level, area]
        assert origins.place(ctx, YEARS.changed(**changes)) in figure.finding
    city, district = (origins.evenness_figure(ctx, YEARS.changed(district=key)) for key in ("", "08"))
    assert city.note.startswith("Berlin · over all areas")
    assert district.note.startswith("Neukölln · over areas")
    assert district.rows["areas"].max() < 60 < city.rows["areas"].max()


def test_an_area_across_the_change_is_an_estimate_with_its_error() -> None:
    ctx, query = context(), origins.Query(origins=("UKR", "SYR"))
    with pytest.raises(NothingToShow, match="in 2021"):
        boundary_change.across_change_figure(ctx, YEARS, query)
    figure = boundary_change.across_change_figure(ctx, YEARS.changed(area="08100314"), query)
    assert figure.finding == "Donaustraße across the change of areas (estimate before 2021)"
    assert "areal weighting" in figure.note
    assert "31 December 2020" in figure.note
    assert (figure.rows["estimate"] == (figure.rows["period"] < "2021-01-01")).all()


def test_a_city_of_other_ids_dates_and_levels(cities: tuple[str, ...]) -> None:
    ctx = context("three-shores")
    territory = Territory(country="FIN", district="south-2", first_year=2015, last_year=2025)
    query = origins.Query(origins=("UKR", "SYR"), origin="UKR", level=ctx.levels[-1], since="2018-12-31")
    assert list(origins.origins(ctx, territory)) == ["SOM", "SYR", "UKR"]
    assert origins.usual_origins(ctx, ["SYR", "UKR"]) == ["UKR", "SYR"]
    rows = origins.trend_figure(ctx, territory, query).rows
    newest = rows[rows["period"] == "2019-12-31"].set_index("origin")["persons"]
    assert newest["Ukraine"] == sum(92 - 3 * n for n in range(4, 8))
    assert len(origin_map.map_figure(ctx, territory, query).rows) == 4
    assert set(origins.districts_figure(ctx, territory, query).rows["district"]) == {"North", "Süd", "Схід"}
    assert boundary_change.change_year(ctx) == 0
    with pytest.raises(NothingToShow, match="from 2018 to 2019"):
        origins.origins(ctx, territory.changed(first_year=2021))
    for city in ("strange", "bare"):
        with pytest.raises(NothingToShow, match="has no table for this"):
            origins.origins(context(city), territory.changed(district=""))


def test_an_area_where_nobody_has_a_named_origin_is_not_the_most_mixed() -> None:
    rows = origin_map.by_area(
        context(), pd.Timestamp("2024-12-31"), "UKR", "planning_area", "diversity", pd.Timestamp(0)
    )
    assert rows["value"].max() < 100
    empty = rows[(rows["persons"] == 0) & rows["value"].isna()]
    assert "Blankenburger Süden" in set(empty["name"])


def of_country(code: str, first: int = 2015, last: int = 2025, **choices: object) -> tuple[str, str, pd.DataFrame]:
    """Finding, note and rows of a country's stock."""
    ctx, territory = context(), Territory(country=code, first_year=first, last_year=last)
    query = Query(scope="country").changed(**choices)
    figure = displacement.stock_figure(ctx, territory, query, displacement.place(ctx, territory, query))
    return figure.finding, figure.note, figure.rows


@pytest.mark.parametrize(
    ("code", "total", "words"),
    [
        ("UKR", 3_714_813, "(2,813 across borders and 3.71 million within their country)"),
        ("SDN", 9_976_963, "(859,963 across borders and 9.12 million within their country)"),
        ("DEU", 2_952_694, "(2.95 million across borders)"),
        (
            "PSE",
            4_519_580,
            "(2.04 million within their country and 2.48 million Palestine refugees in Palestine itself)",
        ),
    ],
)
def test_a_country_names_who_crossed_a_border_and_who_did_not(code: str, total: int, words: str) -> None:
    finding, _note, rows = of_country(code)
    assert rows.loc[rows["year"] == 2025, "persons"].sum() == total
    assert words in finding
    if code == "UKR":
        inside = rows[(rows["year"] == 2025) & (rows["group"] == "Internally displaced (IDMC)")]
        assert inside["persons"].tolist() == [3_712_000]


def test_no_growth_across_a_break_or_from_a_handful() -> None:
    assert "+15 % since 2015 in the categories counted then" in of_country("COL")[0]  # was +892,538 %
    assert of_country("HTI")[0].endswith("10 in 2015, counted otherwise")
    assert "145 in 1990, counted otherwise" in of_country("BGD", first=1990)[0]
    assert "-9 % since 2015 in the categories counted then" in of_country("TUR")[0]  # IDMC's figure ends
    counted = data.table("displaced").query("year >= 1990 and category in @methods.FORCIBLY_DISPLACED")
    for code, rows in counted.groupby("asylum"):
        share = methods.growth(
            rows.groupby(["year", "category"], as_index=False)["persons"].sum(), by_country=True
        ).share
        assert share is None or -0.995 < share <= 10, code
    assert overview.country(context(), YEARS.changed(country="COL"))[0].delta == ""
    assert overview.country(context(), YEARS)[0].delta == "+300.8 %"


def test_nobody_goes_from_palestine_to_palestine_across_a_border() -> None:
    ctx, place = context(), Place("PSE", "State of Palestine", "State of Palestine")
    with pytest.raises(NothingToShow, match="nobody in State of Palestine who crossed a border"):
        flows.arcs_figure(ctx, YEARS.changed(country="PSE"), place)
    world = flows.pairs_figure(ctx, YEARS, WORLD)
    assert not (world.rows["origin"].eq(world.rows["asylum"]) & world.rows["origin"].ne("All others")).any()
    assert "2.48 million Palestine refugees in Palestine itself" in world.note


def test_every_sum_that_holds_people_twice_says_so() -> None:
    ctx, palestine = context(), Territory(country="PSE", first_year=2015, last_year=2025)
    place = Place("PSE", "State of Palestine", "State of Palestine")
    twice = "1.42 million Palestine refugees displaced within Gaza twice"
    for by in displacement.BREAKDOWNS:
        assert twice in displacement.stock_figure(ctx, YEARS, Query().changed(by=by), WORLD).note
    finding, note, _rows = of_country("PSE")
    assert twice in note
    assert "+33 % since 2015" in finding  # (4,519,580 - 1,424,500) / 2,325,001; not +94 %
    assert twice in displacement.answers(ctx, YEARS, WORLD)
    assert twice in displacement.answers(ctx, palestine, place)
    assert twice in flows.change_figure(ctx, YEARS, WORLD).note
    assert twice in flows.origins_figure(ctx, YEARS, WORLD).note
    assert twice in flows.about_diversity(ctx, YEARS, WORLD)
    assert twice in overview.world(ctx, YEARS)[0].note
    assert twice in overview.country(ctx, palestine)[0].note
    for code in ("DEU", "UKR", "JOR"):
        assert "twice" not in of_country(code)[1]
    assert "twice" not in displacement.stock_figure(ctx, YEARS.changed(last_year=2022), Query(), WORLD).note


def test_rates_are_over_residents_of_their_year_and_missing_where_these_are() -> None:
    finding, note, rows = of_country("SDN", first=1955, measure="per_1000")
    residents = data.table("country_population").set_index(["iso3", "year"])["persons"]
    by_year = rows.groupby("year")[["persons", "per_1000"]].sum(min_count=1)
    for year in (1990, 2010, 2011, 2024):
        assert by_year.loc[year, "per_1000"] == pytest.approx(
            1000 * by_year.loc[year, "persons"] / residents["SDN", year]
        )
    assert pd.isna(by_year.loc[2025, "per_1000"])
    assert "in 2024" in finding
    assert "only years with a count of residents" in note
    assert residents["SDN", 2010] > 42e6  # with South Sudan, whose people UNHCR counted there until 2010
    assert residents["SRB", 2024] > 8e6  # with Kosovo, as UNHCR counts
    with pytest.raises(NothingToShow, match="no count of residents for Germany in these years"):
        of_country("DEU", first=2025, measure="per_1000")
    world = displacement.stock_figure(context(), YEARS, Query(measure="per_1000"), WORLD)
    assert "15.4 per 1,000 residents in 2024" in world.finding
    assert world.period == "2015–2024"


def test_refugees_to_the_product_as_unhcr_prints_it() -> None:
    finding, note, rows = of_country("DEU", measure="per_gdp", by="origin")
    refugees = (
        data.table("displaced").query("asylum == 'DEU' and category == 'refugees' and year == 2023")["persons"].sum()
    )
    product, residents = 4_456_081_016_706, data.table("country_population").query("iso3 == 'DEU' and year == 2023")
    rate = refugees / (product / residents["persons"].iloc[0])
    assert rows.loc[rows["year"] == 2023, "per_gdp"].sum() == pytest.approx(rate)
    assert "48.5 refugees per US$ 1 of GDP per resident in 2023" in finding
    assert "purchasing power" in note
    assert "per_gdp" not in displacement.measures("world")


def test_resettlement_arrives_and_what_has_no_row_is_not_reported() -> None:
    ctx = context()
    germany = flows.movements_figure(ctx, YEARS, GERMANY)
    assert germany.finding == (
        "Germany, 2025: 288,011 newly displaced across a border, 2,227 arrived by resettlement, 26,000 returned, "
        "not reported: naturalised"
    )
    arrived = germany.rows[germany.rows["movement"] == "Arrived by resettlement"].set_index("year")["persons"]
    assert arrived[2024] == 5_553
    assert "Resettled" not in set(germany.rows["movement"])
    assert "not under the one that they leave" in germany.note
    world = flows.movements_figure(ctx, YEARS, WORLD)
    assert "81,766 resettled, 93,296 naturalised" in world.finding
    assert "Arrived by resettlement" not in set(world.rows["movement"])


def test_shares_of_a_change_only_where_both_ends_count_alike() -> None:
    ctx = context()
    world = flows.change_figure(ctx, YEARS, WORLD)
    assert "without Others in need of protection" in world.note
    long = flows.change_figure(ctx, YEARS.changed(first_year=1990), WORLD)
    assert long.rows["percent"].isna().all()
    assert "no shares are given" in long.note
    ukraine = flows.change_figure(ctx, YEARS, Place("UKR", "Ukraine", "Ukraine"))
    assert ukraine.finding == (
        "Ukraine: Ukraine (within the country) changed most, by 2.03 million, all origins together by 2.03 million"
    )


def test_no_growth_of_an_origin_from_fewer_than_thirty() -> None:
    ctx, since = context(), pd.Timestamp("2021-12-31")
    rows = origin_map.by_area(ctx, pd.Timestamp("2024-12-31"), "UKR", "planning_area", "growth", since)
    table = data.table("residents_by_origin", "berlin").query("origin == 'UKR' and level == 'planning_area'")
    before = table[table["period"] == since].set_index("area_id")["persons"]
    base = rows["area_id"].map(before)
    assert rows.loc[(base < origins.GROWTH_BASE).fillna(True).astype(bool), "growth"].isna().all()
    assert rows["growth"].notna().any()
