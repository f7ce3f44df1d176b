"""Cards of the indicators: definition, formula, source, direction, coverage, caveats and code of each."""

from __future__ import annotations

import pandas as pd

from analytics.indicators import Indicator
from data.context import CityContext, Territory
from data.figures import Column, Figure
from data.translation import GAP, N_
from services.areas import latest_period, require_period
from services.columns import by_name
from services.figures import Caption, figure
from services.inclusion import measured
from services.indicator_days import social_day
from services.names import cards, context_groups, dimensions, level_plurals
from services.tables import source

DIRECTIONS = {"high": N_("high is good"), "low": N_("low is good"), "": N_("neither high nor low is good")}
COLUMNS = by_name(
    Column("label", N_("Indicator"), kind="name"),
    Column("good", N_("Direction"), kind="text"),
    Column("definition", N_("Definition"), kind="text"),
    Column("formula", N_("Formula"), kind="text"),
    Column("period", N_("Period"), kind="text"),
    Column("caveats", N_("Caveats"), kind="text"),
    Column("code", N_("Code"), kind="id"),
    Column("key", N_("Key"), kind="id"),
)


def areas_counted(ctx: CityContext, territory: Territory) -> dict[str, int]:
    """How many of the city's smallest areas have a value, by indicator. Raises NothingToShow without a half-year."""
    return measured(ctx, require_period(ctx, territory), ctx.levels[-1]).notna().sum().to_dict()


def _period(ctx: CityContext, territory: Territory, card: Indicator) -> str:
    """Of which time an indicator is; with the day of the social indicators as published."""
    chosen = latest_period(ctx, territory)
    day = None if chosen is None else social_day(ctx, chosen, card.key)
    return card.period if day is None else f"{card.period} ({ctx.language.day(day)})"


def card_text(
    ctx: CityContext, territory: Territory, card: Indicator, counted: dict[str, int], figure_link: str
) -> str:
    """A card as Markdown. counted: from areas_counted, or empty; figure_link: to the page with its figure."""
    _ = ctx.language
    smallest = level_plurals(ctx)[ctx.levels[-1]]
    return _(
        "\n**Definition** {definition}\n\n**Formula** {formula} · **Direction** {side} · **Period** {period} · "
        "**Coverage** {known}\n\n**Caveats** {value}\n\n**Source** {value_2}\n\n**Code** `{code}` · "
        "[Figure]({shown_on})\n",
        definition=card.definition,
        formula=card.formula,
        side=_(DIRECTIONS[card.good]),
        period=_period(ctx, territory, card),
        known=f"{_.number(counted[card.key])} {smallest}" if counted else _(GAP),
        value=card.caveats or _("none known"),
        value_2=source(ctx, *card.tables) or _("{name} has no table for it", name=ctx.name),
        code=card.code,
        shown_on=figure_link,
    )


def cards_figure(ctx: CityContext, territory: Territory) -> Figure:
    """All cards as one table."""
    _, groups = ctx.language, dimensions(ctx.language) | context_groups(ctx.language)
    parts = ("label", "dimension", "unit", "good", "definition", "formula", "period", "caveats", "code", "key")
    rows = pd.DataFrame([{part: getattr(card, part) for part in parts} for card in cards(_).values()])
    rows["dimension"], rows["good"] = rows["dimension"].map(groups), [_(DIRECTIONS[good]) for good in rows["good"]]
    rows["period"] = [_period(ctx, territory, card) for card in cards(_).values()]
    caption = Caption(_("Indicators"), _("one row an indicator"), "", _("Zone of Social Creativity · 2026 · CC0 1.0"))
    return figure(ctx, "cards", caption, rows, None, COLUMNS)
