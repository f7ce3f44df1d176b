"""Ages as statistical offices write them, in six languages and in codes, as bands such as '6-14' and '65+'."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

OLDEST = 130
COARSE = (0, 3, 6, 12, 15, 18, 27, 45, 65, 80)  # first years of bands that keep whom each service is for apart
TOTAL, UNKNOWN = "total", "unknown"
TOTALS = {
    *("total", "totals", "t", "all", "all ages", "gesamt", "insgesamt", "zusammen", "alle", "alle altersgruppen"),
    *("summe", "yhteensä", "ensemble", "tous", "toutes", "tous âges", "todos", "todas", "todas las edades", "i alt"),
    *("totalt", "sum", "both", "everyone"),
    *("разом", "усього", "всього", "усі", "усі вікові групи", "المجموع"),
    *("الإجمالي", "الاجمالي", "الكل", "إجمالي", "جميع الأعمار", ""),
}
UNKNOWNS = {
    *("unknown", "unk", "not stated", "n/a", "unbekannt", "ohne angabe", "keine angabe", "inconnu", "non déclaré"),
    *("âge inconnu", "desconocido", "no consta"),
    *("невідомо", "не вказано", "غير معروف", "غير مبين", "غير محدد"),
}
# Words by what they do to the number beside them. A word of more than one stands as it is written, without accents.
_UNDER = (
    "bis unter|bis u|unter|under|to under|to less than|less than|below|younger than|junger als|moins de|a moins de"
    "|menos de|a menos de|menores de|до менше|менше|менше ніж"
    "|молодше|молодші|اقل من|دون|تحت|lt|u|<"
)
_OVER = "ab|from|desde|a partir de|від|починаючи з|من|ge|>=|≥"
_PAST = "over|older than|more than|uber|alter als|mehr als|plus de|mas de|gt|>"
_UP_TO = "bis|up to|jusqua|hasta|до включно|حتى|<=|≤"
_AND_OVER = (
    "and over|and older|and more|and above|or over|or older|or more|plus|over|und alter|und altere|und mehr|und daruber"
    "|u a|u alter|u altere|et plus|ou plus|et plus ages|y mas|o mas|en adelante"
    "|і старше|та старше|і старші|та старші"
    "|і більше|та більше|и старше"
    "|فاكثر|فما فوق|واكثر|وما فوق|او اكثر|oder alter|oder mehr"
)
_NOTHING = (
    "age|ages|aged|y|yr|yrs|year|years|old|years old|alter|jahr|jahre|jahren|jahrige|jahriger|jahrigen|j|im alter von"
    "|an|ans|age de|anos|ano|de edad|edad"
    "|р|рік|роки|років|років і|вік|вікова група"
    "|سنه|سنة|سنوات|عام|عاما|اعوام|عمر"
    "|العمر|persons|personen|personas|personnes|bevolkerung|population|residents|einwohner|of age"
)
_BETWEEN = "to|through|bis|bis einschließlich|bis einschliesslich|a|y|and|et|und|до|по|الى|حتى|و|bis zu|-"
_BEFORE = "|from|between|von|vom|zwischen|de|entre|desde|від|з|між|من|بين|the"
_Words = frozenset[str]


def _words(text: str) -> _Words:
    return frozenset(text.split("|"))


def _any(words: str) -> re.Pattern[str]:
    longest_first = sorted(_words(words), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


UNDER, OVER, BEYOND, UP_TO, BETWEEN, BEFORE = map(_words, (_UNDER, _OVER, _PAST, _UP_TO, _BETWEEN, _BEFORE))
BEYOND |= {"понад", "більше ніж", "اكثر من"}
AFTER, AND_OLDER = {"", "de"}, {"+", "et +", "ou +", "y +", "und +", "and +", "u +"}
AND_OVER, NOTHING = _any(_AND_OVER), _any(_NOTHING)


def band(age: str) -> str:
    """'6-14', '65+', 'total' or 'unknown' for an age as it is written; '' for what is none."""
    plain = " ".join(str(age).casefold().split())
    if plain in TOTALS:
        return TOTAL
    if plain in UNKNOWNS:
        return UNKNOWN
    parts = re.split(r"(\d+)", _plain(plain))
    numbers = [int(number) for number in parts[1::2] if len(number) <= 3]
    words = [_beside(part, after=place == len(numbers)) for place, part in enumerate(parts[::2])]
    if len(numbers) != len(parts) // 2 or not 1 <= len(numbers) <= 2 or max(numbers) > OLDEST:
        return ""
    low, high = numbers[0], numbers[-1]
    low_high = _single(low, *words) if len(numbers) == 1 else _range(low, high, *words)
    if low_high is None or low_high[0] > low_high[1]:
        return ""
    return f"{low_high[0]}+" if low_high[1] == OLDEST else f"{low_high[0]}-{low_high[1]}"


def _plain(age: str) -> str:
    """Without accents and other signs than those that mean something, digits as 0 to 9."""
    letters = unicodedata.normalize("NFKD", age.replace("й", "\ue000").replace("ї", "\ue001"))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in "'’`ʼ")
    letters = letters.replace("\ue000", "й").replace("\ue001", "ї")
    digits = "".join(str(unicodedata.digit(letter, letter)) for letter in letters)
    return re.sub(r"[–—−‒_]", "-", digits)


def _beside(text: str, after: bool) -> str:
    """What stands before or after a number, without words that say nothing: ' Jahre und älter' -> '+'."""
    bare = re.sub(r"[.,;:()\[\]/]|(?<=\w)-|-(?=\w)|(?<![<>])=", " ", text)
    bare = re.sub(r"(\+|<=?|>=?|≤|≥)", r" \1 ", " ".join(bare.split()))
    bare = NOTHING.sub(" ", AND_OVER.sub(" + ", bare) if after else bare)
    return " ".join(bare.split())


def _single(number: int, before: str, after: str) -> tuple[int, int] | None:
    """First and last year of an age with one number in it."""
    if after in AND_OLDER:
        return (number, OLDEST) if before in BEFORE | OVER else None
    if after not in AFTER:
        return None
    if before in UNDER:
        return 0, number - 1
    if before in BEYOND:
        return number + 1, OLDEST
    if before in OVER:
        return number, OLDEST
    if before in UP_TO:
        return 0, number
    return (number, number) if before == "" else None


def _range(low: int, high: int, before: str, between: str, after: str) -> tuple[int, int] | None:
    """First and last year of an age with two numbers in it."""
    if before not in BEFORE or after not in AFTER:
        return None
    words = between.removeprefix("- ")
    return (low, high - 1) if words in UNDER else (low, high) if words in BETWEEN else None


def ends(band_: str) -> tuple[int, int]:
    """First and last year of a band: '6-14' -> (6, 14), '65+' -> (65, OLDEST)."""
    first, _, last = band_.rstrip("+").partition("-")
    return int(first), int(last) if last else OLDEST


def coarse(band_: str) -> str:
    """The band of COARSE that a band lies in; itself where it lies across two."""
    first, last = ends(band_)
    start = max(year for year in COARSE if year <= first)
    end = next((year - 1 for year in COARSE if year > first), OLDEST)
    return band_ if last > end else f"{start}+" if end == OLDEST else f"{start}-{end}"


def sums(bands: list[str]) -> list[str]:
    """Bands that others of the same list make up exactly: '0-17' beside '0-5' and '6-17'."""
    by_first: dict[int, list[tuple[int, str]]] = {}
    for name in bands:
        by_first.setdefault(ends(name)[0], []).append((ends(name)[1], name))
    return [name for name in bands if _is_made_up(*ends(name), name, by_first)]


def _is_made_up(first: int, last: int, name: str, by_first: dict[int, list[tuple[int, str]]]) -> bool:
    reached = {first}
    for year in range(first, last + 1):
        if year in reached:
            reached |= {end + 1 for end, other in by_first.get(year, []) if other != name and end <= last}
    return last + 1 in reached


def overlap(bands: list[str]) -> bool:
    """Whether two bands share a year."""
    ordered = sorted(map(ends, bands))
    return any(after[0] <= before[1] for before, after in pairwise(ordered))
