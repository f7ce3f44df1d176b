"""Mail digests: what the feeds say and has not been told yet, in a person's language, as plain text and HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from html import escape
from typing import NamedTuple

import data
from data.context import CityContext
from data.translation import N_, Language
from services import dcat, feeds
from services.feeds import Item

SUBJECTS = ("versions", "signals", "goals")
MOST = 20  # items of a section that are written out
WHY = N_("You get this mail because you are on this server's list. To leave it, answer with the word “leave”.")


class Section(NamedTuple):
    """The news of one feed: its title and items."""

    title: str
    items: list[Item]


def sections(language: Language, cities: Sequence[str], subjects: Sequence[str]) -> list[Section]:
    """Everything that the feeds of some cities say now, newest first. Cities that there are not are passed over."""
    result = []
    if "versions" in subjects:
        result.append(Section(language(feeds.TITLES["versions"]), feeds.versions(language)))
    for key, city in data.cities().items():
        if key in cities:
            ctx = CityContext(city, data.version(city.key), language)
            for subject, read in (("signals", feeds.signals), ("goals", feeds.behind)):
                if subject in subjects:
                    result.append(Section(language(feeds.TITLES[subject], city=ctx.name), read(ctx)))
    return result


def news(all_sections: Sequence[Section], told: Sequence[str]) -> list[Section]:
    """What of it has not been told yet; sections without news are left out."""
    known = set(told)
    fresh = [
        Section(section.title, [item for item in section.items if item.key not in known]) for section in all_sections
    ]
    return [section for section in fresh if section.items]


def message(
    language: Language, fresh: Sequence[Section], addresses: Mapping[str, str], site: str, now: datetime
) -> EmailMessage:
    """A digest. addresses: 'sender' and 'to'. site: of the dashboard with a slash at its end, '' for no links."""
    _ = language
    count = sum(len(section.items) for section in fresh)
    mail = EmailMessage()
    mail["Subject"] = _("{name}: {n} news", name=dcat.owner(), n=count)
    mail["From"], mail["To"] = addresses["sender"], addresses["to"]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=addresses["sender"].rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<mailto:{addresses['sender']}?subject=leave>"
    mail.set_content(_plain(_, fresh, site))
    mail.add_alternative(_html(_, fresh, site), subtype="html")
    mail["Content-Language"] = language.code  # of the whole; what is set before goes into the first part
    return mail


def _plain(_: Language, fresh: Sequence[Section], site: str) -> str:
    lines = list[str]()
    for section in fresh:
        lines += [section.title, "=" * len(section.title), ""]
        for item in section.items[:MOST]:
            lines += [f"* {item.title}", f"  {item.summary}"] + ([f"  {site}{item.page}"] if site else []) + [""]
        if len(section.items) > MOST:
            lines += [_("and {n} more", n=len(section.items) - MOST), ""]
    return "\n".join([*lines, "--", _(WHY), ""])


def _html(_: Language, fresh: Sequence[Section], site: str) -> str:
    parts = list[str]()
    for section in fresh:
        parts.append(f"<h2>{escape(section.title)}</h2><ul>")
        for item in section.items[:MOST]:
            title = escape(item.title)
            linked = f'<a href="{escape(site + item.page)}">{title}</a>' if site else f"<strong>{title}</strong>"
            parts.append(f"<li><p>{linked}</p><p>{escape(item.summary)}</p></li>")
        parts.append("</ul>")
        if len(section.items) > MOST:
            parts.append(f"<p>{escape(_('and {n} more', n=len(section.items) - MOST))}</p>")
    direction = "rtl" if _.is_right_to_left else "ltr"
    head = f'<!doctype html><html lang="{_.code}" dir="{direction}"><meta charset="utf-8">'
    return f"{head}<body>{''.join(parts)}<hr><p><small>{escape(_(WHY))}</small></p></body></html>"
