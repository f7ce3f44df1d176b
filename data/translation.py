"""Sentences, numbers and dates in the reader's language.

A `Language` is a value that functions are given, nothing looks it up.
"""

from __future__ import annotations

import html
import math
import re
import string
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "uk": "Українська",
    "ar": "العربية",  # from right to left
}
MESSAGES_FOLDER = Path(__file__).parent / "messages"
# Sentences since the last `make messages`, all languages beside each other: ["Sentence"] de = "Satz" ...
NEW_MESSAGES = MESSAGES_FOLDER / "new.toml"


class Sentence(str):
    """A sentence in English that a `Language` can still say: it remembers its template and the {named} values in it."""

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> Sentence:
        """Fill the values in; those that are sentences themselves are said in the same language later."""
        sentence = super().__new__(cls, Language()._fill(template, values) if values else template)
        sentence.template, sentence.values = template, values
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Comes whole out of another process."""
        return (self.template,), self.values

    def with_values(self, **values: object) -> Sentence:
        """The sentence with further values, or others."""
        return Sentence(self.template, **(self.values | values))


def N_(sentence: str, /, **values: object) -> str:
    """Mark a sentence that is translated later, where it is shown; with values it is one that remembers them."""
    return Sentence(sentence, **values) if values else sentence


def as_part(sentence: str) -> Sentence:
    """A sentence as a value in another: one that was marked without values is translated there too."""
    return sentence if isinstance(sentence, Sentence) else Sentence(sentence)


def chain(parts: Iterable[str], mark: str = "") -> Sentence:
    """Sentences after each other. mark: what stands between two."""
    named = {f"part_{number}": as_part(part) for number, part in enumerate(parts)}
    return Sentence(mark.join(f"{{{name}}}" for name in named), **named)


GAP = N_("not known")
SUPPRESSED = N_("suppressed (fewer than 10, or would reveal such a count)")


class Messages(NamedTuple):
    """What a language's catalogue holds: sentences by the English one.

    Of those with a count every form by the English one for 1, and which form a count takes.
    """

    sentences: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form_of: Callable[[int], int]


@lru_cache(maxsize=16)
def catalogue(code: str) -> Messages:
    """A language's catalogue, read once; empty for English, which needs none."""
    path, sentences, plurals = MESSAGES_FOLDER / f"{code}.po", new_messages(code), dict[str, tuple[str, ...]]()
    if not path.exists():
        return Messages(sentences, plurals, lambda count: int(count != 1))
    with path.open("rb") as file:
        entries = read_po(file, locale=code)
    for entry in entries:
        if isinstance(entry.id, tuple) and isinstance(entry.string, tuple) and all(entry.string):
            plurals[str(entry.id[0])] = tuple(map(str, entry.string))
        elif isinstance(entry.id, str) and entry.id and entry.string:
            sentences[entry.id] = str(entry.string)
    return Messages(sentences, plurals, c2py(entries.plural_expr))


def messages(code: str) -> Mapping[str, str]:
    """Sentence by English sentence, of one language."""
    return catalogue(code).sentences


def new_messages(code: str) -> dict[str, str]:
    """Of one language what NEW_MESSAGES holds, by English sentence."""
    if not NEW_MESSAGES.exists():
        return {}
    sentences = tomllib.loads(NEW_MESSAGES.read_text(encoding="utf-8"))
    return {english: words[code] for english, words in sentences.items() if words.get(code)}


@lru_cache(maxsize=16)
def _locale(code: str) -> Locale:
    return Locale.parse("en_GB" if code == "en" else code)


@lru_cache(maxsize=16)
def separators(code: str) -> tuple[str, str]:
    """Signs before decimals and between thousands; western digits in every language, as in the city's own files."""
    locale = _locale(code)
    return get_decimal_symbol(locale, numbering_system="latn"), get_group_symbol(locale, numbering_system="latn")


@lru_cache(maxsize=16)
def _country_names(code: str) -> dict[str, str]:
    names, aliases = _locale(code).territories, get_global("territory_aliases")
    return {three: names[two[0]] for three, two in aliases.items() if len(three) == 3 and two[0] in names}


@lru_cache(maxsize=4096)
def _parts(sentence: str) -> list[tuple[str, str | None, str, bool]]:
    """A sentence in parts: words, the name of the value after them, its format, and whether that is a number's."""
    return [
        (words, name, spec or "", bool(spec and re.search(r"[,.\d%fg]", spec)))
        for words, name, spec, _conversion in string.Formatter().parse(sentence)
    ]


def preferred(locale: str | None) -> str:
    """The language we have for a browser's locale such as 'de-AT', English if none."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


def is_gap(value: object) -> bool:
    """Whether there is no number to show."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value))


