"""Stories (sequences of views) and short links to a view."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data import limits
from data.errors import SourceError
from data.rights import require_role
from data.store import codes
from data.store.database import engine
from data.store.models import Link, Story, aware
from data.translation import N_

MAX_STEPS = 100


@dataclass(frozen=True)
class StoryView:
    """A story with its steps, and where its presentation is.

    Fields: id, code, title, steps (page, query, title, note, text for readers, the choices in words).
    """

    id: int
    code: str
    title: str
    steps: list[dict[str, Any]]
    step: int
    started: datetime | None


@require_role("editor")
def save(title: str, steps: list[dict[str, Any]], code: str = "") -> str:
    """Store a story, or a new version of the one with this code; returns its code."""
    with Session(engine()) as session, session.begin():
        story = session.scalar(select(Story).where(Story.code == code)) if code else None
        if story is None:
            story = Story(code=codes.random_code(), step=0, started=None)
            session.add(story)
        story.title, story.steps = title[:200], steps
        return story.code


def story(code: str) -> StoryView | None:
    """The story of a code."""
    with Session(engine()) as session:
        row = session.scalar(select(Story).where(Story.code == codes.typed(code)))
        if row is None:
            return None
        return StoryView(row.id, row.code, row.title, row.steps, row.step, aware(row.started) if row.started else None)


def stories() -> dict[str, str]:
    """Title by code of the stories stored, newest first."""
    with Session(engine()) as session:
        rows = session.execute(select(Story.code, Story.title).order_by(Story.id.desc()))
        return {row.code: row.title for row in rows}


@require_role("editor")
def show_step(code: str, step: int, start: bool = False) -> None:
    """Store which step a presentation shows, for the window with the notes."""
    values: dict[str, Any] = {"step": step} | ({"started": datetime.now(UTC)} if start else {})
    with Session(engine()) as session, session.begin():
        session.execute(update(Story).where(Story.code == code).values(**values))


@require_role("editor")
def shorten(target: str, title: str) -> str:
    """A short code for a view, the same for the same view and title."""
    with Session(engine()) as session, session.begin():
        existing = session.scalar(select(Link.code).where(Link.target == target, Link.title == title[:300]))
        if existing:
            return str(existing)
        link = Link(code=codes.random_code(5), target=target, title=title[:300])
        session.add(link)
        return link.code


def link(code: str) -> tuple[str, str] | None:
    """Target and title of a short code."""
    with Session(engine()) as session:
        row = session.get(Link, codes.typed(code))
        return None if row is None else (row.target, row.title)


def as_file(title: str, steps: list[dict[str, Any]]) -> bytes:
    """A story as a JSON file."""
    return json.dumps({"title": title, "steps": steps}, ensure_ascii=False, indent=2).encode()


def from_file(content: bytes, name: str, pages: set[str]) -> tuple[str, list[dict[str, Any]]]:
    """Title and steps of a story's file; SourceError names step, field and hint. pages: those that exist."""
    limits.check_size(content, name, 1_000_000)
    try:
        story = json.loads(content)
        title, steps = str(story["title"]), list(story["steps"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(name, N_("is no story"), hint=N_("Save one from the page Story and change that")) from error
    checked = []
    for number, step in enumerate(steps[:MAX_STEPS], 1):
        if not isinstance(step, dict) or step.get("page") not in pages:
            raise SourceError(
                name,
                N_("names a page that does not exist"),
                column="page",
                row=number,
                hint=N_("Known: {pages}", pages=", ".join(sorted(pages))),
            )
        query = step.get("query", {})
        if not isinstance(query, dict):
            raise SourceError(
                name,
                N_("is not a table of choices"),
                column="query",
                row=number,
                hint=N_('Write it as {"district": "01"}'),
            )
        checked.append(
            {
                "page": step["page"],
                "query": {str(key)[:60]: str(value)[:500] for key, value in query.items()},
                "title": str(step.get("title", ""))[:200],
                "note": str(step.get("note", ""))[:2000],
                "words": str(step.get("words", ""))[:1000],
                "text": str(step.get("text", ""))[:2000],
            }
        )
    if not checked:
        raise SourceError(name, N_("has no steps"), hint=N_("Pin a view first"))
    return title[:200], checked
