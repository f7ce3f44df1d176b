"""What changed since the count before: the newest two counts of each figure of the overview that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from analytics.findings import relative_change
from data.context import CityContext, Territory
from data.errors import DataError, NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import overview, stocks
from services.areas import half_years, in_district, place_name, residents
from services.columns import by_name
from services.creative import break_note
from services.figures import Caption, figure
from services.tables import has_tables, optional_table, source

Maker = Callable[[CityContext, Territory], overview.Tile]
TILES: tuple[Maker, ...] = (overview.world, overview.country, overview.city, overview.culture)
LEAST = 0.001  # a smaller change is none that a reader would call one
COLUMNS = by_name(
    Column("measure", N_("Measure"), kind="name"),
    Column("change", N_("Change"), "%", digits=1),
    Column("value", N_("Newest count")),
    Column("at", N_("Counted on"), kind="text"),
    Column("before", N_("Count before")),
    Column("before_at", N_("Counted before on"), kind="text"),
)


class Pair(NamedTuple):
    """Two counts of one figure. share: the change, None where they cannot be compared."""

    measure: str
    path: pd.Series
    share: float | None
    source: str


def figure_of_changes(ctx: CityContext, territory: Territory) -> Figure:
    """The newest count of each figure beside the one before, largest change first.

    Raises NothingToShow where no two counts can be compared.
    """
    _ = ctx.language
    pairs = [pair for pair in _pairs(ctx, territory) if pair.share is not None and abs(pair.share) >= LEAST]
    if not pairs:
        raise NothingToShow(_("No two counts of these years can be compared."), _("Widen the years in the sidebar."))
    pairs.sort(key=lambda pair: -abs(pair.share or 0))
    rows = pd.DataFrame(
        [
            {
                "measure": pair.measure,
                "change": 100 * (pair.share or 0),
                "value": float(pair.path.iloc[-1]),
                "at": _when(ctx, pair.path.index[-1]),
                "before": float(pair.path.iloc[-2]),
                "before_at": _when(ctx, pair.path.index[-2]),
            }
            for pair in pairs
        ]
    )
    finding = _(
        "Since the count before: {measure} {change}",
        measure=_.inside(pairs[0].measure),
        change=_.signed_percent(pairs[0].share),
    )
    credit = "; ".join(dict.fromkeys(pair.source for pair in pairs))
    note = _("Changes that are smaller than 0.1 % or cross a break in the series are left out.")
    caption = Caption(finding, _("persons and places, newest count beside the one before"), "", credit, note)
    return figure(ctx, "changes", caption, rows, None, COLUMNS)


def sentences(ctx: CityContext, territory: Territory) -> list[str]:
    """The changes of the city's own figures as sentences; none where nothing can be compared."""
    _ = ctx.language
    return [
        _(
            "{measure}: {value} on {at}, {change} since {before}",
            measure=pair.measure,
            value=_.number(pair.path.iloc[-1]),
            at=_when(ctx, pair.path.index[-1]),
            change=_.signed_percent(pair.share),
            before=_when(ctx, pair.path.index[-2]),
        )
        for pair in _pairs(ctx, territory, (overview.city,))
        if pair.share is not None and abs(pair.share) >= LEAST
    ]


def _when(ctx: CityContext, time: object) -> str:
    return ctx.language.day(time) if isinstance(time, pd.Timestamp) else str(time)


def _pairs(ctx: CityContext, territory: Territory, makers: Iterable[Maker] = TILES) -> Iterator[Pair]:
    """The figures with two counts or more in the chosen years; what a city lacks is left out."""
    for make in makers:
        try:
            number, shown = make(ctx, territory)
        except DataError:
            continue
        path = number.values
        if path is None or len(path) < 2:
            continue
        share = relative_change(path.iloc[-2], path.iloc[-1])
        if make in (overview.world, overview.country):
            code = None if make is overview.world else territory.country
            change = stocks.growth(ctx, code, int(path.index[-2]), int(path.index[-1]))
            share = None if change.wider else change.share
        elif make is overview.culture and break_note(ctx, int(path.index[-2]), int(path.index[-1])):
            share = None
        yield Pair(number.label, path, share, shown.source)
    for label, path, credit in (_everyone(ctx, territory), _places(ctx, territory)):
        if len(path) > 1:
            yield Pair(label, path, relative_change(path.iloc[-2], path.iloc[-1]), credit)


def _everyone(ctx: CityContext, territory: Territory) -> tuple[str, pd.Series, str]:
    """Residents of the city or district on the newest two days."""
    periods = half_years(ctx, territory.first_year, territory.last_year)[-2:] if has_tables(ctx, "residents") else []
    counts = {
        period: in_district(ctx, residents(ctx, period), territory.district)["persons"].sum(min_count=1)
        for period in periods
    }
    label = ctx.language("Residents of {place}", place=place_name(ctx, territory.changed(area="")))
    return label, pd.Series(counts, dtype=float).dropna(), source(ctx, "residents")


def _places(ctx: CityContext, territory: Territory) -> tuple[str, pd.Series, str]:
    """Day-care places of the city or district, each time that they were counted."""
    rows = in_district(ctx, optional_table(ctx, "daycare_register"), territory.district)
    path = rows.groupby("recorded")["places"].sum() if len(rows) else pd.Series(dtype=float)
    label = ctx.language("Day-care places in {place}", place=place_name(ctx, territory.changed(area="")))
    return label, path, source(ctx, "daycare_register")
