"""Of which days indicators are, whom they are shares of, and what they leave out."""

from __future__ import annotations

import pandas as pd

from analytics import coverage, indicators
from data.context import CityContext
from data.translation import N_
from services.access import residents_nearer_to_limits
from services.areas import current_half_years
from services.cache import cached, cached_numbers
from services.names import cards, facility_kinds
from services.tables import has_tables, optional_table
from services.walks import spread


def of_period(ctx: CityContext, name: str, period: pd.Timestamp) -> pd.DataFrame:
    """Rows of a table of the city on a day."""
    rows = optional_table(ctx, name)
    return rows[rows["period"] == period]


def social_shares(ctx: CityContext, period: pd.Timestamp) -> pd.DataFrame:
    """Social indicators by smallest area on the newest day not after a period, each indicator by itself."""
    rows = optional_table(ctx, "social_monitoring")
    rows = rows[(rows["period"] <= period) & rows["percent"].notna()]
    return rows[rows["period"] == rows.groupby("indicator")["period"].transform("max")]


@cached_numbers
def social_days(ctx: CityContext, period: pd.Timestamp) -> dict[str, pd.Timestamp]:
    """The newest day not after a period of each social indicator that the city has."""
    rows = social_shares(ctx, period)
    return dict(zip(rows["indicator"], rows["period"], strict=True))


def social_day(ctx: CityContext, period: pd.Timestamp, indicator: str) -> pd.Timestamp | None:
    """The same of one indicator; None where there is none."""
    return social_days(ctx, period).get(indicator)


def bases_day(ctx: CityContext, day: pd.Timestamp) -> pd.Timestamp | None:
    """The day of today's areas, within a year of a social indicator's, whose residents it is a share of."""
    near = min(current_half_years(ctx), key=lambda candidate: abs(candidate - day), default=None)
    return near if near is not None and abs(near - day) <= pd.Timedelta(days=366) else None


@cached
def about(ctx: CityContext, period: pd.Timestamp) -> str:
    """Of which days indicators are."""
    _, days, residents_day = ctx.language, sorted(set(social_days(ctx, period).values())), ctx.language.day(period)
    if not days:
        said = N_("Residents of {period}; walks are estimates") if _walks(ctx) else N_("Residents of {period}")
        return _(said, period=residents_day)
    said = N_("Residents of {period}; social monitoring of {day}")
    if _walks(ctx):
        said = N_("Residents of {period}; social monitoring of {day}; walks are estimates")
    return _(said, period=residents_day, day=_.listed(_.day(day) for day in days))


@cached
def caveats(ctx: CityContext, period: pd.Timestamp) -> str:
    """Whom social indicators are shares of, how far walks may be off, what they leave out."""
    _, days = ctx.language, sorted(set(social_days(ctx, period).values()))
    bases = {day: bases_day(ctx, day) for day in days}
    counted = sorted({base for base in bases.values() if base is not None and _has_ages(ctx, base)})
    weights = ""
    if counted:
        weights = _(
            "In larger areas social shares are weighted with their own ages, counted on {day}.",
            day=_.listed(_.day(day) for day in counted),
        )
    elif days:
        weights = _("No ages were counted within a year of the social shares: they are not added up to larger areas.")
    notes = [_ages_note(ctx, period), weights, _walks_note(ctx, period)]
    return " ".join(note for note in notes if note)


def _ages_note(ctx: CityContext, period: pd.Timestamp) -> str:
    """Which shares of an age the city's counts do not tell."""
    _, bands = ctx.language, of_period(ctx, "residents", period)["age"].unique()
    shares = {"children": (0, 15), "older": (65, None)}
    unknown = [key for key, ages in shares.items() if not coverage.knows_age(bands, *ages, longest=0)]
    if not unknown:
        return ""
    labels = _.listed(f"'{cards(_)[key].label}'" for key in unknown)
    return _("Not known: {shares}, as residents are not counted by such ages.", shares=labels)


def _has_ages(ctx: CityContext, period: pd.Timestamp) -> bool:
    """Whether residents of a day are counted by age."""
    return bool(of_period(ctx, "residents", period)["age"].nunique() > 1)


def _walks(ctx: CityContext) -> list[tuple[str, ...]]:
    """Kinds of facility of each walk that the city has."""
    present = set(facility_kinds(ctx).index)
    walked = [kinds for kinds in indicators.WALKS.values() if present & set(kinds)]
    return walked if has_tables(ctx, "areas_exact", "cells") else []


def _walks_note(ctx: CityContext, period: pd.Timestamp) -> str:
    """How far walks may be off, and for how many a facility outside the city may be nearer."""
    walked = _walks(ctx)
    if not walked:
        return ""
    beyond = [residents_nearer_to_limits(ctx, kinds, period, "") for kinds in walked]
    _, (shortest, longest) = ctx.language, spread(ctx)
    factors = _(
        "A walk may take {shortest:.2f} to {longest:.2f} times what is shown.", shortest=shortest, longest=longest
    )
    outside = _(
        "Facilities outside {city} are not counted: {low:,} residents live nearer to its limits than to any that is.",
        city=ctx.name,
        low=beyond[0],
    )
    if min(beyond) < max(beyond):
        outside = _(
            "Facilities outside {city} are not counted: by kind, {low:,} to {high:,} residents live nearer to its "
            "limits than to any that is.",
            city=ctx.name,
            low=min(beyond),
            high=max(beyond),
        )
    return f"{factors} {outside}" if shortest < longest else outside
