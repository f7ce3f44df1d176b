"""Culture in Europe, in a region and in the city: figures add up, say what is missing, and hold for any city."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import data
from bench import firms as firms_bench
from data import firms as register
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import creative, creative_city, creative_inclusion, creative_region, firms

PERIOD = pd.Timestamp("2024-12-31")
TERRITORY = Territory(first_year=2015, last_year=2025)
BERLIN = creative_region.Query(region="DE30")


def context(city: str = "berlin", role: str = "viewer") -> CityContext:
    return CityContext(data.cities()[city], data.version(), role=role)


def city_query(ctx: CityContext) -> creative_city.Query:
    kinds = creative_city.usual_kinds(ctx)
    return creative_city.Query(venues=kinds, level=ctx.middle_level, specialised=kinds[0])


def test_shares_by_country_are_of_the_newest_chosen_year_and_the_union_is_one() -> None:
    quotients, slope, growth = creative.country_figures(context(), TERRITORY)
    assert quotients.period == "2022"
    assert (slope.period, growth.period) == ("2019–2022", "2019–2022")
    rows = quotients.rows.set_index("iso3")
    assert rows.loc["DEU", "lq"] == pytest.approx(4.0 / 3.8)
    assert rows.loc["DEU", "low"] < rows.loc["DEU", "lq"] < rows.loc["DEU", "high"]
    assert "EU" not in set(quotients.rows["country"])
    assert "EU" in set(slope.rows["country"])
    with pytest.raises(NothingToShow, match="2019 to 2022"):
        creative.country_figures(context(), Territory(first_year=2000, last_year=2010))


def test_the_first_year_printed_has_no_growth() -> None:
    assert [
        figure.key for figure in creative.country_figures(context(), Territory(first_year=2019, last_year=2019))
    ] == ["countries"]


def test_only_administrators_are_told_a_command() -> None:
    for missing in (
        lambda ctx: creative.age_and_education_figure(ctx),
        lambda ctx: creative_region.quotients_figure(ctx, BERLIN, creative_region.Years(2015, 2022)),
    ):
        with pytest.raises(NothingToShow) as reader:
            missing(context())
        with pytest.raises(NothingToShow) as admin:
            missing(context(role="admin"))
        assert reader.value.what == admin.value.what
        assert "`" in admin.value.hint
        assert "`" not in reader.value.hint
    assert "`" not in firms.without_register(context())
    assert "`" in firms.without_register(context(role="admin"))


def test_every_scope_lists_its_codes_with_their_successors() -> None:
    ctx = context()
    for scope in creative.scopes(ctx):
        figure = creative.codes_figure(ctx, creative.Query(scope=scope))
        assert len(figure.rows) == (data.table("creative_codes")["scope"] == scope).sum()
        assert figure.rows["nace_2_1"].notna().all()
        assert next(column for column in figure.columns if column.name == "code").kind == "id"


def test_a_region_s_change_is_the_sum_of_its_parts() -> None:
    ctx = context()
    years = creative_region.years_of(ctx, TERRITORY, BERLIN)
    path = creative_region.path_figure(ctx, BERLIN, years).rows
    own = path[path["nuts_id"] == "DE30"].set_index("year")["thousand_persons"]
    parts = creative_region.shift_share_figure(ctx, BERLIN, years).rows
    assert parts["change"].sum() == pytest.approx(own[years.last] - own[years.first])
    assert path["nuts_id"].nunique() == 6  # itself and five peers
    with pytest.raises(NothingToShow, match="2014 to 2022"):
        creative_region.years_of(ctx, Territory(first_year=1990, last_year=2014), BERLIN)


def test_regions_without_a_figure_are_grey_on_the_map_and_named() -> None:
    figure = creative_region.growth_figure(context(), BERLIN, creative_region.Years(2015, 2022))
    assert len(figure.rows) == 332
    assert figure.drawing.legend.missing == figure.rows["growth"].isna().sum() == 136
    assert "58 of 332 regions" in figure.note
    assert "Spain (all 19)" in figure.note
    assert "Sicilia" in figure.note
    assert figure.rows["above_median"].median() == pytest.approx(0)
    assert None not in figure.geometry()


def test_venues_follow_the_district_and_add_up() -> None:
    ctx = context()
    query = city_query(ctx)
    whole = creative_city.density_figure(ctx, TERRITORY, query).rows
    parts = [
        creative_city.density_figure(ctx, TERRITORY.changed(district=district), query).rows["facilities"].sum()
        for district in ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
    ]
    assert sum(parts) == whole["facilities"].sum() == 498
    kinds = creative_city.kinds_figure(ctx, TERRITORY.changed(district="03"), query).rows
    assert kinds["count"].sum() == parts[2]
    with pytest.raises(NothingToShow, match="No kind of venue"):
        creative_city.density_figure(ctx, TERRITORY, creative_city.Query(level="district"))


def test_hot_spots_and_crowds_agree_with_the_finding() -> None:
    ctx = context()
    hot, crowds = creative_city.hot_spots_figures(ctx, TERRITORY, city_query(ctx))
    assert hot.finding.startswith(
        f"Hot spots of venues: {(hot.rows['hot_or_cold'] == 'hot spot').sum()} of 542 planning"
    )
    assert f"{crowds.rows['venues'].sum()} venues" in hot.drawing.legend.points
    assert crowds.rows["venues"].is_monotonic_decreasing


def test_hot_spots_of_the_shipped_city_are_those_of_permutation() -> None:
    """A normal p called 32 of 542 areas hot where 354 have no venue."""
    ctx = context()
    hot = creative_city.hot_spots_figures(ctx, TERRITORY, city_query(ctx))[0].rows
    assert 10 <= (hot["hot_or_cold"] == "hot spot").sum() <= 12
    assert not (hot["hot_or_cold"] == "cold spot").any()


def test_few_venues_make_no_over_representation() -> None:
    """4 of district 05's 12 venues are cinemas: chance gives as many or more in 7 of 100."""
    ctx, query = context(), city_query(context())
    cinemas = creative_city.quotients_figure(ctx, TERRITORY, query.changed(specialised="cinema"))
    assert cinemas.finding == "Cinema: no area is clearly above the city's share"
    row = cinemas.rows.set_index("area_id").loc["05"]
    assert (row["count"], row["lq"]) == (4, pytest.approx(4 / 12 / (69 / 498)))
    assert row["p"] / 2 == pytest.approx(0.073, abs=1e-3)
    assert row["low"] < 1 < row["high"]
    clubs = creative_city.quotients_figure(ctx, TERRITORY, query.changed(specialised="nightclub"))
    assert clubs.finding == "Nightclub: clearly over-represented in Friedrichshain-Kreuzberg"
    assert "Pankow (0.63)" in clubs.note


