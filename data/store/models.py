"""Every stored kind of thing, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.translation import N_

KINDS = (N_("concept"), N_("practice"), N_("product"), N_("structural change"))
STAGES = (N_("detected"), N_("developed"), N_("applied"), N_("scaled"))
THEMES = (N_("social"), N_("economic"), N_("environmental"))
SECTORS = (N_("public"), N_("non-profit"), N_("private"))
TOPICS = ("housing", "learning", "work", "health", "participation", "diversity", "environment")


def _now() -> datetime:
    return datetime.now(UTC)


def aware(when: datetime) -> datetime:
    """A stored moment with its zone: SQLite gives it back without."""
    return when if when.tzinfo else when.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Every stored kind of thing."""

    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


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
    entered: Mapped[datetime] = mapped_column(default=_now)
    removed: Mapped[datetime | None]


class SavedScenario(Base):
    """A what-if under a name, as its TOML file; removed ones stay, marked."""

    __tablename__ = "scenarios"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    name: Mapped[str]
    text: Mapped[str]
    entered: Mapped[datetime] = mapped_column(default=_now)
    removed: Mapped[datetime | None]


class Initiative(Base):
    """A social innovation: what, where, who with whom, for whom, with what money and result. Unknown fields are empty.

    version rises with every change; an edit of an older version is refused. partners: name, sector, role. outcomes:
    indicator, value, unit, date. evidence: address, checked (date), fact.
    """

    __tablename__ = "initiatives"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str]
    stage: Mapped[str]
    theme: Mapped[str]
    topic: Mapped[str]
    city: Mapped[str]
    country: Mapped[str]
    area_id: Mapped[str]
    about: Mapped[str]
    target_group: Mapped[str]
    languages: Mapped[str]
    budget_eur: Mapped[int | None]
    funding: Mapped[str]
    start: Mapped[date | None]
    end: Mapped[date | None]
    reached: Mapped[int | None]
    contact_role: Mapped[str]
    partners: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    outcomes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    removed: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Change(Base):
    """One change of an initiative: who, when, what it was and what it became."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=_now)
    who: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Assessment(Base):
    """A city's readiness on one day: level and evidence by question."""

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    day: Mapped[date]
    who: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    entered: Mapped[datetime] = mapped_column(default=_now)


class CityTable(Base):
    """A table that a city filled itself, whole at each save: the newest that is not removed counts.

    kind: of data.city.own_tables.TABLES. name: of the file it came from.
    """

    __tablename__ = "city_tables"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    who: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    entered: Mapped[datetime] = mapped_column(default=_now)
    removed: Mapped[datetime | None]


class Room(Base):
    """A workshop's room: code, title, groups people say they belong to, and the question it shows (0: none).

    salt: signs the cookies of devices and makes them unlinkable between rooms. joined: devices given one. language: of
    its minutes. practice: its voters are simulated. needs_code: only devices with a one-time code answer. closed: since
    when; keep_days later answers are deleted.
    """

    __tablename__ = "rooms"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    city: Mapped[str]
    title: Mapped[str] = mapped_column(String(200))
    groups: Mapped[list[str]] = mapped_column(JSON)
    salt: Mapped[str]
    shown: Mapped[int] = mapped_column(default=0)
    keep_days: Mapped[int]
    joined: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(5), default="en")
    practice: Mapped[bool] = mapped_column(default=False)
    needs_code: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(default=_now)
    closed: Mapped[datetime | None]
    purged: Mapped[datetime | None]


class Question(Base):
    """A room's question; kind: of data.store.ballots.KINDS; options: key and label; settings: what its kind needs.

    hidden: its results are not shown to the room yet. until: when its countdown ends. repeats: the question of which it
    is the second vote. batch: the result as it was last shown while answers came; result: of all answers, outlives
    them.
    """

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    kind: Mapped[str]
    prompt: Mapped[str] = mapped_column(String(300))
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    open: Mapped[bool] = mapped_column(default=True)
    hidden: Mapped[bool] = mapped_column(default=False)
    until: Mapped[datetime | None]
    repeats: Mapped[int | None]
    batch: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Answer(Base):
    """A device's answer to a question; device: a keyed hash, of no use outside the room. No address is stored.

    slot: of a question that takes several texts of a device. merged: the text into which this one was merged. batched:
    whether it is in the batch that was last shown.
    """

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("question_id", "device", "slot", name="answers_device_slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    device: Mapped[str] = mapped_column(String(64))
    slot: Mapped[int] = mapped_column(default=0)
    group: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON)
    approved: Mapped[bool] = mapped_column(default=False)
    merged: Mapped[int | None]
    batched: Mapped[bool] = mapped_column(default=False)


class Support(Base):
    """A device's support for a text; device: as in answers."""

    __tablename__ = "supports"

    answer_id: Mapped[int] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True)
    device: Mapped[str] = mapped_column(String(64), primary_key=True)


class Ticket(Base):
    """A one-time code of a room, as a keyed hash, and whether it was used; not by which device."""

    __tablename__ = "tickets"

    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    used: Mapped[bool] = mapped_column(default=False)


class Decision(Base):
    """What a room decided: words, what was said against it, the vote in words, and what it became.

    target_id, initiative_id: the goal or initiative that was made of it.
    """

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    question_id: Mapped[int | None]
    what: Mapped[str] = mapped_column(String(300))
    against: Mapped[str] = mapped_column(String(600))
    vote: Mapped[str] = mapped_column(String(300))
    day: Mapped[date]
    target_id: Mapped[int | None]
    initiative_id: Mapped[int | None]
    removed: Mapped[datetime | None]


class Story(Base):
    """A sequence of views; step and started say where its presentation is, so that the notes can follow."""

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    step: Mapped[int] = mapped_column(default=0)
    started: Mapped[datetime | None]
    entered: Mapped[datetime] = mapped_column(default=_now)


class Link(Base):
    """A short address for a view: a page of ours with its choices, and the title it was shared under."""

    __tablename__ = "links"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    target: Mapped[str]
    title: Mapped[str] = mapped_column(String(300))
    entered: Mapped[datetime] = mapped_column(default=_now)


class Audit(Base):
    """One change made through a page: when, account ('' without sign-in), role, action and what it was done to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(80))


class Example(Base):
    """That an entry came with the app; the mark outlives it. kind: of data.store.examples.KINDS."""

    __tablename__ = "examples"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
