"""What if people arrive: where they would live, what they would need month by month, and what would fall short."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from analytics import arrivals
from analytics.arrivals import NEEDS as NEEDS
from analytics.arrivals import Need, Triangular
from analytics.scenario import Arrivals, People, Rule, Scenario, Weight, shared
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.access import counts_displaced, displaced_by_area, facilities
from services.areas import area_names, hierarchy, require_period, residents
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, area_map, chart, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import source

DRAWS = 2000  # two inputs drawn apart are correlated by 0.02 on average, by 0.1 hardly ever
USUAL = Arrivals()
Percent = Annotated[float, Field(ge=0.0, le=100.0)]
COLUMNS = by_name(
    Column("people", N_("People placed")),
    Column("month", N_("Month")),
    Column("low", N_("80 % band, low")),
    Column("likely", N_("middle")),
    Column("high", N_("80 % band, high")),
    Column("short_low", N_("Shortfall, low"), missing=N_("free places are not known")),
    Column("short", N_("Shortfall, middle"), missing=N_("free places are not known")),
    Column("short_high", N_("Shortfall, high"), missing=N_("free places are not known")),
    Column("chance", N_("Chance of a shortfall"), digits=2, missing=N_("free places are not known")),
)


class Query(ViewState):
    """Who arrives, by which rule they are placed and what is free.

    The numbers of analytics.scenario.Arrivals, shares in per cent. own: a weight by area of the level, in the order of
    ids. need: the service shown.
    """

    people_low: People = USUAL.people[0]
    people_likely: People = USUAL.people[1]
    people_high: People = USUAL.people[2]
    months: int = shared(Arrivals, "months")
    rule: Rule = USUAL.rule
    age_under_6: Percent = 100 * USUAL.ages[0]
    age_6_to_17: Percent = 100 * USUAL.ages[1]
    age_18_to_64: Percent = 100 * USUAL.ages[2]
    age_65: Percent = 100 * USUAL.ages[3]
    free_low: Percent = 100 * USUAL.vacancy[0]
    free_likely: Percent = 100 * USUAL.vacancy[1]
    free_high: Percent = 100 * USUAL.vacancy[2]
    own: tuple[Weight, ...] = ()
    seed: int = shared(Scenario, "seed")
    level: str = ""
    need: Literal["daycare", "school", "language", "housing", "doctor"] = "daycare"


class Assumed(Query):
    """The same where another page builds on it; that page's address has a level of its own."""

    level: str = Field("", alias="arrivals_level")


PEOPLE, SHARES, FREE = (
    [name for name in Query.model_fields if name.startswith(start)] for start in ("people_", "age_", "free_")
)


def options(ctx: CityContext) -> dict[str, Any]:
    """What the choices may be in this city: levels of areas and allocation rules that its tables can serve."""
    lacking = [] if counts_displaced(ctx) else ["where compatriots live"]
    lacking += [] if capacity(ctx, "daycare", ctx.largest_level).notna().any() else ["free places"]
    return {"level": list(ctx.levels), "rule": [rule for rule in arrivals.RULES if rule not in lacking]}


def defaults(ctx: CityContext) -> dict[str, Any]:
    """The usual choices in this city."""
    rule = USUAL.rule if USUAL.rule in options(ctx)["rule"] else "by residents"
    return {"level": ctx.largest_level, "rule": rule}


def inputs(ctx: CityContext, query: Query) -> Arrivals:
    """The choices as a part of a scenario. Raises NothingToShow where a range does not rise."""
    _, values = ctx.language, query.model_dump()
    people, free = (tuple(values[name] for name in names) for names in (PEOPLE, FREE))
    shares, total = [values[name] for name in SHARES], sum(values[name] for name in SHARES)
    if list(people) != sorted(people) or list(free) != sorted(free):
        raise NothingToShow(_("A range must rise from 'at least' to 'at most'."), _("Correct the numbers above."))
    return Arrivals(
        people=people,
        months=query.months,
        ages=tuple(share / total for share in shares) if total else USUAL.ages,
        rule=query.rule,
        vacancy=tuple(round(share / 100, 9) for share in free),
        own=query.own,
    )


