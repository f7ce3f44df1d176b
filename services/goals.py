"""Goals: a target for an indicator of an area, and whether its trend leads there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from pydantic import Field

from analytics import goals
from data import store
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_, Language, is_gap
from services import examples
from services.areas import area_names, current_half_years, district_by_area
from services.figures import Caption, chart, figure
from services.inclusion import INDICATOR_COLUMNS, history, measured
from services.names import cards
from services.profile import areas_within
from services.tables import UNDATED, entries, require_tables, source

STATUS = {
    "reached": N_("reached"),
    "on track": N_("on track"),
    "behind": N_("behind"),
    "cannot tell": N_("cannot be told yet"),
}
YEARS_AHEAD = 15
MEASURED, PATH = N_("measured"), N_("straight path")
ENDS = {"expected": N_("trend (estimate)"), "low": N_("80 % interval, low"), "high": N_("80 % interval, high")}
COLUMNS = {"group": Column("group", N_("Line"), kind="text"), "day": Column("day", N_("Day"), kind="day")}


class Query(ViewState):
    """A goal that a reader is about to set: indicator, level and area, value, year by whose end it is due."""

    goal_indicator: str = ""
    level: str = "district"
    goal_area: str = ""
    goal_value: float = Field(0.0, ge=-1e9, le=1e9)
    goal_year: int = 0


def indicators(ctx: CityContext) -> dict[str, str]:
    """Label with unit of every indicator that has a good end and of which the city has figures."""
    periods = current_half_years(ctx)
    known = measured(ctx, periods[-1], ctx.levels[-1]).notna().any() if periods else pd.Series(dtype=bool)
    return {
        key: f"{card.label} ({card.unit})"
        for key, card in cards(ctx.language).items()
        if card.good and (known.empty or known.get(key, False))
    }


def options(ctx: CityContext, territory: Territory) -> dict[str, Any]:
    """What a goal may be in this city, in the chosen district or area. Raises NothingToShow without any indicator."""
    known = indicators(ctx)
    if not known:
        _ = ctx.language
        raise NothingToShow(
            _("{city} has no figure that a goal could be set for.", city=ctx.name),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    return {
        "goal_indicator": list(known),
        "level": list(ctx.levels),
        "goal_area": lambda chosen: list(areas_within(ctx, territory, chosen["level"])),
        "goal_year": range(date.today().year, date.today().year + YEARS_AHEAD),
    }


def defaults(ctx: CityContext) -> dict[str, Any]:
    """Where a new goal starts: at today's value, due in four years."""

    def value(chosen: dict[str, Any]) -> float:
        periods, key = current_half_years(ctx), chosen["goal_indicator"]
        now = measured(ctx, periods[-1], chosen["level"]).loc[chosen["goal_area"], key] if periods else 0.0
        return 0.0 if is_gap(now) else round(float(now), cards(ctx.language)[key].digits)

    return {"level": ctx.largest_level, "goal_value": value, "goal_year": date.today().year + 4}


def add(ctx: CityContext, query: Query) -> None:
    """Store a goal for everyone who uses this server."""
    goal = query.goal_area, query.goal_indicator, query.goal_value, query.goal_year
    store.add_target(ctx.key, query.level, *goal)


def remove(number: int) -> None:
    """Take a goal away."""
    store.remove_target(number)


def targets(ctx: CityContext) -> list[Any]:
    """The city's goals, newest first: id, level, area_id, indicator, value, year, example (whether of the app)."""
    rows = store.targets(ctx.key)
    return list(rows.assign(example=rows["id"].isin(examples.marked("goal"))).itertuples())


def goals_within(ctx: CityContext, territory: Territory) -> list[Any]:
    """The city's goals, newest first, or those for the chosen district and areas in it.

    Raises NothingToShow where none is set.
    """
    _, rows = ctx.language, targets(ctx)
    districts = {level: district_by_area(ctx, level) for level in ctx.levels}
    rows = [row for row in rows if territory.district in ("", districts.get(row.level, {}).get(row.area_id))]
    if not rows:
        raise NothingToShow(
            _("No goal is set yet."),
            _(
                "Choose an indicator, an area, a value and a year below; goals are stored for everyone who uses this "
                "server."
            ),
        )
    return rows