def test_no_region_is_called_fastest_within_the_error() -> None:
    figure = creative_region.growth_figure(context(), BERLIN, creative_region.Years(2015, 2022))
    assert " is not clearly above " in figure.finding
    assert "15.7" not in figure.finding
    assert (figure.rows["years"].dropna() <= 8).all()
    own = next(layer for layer in figure.drawing.layers if layer.kind == "areas").options["rows"].set_index("nuts_id")
    assert own.loc["DE30", "shown"].endswith(", 8 years")
    assert own.loc["PL22", "shown"] == "no figure in any year"
    with pytest.raises(NothingToShow, match="no trend within one series"):
        creative_region.growth_figure(context(), BERLIN, creative_region.Years(2020, 2021))


def test_a_change_across_the_break_says_so() -> None:
    ctx, years = context(), creative_region.Years(2015, 2022)
    for note in (
        creative_region.statement(ctx, BERLIN, years),
        creative_region.shift_share_figure(ctx, BERLIN, years).note,
        *(figure.note for figure in creative.country_figures(ctx, TERRITORY)[1:]),
        creative.activities_figure(ctx).note,
    ):
        assert "2021 break in series" in note
    assert "break" not in creative_region.shift_share_figure(ctx, BERLIN, creative_region.Years(2015, 2019)).note


def test_culture_and_income_of_regions_are_compared_within_countries() -> None:
    """Pooled, 185 regions once looked sure; 24 countries are not."""
    rows, result = creative_inclusion.regions_beside_income(context(), 2014, 2019)
    assert (len(rows), result.groups) == (185, 24)
    assert result.partial_low < 0 < result.partial_high
    figure, sentence = creative_inclusion.regions_figure(context())
    assert figure.finding.endswith("no association that the figures can tell from chance")
    assert "24 countries as independent" in sentence