def choices(scenario: Scenario) -> dict[str, Any]:
    """A scenario's arrivals as the page's choices."""
    given = scenario.arrivals
    values = {"months": given.months, "rule": given.rule, "own": list(given.own)}
    values |= dict(zip(PEOPLE, given.people, strict=True)) | {"seed": scenario.seed, "level": scenario.level}
    shares = zip(SHARES + FREE, given.ages + given.vacancy, strict=True)
    return values | {name: round(100 * share, 9) for name, share in shares}


def own_weights(ctx: CityContext, query: Query) -> pd.DataFrame:
    """The reader's own weight of every area, 1 where none is set: area_id, name, weight."""
    rows = _own(ctx, query.level, query.own).rename_axis("area_id").rename("weight").reset_index()
    return rows.assign(name=rows["area_id"].map(area_names(ctx, query.level)))


def _own(ctx: CityContext, level: str, own: tuple[float, ...]) -> pd.Series:
    order = sorted(area_names(ctx, level))
    return pd.Series(list(own) if len(own) == len(order) else 1.0, index=order)


def _weights(ctx: CityContext, rule: str, level: str, period: pd.Timestamp, own: tuple[float, ...] = ()) -> pd.Series:
    """The weights of an allocation rule, by area; a rule that the city cannot serve is 'by residents'.

    Raises NothingToShow where it counts no compatriots of that day.
    """
    if rule == "own table":
        return _own(ctx, level, own)
    if rule == "where compatriots live" and counts_displaced(ctx):
        weights = displaced_by_area(ctx, period, level).groupby("area_id")["persons"].sum().astype(float)
        if not weights.sum():
            _, day = ctx.language, ctx.language.day(period)
            raise NothingToShow(
                _("Where compatriots live on {day} is suppressed or unknown.", day=day), _("Choose another rule.")
            )
    elif rule == "free places":
        weights = capacity(ctx, "daycare", level)
    elif rule == "even spread":
        weights = _own(ctx, level, ())
    else:
        people = residents(ctx, period).set_index("area_id")["persons"]
        weights = people.groupby(hierarchy(ctx)[level].reindex(people.index)).sum().astype(float)
    return weights.reindex(sorted(area_names(ctx, level))).fillna(0.0)


@cached_numbers
def capacity(ctx: CityContext, kind: str, level: str) -> pd.Series:
    """Stated places of a kind by area, in the order of ids; empty where no facility states any."""
    rows = facilities(ctx, kind)
    places = rows.groupby(rows["area_id"].map(hierarchy(ctx)[level]))["places"].sum().astype(float)
    result = places.reindex(sorted(area_names(ctx, level)))
    return result if rows["places"].notna().any() else result * float("nan")


def allocated(ctx: CityContext, given: Arrivals, level: str, period: pd.Timestamp) -> pd.Series:
    """People by area at the likely total."""
    return arrivals.allocate(given.people[1], _weights(ctx, given.rule, level, period, given.own))


@cached_numbers
def placed(
    ctx: CityContext, given: Arrivals, level: str, period: pd.Timestamp, seed: int
) -> tuple[pd.Series, pd.DataFrame]:
    """People by area at the likely total; and demand and shortfall by area, month and service (arrivals.demand).

    Free places of day care are known where facilities state their places.
    """
    people = allocated(ctx, given, level, period)
    places, vacancy = capacity(ctx, "daycare", level), Triangular(*given.vacancy)
    free = {"daycare": arrivals.free_places(places, vacancy, DRAWS, seed)} if places.notna().any() else {}
    ages, total = dict(zip(arrivals.AGES, given.ages, strict=True)), Triangular(*given.people)
    return people, arrivals.demand(people, given.months, ages, NEEDS, total, free, DRAWS, seed)


def _in_last_month(rows: pd.DataFrame, need: str, given: Arrivals) -> pd.DataFrame:
    return rows[(rows["service"] == need) & (rows["month"] == given.months)]


def daycare_shortfall(
    ctx: CityContext, given: Arrivals, level: str, period: pd.Timestamp, seed: int
) -> tuple[float, float]:
    """Day-care places short in the last month, all areas together: ends of the 80 % band; empty where not known."""
    rows = placed(ctx, given, level, period, seed)[1]
    end = _in_last_month(rows, "daycare", given)
    return float(end["short_low"].sum(min_count=1)), float(end["short_high"].sum(min_count=1))


