"""Outlook and early signals: what next, how sure, and where a change stands outside an area's own history."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from analytics import outlook, signals
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, area_shapes, country_names, in_district, place_name
from services.cache import cached, cached_by_arguments
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.origins import usual_origins
from services.stocks import stock
from services.tables import city_table, has_tables, optional_table, require_tables, source, world_source, world_table

TABLE = "residents_by_origin"
FIRST_YEAR = 1990  # models learn from here on, or from earlier where the reader's years begin earlier
LISTED = 20  # areas of a chart
WIDEST_RANGE = 10  # times its lower end: a wider 80 % interval tells nothing
ALIKE = 0.05  # models whose errors differ by a smaller share are not told apart
FEWEST_HELD = 0.75  # of past outcomes, by an 80 % interval that can be taken as it is
COLUMNS = by_name(
    Column("mean", N_("forecast (estimate)")),
    Column("low_80", N_("80 % interval, low")),
    Column("high_80", N_("80 % interval, high")),
    Column("low_95", N_("95 % interval, low")),
    Column("high_95", N_("95 % interval, high")),
    Column("model", N_("Model"), kind="name"),
    Column("mase", N_("error (MASE, below 1 is good)"), digits=2),
    Column("coverage_80", N_("held by the model's own 80 % interval"), "%"),
    Column("coverage_95", N_("held by the model's own 95 % interval"), "%"),
    Column("forecasts", N_("Past outcomes forecast")),
    Column("before", N_("Residents at the count before")),
    Column("change", N_("Change since the count before")),
    Column("mean_change", N_("Usual change (mean)"), digits=1),
    Column("spread", N_("Spread of earlier changes"), digits=1),
    Column("t", N_("change against its own past (t)"), digits=1),
    Column("p", N_("p-value"), digits=5),
    Column("history", N_("Earlier changes")),
)


class Query(ViewState):
    """What a reader asks: whose future, of which origin (ISO 3), and how far ahead.

    horizon: years, of the city half-years. signal_origin, signal_level: of the early signals.
    """

    subject: Literal["world", "country", "city"] = "world"
    outlook_origin: str = ""
    horizon_world: Literal[1, 3, 5, 10] = 5
    horizon_country: Literal[1, 3, 5, 10] = 5
    horizon_city: Literal[1, 2, 4, 6] = 4
    signal_origin: str = ""
    signal_level: str = ""

    @property
    def horizon(self) -> int:
        """How far ahead, for the chosen subject."""
        return int(getattr(self, f"horizon_{self.subject}"))

    @property
    def in_city(self) -> bool:
        """Whether the city's own half-yearly series is carried forward."""
        return self.subject == "city"


def origins(ctx: CityContext) -> dict[str, str]:
    """Name by ISO 3 code of every origin that the city counts, in the order of names."""
    names, codes = country_names(ctx), optional_table(ctx, TABLE)["origin"].unique()
    return {code: names[code] for code in sorted(codes, key=names.__getitem__)}


def subjects(ctx: CityContext, territory: Territory) -> dict[str, str]:
    """Whose future can be looked at, by name; the city's where it counts residents by origin."""
    names = {
        "world": ctx.language("The world"),
        "country": country_names(ctx)[territory.country],
        "city": place_name(ctx, territory),
    }
    return names if has_tables(ctx, TABLE) else {key: names[key] for key in ("world", "country")}


def options(ctx: CityContext, territory: Territory) -> dict[str, Any]:
    """What the choices may be in this city."""
    codes = list(origins(ctx))
    return {
        "subject": list(subjects(ctx, territory)),
        "outlook_origin": codes,
        "signal_origin": codes,
        "signal_level": list(ctx.levels),
    }


def defaults(ctx: CityContext, territory: Territory) -> dict[str, Any]:
    """What is shown first: the city where a district is chosen, an origin that stands for displacement."""
    subject = "city" if territory.district and has_tables(ctx, TABLE) else "world"
    origin = next(iter(usual_origins(ctx, origins(ctx))), "")
    return {"subject": subject, "outlook_origin": origin, "signal_origin": origin, "signal_level": ctx.levels[-1]}


