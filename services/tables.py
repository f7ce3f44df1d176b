"""Tables of a city and of the world, read once and shared, with the line that names their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import data
from data import definitions
from data.context import CityContext
from data.errors import NothingToShow
from data.translation import N_, Language
from services.cache import shared_table

if TYPE_CHECKING:
    from data.catalogue import Entry

UNDATED = N_("period not stated")  # of a table whose pack says no more


def world_table(name: str) -> pd.DataFrame:
    """A shipped table of the world; never write to it. Raises UnknownTableError."""
    return place_table(name, "world")


def city_table(ctx: CityContext, name: str) -> pd.DataFrame:
    """A table of the city; never write to it. Raises UnknownTableError where its pack leaves it out."""
    return place_table(name, ctx.key)


def place_table(name: str, place: str) -> pd.DataFrame:
    """A table of any place by its key; never write to it. Raises UnknownTableError."""
    return shared_table((name, place, data.entry(name, place).checksum), lambda: data.table(name, place))


def has_tables(ctx: CityContext, *names: str) -> bool:
    """Whether the city has all these tables; a city's pack may leave most of them out."""
    return all(data.has(name, ctx.key) for name in names)


def optional_table(ctx: CityContext, name: str) -> pd.DataFrame:
    """A table of the city, without rows where it has none: what is computed from it is then unknown, never zero."""
    return city_table(ctx, name) if has_tables(ctx, name) else data.empty(name)


def require_tables(ctx: CityContext, *names: str) -> None:
    """Raises NothingToShow where the city lacks one of these tables."""
    for name in names:
        if not data.has(name, ctx.key):
            raise missing_table(ctx.language, ctx.key, name)


def missing_table(_: Language, place: str, name: str) -> NothingToShow:
    """What to say where a city has no such table."""
    return NothingToShow(
        _(
            "{city} has no table for this: {table}.",
            city=data.cities()[place].name,
            table=_(definitions.entry(name).title),
        ),
        _("Add it to the city's pack and build it on the page *Your city*."),
    )


def source(ctx: CityContext, *names: str) -> str:
    """The line under a figure from several tables of the city: publisher, period, licence, version.

    Those it lacks are left out.
    """
    return "; ".join(dict.fromkeys(entry.source_line for entry in entries(ctx, *names)))


def world_source(*names: str) -> str:
    """The same for tables of the world."""
    return "; ".join(dict.fromkeys(data.entry(name).source_line for name in names))


def entries(ctx: CityContext, *names: str) -> list[Entry]:
    """The catalogue's entries of those tables that the city has."""
    return [data.entry(name, ctx.key) for name in names if has_tables(ctx, name)]


def facilities_source(ctx: CityContext) -> str:
    """The line under a figure that sets facilities against residents, over the city's streets where it has them."""
    _, streets = ctx.language, source(ctx, "network_edges")
    line = _("{value}; residents: {value_2}", value=source(ctx, "facilities"), value_2=source(ctx, "residents"))
    return _("{sources}; streets: {streets}", sources=line, streets=streets) if streets else line
