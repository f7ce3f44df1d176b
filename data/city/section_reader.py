"""One section of a pack while it is looked at: its columns as text, numbers and days, and what is found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.city import pack, reading
from data.city.pack import SECTIONS, Pack, Part
from data.errors import SourceError

MOST_ROWS_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One thing wrong. level: 'error' stops the build, 'warning' does not."""

    level: str
    file: str
    what: str
    hint: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        """One sentence for people."""
        return str(SourceError(self.file, self.what, column=self.column, row=self.row, hint=self.hint))


@dataclass
class ValidationResult:
    """A pack's tables in our own columns, as far as they could be read, and everything found."""

    pack: Pack | None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """What stops a build."""
        return [one for one in self.findings if one.level == "error"]


class SectionReader:
    """One section's rows while they are looked at."""

    def __init__(self, part: Part, found: reading.Read, findings: list[Finding]) -> None:
        self.part, self.rows, self.findings = part, found.rows, findings
        self.row = pd.Series(
            np.arange(len(found.rows)) if found.first_row == 1 else found.rows.index.to_numpy(), index=found.rows.index
        )
        self.row += found.first_row
        self.columns = pack.guess(part.name, found.rows.columns) | part.columns
        for note in found.notes:
            what, _, hint = note.partition(". ")
            self.note("warning", what, hint)

    def note(self, level: str, what: str, hint: str, *, column: str = "", at: pd.Index | None = None) -> None:
        """Keep a finding, once for each of the first rows it meets and once for how many more there are."""
        named = self.columns.get(column, column)
        if at is None:
            self.findings.append(Finding(level, self.part.file, what, hint, None, named))
            return
        for index in at[:MOST_ROWS_NAMED]:
            self.findings.append(
                Finding(
                    level,
                    self.part.file,
                    what.format(value=self._value(index, named)),
                    hint,
                    int(self.row[index]),
                    named,
                )
            )
        if len(at) > MOST_ROWS_NAMED:
            self.findings.append(
                Finding(
                    level,
                    self.part.file,
                    f"{len(at) - MOST_ROWS_NAMED} more rows like row {int(self.row[at[0]])}",
                    hint,
                    None,
                    named,
                )
            )

    def _value(self, index: object, column: str) -> str:
        return str(self.rows.at[index, column])[:60] if column in self.rows else ""

    def missing(self) -> list[str]:
        """Columns that the section needs and the file does not have; each becomes an error."""
        section, lacking = SECTIONS[self.part.name], []
        for ours in section.required:
            theirs = self.columns.get(ours)
            if theirs is None or theirs not in self.rows:
                lacking.append(ours)
                what = (
                    f"no column is known to hold '{ours}'"
                    if theirs is None
                    else f"there is no column '{theirs}' for '{ours}'"
                )
                self.note(
                    "error",
                    what,
                    f'Name it under [{self.part.name}] in {pack.MANIFEST}: columns = {{ {ours} = "..." }}; '
                    f"the file has {', '.join(str(c) for c in self.rows.columns[:12])}",
                )
        for ours, theirs in list(self.columns.items()):
            if theirs not in self.rows and ours not in lacking:
                if ours in self.part.columns:
                    self.note(
                        "error",
                        f"there is no column '{theirs}' for '{ours}'",
                        f"Mend its name in {pack.MANIFEST} or leave it out",
                    )
                del self.columns[ours]
        return lacking

    def text(self, column: str, default: str = "") -> pd.Series:
        """A column as text; ids that a spreadsheet made numbers lose their '.0'."""
        if column not in self.columns:
            return pd.Series(default, index=self.rows.index, dtype=str)
        values = self.rows[self.columns[column]]
        if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
            values = values.astype("Int64")
        return values.astype("string").str.strip().fillna(default).astype(str)

    def number(self, column: str, *, low: float, high: float, whole: bool = False, gaps: str = "warning") -> pd.Series:
        """A column as numbers in [low, high]; what is not becomes an error."""
        values, wrong, mixed = reading.numbers(self.rows[self.columns[column]], whole)
        if mixed:
            self.note("error", mixed, "Write every number of the column in one form", column=column)
            return values
        self.note(
            "error",
            "'{value}' is not a number",
            "Write a number or leave the cell empty",
            column=column,
            at=where(wrong),
        )
        beyond = values.notna() & ((values < low) | (values > high))
        said = f"between {low:,.0f} and {high:,.0f}" if np.isfinite(high) else f"{low:,.0f} or more"
        self.note(
            "error",
            f"{{value}} cannot be: a number {said} is meant",
            "Mend the number or remove the row",
            column=column,
            at=where(beyond),
        )
        if whole:
            self.note(
                "error",
                "{value} is no whole number",
                "Write whole persons, places or firms",
                column=column,
                at=where(values.notna() & ~beyond & (values % 1 != 0)),
            )
        if gaps:
            self.note(
                gaps,
                "the cell is empty",
                "Fill it in; an empty cell counts as not known, never as zero",
                column=column,
                at=where(values.isna() & ~wrong),
            )
        return values

    def day(self, default: str) -> pd.Series:
        """The day of each row; without a column the section's own period."""
        if "period" not in self.columns:
            given = pd.Series([default], dtype=str)
            parsed, wrong, _mixed = reading.days(given)
            if wrong.any():
                self.findings.append(
                    Finding(
                        "error",
                        pack.MANIFEST,
                        f"[{self.part.name}] says no day for its figures (period = '{default}')",
                        'Write period = "2025-12-31" or name a column of days',
                    )
                )
            return pd.Series(parsed.iloc[0], index=self.rows.index)
        parsed, wrong, mixed = reading.days(self.rows[self.columns["period"]])
        if mixed:
            self.note("error", mixed, "Write every day as 2025-12-31", column="period", at=where(wrong)[:1])
        else:
            self.note("error", "'{value}' is not a day", "Write days as 2025-12-31", column="period", at=where(wrong))
        return parsed

    def twice(self, rows: pd.DataFrame, key: list[str], column: str) -> None:
        """An error for rows that say the same thing twice."""
        self.note(
            "error", "the row stands twice ({value})", "Keep one of them", column=column, at=where(rows.duplicated(key))
        )

    def known_areas(self, ids: pd.Series, areas: pd.DataFrame | None) -> None:
        """An error for areas that the pack does not have."""
        if areas is not None:
            self.note(
                "error",
                "the area '{value}' is not among the areas",
                "Use the ids of the areas' file, leading zeros included",
                column="area",
                at=where(~ids.isin(areas["area_id"])),
            )


def where(mask: pd.Series) -> pd.Index:
    """Labels of the rows that a mask names."""
    return mask.index[mask.fillna(False).to_numpy(dtype=bool)]
