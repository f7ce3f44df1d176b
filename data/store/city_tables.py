"""Tables that a city fills itself, in versions: the newest counts, and taking it back brings the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.rights import author, require_role
from data.store.database import engine
from data.store.models import CityTable, aware


@dataclass(frozen=True)
class Version:
    """A table as it was saved: number, file, who and when, rows; whether one stands before it."""

    id: int
    name: str
    who: str
    entered: datetime
    rows: pd.DataFrame
    has_before: bool


def newest(city: str, kind: str) -> Version | None:
    """The table of a kind that counts, None where the city has filled none."""
    with Session(engine()) as session:
        fits = CityTable.city == city, CityTable.kind == kind, CityTable.removed.is_(None)
        found = session.scalars(select(CityTable).where(*fits).order_by(CityTable.id.desc()).limit(2)).all()
        if not found:
            return None
        row = found[0]
        return Version(row.id, row.name, row.who, aware(row.entered), pd.DataFrame(row.rows), len(found) > 1)


@require_role("editor")
def save(city: str, kind: str, name: str, rows: list[dict[str, Any]], who: str = "") -> int:
    """Store a table as the newest of its kind; those before it stay. Returns its number."""
    with Session(engine()) as session, session.begin():
        row = CityTable(city=city, kind=kind, name=name[:200], who=author(who), rows=rows)
        session.add(row)
        session.flush()
        return row.id


@require_role("editor")
def take_back(version: int) -> None:
    """Mark a table as removed, so that the one before it counts again; once more changes nothing."""
    with Session(engine()) as session, session.begin():
        fits = CityTable.id == version, CityTable.removed.is_(None)
        session.execute(update(CityTable).where(*fits).values(removed=datetime.now(UTC)))


def kinds(city: str, prefix: str) -> list[str]:
    """The kinds that begin with a prefix and of which a city has a table that counts."""
    with Session(engine()) as session:
        fits = CityTable.city == city, CityTable.kind.startswith(prefix, autoescape=True), CityTable.removed.is_(None)
        return sorted(session.scalars(select(CityTable.kind).where(*fits).distinct()))
