"""Day-care places short of a norm by area: today, and step by step after a plan's arrivals, closures, new centres."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analytics import coverage
from analytics import scenario as files
from analytics.scenario import Arrivals, Scenario, Shock
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import arrivals, scenarios, shock, sites
from services.access import facilities
from services.areas import area_names, in_district, require_period, sums_by_area
from services.columns import by_name
from services.figures import Caption, Shading, area_map
from services.findings import ends
from services.fit import newest_daycare
from services.names import level_plurals
from services.tables import city_table, require_tables, source

KIND = "daycare"
# what is counted in -> its name and columns, what is short then last; each holds what stands before it
STEPS = {
    "today": (N_("Today"), ("persons", "places", "per_100", "short")),
    "arrivals": (N_("After arrivals"), ("arriving", "short_arrivals")),
    "closures": (N_("After arrivals and closures"), ("closed", "short_closures")),
    "building": (N_("After arrivals, closures and building"), ("built", "short_building")),
}
COLUMNS = by_name(
    Column("persons", N_("Children under 6")),
    Column("places", N_("Places")),
    Column("per_100", N_("Per 100 people"), digits=1),
    Column("short", N_("Short of the norm")),
    Column("arriving", N_("Children under 6 who arrive (estimate)")),
    Column("short_arrivals", N_("Short after arrivals (estimate)")),
    Column("closed", N_("Places that close")),
    Column("short_closures", N_("Short after closures too (estimate)")),
    Column("built", N_("Places that are built")),
    Column("short_building", N_("Short after building too (estimate)")),
)


class Query(ViewState):
    """Up to which step; scenario: number of a saved one, 0 for the newcomers of this page alone."""

    after: Literal["today", "arrivals", "closures", "building"] = "today"
    scenario: int = Field(default=0, ge=0)


def scenario_names(ctx: CityContext) -> dict[int, str]:
    """Saved scenarios that can be run here, by number, and 0 for none."""
    names = {0: ctx.language("None: only the newcomers above")}
    for number, (name, text) in scenarios.saved(ctx).items():
        with suppress(ValueError):  # one that this version cannot read any more
            if not scenarios.misfit(ctx, files.load(text)):
                names[number] = f"{number}: {name}"
    return names


def plan(ctx: CityContext, query: Query, period: pd.Timestamp, newcomers: int) -> Scenario:
    """The saved scenario on a day, or one in which newcomers spread like residents and nothing closes or is built."""
    if query.scenario:
        _name, text = scenarios.saved(ctx)[query.scenario]
        return files.load(text).replace(period=f"{period:%Y-%m-%d}")
    people = Arrivals(people=(newcomers, newcomers, newcomers), rule="by residents")
    return Scenario(
        name="", city=ctx.key, period=f"{period:%Y-%m-%d}", arrivals=people, shock=Shock(kind=KIND, budget=0.0)
    )


def _arriving(ctx: CityContext, given: Scenario, level: str, period: pd.Timestamp) -> pd.Series:
    """Children under six who arrive, by area, at the likely number of people."""
    _, own = ctx.language, given.arrivals.rule == "own table"
    if own and level != given.level:
        words = level_plurals(ctx)[given.level]
        raise NothingToShow(
            _("This scenario gives weights to {areas} of its own.", areas=words),
            _("Choose {areas} as areas.", areas=words),
        )
    return arrivals.allocated(ctx, given.arrivals, level, period) * given.arrivals.ages[0]


def _closed(ctx: CityContext, given: Scenario, period: pd.Timestamp) -> pd.DataFrame:
    """Centres that close in the plan's shock, or first to make room for new sites: area_id, places.

    The shock that every scenario has, where nobody set one, closes nothing.
    """
    rows = facilities(ctx, KIND)
    closes = np.zeros(len(rows), dtype=bool)
    if given.shock.kind == KIND and given.shock not in (Shock(), shock.inputs(shock.Query(**shock.defaults(ctx)))):
        closes |= ~shock.stay_open(ctx, given.shock, period)
    if given.sites.kind == KIND:
        closes |= rows["source_id"].isin(given.sites.closed).to_numpy()
    return rows[closes]


def _built(ctx: CityContext, given: Scenario, period: pd.Timestamp) -> pd.DataFrame:
    """New centres of the plan: area_id, places."""
    if given.sites.kind != KIND:
        return facilities(ctx, KIND).iloc[:0]
    answer = sites.result(ctx, given.sites, True, period, ctx.largest_level)
    return answer.places.assign(places=_size(ctx, given))


def _size(ctx: CityContext, given: Scenario) -> float:
    """Places of a new centre: as the plan says, else as many as the middle centre of today has."""
    return float(given.sites.room or facilities(ctx, KIND)["places"].median())


def by_area(ctx: CityContext, given: Scenario, level: str, norm: int, after: str = "building") -> pd.DataFrame:
    """Children, places and what is short of the norm after each step, by area: area_id, name and COLUMNS.

    after: the last step that is reckoned; columns of later ones are left out.
    Raises NothingToShow where children or places are not known.
    """
    _, period = ctx.language, pd.Timestamp(given.period)
    residents, (places, _recorded) = city_table(ctx, "residents"), newest_daycare(ctx)
    residents = residents[residents["period"] == period]
    if not len(places) or not coverage.knows_age(residents["age"].unique(), 0, 6):
        raise NothingToShow(
            _("Children under 6 or day-care places are not known here."),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )

    def there(rows: pd.DataFrame) -> pd.Series:
        return sums_by_area(ctx, rows, "places", level).fillna(0)

    rows = sums_by_area(ctx, coverage.of_age(residents, 0, 6), "persons", level).to_frame()
    rows["places"] = there(places)
    rows["per_100"] = 100 * rows["places"] / rows["persons"].where(rows["persons"] > 0)
    none, steps = facilities(ctx, KIND).iloc[:0], list(STEPS)[: list(STEPS).index(after) + 1]
    rows["arriving"] = _arriving(ctx, given, level, period) if "arrivals" in steps else 0.0
    closed = _closed(ctx, given, period) if "closures" in steps else none
    rows["closed"] = np.minimum(there(closed), rows["places"])
    rows["built"] = there(_built(ctx, given, period) if "building" in steps else none)
    children, open_places = rows["persons"] + rows["arriving"], rows["places"] - rows["closed"]
    for column, people, open_then in (
        ("short", rows["persons"], rows["places"]),
        ("short_arrivals", children, rows["places"]),
        ("short_closures", children, open_places),
        ("short_building", children, open_places + rows["built"]),
    ):
        rows[column] = (norm / 100 * people - open_then).clip(lower=0)
    rows = rows.reset_index()
    shown = [column for step in steps for column in STEPS[step][1]]
    return rows.assign(name=rows["area_id"].map(area_names(ctx, level)))[["area_id", "name", *shown]]


def _note(ctx: CityContext, given: Scenario, query: Query, norm: int) -> str:
    """What the norm is, and what each step assumes."""
    _ = ctx.language
    notes = [
        _(
            "Norm: {norm} per 100 children under 6, set by the reader. Children may go to day care in another area.",
            norm=norm,
        )
    ]
    if query.after != "today":
        notes.append(
            _(
                "{people} people arrive, {share} of them under 6, placed {rule}; the newcomers' number is an "
                "assumption, their children are counted by the same norm.",
                people=_.number(given.arrivals.people[1]),
                share=_.percent(given.arrivals.ages[0]),
                rule=_(given.arrivals.rule),
            )
        )
    if query.after in ("closures", "building"):
        notes.append(_("Places that close are those of the register from which the scenario closes centres."))
    if query.after == "building" and given.sites.kind == KIND:
        notes.append(
            _("New centres: {count}, {each} places each.", count=given.sites.count, each=_.number(_size(ctx, given)))
        )
    elif query.after != "today" and not query.scenario:
        notes.append(_("Nothing closes and nothing is built: choose a saved scenario for that."))
    return " ".join(notes)


def daycare_figure(
    ctx: CityContext, territory: Territory, query: Query, level: str, norm: int, newcomers: int = 0
) -> Figure:
    """Places short of the norm by area up to a step, and after every step in the table.

    Raises NothingToShow where children or places are not known.
    """
    require_tables(ctx, "residents", "facilities")
    _, day = ctx.language, require_period(ctx, territory)
    given, (label, columns) = plan(ctx, query, day, newcomers), STEPS[query.after]
    rows = in_district(ctx, by_area(ctx, given, level, norm, query.after), territory.district, level)
    rows = rows.assign(
        value=rows[columns[-1]],
        shown=[
            _(
                "{short} short: {places} places for {children} children today",
                short=_.number(s),
                places=_.number(p),
                children=_.number(c),
            )
            for s, p, c in zip(rows[columns[-1]], rows["places"], rows["persons"], strict=True)
        ],
    )
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _("Most day-care places are short in {name}, {shown}", name=name, shown=shown),
        lambda value: _("{short} of the norm", short=_.number(value)),
        subject=_("places short"),
        what=level_plurals(ctx)[level],
        largest=True,
        digits=0,
    ).text
    if query.after != "today":
        finding = _("{step} (estimate): {finding}", step=_(label), finding=_.inside(finding))
    recorded = newest_daycare(ctx)[1]
    caption = Caption(
        finding,
        _("day-care places short of the norm"),
        _("residents of {day}, places of {recorded}", day=_.day(day), recorded=recorded),
        source(ctx, "residents", "daycare_register", "facilities"),
        _note(ctx, given, query, norm),
    )
    return area_map(ctx, territory, "fit-daycare", caption, rows, level, Shading(0, scheme="jenks"), columns=COLUMNS)
