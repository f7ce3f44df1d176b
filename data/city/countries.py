"""Countries by their ISO codes of three or two letters, or by their names in the app's languages."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global

import data
from data.city.words import plain_word
from data.translation import LANGUAGES

KOSOVO = ("XKX", "XK")  # codes in common use; ISO has none
EUROSTAT = {"EL": "GRC", "UK": "GBR"}
NOT_ISO = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR", "ASC", "CPT", "DGA", "QUU", "TAA"}  # former, or reserved only
ALSO = {  # names in use beside those of the languages' own lists
    **{"turkey": "TUR", "czechrepublic": "CZE", "ivorycoast": "CIV", "elfenbeinkuste": "CIV", "burma": "MMR"},
    **{"capeverde": "CPV", "swaziland": "SWZ", "macedonia": "MKD", "mazedonien": "MKD", "holland": "NLD"},
}


@cache
def iso2_by_iso3() -> dict[str, str]:
    """Two letters by three of every country and territory, Taiwan, Kosovo and the islands among them."""
    aliases = get_global("territory_aliases").items()
    names = Locale("en").territories
    pairs = {long: short[0] for long, short in aliases if len(long) == 3 and long.isalpha() and len(short) == 1}
    return {
        long: short for long, short in pairs.items() if short in names and long[0] not in "XZ" and long not in NOT_ISO
    } | {KOSOVO[0]: KOSOVO[1]}


@cache
def english_names() -> dict[str, str]:
    """Name by three-letter code of every country and territory, those without a row in the world's tables too."""
    names = Locale("en").territories
    return {long: names[short] for long, short in iso2_by_iso3().items()}


@cache
def codes() -> frozenset[str]:
    """Every three-letter code that the app takes: those of countries, and UNHCR's for people without one."""
    return frozenset({*data.table("countries")["iso3"], *iso2_by_iso3()})


@cache
def _by_word() -> dict[str, str]:
    words = ALSO | {short: long for long, short in iso2_by_iso3().items()} | EUROSTAT
    for language in LANGUAGES:
        names = Locale(language).territories
        words |= {plain_word(names[short]): long for long, short in iso2_by_iso3().items() if short in names}
    words |= {plain_word(name): code for code, name in data.table("countries")[["iso3", "name"]].to_numpy()}
    return words


def iso3(word: str) -> str:
    """The three-letter code of a country that is written as a code or a name; '' for what is none."""
    code = word.strip()
    if code in codes():
        return code
    return _by_word().get(code, _by_word().get(plain_word(code), ""))
