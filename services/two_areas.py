"""Two areas side by side: where each stands among all, how far apart they are, what of that numbers of people carry."""

from __future__ import annotations

import pandas as pd

from analytics import measures, rates
from analytics.findings import MIN_BASE
from data.context import CityContext
from data.figures import Column, Figure
from data.translation import N_
from services import indicator_days
from services.areas import area_names, hierarchy
from services.cache import cached, cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.inclusion import TABLES
from services.names import cards, context_groups, dimensions, level_plurals
from services.profile import COLUMNS, compared
from services.tables import source

APART = 20.0  # per cent of all areas that lie between two: from here on one does clearly better
CHANCE = N_(
    "Interval: how far two shares differ by chance alone where so many people live (95 %, Newcombe 1998); where zero "
    "lies in it, nothing is said. Counts are of registers, not samples."
)


@cached_numbers
def _bases(ctx: CityContext, period: pd.Timestamp, level: str) -> dict[str, pd.Series]:
    """How many people each share is of, by area of a level; areas where a count of the share is hidden are left out."""
    groups, social = hierarchy(ctx)[level], indicator_days.social_days(ctx, period)
    days = {name: indicator_days.bases_day(ctx, day) for name, day in social.items()}
    bases = {
        name: measures.base(indicator_days.of_period(ctx, "residents", day), name, groups)
        for name in measures.SHARES
        if (day := days.get(name, period)) is not None
    }
    origins = indicator_days.of_period(ctx, "residents_by_origin", period)
    counted = origins[(origins["level"] == level) & origins["origin"].isin(ctx.city.displaced_origins)]
    hidden = counted.loc[counted["persons"].isna(), "area_id"]  # there the share is a lower bound
    bases["displaced"] = bases["displaced"].drop(hidden, errors="ignore")
    return bases


