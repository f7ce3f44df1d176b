"""What people enter: goals, scenarios and (in `register`) initiatives, kept in a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.rights import author, require_role
from data.store.database import engine
from data.store.models import Assessment, SavedScenario, Target


def targets(city: str) -> pd.DataFrame:
    """A city's targets, newest first: id, level, area_id, indicator, value, year."""
    columns = [Target.id, Target.level, Target.area_id, Target.indicator, Target.value, Target.year]
    return _rows(columns, Target.city == city, Target.removed.is_(None))


@require_role("editor")
def add_target(city: str, level: str, area_id: str, indicator: str, value: float, year: int) -> int:
    """Store a target; returns its id."""
    with Session(engine()) as session, session.begin():
        return _add(
            session, Target(city=city, level=level, area_id=area_id, indicator=indicator, value=value, year=year)
        )


@require_role("editor")
def remove_target(target: int) -> None:
    """Mark a target as removed; removing it again changes nothing."""
    _remove(Target, target)


def scenarios(city: str) -> pd.DataFrame:
    """A city's scenarios, newest first: id, name, text (TOML)."""
    columns = [SavedScenario.id, SavedScenario.name, SavedScenario.text]
    return _rows(columns, SavedScenario.city == city, SavedScenario.removed.is_(None))


@require_role("editor")
def add_scenario(city: str, name: str, text: str) -> int:
    """Store a scenario; one of the same name stays beside it. Returns its id."""
    with Session(engine()) as session, session.begin():
        return _add(session, SavedScenario(city=city, name=name, text=text))


@require_role("editor")
def remove_scenario(saved: int) -> None:
    """Mark a scenario as removed; removing it again changes nothing."""
    _remove(SavedScenario, saved)


def _rows(columns: list[Any], *conditions: Any, newest_by: list[Any] | None = None) -> pd.DataFrame:
    """The rows that fit, newest first; newest_by: columns to order by, else the first."""
    order = [column.desc() for column in newest_by or columns[:1]]
    with Session(engine()) as session:
        rows = session.execute(select(*columns).where(*conditions).order_by(*order)).all()
    return pd.DataFrame(rows, columns=[column.key for column in columns])


def _add(session: Session, row: Target | SavedScenario | Assessment) -> int:
    session.add(row)
    session.flush()
    return row.id


def _remove(kind: type[Target] | type[SavedScenario], number: int) -> None:
    with Session(engine()) as session, session.begin():
        session.execute(update(kind).where(kind.id == number, kind.removed.is_(None)).values(removed=datetime.now(UTC)))


def assessments(city: str) -> pd.DataFrame:
    """A city's readiness assessments, newest first: id, day, who, answers."""
    columns = [Assessment.id, Assessment.day, Assessment.who, Assessment.answers]
    return _rows(columns, Assessment.city == city, newest_by=[Assessment.day, Assessment.id])


@require_role("editor")
def add_assessment(city: str, day: date, who: str, answers: dict[str, Any]) -> int:
    """Store an assessment; earlier ones stay, so that days can be compared. Returns its id."""
    with Session(engine()) as session, session.begin():
        return _add(session, Assessment(city=city, day=day, who=author(who), answers=answers))
