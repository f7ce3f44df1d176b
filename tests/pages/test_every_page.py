"""Every page on every city and in every language: it opens, says what is missing, and is about its own city."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import data
from data.figures import Figure
from data.translation import LANGUAGES
from tests.driver import PAGES, figures, open_page, words

CITIES = ("strange", "three-shores", "bare")


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_the_city_or_says_what_is_missing(page: str, city: str, cities: tuple[str, ...]) -> None:
    app = open_page(page, city=city)
    assert not app.exception
    assert app.title[0].value
    assert figures(app) or app.info or app.metric or app.markdown
    text = words(app)
    assert not re.search(r"\bnan\b|\bNone\b|<NA>", text), text
    others = {entry.name for key, entry in data.cities().items() if key != city}
    shown = " ".join(str(part.value) for part in [*app.title, *app.header, *app.subheader, *app.info])
    assert not [name for name in others if name in shown]  # nothing is taken for another city's


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_shipped_city_shows_figures(page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZONE_DATABASE", f"sqlite:///{tmp_path / 'zone.db'}")
    app = open_page(page, city="berlin", lang="de")
    assert not app.exception
    # What people enter is empty at first, and says what to do.
    assert figures(app) or app.metric or app.info


@cache
def english(page: str) -> list[Figure]:
    return figures(open_page(page, city="three-shores"))


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_each_language_shows_the_same_figures(page: str, language: str, cities: tuple[str, ...]) -> None:
    """A translated word must never reach a key: figures have the same keys and the same numbers in every language."""
    translated = open_page(page, city="three-shores", lang=language)
    assert not translated.exception
    keys = [(figure.key, len(figure.rows), list(figure.rows.columns)) for figure in english(page)]
    assert keys == [(figure.key, len(figure.rows), list(figure.rows.columns)) for figure in figures(translated)]
    for ours, theirs in zip(english(page), figures(translated), strict=True):
        numbers = ours.rows.select_dtypes("number").round(6)
        assert numbers.equals(theirs.rows.select_dtypes("number").round(6)), ours.key


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("first", "last"), [("1951", "1955"), ("2025", "2025")])
def test_years_without_figures_get_an_empty_state_not_an_error(page: str, first: str, last: str) -> None:
    app = open_page(page, **{"city": "berlin", "from": first, "to": last})
    assert not app.exception
    assert app.title[0].value
    if page in OF_A_PERIOD:
        assert app.info, "nothing says what is missing"


# Pages whose figures all stand on a count of residents in the chosen years.
OF_A_PERIOD = (
    "overview",
    "profile",
    "inclusion",
    "diversity",
    "economic_health",
    "displacement_city",
    "coverage",
    "reach",
    "access_equity",
    "creative_city",
    "what_if_arrivals",
    "what_if_sites",
    "what_if_shock",
)