@cached
def pair(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> pd.DataFrame:
    """Every measure of two areas, by indicator.

    Columns: dimension (its key), measure, unit, value, better_than, other, other_better, difference (of the first to
    the other) with low and high where it is of two shares of people, lead (how many per cent of the areas lie between
    the two, positive where the first does better), clear (1 or -1 where one does clearly better, else 0).
    """
    (left, _similar), (right, _also) = (compared(ctx, period, level, each) for each in (area, other))
    rows = left[["dimension", "measure", "unit", "value", "better_than"]].assign(
        other=right["value"], other_better=right["better_than"], difference=left["value"] - right["value"]
    )
    rows[["low", "high"]] = float("nan")
    for name, people in _bases(ctx, period, level).items():
        bases = [float(people.get(each, float("nan"))) for each in (area, other)]
        shares = [float(rows.loc[name, column]) for column in ("value", "other")] if name in rows.index else []
        if shares:
            counts = [share * base / 100 for share, base in zip(shares, bases, strict=True)]
            rate = rates.difference(counts[0], bases[0], counts[1], bases[1])
            rows.loc[name, ["low", "high"]] = rate.low, rate.high
    rows["lead"] = (rows["better_than"] - rows["other_better"]).astype(float)
    by_chance = (rows["low"] <= 0) & (rows["high"] >= 0)
    enough = min(each.loc["residents", "value"] for each in (left, right)) >= MIN_BASE
    rows["clear"] = ((rows["lead"] >= APART).astype(int) - (rows["lead"] <= -APART)).where(~by_chance & enough, 0)
    return rows


def has_enough(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> bool:
    """Whether enough people live in both that one may be said to do better."""
    rows = pair(ctx, period, level, area, other)
    return bool(rows.loc["residents", ["value", "other"]].min() >= MIN_BASE)


def pair_figure(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> Figure:
    """Two areas of a level on one scale: where each stands among all, and how far apart they are in each unit."""
    _, names, rows = ctx.language, area_names(ctx, level), pair(ctx, period, level, area, other)
    judged = rows.dropna(subset=["better_than", "other_better"])
    finding = _(
        "{name} does clearly better in {ahead} of {count} measures, {other} in {behind}",
        name=names[area],
        ahead=int((judged["clear"] > 0).sum()),
        count=len(judged),
        other=names[other],
        behind=int((judged["clear"] < 0).sum()),
    )
    rule = _(
        "Clearly: a fifth of all {plural} or more lies between the two, and chance alone does not explain it. Of the "
        "other measures nothing is said.",
        plural=level_plurals(ctx)[level],
    )
    if not has_enough(ctx, period, level, area, other):
        finding = _("{name} beside {other}", name=names[area], other=names[other])
        rule = _("With fewer than {least} residents nothing is said to be better.", least=MIN_BASE)
    unit = _("% of {plural} that do worse", plural=level_plurals(ctx)[level])
    drawing = chart(
        "dumbbell",
        judged.loc[judged["lead"].abs().sort_values(ascending=False).index],
        label="measure",
        values={"better_than": names[area], "other_better": names[other]},
        unit=unit,
    )
    note = f"{rule} {_(CHANCE)} {indicator_days.caveats(ctx, period)}"
    caption = Caption(finding, unit, indicator_days.about(ctx, period), source(ctx, *TABLES), note)
    shown = rows.assign(dimension=rows["dimension"].map(dimensions(_) | context_groups(_))).reset_index()
    return figure(
        ctx, "pair", caption, shown.drop(columns=["lead", "clear"]), drawing, _columns(ctx, level, area, other)
    )


def _columns(ctx: CityContext, level: str, area: str, other: str) -> dict[str, Column]:
    """What the columns of a pair are called."""
    _, names, none = ctx.language, area_names(ctx, level), N_("no shares of people")
    return COLUMNS | by_name(
        Column("value", names[area], digits=1),
        Column("other", names[other], digits=1),
        Column("difference", N_("Difference"), digits=1),
        Column("low", N_("Difference, 95 % interval, low"), digits=1, missing=none),
        Column("high", N_("Difference, 95 % interval, high"), digits=1, missing=none),
        Column("other_better", names[other], _("better than, %"), missing=N_("not judged")),
        Column("better_than", names[area], _("better than, %"), missing=N_("not judged")),
    )


def differences_figure(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> Figure | None:
    """How far shares of people are apart in percentage points, with their intervals; None where none is known."""
    _, names = ctx.language, area_names(ctx, level)
    rows = pair(ctx, period, level, area, other).dropna(subset=["low"])
    if rows.empty:
        return None
    certain = int(((rows["low"] > 0) | (rows["high"] < 0)).sum())
    finding = _(
        "{name} and {other} differ by more than chance in {n} of {total} shares of people",
        name=names[area],
        other=names[other],
        n=certain,
        total=len(rows),
    )
    unit = _("percentage points by which {name} is above {other}, 95 % interval", name=names[area], other=names[other])
    caption = Caption(finding, unit, indicator_days.about(ctx, period), source(ctx, *TABLES), _(CHANCE))
    options = {"name": "measure", "value": "difference", "low": "low", "high": "high", "unit": unit, "reference": 0}
    shown = rows[["measure", "unit", "value", "other", "difference", "low", "high"]].reset_index()
    return figure(
        ctx, "differences", caption, shown, chart("intervals", rows, **options), _columns(ctx, level, area, other)
    )


def sentences(ctx: CityContext, period: pd.Timestamp, level: str, area: str, other: str) -> dict[str, list[str]]:
    """Where each of the two does clearly better, the widest gap first: sentences by the area's name."""
    _, names, rows = ctx.language, area_names(ctx, level), pair(ctx, period, level, area, other)
    rows = rows.loc[rows["lead"].abs().sort_values(ascending=False).index]
    by_key, result = cards(_), dict[str, list[str]]()
    for place, sign in ((area, 1), (other, -1)):
        ahead = rows[rows["clear"] == sign]
        result[names[place]] = [
            _(
                "{label} ({unit}): {value} in {name}, {other_value} in {other}.",
                label=row["measure"],
                unit=row["unit"],
                value=_.number(row["value"], by_key[str(key)].digits),
                other_value=_.number(row["other"], by_key[str(key)].digits),
                name=names[area],
                other=names[other],
            )
            for key, row in ahead.iterrows()
        ]
    return result
