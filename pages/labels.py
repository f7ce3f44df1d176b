"""Names of indicators, dimensions, facilities and levels in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from analytics.indicators import CONTEXT, DIMENSIONS, REGISTRY, Indicator
from pages.common import cached, city, table
from views.language import N_, _, current, inside

REGISTER = N_(
    "register of initiatives on this server; pages read are kept with each fact"
)  # the line under figures from it


def _translated(names: dict[str, str]) -> dict[str, str]:
    return {key: _(name) for key, name in names.items()}


def dimensions() -> dict[str, str]:
    """Name of each dimension of the index."""
    return _translated(DIMENSIONS)


def context() -> dict[str, str]:
    """Name of each group of indicators beside the index."""
    return _translated(CONTEXT)


def level_names() -> dict[str, str]:
    """Name of each level of areas, largest first."""
    return _translated(city().level_names)


def level_plurals() -> dict[str, str]:
    """Name of many areas of each level, inside a sentence."""
    return {level: inside(_(f"{name}s")) for level, name in city().level_names.items() if level != "city"}


def cards() -> dict[str, Indicator]:
    """Every indicator's card by its key, in the registry's order."""
    return _cards(current())


@lru_cache(maxsize=8)
def _cards(_language: str) -> dict[str, Indicator]:
    parts = ("label", "unit", "definition", "formula", "period", "caveats")
    return {one.key: replace(one, **{part: _(getattr(one, part)) for part in parts}) for one in REGISTRY}  # type: ignore[arg-type]


@cached
def facility_kinds() -> pd.DataFrame:
    """The kinds of facility that the city knows of, by key: label, plural, grouping, age_from, age_to."""
    rows = table("facility_kinds").set_index("kind")
    rows = rows[rows.index.isin(table("facilities", city().key)["kind"])]
    return rows.assign(label=rows["label"].map(_), plural=rows["plural"].map(_))


def need_name(topic: str) -> str:
    """Name of the need that an initiative is filed under."""
    return _({**DIMENSIONS, "environment": N_("Environment")}.get(topic, topic.capitalize()))
