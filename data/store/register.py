"""The register of initiatives: checked, versioned, with a history; two editors never overwrite each other silently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from data.errors import DataError
from data.rights import author, require_role
from data.store.database import engine
from data.store.models import KINDS, SECTORS, STAGES, THEMES, TOPICS, Change, Initiative
from data.translation import N_, Sentence, as_part, chain

LISTS = {
    "partners": ("name", "sector", "role"),
    "outcomes": ("indicator", "value", "unit", "date"),
    "evidence": ("address", "checked", "fact"),
}


class ConflictError(DataError):
    """Someone else changed the initiative meanwhile; `theirs` is what it is now."""

    def __init__(self, name: str, theirs: dict[str, Any], fields: list[str]) -> None:
        self.theirs = theirs
        super().__init__(
            N_(
                "'{name}' was changed by someone else while you edited it ({changed}). "
                "Look at their version, then save yours again.",
                name=name,
                changed=", ".join(fields) or Sentence(N_("nothing that you see")),
            )
        )


class InvalidInitiativeError(DataError):
    """An initiative does not fit; `problems` holds field -> what is wrong and what to do."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        faults = [N_("{field}: {fault}", field=field, fault=as_part(fault)) for field, fault in problems.items()]
        super().__init__(chain(faults, "; "))


def _text(value: object) -> str:
    return (
        "" if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)) else str(value).strip()
    )


def _one_of(options: tuple[str, ...]) -> Callable[[object], str]:
    def read(value: object) -> str:
        if _text(value) not in options:
            raise ValueError(N_("'{value}' is none of {options}", value=_text(value), options=", ".join(options)))
        return _text(value)

    return read


def _required(value: object) -> str:
    if not _text(value):
        raise ValueError(N_("is empty; it must be stated"))
    return _text(value)


def _whole_number(value: object) -> int | None:
    if not _text(value):
        return None
    try:
        number = float(_text(value).replace(",", ""))
    except ValueError:
        raise ValueError(N_("'{value}' is not a number; leave it empty if unknown", value=_text(value))) from None
    if number < 0 or number != int(number):
        raise ValueError(N_("'{value}' is not a whole number of zero or more", value=_text(value)))
    return int(number)


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or not _text(value):
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(_text(value)[:10])
    except ValueError:
        raise ValueError(
            N_("'{value}' is not a day such as 2019-10-31; leave it empty if unknown", value=_text(value))
        ) from None


def _list(name: str) -> Callable[[object], list[dict[str, Any]]]:
    keys = LISTS[name]

    def read(value: object) -> list[dict[str, Any]]:
        rows = (
            value
            if isinstance(value, list)
            else [
                dict(zip(keys, (cell.strip() for cell in part.split("|")), strict=False))
                for part in _text(value).split(";")
                if part.strip()
            ]
        )
        for row in rows:
            if not isinstance(row, dict) or not _text(row.get(keys[0])):
                raise ValueError(
                    N_(
                        "each entry needs {key}; write {keys} and part entries by semicolons",
                        key=keys[0],
                        keys="|".join(keys),
                    )
                )
            if name == "partners" and row.get("sector") not in SECTORS:
                raise ValueError(
                    N_(
                        "sector '{sector}' of '{name}' is none of {options}",
                        sector=row.get("sector"),
                        name=row["name"],
                        options=", ".join(SECTORS),
                    )
                )
        return [{key: _text(row.get(key)) for key in keys} for row in rows]

    return read


_READERS: dict[str, Callable[[object], Any]] = {
    "name": _required,
    "kind": _one_of(KINDS),
    "stage": _one_of(STAGES),
    "theme": _one_of(THEMES),
    "topic": _one_of(TOPICS),
    "city": _required,
    "country": _required,
    **dict.fromkeys(("area_id", "about", "target_group", "languages"), _text),
    "budget_eur": _whole_number,
    "funding": _text,
    "start": _day,
    "end": _day,
    "reached": _whole_number,
    "contact_role": _text,
    **{name: _list(name) for name in LISTS},
}
FIELDS = tuple(_READERS)


def check(values: dict[str, Any]) -> dict[str, Any]:
    """Every field in its type; unknown is empty. Raises InvalidInitiativeError with each field, fault and hint."""
    checked, problems = {}, {}
    for field, read in _READERS.items():
        try:
            checked[field] = read(values.get(field))
        except ValueError as error:
            problems[field] = error.args[0]
    if "@" in str(checked.get("contact_role", "")):
        problems["contact_role"] = N_("holds an address of a person; state a role such as 'integration office'")
    if checked.get("start") and checked.get("end") and checked["end"] < checked["start"]:
        problems["end"] = N_("{end} is before the start, {start}", end=checked["end"], start=checked["start"])
    if unknown := [field for field in values if field not in FIELDS and field not in ("id", "version")]:
        problems[str(unknown[0])] = N_("there is no such field; known: {fields}", fields=", ".join(FIELDS))
    if problems:
        raise InvalidInitiativeError(problems)
    return checked