def tracked(ctx: CityContext, goal: Any) -> tuple[pd.Series, goals.Track]:
    """What was measured of a goal by day, and whether it leads there. Raises NothingToShow where nothing was."""
    require_tables(ctx, "residents")
    _, card = ctx.language, cards(ctx.language)[goal.indicator]
    known = goal.area_id in area_names(ctx, goal.level)
    seen = history(ctx, goal.indicator, goal.level, goal.area_id).dropna() if known else pd.Series(dtype=float)
    if seen.empty:
        raise NothingToShow(
            _("{label}: the city has no figure for this goal.", label=card.label), _("Choose another indicator.")
        )
    if "facilities" in card.tables:  # counted at one time: what changed is who lives there, which is no trend of theirs
        seen = seen.tail(1)
    return seen, goals.track(seen, goal.value, _due(goal), card.good)


def _due(goal: Any) -> pd.Timestamp:
    return pd.Timestamp(int(goal.year), 12, 31)


def goal_figure(ctx: CityContext, goal: Any) -> tuple[Figure, str]:
    """A goal's path and trend, and how it stands in a sentence.

    goal: id, level, area_id, indicator, value, year, example.

    Raises NothingToShow where the city has no figure for it.
    """
    seen, track = tracked(ctx, goal)
    _, card, name = ctx.language, cards(ctx.language)[goal.indicator], area_names(ctx, goal.level)[goal.area_id]
    finding = _(
        "{label}, {place}: {value} by {year}: {heads}",
        label=card.label,
        place=name,
        value=_.number(goal.value, card.digits),
        year=goal.year,
        heads=_(STATUS[track.status]),
    )
    caption = Caption(
        _("Example: {finding}", finding=finding) if goal.example else finding,
        _("{unit}; {good} is good", unit=card.unit, good=_(card.good)),
        " – ".join(_.day(day) for day in dict.fromkeys((seen.index[0], seen.index[-1]))),
        source(ctx, *card.tables),
    )
    rows = _lines(_, seen, _due(goal), float(goal.value), track)
    drawing = chart("lines", rows, x="day", y="value", by="group", unit="", digits=card.digits, from_zero=False)
    own = COLUMNS | {"value": INDICATOR_COLUMNS[goal.indicator]}
    standing = _standing(_, seen, track, card.digits)
    if "facilities" in card.tables:
        standing += _(
            " Services are counted at one time ({when}): no trend is shown; only who lives there has changed since.",
            when=entries(ctx, "facilities")[0].period or _(UNDATED),
        )
    return figure(ctx, f"goal-{goal.id}", caption, rows, drawing, own), standing


def _lines(_: Language, seen: pd.Series, due: pd.Timestamp, target: float, track: goals.Track) -> pd.DataFrame:
    """What was measured, the straight path to the goal and, where there is one, the trend with its interval."""
    first, last = seen.index[0], seen.index[-1]
    lines = {MEASURED: seen, PATH: pd.Series({first: seen[first], due: target})}
    if not is_gap(track.expected):
        lines |= {name: pd.Series({last: seen[last], due: getattr(track, end)}) for end, name in ENDS.items()}
    parts = [pd.DataFrame({"day": line.index, "value": line, "group": _(name)}) for name, line in lines.items()]
    return pd.concat(parts, ignore_index=True)


def _standing(_: Language, seen: pd.Series, track: goals.Track, digits: int) -> str:
    """Where the straight path is, what was measured, what is needed, and the status with its reason."""
    rate = "" if is_gap(track.needed) else _(" Needed from now on: {needed:+,.2f} a year", needed=track.needed)
    rate += "." if is_gap(track.seen) or not rate else _("; seen so far: {seen:+,.2f} a year.", seen=track.seen)
    return _(
        "Straight path today: {path}; measured: {seen} on {last}.{rate} Status: **{heads}**{reason}.",
        path=_.number(track.path, digits),
        seen=_.number(seen.iloc[-1], digits),
        last=_.day(seen.index[-1]),
        rate=rate,
        heads=_(STATUS[track.status]),
        reason=f" ({_(track.why)})" if track.why else "",
    )
