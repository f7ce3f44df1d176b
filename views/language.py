"""The reader's language: sentences by gettext catalogue, numbers, dates and countries by locale, direction of writing."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st
from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "uk": "Українська", "ar": "العربية"}
CATALOGUES = Path(__file__).parent / "catalogues"
_chosen: ContextVar[str] = ContextVar("language", default="")
_KEY = "lang"


def current() -> str:
    """The language that sentences are made in: the reader's, or English where nobody reads."""
    if _chosen.get():
        return _chosen.get()
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    return str(st.session_state.get(_KEY, "en"))


@contextmanager
def using(language: str) -> Iterator[None]:
    """Make sentences in a given language, for what is written apart from a page."""
    before = _chosen.set(language)
    try:
        yield
    finally:
        _chosen.reset(before)


def preferred(asked: str | None) -> str:
    """The language we have for a browser's locale such as 'de-AT', English if none."""
    code = (asked or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


def is_right_to_left() -> bool:
    """Whether the language is written from right to left."""
    return current() == "ar"


@lru_cache(maxsize=16)
def catalogue(language: str) -> dict[str, str]:
    """Sentence by English sentence, of one language."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale=language) if one.id and one.string}


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse("en_GB" if language == "en" else language)


@lru_cache(maxsize=16)
def separators(language: str) -> tuple[str, str]:
    """Signs before decimals and between thousands; western digits in every language, as in the city's own files."""
    locale = _locale(language)
    return get_decimal_symbol(locale, numbering_system="latn"), get_group_symbol(locale, numbering_system="latn")


def localised(figures: str) -> str:
    """Figures as python writes them ('1,234.5') with the reader's own signs."""
    if is_right_to_left() and figures[:1] in ("+", "-"):
        return f"\u200e{figures}"  # the sign stays before its number
    decimal, group = separators(current())
    if (decimal, group) == (".", ","):
        return figures
    return figures.translate({ord("."): decimal, ord(","): group})


@lru_cache(maxsize=4096)
def _parts(sentence: str) -> list[tuple[str, str | None, str, bool]]:
    """A sentence taken apart once: words, the name of the value after them, its format, and whether that is a number's."""
    return [
        (words, name, spec or "", bool(spec and re.search(r"[,.\d%fg]", spec)))
        for words, name, spec, _conversion in string.Formatter().parse(sentence)
    ]


def _filled(sentence: str, values: dict[str, object]) -> str:
    """A sentence with its {named} values, whose numbers follow the locale."""
    made = ""
    for words, name, spec, numeric in _parts(sentence):
        made += words
        if name is not None:
            value = values[name]
            shown = format(value, spec)
            made += localised(shown) if numeric and not isinstance(value, (str, date)) else shown
    return made


def _translated(sentence: str) -> str:
    language = current()
    return sentence if language == "en" or not sentence else catalogue(language).get(sentence, sentence)


def _(sentence: str, /, **values: object) -> str:
    """A sentence in the reader's language, its {named} values filled in."""
    found = _translated(sentence)
    return _filled(found, values) if values else found


def each(sentence: str, /, **columns: Iterable[object]) -> list[str]:
    """A sentence for every row of columns of values; the language is looked up once, not thousands of times."""
    with using(current()):
        found = _translated(sentence)
        return [_filled(found, dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def N_(sentence: str) -> str:
    """Mark a sentence that is translated later, where it is shown."""
    return sentence


def inside(label: str) -> str:
    """A label as it stands inside a sentence: in lower case, but not in German, whose nouns keep their capital."""
    return label if current() == "de" or label.isupper() else label[:1].lower() + label[1:]


def day(when: date) -> str:
    """2024-12-31 -> '31 December 2024'."""
    return format_date(when, "long", locale=_locale(current()))


@lru_cache(maxsize=16)
def _territories(language: str) -> dict[str, str]:
    names = _locale(language).territories
    two_letters = get_global("territory_aliases")
    return {three: names[two[0]] for three, two in two_letters.items() if len(three) == 3 and two[0] in names}


def country(iso3: str, english: str) -> str:
    """A country's name; its English one as given where the locale has none."""
    return english if current() == "en" else _territories(current()).get(iso3, english)


def turn(figure: go.Figure) -> go.Figure:
    """Write a chart's numbers by locale and, from right to left, mirror it: axes, legend, titles, named ends."""
    figure.update_layout(separators="".join(separators(current())))
    if not is_right_to_left():
        return figure
    for axis in figure.select_xaxes():
        if axis.range:
            axis.update(range=list(axis.range)[::-1])
        else:
            axis.update(autorange=None if axis.autorange == "reversed" else "reversed")
    figure.update_yaxes(side="right")
    for note in figure.layout.annotations:
        _mirror_note(note)
    figure.update_layout(
        margin={"l": figure.layout.margin.r, "r": figure.layout.margin.l},
        title={"x": 1, "xanchor": "right"},
        legend={"x": 1, "xanchor": "right", "traceorder": "reversed"},
    )
    return figure


def _mirror_note(note: go.layout.Annotation) -> None:
    sides = {"left": "right", "right": "left"}
    # On the paper the place is mirrored; in data it moves with the axis.
    if note.xref == "paper":
        note.update(x=1 - note.x)
    note.update(xanchor=sides.get(note.xanchor, note.xanchor), align=sides.get(note.align, note.align))
    if note.xshift:
        note.update(xshift=-note.xshift)


def control() -> None:
    """Choose the language, first in the sidebar; the link keeps it, else the browser's is taken."""
    if _KEY not in st.session_state:
        asked = st.query_params.get(_KEY, "")
        st.session_state[_KEY] = asked if asked in LANGUAGES else preferred(st.context.locale)
    st.session_state[_KEY] = st.session_state[_KEY]  # set again, so that it outlives a page without the control
    st.sidebar.selectbox(_("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=_KEY)
    if st.session_state[_KEY] != "en" or _KEY in st.query_params:
        st.query_params[_KEY] = st.session_state[_KEY]
    direction = "rtl" if is_right_to_left() else "ltr"
    if is_right_to_left():  # plotly and maps place their letters by themselves and count from the left
        st.html(
            # Streamlit slides a closed sidebar out to the left, from where it stands on the right: most of it stays over the page on a phone.
            "<style>[data-testid=stSidebar][data-collapsed=true]{visibility:hidden}"
            "[data-testid=stPlotlyChart],[data-testid=stDeckGlJsonChart]{direction:ltr}"
            "[data-testid=stMarkdownContainer] *,[data-testid=stHeading] *,[data-testid=stCaptionContainer],[data-testid=stCaptionContainer] *{text-align:start!important}</style>"
        )
    # Screen readers take the language of the page from here; the browser mirrors the layout by itself.
    st.html(
        f"<script>document.documentElement.lang='{current()}';document.documentElement.dir='{direction}'</script>",
        unsafe_allow_javascript=True,
    )
