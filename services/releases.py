"""The calendar of releases: of which day each table is, how often it comes, when the next figures are expected."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

import data
from analytics.rhythm import Rhythm, rhythm
from data import definitions
from data.catalogue import Entry
from data.context import CityContext
from data.figures import Column, Figure
from data.translation import N_, Language
from services import feeds
from services.catalogue import entries
from services.columns import by_name
from services.figures import Caption, figure
from services.tables import place_table

NO_RHYTHM = N_("no rhythm known")
EVERY = {1: N_("monthly"), 3: N_("quarterly"), 6: N_("half-yearly"), 12: N_("yearly")}
CATALOGUE = N_("catalogue of this server")
COLUMNS = by_name(
    Column("table", N_("Table"), kind="name"),
    Column("place", N_("Place"), kind="text"),
    Column("publisher", N_("Publisher"), kind="text"),
    Column("newest", N_("Newest figures of"), kind="text", missing=NO_RHYTHM),
    Column("taken", N_("Taken in"), kind="text"),
    Column("every", N_("Rhythm"), kind="text", missing=NO_RHYTHM),
    Column("editions", N_("Editions it is taken from"), missing=NO_RHYTHM),
    Column("expected", N_("Next figures expected (estimate)"), kind="text", missing=NO_RHYTHM),
)


@lru_cache(maxsize=500)
def _days(place: str, name: str, _checksum: str) -> tuple[date, ...]:
    """The days that a table's editions are of; of years the last. None where it has no column of time."""
    column = next((column for column in ("period", "year") if column in definitions.types(name)), "")
    if not column:
        return ()
    values = place_table(name, place)[column].dropna().drop_duplicates()
    days = pd.to_datetime(values) if column == "period" else [pd.Timestamp(int(year), 12, 31) for year in values]
    return tuple(sorted(day.date() for day in days))


def _of(entry: Entry) -> tuple[tuple[date, ...], Rhythm | None]:
    days = _days(entry.place, entry.name, entry.checksum)
    return days, rhythm(days, date.fromisoformat(entry.version_word)) if days else None


def _every(_: Language, months: int) -> str:
    if months in EVERY:
        return _(EVERY[months])
    if months % 12 == 0:
        return _.plural("every year", "every {n} years", months // 12)
    return _.plural("every month", "every {n} months", months)


def calendar_figure(ctx: CityContext) -> Figure:
    """Every table with its rhythm; nothing is expected of one whose editions give none."""
    _, rows = ctx.language, []
    for entry in entries(ctx).values():
        days, expected = _of(entry)
        newest = f"{days[-1]:%Y-%m-%d}" if days else entry.period
        said = (_every(_, expected.months), expected.editions, _window(expected)) if expected else (None, None, None)
        rows.append((_(entry.title), entry.place, entry.publisher, newest, entry.version_word, *said))
    table = pd.DataFrame(rows, columns=[*COLUMNS]).sort_values("expected", kind="stable", ignore_index=True)
    table["editions"] = table["editions"].astype("Int64")
    note = _(
        "an estimate from the rhythm of the last editions: not before the day that the figures are of, and at the "
        "latest as long after it as the newest were taken in; no publisher has announced it; fewer than three "
        "editions, or editions at different distances, give no rhythm"
    )
    caption = Caption(_("When each table came and when the next figures are expected"), "", "", _(CATALOGUE), note)
    return figure(ctx, "releases", caption, table, None, COLUMNS)


def _window(expected: Rhythm) -> str:
    return " – ".join(dict.fromkeys(f"{day:%Y-%m}" for day in (expected.from_day, expected.to_day)))


def ical(site: str, language: Language) -> bytes:
    """What is expected as an iCalendar (RFC 5545), an event on the last day of each window. site: with a slash."""
    from icalendar import Calendar, Event  # only for who asks

    _, calendar = language, Calendar()
    for name, value in (
        ("prodid", "-//Zone of Social Creativity//releases//EN"),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("x-wr-calname", _("Calendar of releases")),
    ):
        calendar.add(name, value)
    for (place, name), entry in sorted(data.catalogue().items()):
        _days_of, expected = _of(entry)
        if expected is None:
            continue
        key = f"zone:release/{place}/{name}/{expected.next_day}"
        why = _(
            "Figures of {day}, expected from the rhythm of the last {n} editions ({every}): an estimate, announced by "
            "nobody. Source: {credit}",
            day=_.day(pd.Timestamp(expected.next_day)),
            n=expected.editions,
            every=_every(_, expected.months),
            credit=entry.source_line,
        )
        event, day = Event(), pd.Timestamp(expected.to_day).date()
        event.add("uid", str(uuid5(NAMESPACE_URL, key)))
        event.add("dtstamp", pd.Timestamp(feeds.moment(entry)).to_pydatetime())
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", _("Expected by now (estimate): {title}", title=_(entry.title)))
        event.add("description", why)
        event.add("url", f"{site}data_tables?table={place}/{name}&lang={language.code}")
        event.add("status", "TENTATIVE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