def past(ctx: CityContext, territory: Territory, query: Query) -> pd.Series:
    """The series to carry forward: by year for world and country, by half-year for the city or district."""
    if query.in_city:
        rows, level, area = city_table(ctx, TABLE), "district", territory.district
        if not area:
            level, area = "city", next(iter(area_names(ctx, "city")))
        rows = rows[(rows["level"] == level) & (rows["area_id"] == area) & (rows["origin"] == query.outlook_origin)]
        return rows.set_index("period")["persons"].sort_index()
    country = territory.country if query.subject == "country" else None
    return stock(ctx, "category", country, min(territory.first_year, FIRST_YEAR)).groupby("year")["persons"].sum()


_forecast = cached_by_arguments(outlook.outlook)  # a backtest fits some hundred models


def forecast(ctx: CityContext, territory: Territory, query: Query) -> tuple[pd.Series, outlook.Outlook]:
    """The past and its forecast, kept for all readers.

    Raises NothingToShow where the past is too short or has gaps.
    """
    _, series = ctx.language, past(ctx, territory, query)
    fault = ""
    if len(series) < outlook.LEAST_POINTS:
        fault = _(
            "A forecast needs {least} points or more; there are {points}.",
            least=outlook.LEAST_POINTS,
            points=len(series),
        )
    elif not step_months(series, query):
        fault = _("A forecast needs counts that are evenly apart in time.")
    elif series.isna().any() or (series <= 0).any():
        fault = _("A forecast needs positive numbers without gaps.")
    if fault:
        raise NothingToShow(_("No forecast can be made here."), _("{fault} Choose a larger territory.", fault=fault))
    return series, _forecast(series, query.horizon)


def step_months(series: pd.Series, query: Query) -> int:
    """Months from one time of a series to the next; 0 where it has none or they are not evenly apart."""
    return outlook.step_months(series.index) if query.in_city else 12


def step_name(ctx: CityContext, territory: Territory, query: Query) -> str:
    """What a step of the series is called."""
    names = {6: N_("half-years"), 12: N_("years")}
    return ctx.language(names.get(step_months(past(ctx, territory, query), query), N_("counts")))


