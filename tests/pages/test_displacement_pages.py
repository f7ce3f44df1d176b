"""The pages on displacement: every measure, titles that follow the territory, choices that stay on their page."""

from __future__ import annotations

import pytest

from tests.driver import contents, figures, follow_link, open_page


@pytest.mark.parametrize("by", ["category", "origin", "asylum"])
@pytest.mark.parametrize("measure", ["absolute", "per_1000", "index"])
def test_displacement_in_every_breakdown_and_measure(by: str, measure: str) -> None:
    app = open_page("displacement", by=by, measure=measure)
    assert not app.exception
    stock = figures(app)[0]
    assert "119.3 million" in stock.finding
    assert stock.rows.loc[stock.rows["year"] == 2025, "persons"].sum() == pytest.approx(119.3e6, rel=1e-3)
    if measure == "index":
        assert stock.rows.loc[stock.rows["year"] == 2015, "index"].eq(100).all()


def test_a_country_is_no_breakdown_by_asylum_and_an_origin_reaches_every_figure() -> None:
    app = open_page("displacement", city="berlin", scope="country", country="POL", only_from="UKR", by="asylum")
    assert app.radio(key="displacement.by").options == ["Category", "Origin"]
    assert "by = asylum" in app.warning[0].value
    stock, _totals, ages, decisions = figures(app)
    assert "from Ukraine in Poland" in stock.finding
    assert ages.note == decisions.note == "Only from: Ukraine"


def test_refugees_to_the_product_are_a_measure_of_countries() -> None:
    app = open_page("displacement", city="berlin", scope="country", country="LBN", measure="per_gdp", by="origin")
    assert not app.exception
    assert "224.1 refugees per US$ 1 of GDP per resident in 2022" in figures(app)[0].finding
    app = open_page("displacement", city="berlin", scope="world", measure="per_gdp")
    assert r"measure = per\_gdp" in app.warning[0].value
    assert app.radio(key="displacement.measure").value == "absolute"


def test_the_scope_of_one_page_does_not_reach_another() -> None:
    fresh = contents(open_page("displacement_flows", city="berlin"))
    app = open_page("displacement", city="berlin", scope="country")
    app = follow_link(app, "displacement_flows")
    assert app.radio(key="displacement_flows.scope").value == "world"
    assert contents(app) == fresh


@pytest.mark.parametrize(("first", "last"), [("1951", "1955"), ("1990", "2014"), ("2025", "2025")])
def test_flows_of_few_years_say_what_is_missing(first: str, last: str) -> None:
    app = open_page("displacement_flows", 90, **{"city": "berlin", "from": first, "to": last})
    assert not app.exception
    assert len(figures(app)) + len(app.info) >= 5


def test_the_city_page_follows_the_territory() -> None:
    for district, area, name in (("", "", "Berlin"), ("08", "", "Neukölln"), ("08", "08100314", "Donaustraße")):
        app = open_page("displacement_city", city="berlin", district=district, area=area)
        assert not app.exception
        assert app.title[0].value == f"Displacement in {name}"
        assert f"residents of {name} had roots in" in figures(app)[0].finding


def test_earlier_years_leave_the_map_out_and_go_on() -> None:
    app = open_page(
        "displacement_city", 90, **{"city": "berlin", "from": "2016", "to": "2018", "map_measure": "growth"}
    )
    assert [figure.key for figure in figures(app)] == ["trend", "districts"]
    assert sum("Areas were redrawn on 2021-01-01" in info.value for info in app.info) == 3


def test_growth_is_chosen_from_a_list_and_no_origin_is_told() -> None:
    app = open_page("displacement_city", city="berlin", map_measure="growth", level="district")
    starts = app.selectbox(key="displacement_city.since")
    assert any("summer of 2015" in option for option in starts.options)
    starts.set_value("2015-06-30").run()
    assert figures(app)[1].unit == "% change since 30 June 2015"
    app.multiselect(key="displacement_city.origins").set_value([]).run()
    assert [info.value for info in app.info] == ["**No origin is chosen.** Choose one or more above."]