def borders(ctx: CityContext, level: str) -> str:
    """What a shortfall rests on: by which areas it is counted, whose free places serve nobody else."""
    return ctx.language("by {areas}; free places do not cross their borders", areas=level_plurals(ctx)[level])


def _results(ctx: CityContext, territory: Territory, query: Query) -> tuple[Arrivals, pd.Series, pd.DataFrame]:
    given = inputs(ctx, query)
    return given, *placed(ctx, given, query.level, require_period(ctx, territory), query.seed)


def _credit(ctx: CityContext) -> str:
    _, people, places = ctx.language, source(ctx, "residents"), source(ctx, "facilities")
    return _("own estimate; {value}; {value_2}", value=people, value_2=places).rstrip("; ")


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Shortfall of a service by area in the last month.

    Demand where nothing falls short or free places are not known.
    """
    _, need = ctx.language, NEEDS[query.need]
    given, people, rows = _results(ctx, territory, query)
    names, unit = area_names(ctx, query.level), _(need.unit)
    rows = _in_last_month(rows, query.need, given).rename(columns={"area": "area_id"})
    known, short = rows["short"].notna().any(), rows["short"].max() > 0
    rows = rows.assign(
        name=rows["area_id"].map(names), people=rows["area_id"].map(people), value=rows["short" if short else "likely"]
    )
    rows["shown"] = [
        _("{n:,} arrivals; {low:,.0f} to {high:,.0f} {unit} (estimate)", n=n, low=low, high=high, unit=unit)
        + (_(", short of {a:,.0f} to {b:,.0f}", a=a, b=b) if short else "")
        for n, low, high, a, b in rows[["people", "low", "high", "short_low", "short_high"]].itertuples(index=False)
    ]
    kind = _("shortfall") if short else _("demand")
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, value: _(
            "Largest {kind} after {months} months: {name}, {value} (estimate)",
            kind=kind,
            months=given.months,
            name=name,
            value=value,
        ),
        lambda value: f"{_.number(value)} {unit}",
        subject=_("{kind} after {months} months (estimate)", kind=kind.capitalize(), months=given.months),
        what=level_plurals(ctx)[query.level],
        largest=True,
        digits=0,
    ).text
    drawn = {"draws": DRAWS, "months": given.months}
    measured = _("{kind}, {unit}, middle of {draws:,} draws, month {months}", kind=kind, unit=unit, **drawn)
    note = borders(ctx, query.level) if known else _("free places are not known")
    note = _("no area is more likely than not to fall short") if known and not short else note
    return area_map(
        ctx,
        territory.changed(district=""),
        "arrivals-map",
        Caption(finding, measured, _.day(require_period(ctx, territory)), _credit(ctx), note),
        rows.drop(columns=["month", "service"]),
        query.level,
        columns=COLUMNS,
    )


def band_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Demand for a service in all areas together, month by month, with its band."""
    _, need = ctx.language, NEEDS[query.need]
    given, _people, rows = _results(ctx, territory, query)
    rows = rows[rows["service"] == query.need].groupby("month")[["low", "likely", "high"]].sum().reset_index()
    finding = _(
        "{label}: {iloc:,.0f} to {iloc_2:,.0f} {unit} by month {months} (estimate)",
        label=_(need.label),
        iloc=rows["low"].iloc[-1],
        iloc_2=rows["high"].iloc[-1],
        unit=_(need.unit),
        months=given.months,
    )
    unit = _("{unit}, all areas together, 80 % band", unit=_(need.unit))
    caption = Caption(finding, unit, _.day(require_period(ctx, territory)), _credit(ctx))
    drawing = chart("spread", rows, x="month", low="low", middle="likely", high="high", unit="")
    return figure(ctx, "arrivals-band", caption, rows, drawing, COLUMNS)