def _ahead(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """So many months later; the end of a month after the end of one."""
    later = day + pd.DateOffset(months=months)
    return later + pd.offsets.MonthEnd(0) if day.is_month_end else later


def _residents(ctx: CityContext, territory: Territory, query: Query) -> float:
    """How many people live where the forecast is about, newest count; infinite where that is not known."""
    if query.subject == "world":
        return float("inf")
    if query.in_city:
        rows = in_district(ctx, optional_table(ctx, "residents"), territory.district)
        counts = rows.groupby("period")["persons"].sum(min_count=1).dropna() if len(rows) else rows
    else:
        rows = world_table("country_population")
        counts = rows[rows["iso3"] == territory.country].set_index("year")["persons"].sort_index().dropna()
    return float(counts.iloc[-1]) if len(counts) else float("inf")


def usable(future: pd.DataFrame, most: float) -> pd.DataFrame:
    """The steps up to the first whose 80 % interval tells nothing, wider ends cut at the number of residents.

    An interval tells nothing where its upper end is over `most` people or over WIDEST_RANGE times its lower end.
    future: low_80, high_80, high_95 by step. Returns fewer rows, perhaps none.
    """
    tells = (future["high_80"] <= most) & (future["high_80"] <= WIDEST_RANGE * future["low_80"])
    rows = future[tells.cummin()]
    return rows.assign(high_95=rows["high_95"].clip(upper=most))


def _whose(ctx: CityContext, territory: Territory, query: Query) -> str:
    """Of whom a forecast is, as a sentence begins."""
    _, name = ctx.language, subjects(ctx, territory)[query.subject]
    if not query.in_city:
        return name
    return _("Residents with roots in {origin}, {place}", origin=origins(ctx)[query.outlook_origin], place=name)


def _source(ctx: CityContext, query: Query) -> str:
    return source(ctx, TABLE) if query.in_city else world_source("displaced")


def _when(ctx: CityContext, query: Query, time: Any) -> str:
    """A time of the series in words."""
    return ctx.language.day(time) if query.in_city else str(time)


def forecast_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The series with its forecast and intervals."""
    _, (series, result) = ctx.language, forecast(ctx, territory, query)
    last, future = series.index[-1], result.forecast.drop(columns="horizon")
    steps = result.forecast["horizon"]
    time = "period" if query.in_city else "year"
    months = step_months(series, query)
    future[time] = [_ahead(last, months * step) for step in steps] if query.in_city else last + steps
    end = future.iloc[-1]
    when = _when(ctx, query, end[time]) if query.in_city else _("the end of {when}", when=int(end[time]))
    shown = usable(future, _residents(ctx, territory, query))
    whose = _whose(ctx, territory, query)
    finding, note = _range_words(ctx, whose, result, end, when), ""
    if len(shown) < len(future):
        finding = _(
            "{labels}: past forecasts missed by so much that no range can be given for {when}", labels=whose, when=when
        )
        note = _(
            "left out: times whose 80 % interval passes the number of residents or {times} times its lower end",
            times=WIDEST_RANGE,
        )
    who = _("displaced persons")
    if query.in_city:
        who = _("residents with roots in {origin}", origin=origins(ctx)[query.outlook_origin])
    unit = _("{names}, model: {model}", names=who, model=_(result.model))
    before = series.rename("persons").rename_axis(time).reset_index()
    drawing = chart("band", before, future=shown, x=time, unit=unit)
    period = f"{_when(ctx, query, series.index[0])} – {_when(ctx, query, last)}"
    rows = shown.assign(model=_(result.model))
    if shown.empty:  # the past alone
        unit, rows = who, before
        drawing = chart("lines", before.assign(group=who), x=time, y="persons", by="group", unit=who)
    caption = Caption(finding, unit, period, _source(ctx, query), note)
    return figure(ctx, "outlook", caption, rows, drawing, COLUMNS)


def _range_words(ctx: CityContext, whose: str, result: outlook.Outlook, end: pd.Series, when: str) -> str:
    """The range at the end of a forecast, with how often such ranges held. end: low_80, high_80."""
    _ = ctx.language
    tested = _("80 % interval, not tested: the past is too short")
    if result.tested:
        share, count = _.percent(result.held), result.tested
        tested = _("interval of a kind that held {share} of {count} past outcomes", share=share, count=count)
        if result.held >= FEWEST_HELD:
            tested = _("80 % interval; such intervals held {share} of {count} past outcomes", share=share, count=count)
    return _(
        "{labels}: between {low_80} and {high_80} by {when} (estimate, {tested})",
        tested=tested,
        labels=whose,
        low_80=_.compact(end["low_80"]),
        high_80=_.compact(end["high_80"]),
        when=when,
    )


def reliability(ctx: CityContext, territory: Territory, query: Query) -> str:
    """How far past forecasts of the model missed, and whether its intervals held."""
    _, (_series, result) = ctx.language, forecast(ctx, territory, query)
    best = result.backtest.iloc[0]
    verdict = (
        _(
            "The best model, {model}, misses by {mase:.2f} times a usual one-step change (MASE)",
            model=_(best["model"]),
            mase=best["mase"],
        )
        if result.beats_naive
        else _("No model beats the naive forecast, so that is shown (MASE {mase:.2f})", mase=best["mase"])
    )
    near = result.backtest["mase"] <= (1 + ALIKE) * best["mase"]
    alike = [_(model) for model in result.backtest.loc[near, "model"].iloc[1:]]
    if alike:
        verdict += _("; {models} hardly more", models=_.listed(alike))
    held = _(
        "{verdict}. Its own 80 % interval held {coverage_80} of {forecasts} past outcomes, its 95 % interval "
        "{coverage_95}; the bands shown are widened up to threefold to hold what they promise of past errors (split "
        "conformal prediction). Wars and borders are not in any model.",
        verdict=verdict,
        coverage_80=_.percent(best["coverage_80"]),
        forecasts=best["forecasts"],
        coverage_95=_.percent(best["coverage_95"]),
    )
    if result.tested and result.held < FEWEST_HELD:
        held += _(" **Take the bands as too narrow:** made from what was known before, they held fewer.")
    return held


def backtest_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Every model's errors on the past, best first."""
    _, (series, result) = ctx.language, forecast(ctx, territory, query)
    first = _when(ctx, query, series.index[0])
    note = _(
        "Rolling-origin backtest: every model forecasts every past stretch from what was known before it. Models learn "
        "from {iloc} on.",
        iloc=first,
    )
    if not query.in_city:
        note += _(" Asylum-seekers are counted since 1993, others in need since 2018.")
    rows = result.backtest.assign(model=result.backtest["model"].map(_))
    rows[["coverage_80", "coverage_95"]] *= 100
    period = f"{first} – {_when(ctx, query, series.index[-1])}"
    caption = Caption(_("Backtest of every model"), "", period, _source(ctx, query), note)
    return figure(ctx, "outlook-backtest", caption, rows, None, COLUMNS)


@cached
def unusual(ctx: CityContext, level: str, origin: str) -> signals.Signals:
    """Areas of a level whose newest change stands out (analytics.signals).

    Raises NothingToShow where changes are of different lengths of time.
    """
    rows = city_table(ctx, TABLE)
    rows = rows[(rows["level"] == level) & (rows["origin"] == origin)]
    rows = rows[rows["boundary_version"] == ctx.boundary_version]
    if not outlook.step_months(sorted(rows["period"].unique())):
        _ = ctx.language
        raise NothingToShow(
            _("Changes can be compared where counts are evenly apart in time."), _("Add more days to the city's pack.")
        )
    return signals.unusual_changes(rows)


def signals_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Areas of the city or district whose newest change is out of their own ordinary.

    Raises NothingToShow where there is none beyond what chance makes.
    """
    require_tables(ctx, TABLE)
    _, level = ctx.language, query.signal_level
    every, tested, surprising = unusual(ctx, level, query.signal_origin)
    rows = in_district(ctx, every, territory.district, level)
    if not tested:
        raise NothingToShow(
            _("No area has enough published counts to tell a usual change from an unusual one."),
            _("Add more days to the city's pack."),
        )
    chance = _(
        "Of {tested} areas of the city {surprising} changed as one in twenty would by chance ({expected:.0f} expected)",
        tested=tested,
        surprising=surprising,
        expected=signals.FALSE_SHARE * tested,
    )
    if rows.empty:
        raise NothingToShow(
            _("No change stands outside an area's own history.") + f" {chance}.",
            _("Choose another origin or smaller areas."),
        )
    rows = rows.assign(name=rows["area_id"].map(area_names(ctx, level)))
    names = _.listed(
        _("{name} ({change:+,.0f}, where {usual:+,.1f} is usual)", name=name, change=change, usual=usual)
        for name, change, usual in rows[["name", "change", "mean_change"]].head(3).itertuples(index=False)
    )
    finding = _("Areas that changed unlike before: {count}; strongest: {names}", count=len(rows), names=names)
    if len(rows) == 1:
        finding = _("Only {name} changed unlike before", name=names)
    unit = _(
        "{unit}; t = (change - mean of earlier changes) / its standard error; at most 5 % of those listed by chance",
        unit=_(
            "residents with roots in {names}, change since the count before, to {period}",
            names=origins(ctx)[query.signal_origin],
            period=_.day(rows["period"].max()),
        ),
    )
    drawing = chart("bars", rows.head(LISTED), label="name", value="t", unit="t", digits=1)
    caption = Caption(finding, unit, "", source(ctx, TABLE), chance)
    shown = rows.drop(columns="period")
    return figure(ctx, "signals", caption, shown, drawing, COLUMNS, area_shapes(ctx, level))
