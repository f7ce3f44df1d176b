"""Words as people spell them, made comparable: columns, countries, areas, marks of totals and sexes."""

from __future__ import annotations

import re
import unicodedata

LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})
SAME = {  # abbreviated or translated parts of the names of places
    **{"sankt": "st", "saint": "st", "sainte": "ste", "santa": "sta", "santo": "sto", "strasse": "str"},
    **{"street": "str", "platz": "pl", "place": "pl", "und": "&", "and": "&", "et": "&"},
    **{"і": "&", "та": "&", "y": "&"},
    **{"mount": "mt", "grosser": "gr", "grosse": "gr", "gross": "gr", "kleiner": "kl", "kleine": "kl", "klein": "kl"},
}
TOTALS = frozenset(
    {
        *("total", "totals", "grand total", "all", "all areas", "sum", "city", "whole city", "city total", "gesamt"),
        *("insgesamt", "zusammen", "summe", "stadt", "stadt gesamt", "gesamtstadt", "stadt insgesamt", "alle"),
        *("ensemble", "ville", "tous", "toutes", "total general", "todos", "todas", "ciudad", "totale", "yhteensa"),
        *("koko kaupunki", "i alt", "totalt", "hela staden"),
        *("разом", "усього", "всього", "місто", "المجموع"),
        *("الاجمالي", "المدينة", "الكل"),
        *("t", "both", "both sexes", "beide", "mf", "m f", "persons", "personen"),
    }
)
MALE = frozenset({"m", "male", "males", "men", "man", "mannlich", "manner", "homme", "hommes", "masculin", "hombre"})
MALE |= {"hombres", "varones", "masculino", "miehet"}
MALE |= {"чоловіки", "чоловіча", "чоловік", "ч", "ذكر", "ذكور"}
FEMALE = frozenset(
    {"f", "w", "female", "females", "women", "woman", "weiblich", "frauen", "femme", "femmes", "feminin"}
)
FEMALE |= {"mujer", "mujeres", "femenino", "naiset", "kvinnor", "k"}
FEMALE |= {"жінки", "жіноча", "жінка", "ж", "انثى", "اناث"}
OTHER_SEX = frozenset({"x", "d", "divers", "diverse", "other", "autre", "otro", "unknown", "unbekannt", "not stated"})
SEX_COLUMNS = frozenset({"sex", "gender", "geschlecht", "sexe", "sexo", "genero", "genre"})
SEX_COLUMNS |= {"стать", "الجنس", "النوع"}
SEX_COLUMNS |= {"sukupuoli", "kon", "kjonn", "sesso", "geslacht", "plec"}


def without_accents(word: str) -> str:
    """In small letters, without accents: 'Éco-Quartier' -> 'eco-quartier'."""
    letters = unicodedata.normalize("NFKD", str(word).casefold().translate(LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def plain_word(word: str) -> str:
    """A word without case, accents and signs, in any script: 'Éco-Quartier' -> 'ecoquartier'."""
    return "".join(letter for letter in without_accents(word) if letter.isalnum())


def spaced(word: str) -> str:
    """As `plain_word`, with its parts parted by spaces: 'St.-Pauli' -> 'st pauli'."""
    return " ".join(re.findall(r"[^\W_]+|&", without_accents(word)))


def place_key(name: str) -> str:
    """What all usual spellings of an area's name share: 'Sankt Pauli' and 'St.-Pauli' -> 'stpauli'."""
    return "".join(SAME.get(part, part) for part in spaced(name).split())


def umlaut_key(name: str) -> str:
    """As `place_key`, for names written without their dots: 'Muenchen' and 'München' -> 'munchen'."""
    return re.sub("([aou])e", r"\1", place_key(name))


def id_key(name: str) -> str:
    """An id without its leading zeros: '007' -> '7'."""
    plain = plain_word(name)
    return plain.lstrip("0") or plain[-1:]


def first_word(name: str) -> str:
    """The id that a name begins with, '01 St. Pauli' -> '01'; the name itself where its first word has no digit."""
    first = name.split(maxsplit=1)[0] if name.strip() else ""
    return first if any(sign.isdigit() for sign in first) else name


def is_total(word: str) -> bool:
    """Whether a row of this name counts all others."""
    return spaced(word) in TOTALS


def is_sex(word: str) -> bool:
    """Whether a word is a sex, other than the total of all."""
    return spaced(word) in MALE | FEMALE | OTHER_SEX
