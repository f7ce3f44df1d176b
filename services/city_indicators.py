"""Indicators of a whole city that other cities have by the same definition, each with its day, interval and basis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

import data
from analytics import coverage, measures, rates
from analytics.indicators import WALKS
from analytics.rates import NAN, Rate
from data.context import CityContext
from data.translation import N_
from services import access, walks
from services.areas import current_half_years, half_years, hierarchy
from services.cache import cached
from services.names import cards, facility_kinds
from services.tables import city_table, has_tables, optional_table, source

YEAR = pd.Timedelta(days=366)
LIMIT_MINUTES = 15
AGES: dict[str, tuple[str, int, int | None]] = {
    "children": (N_("Under 15"), 0, 15),
    "minors": (N_("Under 18"), 0, 18),
    "older": (N_("65 and over"), 65, None),
}
BACKGROUNDS = {"foreign_nationals": N_("Foreign nationals"), "migration_background": N_("With a migration background")}
NO_DATA, NO_COUNT = N_("not in its data"), N_("not counted by then")


class Indicator(NamedTuple):
    """An indicator of a city. rate: with an interval only where there is one; gap: why there is no value.

    basis: what it is made from, alike where two are comparable; made: when its places were recorded.
    """

    key: str
    label: str
    unit: str
    rate: Rate
    period: pd.Timestamp | None
    source: str
    basis: str = ""
    made: str = ""
    gap: str = ""
    digits: int = 1


def days_counted(ctx: CityContext, topic: str, last_year: int) -> list[pd.Timestamp]:
    """Days for which a city counted what a topic is made from, up to a year."""
    if topic == "work":
        days = optional_table(ctx, "social_monitoring")["period"].drop_duplicates().sort_values()
        return [day for day in days if day.year <= last_year]
    # A walk starts at today's hexagons; sums over the whole city hold for any boundaries.
    return current_half_years(ctx, 0, last_year) if topic == "walks" else half_years(ctx, 0, last_year)


def _near(days: list[pd.Timestamp], when: pd.Timestamp | None) -> pd.Timestamp | None:
    """The day nearest to another, the newer of two; the newest where none is asked for."""
    if not days or when is None:
        return max(days, default=None)
    return min(days, key=lambda day: (abs(day - when), -day.value))


@cached
def of_city(ctx: CityContext, topic: str, last_year: int, when: pd.Timestamp | None) -> list[Indicator]:
    """Every indicator of a topic for a whole city, on its day nearest to `when` (None: its newest)."""
    makers = {"people": _people, "work": _work, "services": _services, "walks": _walks}
    return makers[topic](ctx, days_counted(ctx, topic, last_year), when)


def _counted(ctx: CityContext, name: str, day: pd.Timestamp | None) -> pd.DataFrame:
    rows = optional_table(ctx, name)
    return rows[rows["period"] == day] if day is not None else rows.iloc[:0]


def _total(ctx: CityContext, day: pd.Timestamp | None) -> float:
    return float(_counted(ctx, "residents", day)["persons"].astype(float).sum(min_count=1))


def _people(ctx: CityContext, days: list[pd.Timestamp], when: pd.Timestamp | None) -> list[Indicator]:
    _, by_key, day, credit = ctx.language, cards(ctx.language), _near(days, when), source(ctx, "residents")
    total, areas = _total(ctx, day), city_table(ctx, "areas")
    km2 = areas[(areas["level"] == "city") & (areas["boundary_version"] == ctx.boundary_version)]["area_km2"].sum()
    gap = "" if total > 0 else _(NO_COUNT)
    result = []
    for key, value in (("residents", total), ("density", total / km2)):
        card = by_key[key]
        result.append(Indicator(key, card.label, card.unit, Rate(value), day, credit, gap=gap, digits=0))
    share, residents = _("% of residents"), _counted(ctx, "residents", day)
    for key, (label, low, high) in AGES.items():
        problem = gap or _ages_problem(ctx, residents, low, high)
        count = NAN if problem else coverage.of_age(residents, low, high)["persons"].sum()
        result.append(Indicator(key, _(label), share, rates.percentage(float(count), total), day, credit, gap=problem))
    for key, label in BACKGROUNDS.items():
        result.append(_group(ctx, key, _(label), day, total))
    displaced = _group(ctx, "displaced", by_key["displaced"].label, day, total)
    result.append(displaced._replace(basis=", ".join(sorted(ctx.city.displaced_origins))))
    if without := _areas_without(ctx, residents):
        result[0] = result[0]._replace(made=_("areas without a count: {count}", count=without))
    return result


def _areas_without(ctx: CityContext, residents: pd.DataFrame) -> int:
    """How many of a day's smallest areas have no count of residents, so that the city's is too low."""
    areas, known = city_table(ctx, "areas"), residents.dropna(subset="persons")
    areas = areas[(areas["level"] == ctx.levels[-1]) & areas["boundary_version"].isin(known["boundary_version"])]
    return int((~areas["area_id"].isin(known["area_id"])).sum())


def _ages_problem(ctx: CityContext, residents: pd.DataFrame, low: int, high: int | None) -> str:
    """Why the residents of some ages are not known: none counted, or in bands that reach over a limit; '' if known."""
    bands = residents["age"].unique()
    if len(bands) < 2:
        return ctx.language("ages are not known")
    for limit in (low, high):
        cut = [band for band in bands if limit and coverage.age_bounds(band)[0] < limit < coverage.age_bounds(band)[1]]
        if cut:
            return ctx.language("ages are counted as {band}, which {limit} years cut", band=cut[0], limit=limit)
    return ""


def _group(ctx: CityContext, key: str, label: str, day: pd.Timestamp | None, total: float) -> Indicator:
    """Residents of a background, or of origins that stand for displacement, as a share of all."""
    _, column = ctx.language, "origin" if key == "displaced" else "background"
    table, groups = f"residents_by_{column}", ctx.city.displaced_origins if key == "displaced" else [key]
    rows = _counted(ctx, table, day)
    rows = rows[rows[column].isin(groups)]
    rows = rows[rows["level"] == "city"]
    rate = rates.percentage(float(rows["persons"].astype(float).sum(min_count=1)), total)
    gap = "" if not np.isnan(rate.value) else _(NO_COUNT) if has_tables(ctx, table) else _(NO_DATA)
    return Indicator(key, label, _("% of residents"), rate, day, source(ctx, table), gap=gap)


def _work(ctx: CityContext, days: list[pd.Timestamp], when: pd.Timestamp | None) -> list[Indicator]:
    """Shares of the social monitoring, from the smallest areas weighted with residents of their own ages."""
    _, social, result = ctx.language, optional_table(ctx, "social_monitoring"), []
    whole, bases = hierarchy(ctx)["city"], current_half_years(ctx)
    for card in cards(_).values():
        if "social_monitoring" not in card.tables:
            continue
        rows = social[(social["indicator"] == card.key) & social["percent"].notna() & social["period"].isin(days)]
        day = _near(sorted(rows["period"].unique()), when)
        base_day = None if day is None else _near([base for base in bases if abs(base - day) <= YEAR], day)
        rows, base = rows[rows["period"] == day], _counted(ctx, "residents", base_day)
        ages = measures.BASES.get(card.key, (None, None))
        mean = measures.social_share(card.key, rows, base, whole)
        gap, rate = "", Rate(NAN)
        if mean.notna().any():
            # Of ages that are not counted nobody knows how many a share is of: it stands without an interval or order.
            rate = Rate(float(mean.iloc[0]))
            if ages == (None, None) or not _ages_problem(ctx, base, ages[0] or 0, ages[1]):
                of_ages = coverage.of_age(base, *ages)
                people = float(of_ages[of_ages["area_id"].isin(rows["area_id"])]["persons"].sum())
                rate = rates.percentage(float(mean.iloc[0]) * people / 100, people)
        elif day is None:
            gap = _(NO_DATA)
        else:
            gap = _("nobody's ages were counted within a year of it, which it is weighted with")
        result.append(
            Indicator(card.key, card.label, card.definition, rate, day, source(ctx, "social_monitoring"), gap=gap)
        )
    return result


def _sites(ctx: CityContext, kinds: tuple[str, ...]) -> tuple[pd.DataFrame, str, str]:
    """Facilities of some kinds, whose lists they are from, and the words for when these were made."""
    rows = optional_table(ctx, "facilities")
    rows = rows[rows["kind"].isin(kinds)]
    lists = sorted({"OpenStreetMap" if "openstreetmap" in name.lower() else name for name in rows["source"]})
    made = data.entry("facilities", ctx.key).period if len(rows) else ""
    return rows, ", ".join(lists), made


def _services(ctx: CityContext, days: list[pd.Timestamp], when: pd.Timestamp | None) -> list[Indicator]:
    """Facilities of each kind per 10,000 residents."""
    _, day = ctx.language, _near(days, when)
    total, credit, result = _total(ctx, day), source(ctx, "facilities", "residents"), []
    for kind, row in facility_kinds(ctx).iterrows():
        rows, basis, made = _sites(ctx, (str(kind),))
        rate, gap = rates.per(len(rows), total), "" if total > 0 else _(NO_COUNT)
        unit = _("per 10,000 residents")
        result.append(Indicator(str(kind), row["label"], unit, rate, day, credit, basis, made, gap, digits=2))
    return result


def _walks(ctx: CityContext, days: list[pd.Timestamp], when: pd.Timestamp | None) -> list[Indicator]:
    """Share of residents within a walk of the nearest facility, by straight lines with their range, or over streets."""
    _, day, result = ctx.language, _near(days, when), []
    if not has_tables(ctx, "facilities", "cells", "residents"):
        return []
    credit = source(ctx, "facilities", "residents", "network_nodes")
    people = access.people_in_cells(ctx, "", day) if day is not None else np.zeros(len(city_table(ctx, "cells")))
    paths = _("streets") if walks.has_network(ctx) else _("straight lines")
    shortest, longest = walks.spread(ctx)
    for key, kinds in WALKS.items():
        rows, lists, made = _sites(ctx, kinds)
        if rows.empty:
            continue
        minutes = np.minimum.reduce([access.minutes_to_nearest(ctx, kind, "adult") for kind in kinds])
        within = [float(people[minutes * factor <= LIMIT_MINUTES].sum()) for factor in (1.0, longest, shortest)]
        rate = rates.percentage(within[0], float(people.sum()))
        if shortest < longest:  # how direct ways are matters more than how many people there are
            rate = Rate(rate.value, *(rates.percentage(count, float(people.sum())).value for count in within[1:]))
        unit = _("% of residents within {limit} minutes (estimate)", limit=LIMIT_MINUTES)
        gap, basis = "" if people.sum() > 0 else _(NO_COUNT), f"{lists}; {paths}"
        result.append(Indicator(key, cards(_)[key].label, unit, rate, day, credit, basis, made, gap))
    return result
