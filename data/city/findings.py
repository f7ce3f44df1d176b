"""What is wrong with a pack, one finding a fault, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

import pandas as pd

from data.errors import DataError, SourceError
from data.translation import N_, Language, Sentence, as_part, chain


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
        return str(self.sentence)

    @property
    def sentence(self) -> str:
        """The same, for a `Language` to say."""
        return SourceError(self.file, self.what, column=self.column, row=self.row, hint=self.hint).sentence


def as_table(findings: list[Finding], language: Language) -> pd.DataFrame:
    """Findings as rows: level (as it is), file, row (as text), column, and what and hint in a language."""
    rows = [
        (entry.level, entry.file, entry.row, entry.column, language(entry.what), language(entry.hint))
        for entry in findings
    ]
    table = pd.DataFrame(rows, columns=["level", "file", "row", "column", "what", "hint"])
    return table.assign(row=table["row"].astype("Int64").astype("string"))


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
        return str(self.sentence)

    @property
    def sentence(self) -> str:
        """The same, for a `Language` to say."""
        held = Sentence(N_("no known")) if isnan(self.in_file) else Sentence("{n:,.0f}", n=self.in_file)
        shown = Sentence(N_("none")) if isnan(self.in_city) else Sentence("{n:,.0f}", n=self.in_city)
        gaps = N_(" and {n:,} gaps", n=self.gaps) if self.gaps > 1 else Sentence(N_(" and 1 gap"))
        known = ["" if isnan(count) else f"{count:.0f}" for count in (self.in_file, self.in_city)]
        less = known[0] != known[1] and not self.in_city > self.in_file
        return N_(
            "{file} holds {held} {unit}{gaps}{day}, the city has {shown}{rest}.",
            file=self.file,
            held=held,
            unit=Sentence(self.unit),
            gaps=gaps if self.gaps else "",
            day=N_(" of {day}", day=self.day) if self.day else "",
            shown=shown,
            rest=N_(" ({why})", why=as_part(self.why)) if self.why and less else "",
        )


class PackError(DataError):
    """A pack that cannot be used; its findings are in `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(chain([finding.sentence for finding in findings], "\n"))
