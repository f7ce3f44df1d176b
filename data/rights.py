"""Who may change what: viewer, editor, admin. Checked where things are written, whatever leads there, and logged.

A server is open for reading by default. `ZONE_ROLE` says what people who have not signed in may do (viewer, editor,
admin, or none: they must sign in to see anything); roles.toml in the folder of local tables (or the file `ZONE_ROLES`)
gives roles to those who have:

    [people]
    "head@city.example" = "admin"
    "*@city.example" = "editor"
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import wraps
from typing import ParamSpec, TypeVar

from data.catalogue import local_folder
from data.errors import DataError
from data.settings import settings
from data.translation import N_, as_part

P = ParamSpec("P")
R = TypeVar("R")
ROLES = ("none", "viewer", "editor", "admin")
_log = logging.getLogger(__name__)


class NotAllowedError(DataError):
    """Someone asked for a change that their role does not allow; nothing was changed."""


@dataclass(frozen=True)
class Actor:
    """Who asks, and as what. name: the account, '' for one who has not signed in."""

    name: str
    role: str


OWNER = Actor("command line", "admin")  # whoever runs commands on the machine owns its files and its database
NOBODY = Actor("", "none")
_acting: ContextVar[Actor | None] = ContextVar("_acting", default=None)
_actor_provider: Callable[[], Actor] | None = None


def act_as(actor: Actor | None) -> None:
    """Let this thread act as someone, whatever the provider says; None takes it back. A command states its owner so."""
    _acting.set(actor)


def set_actor_provider(provider: Callable[[], Actor]) -> None:
    """Set how to find out who asks; the app does so for those who ask through a page."""
    global _actor_provider
    _actor_provider = provider


def actor() -> Actor:
    """Who asks now; nobody where neither a command nor a page has said so."""
    return _acting.get() or (_actor_provider() if _actor_provider else NOBODY)


def author(typed: str) -> str:
    """Whose name a change carries: the account's; what was typed counts only where nobody has signed in.

    A typed name cannot pass for an account: those are addresses.
    """
    caller = actor()
    return caller.name if caller.name and caller != OWNER else "unnamed" if "@" in typed else typed.strip() or "unnamed"


def open_role() -> str:
    """What those may do who have not signed in; a word that is no role opens nothing."""
    role = settings().role
    return role if role in ROLES else "none"


def role_of(account: str) -> str:
    """The role of a signed-in account: the first line of roles.toml that fits, else viewer.

    Where the file cannot be read nobody is more than a viewer.
    """
    path = settings().roles or local_folder() / "roles.toml"
    if not path.exists():
        return "viewer"
    try:
        people = tomllib.loads(path.read_text(encoding="utf-8"))["people"]
        roles = (role for name, role in people.items() if fnmatchcase(account.lower(), str(name).lower()))
        role = next(roles, "viewer")
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as error:
        _log.error(
            '%s cannot be read (%s): nobody is more than a viewer. It holds [people] with "account" = "role".',
            path.name,
            error,
        )
        return "viewer"
    return role if role in ROLES else "viewer"


def has_role(role: str) -> bool:
    """Whether whoever asks now has this role, or more."""
    return ROLES.index(actor().role) >= ROLES.index(role)


def require_role(role: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A change that takes a role: refused before it begins, written into the audit log once it is done."""

    def guard(function: Callable[P, R]) -> Callable[P, R]:
        action = f"{function.__module__.removeprefix('data.')}.{function.__name__}"

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            caller = actor()
            if ROLES.index(caller.role) < ROLES.index(role):
                _log.warning("refused: %s needs %s", action, role)
                raise NotAllowedError(
                    N_(
                        "This takes the role of {role}. Sign in with an account that has it; nothing was changed.",
                        role=as_part(role),
                    )
                )
            result = function(*args, **kwargs)
            if caller != OWNER:
                _record(caller, action, args)
            return result

        return run

    return guard


def _record(caller: Actor, action: str, args: tuple[object, ...]) -> None:
    """One line of the audit log. A change that is done stays done where the log cannot be written."""
    from sqlalchemy.exc import SQLAlchemyError

    from data.store import audit  # the database imports what is guarded here

    subject = str(args[0])[:80] if args and isinstance(args[0], (str, int)) else ""
    try:
        audit.record(caller.name, caller.role, action, subject)
    except SQLAlchemyError as error:
        _log.error("the audit log could not be written: %s by a %s (%s)", action, caller.role, type(error).__name__)