def test_every_indicator_can_stand_beside_culture() -> None:
    ctx, query = context(), creative_inclusion.Query(venues=("museum", "theatre", "cinema"))
    for beside in creative_inclusion.indicators(ctx):
        figure, sentence = creative_inclusion.areas_figure(ctx, TERRITORY, query.changed(beside=beside))
        assert beside in figure.rows
        assert "12 larger areas as independent" in sentence
        assert "counted on 30 June 2021" in figure.note or "counted on 31 December 2020" in figure.note


def test_the_walk_is_the_mean_over_people_at_every_level() -> None:
    ctx = context()
    kinds = creative_city.usual_kinds(ctx)
    city, districts = (creative_city.minutes_to_culture(ctx, kinds, PERIOD, level) for level in ("city", "district"))
    mean = (districts["minutes"] * districts["persons"]).sum() / districts["persons"].sum()
    assert mean == pytest.approx(city["minutes"].iloc[0])


def test_an_association_needs_ten_areas() -> None:
    ctx = context()
    query = creative_inclusion.Query(venues=("museum",), beside="unemployment", still="transfer_receipt")
    figure, sentence = creative_inclusion.areas_figure(ctx, TERRITORY, query)
    assert figure.period == "residents on 31 December 2024, unemployment on 31 December 2020"
    assert f"over {len(figure.rows)} areas" in sentence
    with pytest.raises(NothingToShow, match="No kind of venue"):
        creative_inclusion.areas_figure(ctx, TERRITORY, query.changed(venues=()))
    rows, result = creative_inclusion.regions_beside_income(ctx, 2014, 2019)
    assert len(rows) == result.n


def test_culture_of_a_city_whose_ids_say_nothing(three_shores: CityContext) -> None:
    ctx, query = three_shores, city_query(three_shores)
    assert query.venues == ("museum", "theatre", "cinema")
    for district, count in (("", 8), ("south-2", 3)):
        territory = TERRITORY.changed(district=district)
        assert creative_city.density_figure(ctx, territory, query).rows["facilities"].sum() == count
        assert creative_city.kinds_figure(ctx, territory, query).rows["count"].sum() == count
        assert creative_city.hot_spots_figures(ctx, territory, query)[0].rows["area_id"].nunique() == (
            4 if district else 12
        )
    beside = creative_inclusion.Query(venues=query.venues, beside="unemployment", still="child_poverty")
    figure, _sentence = creative_inclusion.areas_figure(ctx, TERRITORY, beside)
    assert figure.period.endswith("unemployment on 31 December 2019")
    with pytest.raises(NothingToShow, match="Only 4 areas"):
        creative_inclusion.areas_figure(ctx, TERRITORY.changed(district="south-2"), beside)
    other_city = CityContext(ctx.city, ctx.data_version, role="admin")
    assert "`" not in firms.without_register(other_city)  # the command imports another city's register


def test_firms_of_the_districts_add_up_and_bands_are_never_a_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZONE_LOCAL", str(tmp_path / "local"))
    firms_bench.generate(tmp_path / "month.csv", 30_000)
    register.import_month(tmp_path / "month.csv", pd.Timestamp("2023-03-01"))
    ctx = context()
    query = firms.Query(scope="dcms", level="district", submarket=firms.submarkets("dcms")[0])
    mapped = firms.map_figure(ctx, TERRITORY, query)
    assert mapped.period == "2023-03"
    assert 0 < mapped.rows["firms"].sum() < mapped.rows["all_firms"].sum() <= 30_000
    assert firms.firms(ctx, "dcms", "planning_area")["firms"].sum() == pytest.approx(mapped.rows["firms"].sum())
    bounds = firms.employees(ctx, "dcms")
    assert bounds["low"] < bounds["high"]
    assert bounds["all"] == pytest.approx(mapped.rows["firms"].sum())
    assert set(firms.quotients_figure(ctx, TERRITORY, query).rows["kind"]) == {query.submarket}
