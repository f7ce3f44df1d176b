"""What is wrong with a pack, one finding a fault, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass

from data.errors import DataError, SourceError


@dataclass(frozen=True)
class Finding:
    """One thing to know. level: 'error' stops the build, 'warning' does not, 'note' says what is right."""

    level: str
    file: str
    what: str
    hint: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        """One sentence for people."""
        return str(SourceError(self.file, self.what, column=self.column, row=self.row, hint=self.hint))


@dataclass(frozen=True)
class Sum:
    """What a section's file holds and how much of it the city has. unit: persons, firms, rows; why: where the rest is.

    day: whose figures they are, where the file has days.
    """

    file: str
    unit: str
    in_file: float
    in_city: float
    why: str = ""
    day: str = ""

    def __str__(self) -> str:
        """One sentence for people."""
        of = f" of {self.day}" if self.day else ""
        less = round(self.in_city) < round(self.in_file) and self.why
        rest = f" ({self.why})" if less else ""
        return f"{self.file} holds {self.in_file:,.0f} {self.unit}{of}, the city has {self.in_city:,.0f}{rest}."


class PackError(DataError):
    """A pack that cannot be used; its findings are in `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))