def _plain(row: Initiative) -> dict[str, Any]:
    """A row's fields as JSON can hold them."""
    values = {field: getattr(row, field) for field in FIELDS}
    return {field: value.isoformat() if isinstance(value, date) else value for field, value in values.items()} | {
        "removed": row.removed is not None
    }


def everything(removed: bool = False) -> pd.DataFrame:
    """All initiatives by name: id, version and FIELDS; with removed, also those taken out."""
    query = select(Initiative).order_by(Initiative.name, Initiative.id)
    if not removed:
        query = query.where(Initiative.removed.is_(None))
    with Session(engine()) as session:
        rows = [{"id": row.id, "version": row.version, **_plain(row)} for row in session.scalars(query)]
    table = pd.DataFrame(rows, columns=["id", "version", *FIELDS, "removed"])
    return table.astype({"budget_eur": "Int64", "reached": "Int64"})


def add(values: dict[str, Any], who: str) -> int:
    """Store a new initiative; returns its id once it is on the disk."""
    return add_many([check(values)], who)[0]


@require_role("editor")
def add_many(checked: list[dict[str, Any]], who: str) -> list[int]:
    """Store initiatives that `check` has passed, all or none; returns their ids."""
    with Session(engine()) as session, session.begin():
        rows = [Initiative(**fields) for fields in checked]
        session.add_all(rows)
        session.flush()
        session.add_all(
            [
                Change(initiative_id=row.id, who=author(who), action="added", before=None, after=_plain(row))
                for row in rows
            ]
        )
        return [row.id for row in rows]


def _change(number: int, version: int | None, who: str, action: str, edit: Callable[[Initiative], None]) -> int:
    """Apply an edit in one transaction with its history; returns the new version. Raises ConflictError."""
    with Session(engine()) as session:
        row = session.get(Initiative, number)
        if row is None:
            raise DataError(N_("There is no initiative number {number}.", number=number))
        if version is not None and row.version != version:
            raise ConflictError(row.name, _plain(row), _fields_since(session, number, version, _plain(row)))
        before = _plain(row)
        edit(row)
        session.add(Change(initiative_id=number, who=author(who), action=action, before=before, after=_plain(row)))
        try:
            session.commit()
        except StaleDataError as fault:
            session.rollback()
            now = session.get(Initiative, number)
            theirs = _plain(now) if now else {}
            raise ConflictError(
                before["name"], theirs, [field for field in FIELDS if theirs.get(field) != before.get(field)]
            ) from fault
        return row.version


def _fields_since(session: Session, number: int, version: int, now: dict[str, Any]) -> list[str]:
    """Which fields differ from what the initiative was at an older version."""
    changes = session.scalars(select(Change).where(Change.initiative_id == number).order_by(Change.id)).all()
    old = changes[min(version, len(changes)) - 1].after if changes else None
    return [field for field in FIELDS if old is not None and old.get(field) != now.get(field)]


@require_role("editor")
def change(number: int, version: int, values: dict[str, Any], who: str) -> int:
    """Change an initiative read at `version`; returns the new version. Raises ConflictError, InvalidInitiativeError."""
    checked = check(values)

    def edit(row: Initiative) -> None:
        for field, value in checked.items():
            setattr(row, field, value)

    return _change(number, version, who, "changed", edit)


@require_role("editor")
def remove(number: int, version: int, who: str) -> int:
    """Take an initiative out; it stays in the history and can be put back by undo."""
    return _change(number, version, who, "removed", lambda row: setattr(row, "removed", datetime.now(UTC)))


@require_role("editor")
def undo(number: int, who: str) -> int:
    """Take the last change back; undoing twice brings it again. Raises DataError if there is nothing to undo."""
    with Session(engine()) as session:
        last = session.scalars(
            select(Change).where(Change.initiative_id == number).order_by(Change.id.desc()).limit(1)
        ).first()
        if last is None or last.before is None:
            raise DataError(N_("There is no change to take back."))
        earlier = dict(last.before)
    removed, checked = earlier.pop("removed"), check({field: earlier[field] for field in FIELDS})

    def edit(row: Initiative) -> None:
        for field, value in checked.items():
            setattr(row, field, value)
        row.removed = datetime.now(UTC) if removed else None

    return _change(number, None, who, "undone", edit)


def history(number: int) -> pd.DataFrame:
    """Every change of an initiative, newest first: at, who, action, fields (that changed)."""
    with Session(engine()) as session:
        rows = session.scalars(select(Change).where(Change.initiative_id == number).order_by(Change.id.desc())).all()
        return pd.DataFrame(
            [
                {
                    "at": row.at,
                    "who": row.who,
                    "action": row.action,
                    "fields": ", ".join(
                        field
                        for field in FIELDS
                        if row.before and row.after and row.before.get(field) != row.after.get(field)
                    ),
                }
                for row in rows
            ],
            columns=["at", "who", "action", "fields"],
        )
