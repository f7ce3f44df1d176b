"""The errors the data door raises: few, ours, and each a sentence a planner can act on."""

from __future__ import annotations


class DataError(Exception):
    """Anything wrong with a table or a source; its text is meant for people."""

    def __reduce__(self) -> tuple[object, ...]:
        """Comes whole out of another process, whatever its kind was made of."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[DataError], args: tuple[object, ...], state: dict[str, object]) -> DataError:
    fault = kind.__new__(kind, *args)
    fault.__dict__.update(state)
    return fault


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
        where = file
        if row is not None:
            where += f", row {row}"
        if column:
            where += f", column '{column}'"
        super().__init__(f"{where}: {what}." + (f" {hint}." if hint else ""))
