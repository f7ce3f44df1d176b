"""Profile, inclusion index, diversity, economic health and cards: what they say of a territory."""

from __future__ import annotations

import pandas as pd
import pytest

import data
from data.context import CityContext
from data.translation import LANGUAGES, Language
from services import profile
from tests.driver import contents, figures, follow_link, open_page
from views import prints

PAGES = ("profile", "inclusion", "diversity", "economic_health", "indicator_cards")


def test_title_and_figures_of_the_index_follow_the_district() -> None:
    app = open_page("inclusion", city="berlin", district="08")
    assert app.title[0].value == "Inclusion index of Neukölln"
    assert figures(app)[0].rows["name"].tolist() == ["Neukölln"]
    assert figures(app)[0].finding.startswith("Neukölln: place ")
    app.selectbox(key="inclusion.level").set_value("planning_area").run()
    assert len(figures(app)[0].rows) == 46


def test_points_of_a_room_arrive_with_its_link() -> None:
    app = open_page("inclusion", city="berlin", weights="expert", points_work="50", room="ABCDEF")
    assert app.number_input(key="inclusion.points_work").value == 50
    assert any("room ABCDEF" in line.value for line in app.info)
    assert contents(app) != contents(open_page("inclusion", city="berlin", weights="expert"))
    assert any("cannot be" in line.value for line in open_page("inclusion", city="berlin", points_work="500").warning)


def test_the_profile_is_of_the_chosen_area_and_its_title_names_it() -> None:
    app = open_page("profile", city="berlin", district="08", area="08100314")
    assert app.title[0].value == "Donaustraße"
    assert app.subheader[0].value == "Strengths"
    assert [figure.key for figure in figures(app)] == ["strip", "measures"]
    assert all("Donaustraße" in figure.finding + figure.subtitle for figure in figures(app))
    app.selectbox(key="profile.level").set_value("district").run()
    assert app.title[0].value == "Neukölln"
    app.selectbox(key="area").set_value("").run()
    app.selectbox(key="district").set_value("").run()
    app.selectbox(key="profile.profile_area").set_value("12").run()
    assert app.title[0].value == "Reinickendorf"


def test_links_of_a_profile_open_the_figure_at_its_district() -> None:
    app = open_page("profile", city="berlin", lang="en", level="district", profile_area="08")
    gaps = next(line.value for line in app.markdown if line.value.startswith("- Unemployment"))
    link = gaps.split("[Figure](")[1].split(")")[0]
    assert link.startswith("creative_inclusion?")
    assert "district=08" in link
    assert "beside=unemployment" in link
    assert "initiatives?city=berlin&topic=work" in gaps


def test_the_profile_prints_on_two_pages() -> None:
    ctx, period = CityContext(data.cities()["berlin"], data.version()), pd.Timestamp("2024-12-31")
    tables = profile.print_tables(ctx, profile.table_figure(ctx, period, "planning_area", "08100314"))
    sentences = {
        kind: list(profile.standouts(ctx, period, "planning_area", "08100314", kind).values())
        for kind in ("strength", "gap")
    }
    content = prints.pdf("Donaustraße: profile", "Planning area", sentences, tables, "Source", Language())
    assert content.startswith(b"%PDF")
    pages = (content.count(mark) for mark in (b"/Type /Page\n", b"/Type /Page /", b"/Type/Page/"))
    assert 1 <= sum(pages) <= 2


def test_terms_of_economic_health_are_the_readers() -> None:
    app = open_page("economic_health", city="berlin", district="08", terms="density,library_walk")
    assert app.caption[0].value.startswith("This page is about the whole city")
    assert figures(app)[0].rows["label"].tolist() == ["Residents per km²", "Nearest library (minutes on foot)"]
    app.multiselect(key="economic_health.terms").set_value([]).run()
    assert not app.exception
    assert any("Nothing is chosen" in line.value for line in app.info)
    assert [figure.key for figure in figures(app)] == ["regions-model"]


@pytest.mark.parametrize("page", PAGES)
def test_years_before_todays_areas_say_which_years_there_are(page: str) -> None:
    app = open_page(page, **{"city": "berlin", "from": "2016", "to": "2018"})
    assert not app.exception
    assert any("Choose years from 2021 to 2024" in line.value for line in app.info)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_with_every_choice_changed_in_every_language(language: str) -> None:
    changed = {"normalisation": "rank", "weights": "pca", "aggregation": "mazziotta-pareto", "imputation": "nearest"}
    english = open_page("inclusion", city="berlin", lang="en", outliers="kept", **changed)
    app = open_page("inclusion", city="berlin", lang=language, outliers="kept", **changed)
    assert not app.exception
    for ours, theirs in zip(figures(english), figures(app), strict=True):
        pd.testing.assert_frame_equal(ours.rows.select_dtypes("number"), theirs.rows.select_dtypes("number"))


def test_choices_of_the_index_do_not_reach_the_profile() -> None:
    app = open_page("inclusion", city="berlin", level="planning_area")
    app = follow_link(app, "profile")
    assert app.selectbox(key="profile.level").value == "district"
