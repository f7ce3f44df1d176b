"""From the layouts that are published to one value a row: values in several columns, rows by sex and the like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import kinds
from data.city import ages, countries, reading
from data.city.pack_settings import Part
from data.city.words import FEMALE, MALE, SEX_COLUMNS, is_sex, is_total, plain_word, spaced

# By section: what may stand in several columns (else days may), and the column of ours that holds the values.
VALUES = {
    "residents": ("age", "persons"),
    "background": ("background", "persons"),
    "origins": ("origin", "persons"),
    "social": ("indicator", "percent"),
    "employment": ("activity", "firms"),
}
SEX = "sex"
BACKGROUNDS = ("foreign_nationals", "migration_background")


@dataclass(frozen=True)
class Wide:
    """Columns that hold values of one kind: theirs = what each stands for, as a value of our column `of`."""

    of: str
    value: str
    columns: dict[str, str]
    guessed: bool = False


def wide(section: str, part: Part, mapped: dict[str, str], header: Iterable[str]) -> Wide | None:
    """Which columns hold values of one kind, as the manifest says or their names do; None where there is one column.

    mapped: the file's columns by ours.
    """
    if section not in VALUES:
        return None
    of, value = VALUES[section]
    names = [name for name in header if name != "geometry"]
    if part.wide:
        by_plain = {plain_word(name): name for name in names}
        columns = {
            name if name in names else by_plain.get(plain_word(name), name): ours for name, ours in part.wide.items()
        }
        return Wide(_kind(of, columns, mapped), value, columns)
    return None if value in part.columns else _guessed(section, part, mapped, names)


def _guessed(section: str, part: Part, mapped: dict[str, str], names: list[str]) -> Wide | None:
    """Columns that hold values of one kind, as their names say it."""
    of, value = VALUES[section]
    free = [name for name in names if name not in mapped.values() or mapped.get(value) == name]
    columns = {name: name for name in free if _stands_for(of, name, part)} if of not in mapped else {}
    bands = [name for name in columns if of == "age" and ages.band(name) not in ("", ages.TOTAL, ages.UNKNOWN)]
    if of == "age" and len(bands) < 2:
        columns = {}
    elif of == "age" and value in mapped:  # so that ages which leave people out are noticed
        columns.setdefault(mapped[value], ages.TOTAL)
    if len(columns) > 1 or (section == "social" and columns):
        return Wide(of, value, columns, True)
    days = {name: name for name in free if "period" not in mapped and _is_day(name)}
    if len(days) > 1 or (days and value not in mapped):
        return Wide("period", value, days, True)
    sexes = {name: name for name in free if is_sex(name)}
    return Wide(SEX, value, sexes, True) if len(sexes) > 1 and value not in mapped else None


def _is_day(name: str) -> bool:
    return sum(sign.isdigit() for sign in name) >= 4 and bool(reading.days(pd.Series([name]))[0].notna().all())


def _kind(of: str, columns: dict[str, str], mapped: dict[str, str]) -> str:
    """What the manifest's columns stand for: sexes, days where all are days and can be, else the category's values."""
    if all(is_sex(word) or is_total(word) for word in columns.values()) and any(map(is_sex, columns.values())):
        return SEX
    if "period" in mapped or (of == "activity" and of not in mapped):  # '2012' is an activity too
        return of
    return "period" if all(map(_is_day, columns.values())) else of


def _stands_for(of: str, name: str, part: Part) -> bool:
    """Whether a column's name is a value of our column `of`."""
    if name in part.kinds:
        return True
    if of == "age":
        return ages.band(name) != "" and name != ""
    if of == "origin":
        return len(name) > 2 and countries.iso3(name) != ""
    return name in {"indicator": kinds.SOCIAL, "background": BACKGROUNDS}.get(of, ())


def long(rows: pd.DataFrame, spread: Wide, names: tuple[str, str]) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """One value a row, from a table that has several side by side.

    Rows with the columns `names` (what a value stands for, the value), the label of each's row in the file, the column
    each value stood in.
    """
    theirs = list(spread.columns)
    others = rows.drop(columns=theirs)
    repeated = pd.DataFrame(others.iloc[np.repeat(np.arange(len(rows)), len(theirs))])
    labels = pd.Series(repeated.index)
    repeated = repeated.reset_index(drop=True)
    repeated[names[0]] = np.tile(list(spread.columns.values()), len(rows))
    repeated[names[1]] = rows[theirs].to_numpy().reshape(-1)
    return repeated, labels, pd.Series(np.tile(theirs, len(rows)))


def sex_column(rows: pd.DataFrame, mapped: Iterable[str]) -> str:
    """A column that parts rows by sex, '' where there is none."""
    for name in rows.columns.difference(list(mapped), sort=False):
        words = rows[name].dropna().unique() if pd.api.types.is_string_dtype(rows[name]) else []
        if 0 < len(words) < 20 and all(is_sex(word) or is_total(word) for word in words):
            kinds_of = {spaced(word) for word in words}
            if plain_word(name) in SEX_COLUMNS or (kinds_of & MALE and kinds_of & FEMALE):
                return str(name)
    return ""


def summed(table: pd.DataFrame, over: pd.DataFrame, keys: list[str], values: list[str]) -> tuple[pd.DataFrame, int]:
    """Rows by `keys` alone: the total of what `over` parts them by where one is stated, else the sum.

    A sum with a part that is not known is not known. over: by row what parts it, such as its sex. Returns the table and
    how many stated totals are not the sum of their parts.
    """
    table, off = table.assign(**{f"over {name}": over[name] for name in over}), 0
    left = [f"over {name}" for name in over]
    while left:
        name = left.pop()
        by = [*keys, *left]
        whole = table[name].isin([word for word in table[name].unique() if is_total(word)])
        parted = table[~whole]
        sums = parted.groupby(by, dropna=False, sort=False)[values].sum(min_count=1)
        known = parted.assign(**parted[values].notna()).groupby(by, dropna=False, sort=False)[values].all()
        sums = sums.where(known)
        first = table[~table.duplicated(by)].drop(columns=[*values, name])
        stated = table[whole].drop_duplicates(by).set_index(by)[values]
        index = pd.MultiIndex.from_frame(first[by])
        parts, totals = sums.reindex(index), stated.reindex(index)
        off += int(((parts - totals).abs() > 0.5).any(axis=1).sum())
        table = first.assign(**{value: totals[value].fillna(parts[value]).to_numpy() for value in values})
    return table, off
