"""Sums over any of a table's columns, written once as an expression that every engine runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis

ADDITIVE = (
    "persons",
    "places",
    "applied",
    "recognised",
    "complementary",
    "rejected",
    "closed",
    "thousand_persons",
    "million_pps",
    "firms",
)
WHOLE = re.compile(r"-?[1-9][0-9]*|0")  # as a whole number is written
# Figures at different moments, levels or boundary versions never add up: each must be named or grouped by.
NEVER_ACROSS = ("year", "period", "level", "boundary_version", "counted")


def validate_query(columns: list[str], by: list[str], value: str, keep: dict[str, list[str]]) -> str:
    """Why a sum makes no sense, in one sentence; '' if it does."""
    for name in (*by, *keep, value):
        if name not in columns:
            return f"There is no column '{name}'. Known: {', '.join(columns)}."
    if value not in ADDITIVE:
        additive = ", ".join(name for name in ADDITIVE if name in columns)
        return f"'{value}' cannot be added up. What can: {additive or 'nothing here'}."
    if len(set(by)) < len(by) or value in by:
        return "A column can be named once: to group by it, or as what is added up."
    for name in NEVER_ACROSS:
        if name in columns and name not in by and len(keep.get(name, [])) != 1:
            return f"Figures of several kinds of '{name}' do not add up. Group by it, or keep one."
    return ""


def regroup(table: ibis.Table, by: list[str], value: str, keep: dict[str, list[str]]) -> ibis.Table:
    """Sums of `value` by the columns of `by`, over the rows that hold one of the kept values in each kept column.

    Gives `by`, value (empty where nothing is known), rows, unknown (rows whose value is empty: suppressed or not
    published, so the sum is a lower bound), in the order of `by`.
    """
    rows = table
    for name, values in keep.items():
        rows = rows.filter(_is_in(rows[name], values))
    column = rows[value]
    whole = column.sum().cast("int64") if column.type().is_integer() else column.sum().cast("float64")
    counted = {value: whole, "rows": rows.count(), "unknown": column.isnull().sum().cast("int64")}
    if not by:
        return rows.aggregate(**counted)
    return rows.group_by(by).agg(**counted).order_by(by)


def _is_in(column: ibis.Value, values: list[str]) -> ibis.BooleanValue:
    """Whether a value is among these, as addresses write them: whole numbers as numbers, days without a clock."""
    kind = column.type()
    if kind.is_integer():
        numbers = [int(value) for value in values if WHOLE.fullmatch(value)]
        return column.isin([number for number in numbers if abs(number) < 2**63])
    return (column.strftime("%Y-%m-%d") if kind.is_timestamp() else column.cast("string")).isin(values)
