"""Findings in words: the ends of a ranking with their ties, small bases and errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from analytics.findings import MIN_BASE, Extreme, Finding, extreme
from data.context import CityContext
from data.translation import N_

NAMED = 3  # of several that share a value, so many are named


def ends(
    ctx: CityContext,
    rows: pd.DataFrame,
    value: str,
    statement: Callable[[str, str], str],
    shown: Callable[[float], str],
    *,
    subject: str = "",
    what: str = "",
    tied: Callable[[str, str, int], str] | None = None,
    **options: Any,
) -> Finding:
    """The largest or smallest of named rows as a finding.

    statement: the sentence from a name and the value in words. shown: a value in words with its unit. subject: of what
    the value is, for sentences that are no superlative. what: the rows in the plural ('districts'). tied: the sentence
    from names, value and count, where several share the value. options: of analytics.findings.extreme. Where the next
    is within the error both are named, and a lone row is said to be the only one.
    """
    _, lead = ctx.language, f"{subject}: " if subject else ""
    end = extreme(rows, value, **options)
    if end is None:
        none = _("No figure rests on enough people to name an area.")
        return Finding("", False, lead + (_.inside(none) if lead else none))
    words, largest = shown(end.value), bool(options["largest"])
    if end.behind is None and len(end.names) == 1:
        return Finding(
            "", False, lead + _("{name}, {value} (nothing to compare it with)", name=end.names[0], value=words)
        )
    if len(end.names) > 1:
        share = tied(some(ctx, end.names), words, len(end.names)) if tied else ""
        return Finding("", False, share or lead + _tie(ctx, end, words, what, largest))
    assert end.behind is not None
    unclear = lead + _(
        N_("{name}, {value}, is not clearly above {next}, {next_value}")
        if largest
        else N_("{name}, {value}, is not clearly below {next}, {next_value}"),
        name=end.names[0],
        value=words,
        next=some(ctx, end.next),
        next_value=shown(end.behind),
    )
    return Finding(statement(end.names[0], words), end.clear, unclear)


def _tie(ctx: CityContext, end: Extreme, words: str, what: str, largest: bool) -> str:
    """Which rows share the value at an end, and how many of how many."""
    _ = ctx.language
    of = {"what": what or _("areas"), "count": len(end.names), "all": end.ranked}
    if end.behind is None:
        return _("{value} everywhere ({what}: {count})", value=words, **of)
    said = N_("{value} is the highest value, in {names} ({what}: {count} of {all})")
    if not largest:
        said = N_("{value} is the lowest value, in {names} ({what}: {count} of {all})")
    return _(said, value=words, names=some(ctx, end.names), **of)


def some(ctx: CityContext, names: Iterable[str], most: int = NAMED) -> str:
    """The first names of a list and how many more there are: 'a, b, c and 4 more'."""
    every = list(names)
    if len(every) <= most:
        return ctx.language.listed(every)
    return ctx.language("{names} and {count} more", names=", ".join(every[:most]), count=len(every) - most)


def names_at_end(rows: pd.DataFrame, name: str, value: str, *, largest: bool) -> str:
    """All that share the largest or smallest value, for a sentence that names them: 'Schools / Parks'."""
    end = extreme(rows.assign(name=rows[name]), value, largest=largest)
    return " / ".join(end.names) if end else ""


def left_out(ctx: CityContext, rows: pd.DataFrame, value: str, base: str) -> str:
    """How many areas have a figure that rests on too few people to be ranked; '' if none."""
    few = int((rows[value].notna() & (rows[base].astype(float) < MIN_BASE)).sum())
    if not few:
        return ""
    return ctx.language.plural(
        "{n} area with fewer than {least} people is not ranked",
        "{n} areas with fewer than {least} people are not ranked",
        few,
        least=MIN_BASE,
    )
