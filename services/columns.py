"""What columns are called: every column that a figure shows or exports has a label, and a unit where it has one.

Columns of one service alone are described beside it; these are the ones that several share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from data.figures import Column
from data.translation import N_, SUPPRESSED, Language


def by_name(*columns: Column) -> dict[str, Column]:
    """Columns by their names."""
    return {column.name: column for column in columns}


SHARED = by_name(
    Column("name", N_("Name"), kind="name"),
    Column("area_id", N_("Area id"), kind="id"),
    Column("district", N_("District"), kind="text"),
    Column("indicator", N_("Indicator"), kind="text"),
    Column("group", N_("Group"), kind="text"),
    Column("kind", N_("Kind"), kind="text"),
    Column("unit", N_("Unit"), kind="text"),
    Column("dimension", N_("Dimension"), kind="text"),
    Column("source_id", N_("Id in the source"), kind="id"),
    Column("year", N_("Year"), kind="id"),
    Column("period", N_("Date"), kind="day"),
    Column("country", N_("Country"), kind="text"),
    Column("iso3", N_("Country code (ISO 3)"), kind="id"),
    Column("nuts_id", N_("NUTS code"), kind="id"),
    Column("persons", N_("People"), missing=SUPPRESSED),
    Column("residents", N_("Residents"), missing=SUPPRESSED),
    Column("facilities", N_("Facilities")),
    Column("places", N_("Places"), missing=N_("not stated")),
    Column("minutes", N_("Minutes on foot (estimate)"), digits=1),
    Column("percent", N_("Share"), "%", digits=1),
    Column("rank", N_("Rank")),
    Column("low", N_("Lower end of the interval"), digits=2),
    Column("high", N_("Upper end of the interval"), digits=2),
    Column("suppressed", N_("Suppressed"), kind="flag"),
    Column("estimate", N_("Estimate"), kind="flag"),
)


def described(rows: pd.DataFrame, own: Mapping[str, Column], language: Language) -> tuple[Column, ...]:
    """The columns of rows in the reader's language, names first and ids last; keys are left out.

    own: descriptions of the service that go before the shared ones. Raises KeyError that names a column without one.
    """
    columns = []
    for name in rows.columns:
        column = own.get(name) or SHARED.get(name)
        if column is None:
            raise KeyError(f"Column '{name}' of a figure has no label: describe it beside its service.")
        if column.kind == "key":
            continue
        columns.append(
            replace(
                column,
                name=name,
                label=language(column.label),
                unit=language(column.unit),
                missing=language(column.missing),
            )
        )
    order = {"name": 0, "text": 1, "day": 2, "flag": 3, "number": 3, "id": 4}
    return tuple(sorted(columns, key=lambda column: 2 if column.name == "year" else order[column.kind]))
