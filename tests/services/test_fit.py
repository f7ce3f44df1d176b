"""Fit in cities that lack tables, a norm that the reader sets, and gaps that stay gaps."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

import data
from data.context import CityContext, Territory
from data.errors import NothingToShow
from services import fit, fit_summary, homes
from tests.summaries import summary_of
from views import prints

TERRITORY = Territory(first_year=2015, last_year=2025)


def context(city: str = "berlin") -> CityContext:
    return CityContext(data.cities()[city], data.version())


def test_areas_without_a_row_are_unknown_and_a_shelter_is_not_the_fullest() -> None:
    figure = homes.map_figure(context(), TERRITORY)
    rows = figure.rows
    assert rows["per_room"].isna().sum() >= 108
    assert rows.loc[rows["dwellings"].isna(), "per_room"].isna().all()
    ranked = rows[rows["dwellings"].astype(float) >= homes.FEWEST]
    assert f"{ranked['per_room'].max():.2f} residents per room" in figure.finding
    assert rows["per_room"].max() > 10  # shelters in areas of hardly any dwelling
    assert "left blank" in figure.note


def test_children_in_five_years_are_of_the_chosen_district() -> None:
    ctx = context()
    figures = [summary_of(ctx, TERRITORY.changed(district=key), fit.Query()) for key in ("", "08")]
    city, own = (figure.rows for figure in figures)
    for figure, rows in zip(figures, (city, own), strict=True):
        later = rows[rows["group"] == "Children of 6 to 14"].iloc[0]
        assert later["later_low"] < later["later_high"]
        assert np.isnan(later["there"])  # places of schools are not published
        assert "Children of 6 to 14: cohort survival; such intervals held 83 %" in figure.note
    assert own["people"].iloc[0] < city["people"].iloc[0]


def test_adults_reach_a_library_in_the_evening_as_the_timetable_says() -> None:
    ctx = context()
    city, own = (summary_of(ctx, TERRITORY.changed(district=key), fit.Query()) for key in ("", "09"))
    rows = [figure.rows.set_index("group").loc["Adults of 18 and over"] for figure in (city, own)]
    assert 50 < rows[1]["per_100"] < rows[0]["per_100"] < 100  # fewer at the edge of the city
    assert "whether it is open then is not known" in city.note
    assert "VBB" in city.source


def test_cities_without_tables_say_what_is_missing(cities: tuple[str, ...]) -> None:
    ctx, territory = context("three-shores"), TERRITORY.changed(first_year=2018, last_year=2019)
    summary = summary_of(ctx, territory, fit.Query())
    assert "places" in summary.finding
    assert "dwellings" not in set(summary.rows["need"])
    for missing in (
        lambda: fit.schools_figure(ctx, territory, fit.Query()),
        lambda: homes.map_figure(ctx, territory),
        lambda: homes.building_figure(ctx, homes.Query()),
        lambda: fit.trend_figure(ctx, territory),
    ):
        with pytest.raises(NothingToShow):
            missing()
    assert pd.isna(summary.rows.set_index("need").loc["public primary schools", "there"])


def test_a_sentence_for_each_group_says_what_the_table_says_and_all_fit_on_one_page() -> None:
    ctx = context()
    for norm, word in ((90, "is met"), (110, "short of the norm of 110 per 100")):
        query = fit.Query(norm=norm)
        sentences = fit_summary.sentences(ctx, fit_summary.needs(ctx, TERRITORY, query))
        summary = summary_of(ctx, TERRITORY, query)
        assert len(sentences) == len(summary.rows)
        assert word in sentences[0]
    short = summary.rows.iloc[0]["short"]
    assert f"{short:,.0f} short" in sentences[0]
    paper = prints.pdf(**fit_summary.page(ctx, TERRITORY, sentences, summary))
    reader = PdfReader(io.BytesIO(paper))
    assert len(reader.pages) == 1
    text = " ".join(reader.pages[0].extract_text().split())
    for number in (summary.rows.iloc[0]["people"], summary.rows.iloc[0]["there"], short):
        assert f"{number:,.0f}" in text
    assert "Amt für Statistik" in text
    assert "Jannis" in text, "the source is whole"
