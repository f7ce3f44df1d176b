"""Devices of a room: a random token that the server gave each browser, signed with the room's salt.

It is stored as a hash keyed with that salt, of no use outside the room. Where a room needs one-time codes a device
gives one to join; that it was used is stored, not by which device.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from data.rights import require_role
from data.store import codes
from data.store.ballots import RefusedError
from data.store.database import engine
from data.store.models import Room, Ticket
from data.translation import N_

MOST_TICKETS = 2_000
TICKET_SIGNS = 8


class UnknownDeviceError(RefusedError):
    """An answer of a device that has not joined the room."""


def keyed(room: Room, purpose: str, words: str) -> str:
    """A hash of words that only this room's salt makes."""
    return hmac.new(room.salt.encode(), f"{purpose} {words}".encode(), hashlib.sha256).hexdigest()


def is_signed(room: Room, token: str) -> bool:
    """Whether the server gave this token to a device of the room."""
    name, _, signature = token.rpartition(".")
    return hmac.compare_digest(signature.encode(), keyed(room, "cookie", name).encode())


def pseudonym(room: Room, token: str) -> str:
    """What stands for a device in the room's answers. Raises UnknownDeviceError."""
    if not is_signed(room, token):
        raise UnknownDeviceError(N_("Open the room's page first; it needs a cookie to count each device once."))
    return keyed(room, "device", token)


def join(code: str, ticket: str = "") -> str:
    """A new device's token, for its cookie. ticket: its one-time code, if the room needs one. Raises RefusedError."""
    with Session(engine()) as session, session.begin():
        room = session.scalars(select(Room).where(Room.code == code)).one()
        if room.needs_code:
            _use(session, room, ticket)
        session.execute(update(Room).where(Room.id == room.id).values(joined=Room.joined + 1))
        name = secrets.token_urlsafe(18)
        return f"{name}.{keyed(room, 'cookie', name)}"


def _use(session: Session, room: Room, ticket: str) -> None:
    """Take a one-time code; of two devices with the same one the database lets only one through."""
    code = keyed(room, "ticket", codes.typed(ticket))
    unused = update(Ticket).where(Ticket.room_id == room.id, Ticket.code == code, Ticket.used.is_(False))
    used = session.execute(unused.values(used=True))
    assert isinstance(used, CursorResult)
    if used.rowcount != 1:
        raise RefusedError(N_("This code is not valid, or it was used already."))


def has_joined(code: str, token: str) -> bool:
    """Whether this server gave the token to a device of the room."""
    with Session(engine()) as session:
        room = session.scalar(select(Room).where(Room.code == code))
        return room is not None and is_signed(room, token)


@require_role("editor")
def make_tickets(code: str, count: int) -> list[str]:
    """New one-time codes of a room, which then needs them; they are readable now and never again.

    Raises RefusedError where devices have joined without one.
    """
    with Session(engine()) as session, session.begin():
        room = session.scalars(select(Room).where(Room.code == code).with_for_update()).one()
        there = session.scalar(select(func.count()).where(Ticket.room_id == room.id)) or 0
        if room.joined and not room.needs_code:
            raise RefusedError(N_("Devices have joined without a code; open a new room for a vote with codes."))
        if not 1 <= count <= MOST_TICKETS - there:
            raise RefusedError(N_("A room has up to 2,000 codes."))
        room.needs_code = True
        fresh = {codes.random_code(TICKET_SIGNS) for _ in range(count)}
        while len(fresh) < count:
            fresh.add(codes.random_code(TICKET_SIGNS))
        session.add_all(Ticket(room_id=room.id, code=keyed(room, "ticket", ticket)) for ticket in fresh)
        return sorted(fresh)


def tickets(code: str) -> tuple[int, int]:
    """How many one-time codes a room has, and how many of them were used."""
    query = select(func.count(), func.count().filter(Ticket.used)).join(Room, Room.id == Ticket.room_id)
    with Session(engine()) as session:
        total, used = session.execute(query.where(Room.code == code)).one()
        return int(total), int(used)


def simulated(code: str, number: int) -> str:
    """The token of an invented voter of a practice room. Raises RefusedError for other rooms."""
    with Session(engine()) as session:
        room = session.scalars(select(Room).where(Room.code == code)).one()
        if not room.practice:
            raise RefusedError(N_("Only a room to practise in has invented voters."))
        return f"practice-{number}.{keyed(room, 'cookie', f'practice-{number}')}"
