"""What people enter: goals, scenarios and (in `register`) initiatives, kept in a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store.database import engine
from data.store.models import Assessment, SavedScenario, Target


def targets(city: str) -> pd.DataFrame:
    """A city's targets, newest first: id, level, area_id, indicator, value, year."""
    columns = [Target.id, Target.level, Target.area_id, Target.indicator, Target.value, Target.year]
    asked = select(*columns).where(Target.city == city, Target.removed.is_(None)).order_by(Target.id.desc())
    with Session(engine()) as session:
        return pd.DataFrame(session.execute(asked).all(), columns=[column.key for column in columns])


@require_role("editor")
def add_target(city: str, level: str, area_id: str, indicator: str, value: float, year: int) -> int:
    """Store a target; returns its id."""
    with Session(engine()) as session, session.begin():
        target = Target(city=city, level=level, area_id=area_id, indicator=indicator, value=value, year=year)
        session.add(target)
        session.flush()
        return target.id


@require_role("editor")
def remove_target(target: int) -> None:
    """Mark a target as removed; removing it again changes nothing."""
    _remove(Target, target)


def scenarios(city: str) -> pd.DataFrame:
    """A city's scenarios, newest first: id, name, text (TOML)."""
    columns = [SavedScenario.id, SavedScenario.name, SavedScenario.text]
    asked = (
        select(*columns)
        .where(SavedScenario.city == city, SavedScenario.removed.is_(None))
        .order_by(SavedScenario.id.desc())
    )
    with Session(engine()) as session:
        return pd.DataFrame(session.execute(asked).all(), columns=[column.key for column in columns])


@require_role("editor")
def add_scenario(city: str, name: str, text: str) -> int:
    """Store a scenario; one of the same name stays beside it. Returns its id."""
    with Session(engine()) as session, session.begin():
        saved = SavedScenario(city=city, name=name, text=text)
        session.add(saved)
        session.flush()
        return saved.id


@require_role("editor")
def remove_scenario(saved: int) -> None:
    """Mark a scenario as removed; removing it again changes nothing."""
    _remove(SavedScenario, saved)


def _remove(kind: type[Target] | type[SavedScenario], number: int) -> None:
    with Session(engine()) as session, session.begin():
        session.execute(update(kind).where(kind.id == number, kind.removed.is_(None)).values(removed=datetime.now(UTC)))


def assessments(city: str) -> pd.DataFrame:
    """A city's readiness assessments, newest first: id, day, who, answers."""
    columns = [Assessment.id, Assessment.day, Assessment.who, Assessment.answers]
    asked = select(*columns).where(Assessment.city == city).order_by(Assessment.day.desc(), Assessment.id.desc())
    with Session(engine()) as session:
        return pd.DataFrame(session.execute(asked).all(), columns=[column.key for column in columns])


@require_role("editor")
def add_assessment(city: str, day: date, who: str, answers: dict[str, Any]) -> int:
    """Store an assessment; earlier ones stay, so that days can be compared. Returns its id."""
    with Session(engine()) as session, session.begin():
        made = Assessment(city=city, day=day, who=who, answers=answers)
        session.add(made)
        session.flush()
        return made.id
