"""Feeds to subscribe to (Atom): new versions of tables, changes that stand out, goals that are behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as xml

import data
from data.catalogue import Entry, local_rows
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.translation import N_, Language
from services import goals, outlook
from services.origins import usual_origins
from services.tables import has_tables

ATOM = "http://www.w3.org/2005/Atom"
EVERYWHERE = Territory(first_year=0, last_year=9999)
NEVER = "1970-01-01T00:00:00Z"  # when an empty feed was updated: nothing has been said yet
TITLES = {
    "versions": N_("New versions of tables"),
    "signals": N_("{city}: changes that stand out"),
    "goals": N_("{city}: goals that are behind"),
}


@dataclass(frozen=True)
class Item:
    """What happened. key: lasting, the same for the same news; updated: RFC 3339; page: of the dashboard."""

    key: str
    title: str
    updated: str
    summary: str
    page: str


def moment(entry: Entry) -> str:
    """When a version of a table was made, as RFC 3339; of a shipped one the day it was built."""
    day, _t, time = (entry.version or entry.built_on).partition("T")
    clock = f"{time[:2]}:{time[2:4]}:{time[4:6]}" if len(time) >= 6 else "00:00:00"
    return f"{day}T{clock}Z"


def versions(language: Language) -> list[Item]:
    """Versions of tables that are or were in use, newest first; those that wait for a decision are not told."""
    used = list(data.catalogue().values())
    kept = [entry for entry in local_rows()[0] if entry.state == "kept"]
    items = [
        Item(
            f"versions/{entry.place}/{entry.name}/{entry.version or entry.built_on}",
            f"{language(entry.title)} ({entry.place}), {entry.version_word}",
            moment(entry),
            f"{language('Rows')}: {language.number(entry.rows)}. {entry.source_line}",
            f"data_tables?{urlencode({'table': f'{entry.place}/{entry.name}', 'lang': language.code})}",
        )
        for entry in (*used, *kept)
    ]
    return sorted(items, key=lambda item: (item.updated, item.key), reverse=True)


def signals(ctx: CityContext) -> list[Item]:
    """Changes of a city's newest count that stand outside an area's own history.

    They are looked for of each origin that stands for displacement, and on each level of areas.
    """
    if not has_tables(ctx, outlook.TABLE):
        return []
    made, counted = data.entry(outlook.TABLE, ctx.key), outlook.origins(ctx)
    items = []
    for origin in usual_origins(ctx, counted):
        for level in ctx.levels:
            query = outlook.Query(signal_origin=origin, signal_level=level)
            try:
                shown = outlook.signals_figure(ctx, EVERYWHERE, query)
            except NothingToShow:
                continue
            address = {"city": ctx.key, "signal_origin": origin, "signal_level": level, "lang": ctx.language.code}
            items.append(
                Item(
                    f"signals/{ctx.key}/{origin}/{level}/{made.checksum[:12]}",
                    f"{counted[origin]}, {ctx.language(ctx.city.level_names[level])}: {shown.finding}",
                    moment(made),
                    f"{shown.subtitle}. " + ctx.language("Source: {credit}", credit=shown.source),
                    f"outlook?{urlencode(address)}",
                )
            )
    return items


def behind(ctx: CityContext) -> list[Item]:
    """A city's goals whose trend does not lead there, newest goal first."""
    items = []
    for goal in _goals(ctx):
        try:
            seen, track = goals.tracked(ctx, goal)
            if track.status != "behind":
                continue
            shown, standing = goals.goal_figure(ctx, goal)
        except NothingToShow:
            continue
        items.append(
            Item(
                f"goals/{ctx.key}/{goal.id}/{seen.index[-1]:%Y-%m-%d}",
                shown.finding,
                max(moment(data.entry(name, ctx.key)) for name in ("residents", "areas") if has_tables(ctx, name)),
                f"{standing.replace('**', '')} " + ctx.language("Source: {credit}", credit=shown.source),
                f"goals?{urlencode({'city': ctx.key, 'lang': ctx.language.code})}",
            )
        )
    return items


def _goals(ctx: CityContext) -> Iterator[Any]:
    try:
        yield from (goal for goal in goals.goals_within(ctx, EVERYWHERE) if not goal.example)
    except NothingToShow:
        return


def atom(address: str, site: str, title: str, author: str, language: Language, items: list[Item]) -> bytes:
    """A feed as Atom (RFC 4287). address: its own; site: of the dashboard, with a slash at its end."""
    xml.register_namespace("", ATOM)
    feed = xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language.code})

    def add(parent: xml.Element, name: str, text: str = "", **attributes: str) -> xml.Element:
        element = xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    add(feed, "id", _lasting(f"{site}{title}"))
    add(feed, "title", title)
    add(feed, "updated", max((item.updated for item in items), default=NEVER))
    add(add(feed, "author"), "name", author)
    add(feed, "link", rel="self", href=address, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=site, type="text/html")
    for item in items:
        entry = add(feed, "entry")
        add(entry, "id", _lasting(item.key))
        add(entry, "title", item.title)
        add(entry, "updated", item.updated)
        add(entry, "summary", item.summary)
        add(entry, "link", rel="alternate", href=f"{site}{item.page}", type="text/html")
    return xml.tostring(feed, encoding="utf-8", xml_declaration=True)


def _lasting(key: str) -> str:
    """An id that stays the same wherever the server is reached."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'zone:{key}')}"
