"""Names of levels, kinds of facility, dimensions and indicators in the reader's language."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics.indicators import CONTEXT, DIMENSIONS, REGISTRY, Indicator
from data import glossary as terms
from data.context import CityContext
from data.errors import NothingToShow
from data.translation import N_, Language
from services.cache import cached
from services.tables import optional_table, world_table

# The line under figures from the register of initiatives.
REGISTER = N_("register of initiatives on this server; pages read are kept with each fact")
# What a city calls many of its areas, where it says no more than the usual name of one.
PLURALS = {
    "District": N_("Districts"),
    "Forecast area": N_("Forecast areas"),
    "District region": N_("District regions"),
    "Planning area": N_("Planning areas"),
    "Area": N_("Areas"),
}


def level_names(ctx: CityContext) -> dict[str, str]:
    """Name of each level of areas below the city, largest first."""
    return {level: ctx.language(ctx.city.level_names[level]) for level in ctx.levels}


def level_plurals(ctx: CityContext) -> dict[str, str]:
    """Name of many areas of each level, as it stands inside a sentence; none is made from a name of the city's own."""
    _, names = ctx.language, {level: ctx.city.level_names[level] for level in ctx.levels}
    return {
        level: _.inside(_(PLURALS[name])) if name in PLURALS else _("areas of the level '{name}'", name=_(name))
        for level, name in names.items()
    }


def dimensions(language: Language) -> dict[str, str]:
    """Name of each dimension of the index."""
    return {key: language(name) for key, name in DIMENSIONS.items()}


def context_groups(language: Language) -> dict[str, str]:
    """Name of each group of indicators beside the index."""
    return {key: language(name) for key, name in CONTEXT.items()}


def glossary(language: Language) -> dict[str, str]:
    """What every term of the figures means, by the alphabet of its language."""
    return terms.everything(language)


def region_name(ctx: CityContext) -> str:
    """Name of the region of Europe that the city lies in. Raises NothingToShow where it names none that is known."""
    _, regions = ctx.language, world_table("regions")
    names = regions.loc[regions["nuts_id"] == ctx.city.region, "name"]
    if names.empty:
        raise NothingToShow(
            _("{city} names no region of Europe's statistics.", city=ctx.name),
            _("Name its NUTS 2 region in the city's pack and build it on the page *Your city*."),
        )
    return str(names.iloc[0])


def topic_name(language: Language, topic: str) -> str:
    """Name of the need that an initiative is filed under."""
    return language({**DIMENSIONS, "environment": N_("Environment")}.get(topic, topic.capitalize()))


def cards(language: Language) -> dict[str, Indicator]:
    """Every indicator's card by its key, in the registry's order."""
    parts = ("label", "unit", "definition", "formula", "period", "caveats")
    return {
        card.key: replace(card, **{part: language(getattr(card, part)) for part in parts})  # type: ignore[arg-type]
        for card in REGISTRY
    }


@cached
def facility_kinds(ctx: CityContext) -> pd.DataFrame:
    """The kinds of facility that the city has, by kind: label, plural, grouping, age_from, age_to."""
    rows = world_table("facility_kinds").set_index("kind")
    rows = rows[rows.index.isin(optional_table(ctx, "facilities")["kind"])]
    return rows.assign(label=rows["label"].map(ctx.language), plural=rows["plural"].map(ctx.language))
