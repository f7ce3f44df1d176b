"""What is wrong with a pack, one finding a fault, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

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
    """What a section's file holds and how much of it the city has; not a number where nothing of it is known.

    unit: persons, firms, rows. gaps: how many counts of the file are not known. why: where the rest is. day: whose
    figures they are, where the file has days.
    """

    file: str
    unit: str
    in_file: float
    in_city: float
    why: str = ""
    day: str = ""
    gaps: int = 0

    def __str__(self) -> str:
        """One sentence for people."""
        held, shown = ("no known" if isnan(count) else f"{count:,.0f}" for count in (self.in_file, self.in_city))
        gaps = f" and {self.gaps:,} gap{'s' * (self.gaps > 1)}" if self.gaps else ""
        of = f" of {self.day}" if self.day else ""
        less = held != shown and not self.in_city > self.in_file and self.why
        rest = f" ({self.why})" if less else ""
        return (
            f"{self.file} holds {held} {self.unit}{gaps}{of}, the city has {shown.replace('no known', 'none')}{rest}."
        )


class PackError(DataError):
    """A pack that cannot be used; its findings are in `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))
