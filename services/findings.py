"""Findings in words: the ends of a ranking with their ties, small bases and errors."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.findings import MIN_BASE, Extreme, Finding, extreme
from data.context import CityContext


def ends(
    ctx: CityContext,
    rows: pd.DataFrame,
    value: str,
    statement: Callable[[str, str], str],
    shown: Callable[[float], str],
    **options: object,
) -> Finding:
    """The largest or smallest of named rows as a finding.

    statement: the sentence from a name and the value in words. shown: a value in words. options: of
    analytics.findings.extreme. Where several share the value they are counted; where the next is within the error, or
    only one place is there, no superlative is said.
    """
    _ = ctx.language
    end: Extreme | None = extreme(rows, value, **options)  # type: ignore[arg-type]
    if end is None:
        return Finding("", False, _("No figure rests on enough people to name an area."))
    words, name = shown(end.value), end.names[0]
    if len(end.names) > 1:
        return Finding("", False, _("{count} places share the same value: {value}", count=len(end.names), value=words))
    if end.behind is None:
        return Finding("", False, _("{name}: {value} (the only place with a figure)", name=name, value=words))
    unclear = _(
        "{name} ({value}) cannot be told from the next ({next}) within their error",
        name=name,
        value=words,
        next=shown(end.behind),
    )
    return Finding(statement(name, words), end.clear, unclear)


def names_at_end(rows: pd.DataFrame, name: str, value: str, *, largest: bool) -> str:
    """All that share the largest or smallest value, for a sentence that names them: 'Schools / Parks'."""
    end = extreme(rows.assign(name=rows[name]), value, largest=largest)
    return " / ".join(end.names) if end else ""


def left_out(ctx: CityContext, rows: pd.DataFrame, value: str, base: str) -> str:
    """How many areas have a figure that rests on too few people to be ranked; '' if none."""
    few = int((rows[value].notna() & (rows[base].astype(float) < MIN_BASE)).sum())
    return (
        ctx.language("{few} areas with fewer than {least} people are not ranked", few=few, least=MIN_BASE)
        if few
        else ""
    )
