"""The errors the data door raises: few, ours, and each a sentence a planner can act on."""

from __future__ import annotations

import sys

from data.translation import N_, as_part

DAMAGE = ("malformed", "not a database", "quick_check", "invalid page")  # what SQLite and PostgreSQL call torn files


class DataError(Exception):
    """Anything wrong with a table or a source; its text is meant for people."""

    @property
    def sentence(self) -> str:
        """What is wrong, for a `Language` to say."""
        return str(self) if not self.args or not isinstance(self.args[0], str) else self.args[0]

    def __reduce__(self) -> tuple[object, ...]:
        """Comes whole out of another process, whatever its kind was made of."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[DataError], args: tuple[object, ...], state: dict[str, object]) -> DataError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class UnknownTableError(DataError):
    """A table was asked for by a name the catalogue does not hold."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.place, _, self.name = name.partition("/")
        super().__init__(f"There is no table named '{name}'. Known tables: {', '.join(known)}.")


class BrokenTableError(DataError):
    """A shipped table is missing, unreadable or not what its contract promises."""


class SourceError(DataError):
    """A raw source file cannot be used; names file, row, column and a hint."""

    def __init__(self, file: str, what: str, *, column: str = "", row: int | None = None, hint: str = "") -> None:
        self.what, self.hint = what, hint
        where = N_("{file}, row {row}", file=file, row=row) if row is not None else file
        where = N_("{where}, column '{column}'", where=as_part(where), column=column) if column else where
        said = N_("{where}: {what}.", where=as_part(where), what=as_part(what))
        super().__init__(N_("{sentence} {hint}.", sentence=said, hint=as_part(hint)) if hint else said)


class NothingToShow(Exception):
    """No fault: there is no figure for a reader's choice. what is missing, hint: what to do, in the reader's words."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what, self.hint = what, hint


def storage_fault(error: BaseException | None) -> str:
    """What of this server's own storage failed: 'database', 'damaged' (its file is torn) or 'disk'; '' if none did."""
    library = sys.modules.get("sqlalchemy.exc")  # where it is not loaded it raised nothing
    if library is not None and isinstance(error, library.SQLAlchemyError):
        words = str(getattr(error, "orig", None) or error)
        return "damaged" if any(damage in words for damage in DAMAGE) else "database"
    return "disk" if isinstance(error, OSError) else ""