def _falling_short(ctx: CityContext, query: Query, rows: pd.DataFrame, end: pd.DataFrame) -> list[str]:
    """When which areas fall short, and by how much all of them together; nothing where free places are not known."""
    if end["short"].isna().all():
        return []
    _, names = ctx.language, area_names(ctx, query.level)
    first = arrivals.first_shortfall(rows, query.need).itertuples(index=False)
    months = [_("{names} (month {month})", names=names[area], month=month) for area, month in first]
    return [
        _(
            "{label} more likely than not falls short: {months}.",
            label=_(NEEDS[query.need].label),
            months=", ".join(months) or _("in no area"),
        ),
        _(
            "All areas together fall short of {low:,.0f} to {high:,.0f} {unit} ({borders}).",
            low=end["short_low"].sum(),
            high=end["short_high"].sum(),
            unit=_(NEEDS[query.need].unit),
            borders=borders(ctx, query.level),
        ),
    ]


def summary(ctx: CityContext, territory: Territory, query: Query) -> str:
    """Who would live where, what they would need and where the chosen service falls short, in sentences."""
    _, names = ctx.language, area_names(ctx, query.level)
    given, people, rows = _results(ctx, territory, query)
    low, likely, high = given.people
    by_area = pd.DataFrame({"name": people.index.map(names), "people": people.to_numpy()})
    most = ends(
        ctx,
        by_area,
        "people",
        lambda name, count: _("the largest part, {count}, would live in {name}", count=count, name=name),
        _.number,
        tied=lambda areas, count, n: _(
            "the largest parts, {count} each, in {n}: {areas}", count=count, n=n, areas=areas
        ),
        largest=True,
    ).text
    sentences = [
        _(
            "If {people:,} people (between {people_2:,} and {people_3:,}) arrive within {months} months and live "
            "*{rule}*: {most}.",
            people=likely,
            people_2=low,
            people_3=high,
            months=given.months,
            rule=_(given.rule),
            most=most,
        )
    ]
    end = rows[rows["month"] == given.months]
    sums = end.groupby("service")[["low", "high"]].sum()
    for key, need in NEEDS.items():
        span = {"low": sums.loc[key, "low"], "high": sums.loc[key, "high"]}
        sentences.append(
            _("{label}: {low:,.0f} to {high:,.0f} {unit}.", label=_(need.label), unit=_(need.unit), **span)
        )
    sentences += _falling_short(ctx, query, rows, _in_last_month(rows, query.need, given))
    if low < high:
        sentences.append(
            _(
                "'Most likely' is the number of people you expect; the middle is that of {draws} draws from the whole "
                "range, higher where the range reaches further up than down.",
                draws=DRAWS,
            )
        )
    return " ".join(sentences)


def assumptions(ctx: CityContext, query: Query) -> str:
    """What the estimate assumes of each need, of free places and of the months."""
    _, given = ctx.language, inputs(ctx, query)
    return "; ".join(_assumption(ctx, need) for need in NEEDS.values()) + _(
        ". Day-care places free: {vacancy:g} to {vacancy_2:g} % of those stated. People come evenly over the "
        "months; {exact}. Free school places, dwellings, courses and doctors' capacity are not published, so "
        "their shortfall is not known.",
        vacancy=100 * given.vacancy[0],
        vacancy_2=100 * given.vacancy[2],
        exact=_("areas are counted whole: the people placed add up to the people who arrive"),
    )


def _assumption(ctx: CityContext, need: Need) -> str:
    _, share, each = ctx.language, need.use, need.per_user
    ages, use = _("all ages"), ""
    if need.ages != (0, 120):
        ages = _("ages {ages} to {ages_2}", ages=need.ages[0], ages_2=need.ages[1] - 1)
    if share.low < 1:
        use = _(", {low:.0f} to {high:.0f} % of them", low=100 * share.low, high=100 * share.high)
    if each.high < 1:
        digits = 1 if each.high > 0.1 else 0
        fewest, most = _.number(1 / each.high, digits), _.number(1 / each.low, digits)
        amount = _("one for {fewest} to {most} people", fewest=fewest, most=most)
    elif each.low < each.high:
        amount = _("{low:g} to {high:g} {unit} each", low=each.low, high=each.high, unit=_(need.unit))
    else:
        amount = _("{low:g} each", low=each.low)
    return f"{_.inside(_(need.label))}: {ages}{use}, {amount}"
