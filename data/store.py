"""What people enter: kept in a database, SQLite in the folder of local tables unless ZONE_DATABASE names another."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache

import pandas as pd
from sqlalchemy import Engine, create_engine, event, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from data.catalogue import local_folder


class Base(DeclarativeBase):
    """Every stored kind of thing."""


class Target(Base):
    """Where an indicator of an area is to be by the end of a year; removed ones stay, marked."""

    __tablename__ = "targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    level: Mapped[str]
    area_id: Mapped[str]
    indicator: Mapped[str]
    value: Mapped[float]
    year: Mapped[int]
    entered: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    removed: Mapped[datetime | None]


class SavedScenario(Base):
    """A what-if under a name, as its TOML file; removed ones stay, marked."""

    __tablename__ = "scenarios"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    entered: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    removed: Mapped[datetime | None]


def address() -> str:
    """The database's URL: ZONE_DATABASE, or an SQLite file beside the local tables."""
    return os.environ.get("ZONE_DATABASE") or f"sqlite:///{local_folder() / 'zone.db'}"


@cache
def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        local_folder().mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _write_ahead(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA journal_mode=WAL")  # readers never wait for a writer

    Base.metadata.create_all(engine)
    return engine


def targets(city: str) -> pd.DataFrame:
    """A city's targets, newest first: id, level, area_id, indicator, value, year."""
    columns = [Target.id, Target.level, Target.area_id, Target.indicator, Target.value, Target.year]
    asked = select(*columns).where(Target.city == city, Target.removed.is_(None)).order_by(Target.id.desc())
    with Session(_engine(address())) as session:
        return pd.DataFrame(session.execute(asked).all(), columns=[column.key for column in columns])


def add_target(city: str, level: str, area_id: str, indicator: str, value: float, year: int) -> int:
    """Store a target; returns its id."""
    with Session(_engine(address())) as session, session.begin():
        target = Target(city=city, level=level, area_id=area_id, indicator=indicator, value=value, year=year)
        session.add(target)
        session.flush()
        return target.id


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
    with Session(_engine(address())) as session:
        return pd.DataFrame(session.execute(asked).all(), columns=[column.key for column in columns])


def add_scenario(city: str, name: str, text: str) -> int:
    """Store a scenario; one of the same name stays beside it. Returns its id."""
    with Session(_engine(address())) as session, session.begin():
        saved = SavedScenario(city=city, name=name, text=text)
        session.add(saved)
        session.flush()
        return saved.id


def remove_scenario(saved: int) -> None:
    """Mark a scenario as removed; removing it again changes nothing."""
    _remove(SavedScenario, saved)


def _remove(kind: type[Target] | type[SavedScenario], number: int) -> None:
    with Session(_engine(address())) as session, session.begin():
        session.execute(update(kind).where(kind.id == number, kind.removed.is_(None)).values(removed=datetime.now(UTC)))
