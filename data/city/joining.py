"""Which area each row of a table speaks of: by id, by name as people spell it; rows that are totals of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.city.words import first_word, id_key, is_total, place_key, plain_word, umlaut_key
from data.translation import N_

# Ways to find an area, the surest first: whether by id or name, how both sides are made comparable, how it is said.
WAYS: tuple[tuple[str, Callable[[str], str], str], ...] = (
    ("area_id", str, ""),
    ("area_id", plain_word, N_("their ids, which are written otherwise there")),
    ("area_id", id_key, N_("their ids, with or without leading zeros")),
    ("area_id", first_word, N_("the ids that their names begin with")),
    ("name", str, N_("their names")),
    ("name", place_key, N_("their names, which are spelled otherwise there")),
    ("name", umlaut_key, N_("their names, with ae, oe, ue for ä, ö, ü")),
)
ENOUGH = 3  # columns that add up, where the one that is read cannot: percentages do not


@dataclass
class Match:
    """Area ids by word (words of no area are left out), how they were found ('': by id), words of several areas."""

    ids: dict[str, str] = field(default_factory=dict)
    how: str = ""
    ambiguous: dict[str, list[str]] = field(default_factory=dict)


def match(words: list[str], areas: pd.DataFrame, stated: Mapping[str, str]) -> Match:
    """Find areas by the way that fits most words. areas: area_id, name. stated: our id or name by their word."""
    if targets := sorted({stated[word] for word in words if word in stated}):
        ours, others = match(targets, areas, {}), match([word for word in words if word not in stated], areas, {})
        by_id = {word: ours.ids[stated[word]] for word in words if stated.get(word) in ours.ids}
        return Match(others.ids | by_id, others.how, others.ambiguous)
    best = Match()
    for column, key, how in WAYS:
        by_key: dict[str, list[str]] = {}
        for area, name in zip(areas["area_id"], areas[column], strict=True):
            by_key.setdefault(key(str(name)), []).append(str(area))
        hits = {word: by_key[key(word)] for word in words if key(word) in by_key}
        if sum(len(areas) == 1 for areas in hits.values()) > len(best.ids):
            best = Match(
                {word: areas[0] for word, areas in hits.items() if len(areas) == 1},
                how,
                {word: areas for word, areas in hits.items() if len(areas) > 1},
            )
    return best


@dataclass
class Table:
    """A file's rows while its totals are looked for.

    words: what stands for each row's area. ids: its area's id, empty where it has none. keys: columns that part a row
    from others of its area (age, day, sex). counts: numbers by row, those that are read; others: further numbers.
    """

    words: pd.Series
    ids: pd.Series
    keys: pd.DataFrame
    counts: pd.DataFrame
    others: pd.DataFrame


@dataclass
class Totals:
    """Rows that are sums of others. summed: they add up; named: they are called so, though they do not."""

    summed: pd.Series
    named: pd.Series


def totals(table: Table, names: set[str], members: Mapping[str, list[str]]) -> Totals:
    """Rows of no area of their own that add up others, or are called by a word for all or by a district's name.

    names: of the city, as plain words. members: ids of a district's areas by its plain name or id.
    """
    keys = [table.words, *(table.keys[name] for name in table.keys)]
    repeat = pd.Series(0, index=table.words.index)
    if len(repeat):
        repeat = table.words.groupby(keys, dropna=False, sort=False).cumcount()
    unit = pd.Series(pd.factorize(table.words.astype(str) + "\n" + repeat.astype(str))[0], index=table.words.index)
    first = ~unit.duplicated()
    units = pd.DataFrame({"word": table.words[first], "id": table.ids[first]}).reset_index(drop=True)
    latest = repeat.groupby(unit).first().reset_index(drop=True) == repeat.groupby(table.words).max().reindex(
        units["word"]
    ).reset_index(drop=True)
    none = pd.Series(False, index=units.index)
    if units["id"].notna().all() and not repeat.any():
        no_rows = pd.Series(False, index=table.words.index)
        return Totals(no_rows, no_rows)
    values, needed = _vectors(table, unit)
    earliest = repeat.groupby(unit).first().reset_index(drop=True) == 0
    summed = none
    for own in (earliest, latest):  # an area called as its district stands before it, or after it
        trial = _adding_up(units, units["id"].notna() & own, values, needed, members)
        summed = trial if trial.sum() > summed.sum() else summed
    called = units["word"].map(lambda word: is_total(word) or plain_word(word) in names or plain_word(word) in members)
    named = called & units["id"].isna() & ~summed
    return Totals(*(pd.Series(found.to_numpy()[unit], index=unit.index) for found in (summed, named)))


def _vectors(table: Table, unit: pd.Series) -> tuple[np.ndarray, int]:
    """A row of counts for each unit, and how many of them have to add up (0: all that are known)."""
    counts = table.counts.loc[:, [_is_count(table.counts[name]) for name in table.counts]]
    needed = 0
    if counts.empty or not len(counts.columns):
        if unit.duplicated().any():
            return np.empty((unit.max() + 1, 0)), ENOUGH
        counts, needed = table.others.loc[:, [_is_count(table.others[name]) for name in table.others]], ENOUGH
    part = pd.Series(0, index=unit.index)
    if len(table.keys.columns):
        part = table.keys.groupby(list(table.keys), dropna=False, sort=False).ngroup()
    vectors = np.full((unit.max() + 1, part.max() + 1, len(counts.columns)), np.nan)
    vectors[unit.to_numpy(), part.to_numpy()] = counts.to_numpy(dtype=float)
    return vectors.reshape(len(vectors), -1), needed


def _is_count(values: pd.Series) -> bool:
    known = values.dropna()
    return bool(len(known)) and bool((known >= 0).all()) and bool((known % 1 == 0).all())


def _adding_up(
    units: pd.DataFrame, own: pd.Series, values: np.ndarray, needed: int, members: Mapping[str, list[str]]
) -> pd.Series:
    """Which units without an area of their `own` are the sum of all others, of a block of them or of a district's."""

    def equal(whole: np.ndarray, parts: np.ndarray) -> bool:
        known = ~np.isnan(whole) & ~np.isnan(parts) & ((whole > 0) | (parts > 0))
        same = np.abs(whole - parts) < 0.5
        if needed:
            return bool((same & known).sum() >= needed)
        is_whole = not (np.isnan(whole) & (parts > 0)).any()  # an area that is not known may have one of the numbers
        return bool(known.any() and same[known].all() and is_whole)

    mine, places = values[own.to_numpy()], np.flatnonzero(own)
    others = np.flatnonzero(~own)
    summed = pd.Series(False, index=units.index)
    everything = mine.sum(axis=0)
    for place in others:
        district = members.get(plain_word(units["word"][place]), [])
        inside = units.loc[places, "id"].isin(district).to_numpy()
        summed[place] = (len(mine) > 1 and equal(values[place], everything)) or (
            inside.any() and equal(values[place], mine[inside].sum(axis=0))
        )
    rest = [int(place) for place in others if not summed[place]]
    for step in (1, -1):  # a total stands below its rows, or above
        start = -1 if step == 1 else len(units)
        for end in rest[::step]:
            block = (places > min(start, end)) & (places < max(start, end))
            summed[end] |= block.sum() > 1 and equal(values[end], mine[block].sum(axis=0))
            start = end
    return summed | _following_blocks(values, mine, others, equal, everything)


def _following_blocks(
    values: np.ndarray,
    mine: np.ndarray,
    others: np.ndarray,
    equal: Callable[[np.ndarray, np.ndarray], bool],
    everything: np.ndarray,
) -> pd.Series:
    """Units that, one after the other, are the sums of blocks that follow each other and leave nobody out."""
    result, start = pd.Series(False, index=range(len(values))), 0
    blocks = [place for place in others if not equal(values[place], everything)]
    for place in blocks:
        total = np.zeros(values.shape[1])
        for end in range(start, len(mine)):
            total = total + mine[end]
            if equal(values[place], total):
                start = end + 1
                break
        else:
            return result
    if start == len(mine) and len(blocks) > 1:
        result[blocks] = True
    return result
