"""Whom a kind of service is for: residents of the ages it serves, by area and day, and whether these are known."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics import coverage
from data.context import CityContext
from data.errors import NothingToShow
from services.areas import current_half_years
from services.cache import cached_numbers
from services.tables import city_table, optional_table, world_table


def _ages(kind: str) -> tuple[int | None, int | None]:
    """Ages that a kind of facility serves, from and to under; none where it serves everyone."""
    row = world_table("facility_kinds").set_index("kind").loc[kind]
    return (None, None) if pd.isna(row["age_from"]) else (int(row["age_from"]), int(row["age_to"]))


@cached_numbers
def knows_served(ctx: CityContext, kind: str, period: pd.Timestamp) -> bool:
    """Whether the city's ages of a day tell how many a kind of facility serves."""
    rows = city_table(ctx, "residents")
    return coverage.knows_age(rows.loc[rows["period"] == period, "age"].unique(), *_ages(kind))


def require_served(ctx: CityContext, kind: str, period: pd.Timestamp) -> pd.Timestamp:
    """The day again. Raises NothingToShow where the city's ages do not tell how many a kind of facility serves."""
    if knows_served(ctx, kind, period):
        return period
    _ = ctx.language
    raise NothingToShow(
        _(
            "How many {served} there are is not known: the city's residents of {day} are not counted by such ages.",
            served=served_words(ctx, kind),
            day=_.day(period),
        ),
        _("Choose a service for all ages, or add ages to the city's pack and build it on the page *Your city*."),
    )


def known_first(ctx: CityContext, kinds: Iterable[str]) -> list[str]:
    """Kinds of facility, first those of which it is known how many they serve on the newest day."""
    days = current_half_years(ctx)[-1:]
    return sorted(kinds, key=lambda kind: not all(knows_served(ctx, kind, day) for day in days))


@cached_numbers
def residents_served(ctx: CityContext, kind: str, period: pd.Timestamp) -> pd.DataFrame:
    """Residents of the ages that a kind of facility serves, by smallest area: area_id, persons."""
    rows = city_table(ctx, "residents")
    return coverage.of_age(rows[rows["period"] == period], *_ages(kind))


def cut_note(ctx: CityContext, kind: str, period: pd.Timestamp) -> str:
    """From which counted ages those that a kind serves are estimated on a day; '' where they were counted as such."""
    rows = optional_table(ctx, "residents")
    bands = coverage.cut_bands(rows.loc[rows["period"] == period, "age"].unique(), *_ages(kind))
    if not bands:
        return ""
    counted = ctx.language.listed(band.replace("-", "–") for band in bands)
    return ctx.language("estimated from those aged {bands}, in proportion to the years", bands=counted)


def served_on(ctx: CityContext, kind: str, period: pd.Timestamp) -> str:
    """Whom a kind serves, in words, and from which counted ages they are estimated on a day, if they are."""
    words, note = served_words(ctx, kind), cut_note(ctx, kind, period)
    return f"{words} ({note})" if note else words


def served_words(ctx: CityContext, kind: str) -> str:
    """Whom a kind serves, in words."""
    _, row = ctx.language, world_table("facility_kinds").set_index("kind").loc[kind]
    if pd.isna(row["age_from"]):
        return _("all residents")
    if row["age_to"] >= 120:
        return _("residents over 64")
    return _("residents aged {age_from} to {age_to}", age_from=row["age_from"], age_to=row["age_to"] - 1)
