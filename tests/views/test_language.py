"""Six languages: nothing missing, nothing unused, the same values in each sentence.

Numbers and charts are as they are written there.
"""

from __future__ import annotations

import ast
import re
import string
import sys
import warnings
from datetime import date
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.translation import LANGUAGES, N_, Language, messages, preferred
from views import charts
from views.language import localise_chart

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

    return {message.id for message in make_catalogues.template() if message.id and isinstance(message.id, str)}


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_missing_or_unused(language: str) -> None:
    import make_catalogues

    have, need = set(messages(language)), wanted()
    assert have - need == set(), "unused: run `make messages`"
    if make_catalogues.is_released((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")):
        assert need - have == set(), "missing: run `make messages`, then translate"
    elif need - have:
        warnings.warn(f"{len(need - have)} sentences are not translated into {language} yet", stacklevel=1)


def test_what_is_not_translated_yet_stops_a_release_and_no_branch() -> None:
    import make_catalogues

    assert not make_catalogues.is_released("# Changelog\n\n## 2026.12 (unreleased)\n\n## 2026.11\n")
    assert make_catalogues.is_released("# Changelog\n\n## 2026.11\n\n## 2026.10\n")


def values(sentence: str) -> list[tuple[str, str]]:
    return sorted(
        (name, spec or "") for _words, name, spec, _how in string.Formatter().parse(sentence) if name is not None
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_holds_the_same_values_and_links(language: str) -> None:
    for english, other in messages(language).items():
        if "{" in english or "{" in other:
            assert values(english) == values(other), english
        assert english.count("](") == other.count("]("), english
        assert english.count("**") == other.count("**"), english


def test_no_page_says_a_sentence_outside_the_catalogues() -> None:
    """A string given straight to what readers see must go through gettext."""
    faults = []
    for path in [
        ROOT / "app.py",
        *(path for room in ("pages", "services", "views") for path in (ROOT / room).glob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in VISIBLE
                and ast.unparse(node.func.value) != "data"
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


def test_a_version_is_told_as_a_moment() -> None:
    assert Language.moment("2026-11-25T065659.874927") == "2026-11-25 06:56:59 UTC"
    assert Language.moment("") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_days_and_countries_by_locale(language: str) -> None:
    _ = Language(language)
    assert _.number(1234567.5, 1) == NUMBERS[language]
    assert _("{amount} million", amount=_.localised("1.5")).count("1") == 1
    assert " ".join(_.day(date(2024, 12, 31)).split()) == DAYS.get(language, "31 грудня 2024 р.")
    names = {"es": "Ucrania", "uk": "Україна", "ar": "أوكرانيا"}
    assert _.country("UKR", "Ukraine") == names.get(language, "Ukraine")


@given(st.floats(-1e12, 1e12))
def test_every_language_writes_the_same_digits(number: float) -> None:
    assert len({re.sub(r"[^\d+-]", "", Language(language).signed(number, 2)) for language in LANGUAGES}) == 1


def test_a_sentence_falls_back_to_english_and_labels_fit_in_sentences() -> None:
    assert Language("de")("A sentence nobody has translated") == "A sentence nobody has translated"
    assert Language("de").inside("Wohnen") == "Wohnen", "German nouns keep their capital"
    assert Language("fr").inside("Logement") == "logement"
    assert N_("Housing") == "Housing"


def test_words_for_numbers_and_gaps() -> None:
    _ = Language()
    assert _.p_value(0.0004) == "p below 0.001"
    assert _.p_value(0.0312) == "p 0.031"
    assert _.ranks(1, 1) == "place 1"
    assert _.ranks(1, 7) == "place 1 to 7"
    assert _.number(float("nan")) == _.percent(None) == _.compact(float("inf")) == "not known"
    assert _.number(0) == "0"
    assert _.compact(1_234_567) == "1.23 million"


@pytest.mark.parametrize(
    ("locale", "language"), [("de-AT", "de"), ("uk", "uk"), ("pt-BR", "en"), (None, "en"), ("ar_EG", "ar")]
)
def test_the_browsers_language_is_taken_where_we_have_it(locale: str | None, language: str) -> None:
    assert preferred(locale) == language


def test_from_right_to_left_a_chart_is_mirrored() -> None:
    figure = charts.blank(300, "persons")
    figure.add_bar(x=[1, 2], y=["a", "b"], orientation="h")
    figure.update_layout(margin={"l": 10, "r": 150})
    mirrored = localise_chart(go.Figure(figure), Language("ar"))
    assert mirrored.layout.xaxis.autorange == "reversed"
    assert mirrored.layout.yaxis.side == "right"
    assert (mirrored.layout.margin.l, mirrored.layout.margin.r) == (150, 10)
    note = mirrored.layout.annotations[0]
    assert (note.x, note.xanchor, note.align) == (1, "right", "right")
    ranged = go.Figure(layout={"xaxis": {"range": [2015, 2024]}})
    assert list(localise_chart(ranged, Language("ar")).layout.xaxis.range) == [2024, 2015]
    german = localise_chart(go.Figure(figure), Language("de"))
    assert german.layout.xaxis.autorange is None
    assert german.layout.separators == ",."


def test_nothing_is_a_little_less_than_zero() -> None:
    english, german = Language("en"), Language("de")
    assert english.number(-0.0004, 3) == "0.000"
    assert german.percent(-0.0004, 1) == "0,0 %"
    assert english("{x:+.1f} points", x=-0.04) == "0.0 points"
    assert english.number(-0.0006, 3) == "-0.001"


@pytest.mark.parametrize(
    ("code", "n", "words"),
    [
        ("en", 0, "0 facilities"),
        ("en", 1, "1 facility"),
        ("en", 1234, "1,234 facilities"),
        ("de", 1, "1 Einrichtung"),
        ("de", 1234, "1.234 Einrichtungen"),
        ("fr", 0, "0 équipement"),
        ("fr", 2, "2 équipements"),
        ("es", 1, "1 centro"),
        ("uk", 1, "1 заклад"),
        ("uk", 2, "2 заклади"),
        ("uk", 5, "5 закладів"),
        ("uk", 11, "11 закладів"),
        ("uk", 21, "21 заклад"),
        ("ar", 1, "مرفق واحد"),
        ("ar", 2, "مرفقان"),
        ("ar", 5, "5 مرافق"),
        ("ar", 11, "11 مرفقًا"),
        ("ar", 100, "100 مرفق"),
    ],
)
def test_a_count_has_the_form_that_its_language_wants(code: str, n: int, words: str) -> None:
    assert Language(code).plural("{n:,} facility", "{n:,} facilities", n) == words


def test_every_form_of_every_count_is_translated_and_names_what_the_english_names() -> None:
    import make_catalogues

    counted = [message.id for message in make_catalogues.template() if isinstance(message.id, tuple)]
    assert len(counted) > 15
    for code in LANGUAGES:
        for one, other in counted:
            values = dict.fromkeys(re.findall(r"\{(\w+)", other), 3) | {"day": "3 May"}
            values.pop("n", None)
            texts = [Language(code).plural(one, other, n, **values) for n in (0, 1, 2, 3, 5, 11, 21, 100)]
            assert all(texts), (code, one)
            assert "3" in texts[3], (code, one, "a count above two is written in digits")
