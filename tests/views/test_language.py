"""Six languages: nothing missing, nothing unused, the same values in each sentence, numbers and charts as they are written there."""

from __future__ import annotations

import ast
import re
import string
import sys
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from views import charts, text
from views.language import LANGUAGES, N_, _, catalogue, country, inside, preferred, turn, using

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs"))
OTHERS = [code for code in LANGUAGES if code != "en"]
VISIBLE = {
    "title",
    "header",
    "subheader",
    "caption",
    "info",
    "warning",
    "success",
    "metric",
    "selectbox",
    "multiselect",
    "radio",
    "toggle",
    "checkbox",
    "text_input",
    "text_area",
    "number_input",
    "button",
    "expander",
    "form_submit_button",
    "spinner",
    "empty",
    "slider",
}


def wanted() -> set[str]:
    import make_catalogues

    return {str(one.id) for one in make_catalogues.template() if one.id}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_or_unused(language: str) -> None:
    have, need = set(catalogue(language)), wanted()
    assert have - need == set(), "unused: run `make messages`"
    assert need - have == set(), "missing: run `make messages`, then translate"


def values(sentence: str) -> list[tuple[str, str]]:
    return sorted(
        (name, spec or "") for _words, name, spec, _how in string.Formatter().parse(sentence) if name is not None
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_holds_the_same_values_and_links(language: str) -> None:
    for english, other in catalogue(language).items():
        if "{" in english or "{" in other:
            assert values(english) == values(other), english
        assert english.count("](") == other.count("]("), english
        assert english.count("**") == other.count("**"), english


def test_no_page_says_a_sentence_outside_the_catalogues() -> None:
    """A string given straight to what readers see must go through gettext."""
    faults = []
    for path in [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "views").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in VISIBLE
                and node.args
            ):
                first = node.args[0]
                parts = first.values if isinstance(first, ast.JoinedStr) else [first]
                if any(
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and re.search("[a-z]{4,}", part.value)
                    for part in parts
                ):
                    faults.append(f"{path.name}:{node.lineno}")
    assert faults == []


NUMBERS = {
    "en": "1,234,567.5",
    "de": "1.234.567,5",
    "fr": "1\u202f234\u202f567,5",
    "es": "1.234.567,5",
    "uk": "1\xa0234\xa0567,5",
    "ar": "1,234,567.5",
}
DAYS = {
    "en": "31 December 2024",
    "de": "31. Dezember 2024",
    "fr": "31 décembre 2024",
    "es": "31 de diciembre de 2024",
    "ar": "31 ديسمبر 2024",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_days_and_countries_by_locale(language: str) -> None:
    with using(language):
        assert text.number(1234567.5, 1) == NUMBERS[language]
        assert _("{amount} million", amount=text.localised("1.5")).count("1") == 1
        assert " ".join(text.day(date(2024, 12, 31)).split()) == DAYS.get(language, "31 грудня 2024 р.")
        assert country("UKR", "Ukraine") == {"es": "Ucrania", "uk": "Україна", "ar": "أوكرانيا"}.get(
            language, "Ukraine"
        )


@given(st.floats(-1e12, 1e12))
def test_every_language_writes_the_same_digits(number: float) -> None:
    digits = set()
    for language in LANGUAGES:
        with using(language):
            digits.add(re.sub(r"[^\d+-]", "", text.signed(number, 2)))
    assert len(digits) == 1


def test_a_sentence_falls_back_to_english_and_labels_fit_in_sentences() -> None:
    with using("de"):
        assert _("A sentence nobody has translated") == "A sentence nobody has translated"
        assert inside("Wohnen") == "Wohnen", "German nouns keep their capital"
    with using("fr"):
        assert inside("Logement") == "logement"
    assert N_("Housing") == "Housing"


@pytest.mark.parametrize(
    ("asked", "given_"), [("de-AT", "de"), ("uk", "uk"), ("pt-BR", "en"), (None, "en"), ("ar_EG", "ar")]
)
def test_the_browsers_language_is_taken_where_we_have_it(asked: str | None, given_: str) -> None:
    assert preferred(asked) == given_


def test_from_right_to_left_a_chart_is_mirrored() -> None:
    figure = charts.base(300, "persons")
    figure.add_bar(x=[1, 2], y=["a", "b"], orientation="h")
    figure.update_layout(margin={"l": 10, "r": 150})
    with using("ar"):
        turned = turn(go.Figure(figure))
    assert turned.layout.xaxis.autorange == "reversed"
    assert turned.layout.yaxis.side == "right"
    assert (turned.layout.margin.l, turned.layout.margin.r) == (150, 10)
    note = turned.layout.annotations[0]
    assert (note.x, note.xanchor, note.align) == (1, "right", "right")
    ranged = go.Figure(layout={"xaxis": {"range": [2015, 2024]}})
    with using("ar"):
        assert list(turn(ranged).layout.xaxis.range) == [2024, 2015]
    with using("de"):
        assert turn(go.Figure(figure)).layout.xaxis.autorange is None
        assert turn(go.Figure(figure)).layout.separators == ",."