@dataclass(frozen=True)
class Language:
    """One of LANGUAGES by its code.

    Called with an English sentence it gives the reader's, its {named} values filled in.
    """

    code: str = "en"

    def __call__(self, sentence: str, /, **values: object) -> str:
        """The sentence in this language, its {named} values filled in."""
        if isinstance(sentence, Sentence):
            parts = {name: self(part) if isinstance(part, Sentence) else part for name, part in sentence.values.items()}
            return self(sentence.template, **parts)
        text = self._text(sentence)
        return self._fill(text, values) if values else text

    def plural(self, one: str, other: str, n: int, /, **values: object) -> str:
        """The sentence for a count, {n} and its other {named} values filled in; English has one for 1 and one else."""
        known = catalogue(self.code)
        english = one if n == 1 else other
        return self._fill(known.plurals[one][known.form_of(n)] if one in known.plurals else english, {"n": n, **values})

    def each(self, sentence: str, /, **columns: Iterable[object]) -> list[str]:
        """A sentence for every row of columns of values."""
        text = self._text(sentence)
        return [self._fill(text, dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]

    @property
    def is_right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.code == "ar"

    def listed(self, names: Iterable[str]) -> str:
        """['a', 'b', 'c'] -> 'a, b and c'."""
        return format_list(list(names), locale=_locale(self.code))

    def inside(self, label: str) -> str:
        """A label as it stands inside a sentence: in lower case, but not in German, whose nouns keep their capital."""
        return label if self.code == "de" or label.isupper() else label[:1].lower() + label[1:]

    def country(self, iso3: str, english: str) -> str:
        """A country's name; its English one where the locale has none."""
        return english if self.code == "en" else _country_names(self.code).get(iso3, english)

    def day(self, when: date) -> str:
        """2024-12-31 -> '31 December 2024'."""
        return format_date(when, "long", locale=_locale(self.code))

    @staticmethod
    def moment(version: str) -> str:
        """The word of a version as a moment: '2026-11-25T065659.874927' -> '2026-11-25 06:56:59 UTC'."""
        day, _t, time = version.partition("T")
        return f"{day} {time[:2]}:{time[2:4]}:{time[4:6]} UTC" if time else day

    def localised(self, figures: str) -> str:
        """Figures as Python writes them ('1,234.5') with the language's own signs; '-0.0' is 0.0."""
        if figures.startswith("-0") and not figures.strip("-0.,% "):
            figures = figures[1:]
        if self.is_right_to_left and figures[:1] in ("+", "-"):
            return f"\u200e{figures}"  # the sign stays before its number
        decimal, group = separators(self.code)
        return figures if (decimal, group) == (".", ",") else figures.translate({ord("."): decimal, ord(","): group})

    def number(self, value: Any, digits: int = 0, spec: str = ",", suffix: str = "") -> str:
        """1234567.8 -> '1,234,568'; a gap is said, never shown as zero. spec: '+,' writes the sign as well."""
        if is_gap(value):
            return self(GAP)
        return self.localised(f"{float(value):{spec}.{digits}f}{suffix}")

    def signed(self, value: Any, digits: int = 1) -> str:
        """1.26 -> '+1.3'."""
        return self.number(value, digits, "+,")

    def percent(self, share: Any, digits: int = 0) -> str:
        """0.1234 -> '12 %'."""
        return self(GAP) if is_gap(share) else self.number(100 * float(share), digits, suffix=" %")

    def signed_percent(self, share: Any, digits: int = 1) -> str:
        """0.1234 -> '+12.3 %'."""
        return self(GAP) if is_gap(share) else self.number(100 * float(share), digits, "+,", " %")

    def compact(self, value: Any) -> str:
        """1234567 -> '1.23 million', 45678 -> '45,678'."""
        if is_gap(value):
            return self(GAP)
        amount = float(value)
        for size, words in ((1e9, N_("{amount} billion")), (1e6, N_("{amount} million"))):
            if abs(amount) >= size:
                short = f"{amount / size:,.3g}" if abs(amount) < 100 * size else f"{amount / size:,.1f}"
                return self(words, amount=self.localised(short))
        return self.localised(f"{amount:,.0f}")

    def p_value(self, p: float) -> str:
        """0.0004 -> 'p below 0.001', 0.0312 -> 'p 0.031'."""
        return self(N_("p below {limit:.3f}"), limit=0.001) if p < 0.001 else self(N_("p {p:.3f}"), p=p)

    def ranks(self, low: float, high: float) -> str:
        """(1, 1) -> 'place 1', (1, 7) -> 'place 1 to 7'."""
        if low == high:
            return self(N_("place {low:.0f}"), low=low)
        return self(N_("place {low:.0f} to {high:.0f}"), low=low, high=high)

    def plain(self, value: object) -> str:
        """A cell as text on paper: numbers by locale, days without a clock, chart markup taken out, gaps said."""
        if is_gap(value):
            return self(GAP)
        if isinstance(value, (pd.Timestamp, datetime)):
            return self.day(value)
        if isinstance(value, (bool, np.bool_)):
            return self(N_("yes")) if value else self(N_("no"))
        if isinstance(value, (float, np.floating)):
            return self.localised(f"{value:,.10g}" if abs(float(value)) >= 1000 else f"{value:.4g}")
        return html.unescape(re.sub(r"<[^>]+>", " ", str(value)))

    def _text(self, sentence: str) -> str:
        return sentence if self.code == "en" or not sentence else messages(self.code).get(sentence, sentence)

    def _fill(self, sentence: str, values: Mapping[str, object]) -> str:
        text = ""
        for words, name, spec, numeric in _parts(sentence):
            text += words
            if name is not None:
                value = values[name]
                shown = format(value, spec)
                text += self.localised(shown) if numeric and not isinstance(value, (str, date)) else shown
        return text
