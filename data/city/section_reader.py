"""One section of a pack while it is checked: its columns as text, numbers and days, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.city import guesses, pack, reading
from data.city.findings import Finding
from data.city.ground import Ground
from data.city.pack import SECTIONS, Pack, Part

MAX_ROWS_NAMED = 5


@dataclass
class ValidationResult:
    """A pack's tables in our own columns, as far as they could be read, and every finding.

    rows: how many each section's file has. Where nothing stops a build: ground is the city they describe, notes say
    what each file holds and what the city has of it.
    """

    pack: Pack | None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    ground: Ground | None = None
    notes: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """What stops a build."""
        return [finding for finding in self.findings if finding.level == "error"]


class SectionReader:
    """One section's rows while they are checked; what is wrong with them goes to `findings`."""

    def __init__(self, section: str, part: Part, file: reading.FileTable, findings: list[Finding]) -> None:
        self.section, self.part, self.rows, self.findings = section, part, file.rows, findings
        labels = np.arange(len(file.rows)) if file.first_row == 1 else file.rows.index.to_numpy()
        self.row = pd.Series(labels + file.first_row, index=file.rows.index)
        self.columns = guesses.guess_columns(section, file.rows.columns) | part.columns
        if part.kind and "kind" not in part.columns:
            self.columns.pop("kind", None)
        for what, hint in file.warnings:
            self.warning(what, hint)

    def error(self, what: str, hint: str, column: str = "", at: pd.Series | None = None) -> None:
        """A fault of the whole section, or of the rows where the mask `at` holds; '{value}' in it is the column's."""
        self._add("error", what, hint, column, at)

    def warning(self, what: str, hint: str, column: str = "", at: pd.Series | None = None) -> None:
        """As `error`, for what does not stop a build."""
        self._add("warning", what, hint, column, at)

    def _add(self, level: str, what: str, hint: str, column: str, at: pd.Series | None) -> None:
        """A finding for each of the first rows, and one for how many more there are."""
        theirs = self.columns.get(column, column)
        if at is None:
            self.findings.append(Finding(level, self.part.file, what, hint, None, theirs))
            return
        labels = at.index[at.fillna(False).to_numpy(dtype=bool)]
        for label in labels[:MAX_ROWS_NAMED]:
            value = str(self.rows.at[label, theirs])[:60] if theirs in self.rows else ""
            sentence = what.format(value=value)
            self.findings.append(Finding(level, self.part.file, sentence, hint, int(self.row[label]), theirs))
        if len(labels) > MAX_ROWS_NAMED:
            more = f"{len(labels) - MAX_ROWS_NAMED} more rows like row {int(self.row[labels[0]])}"
            self.findings.append(Finding(level, self.part.file, more, hint, None, theirs))

    def missing(self) -> list[str]:
        """Columns that the section needs and the file does not have; each becomes an error."""
        stated = {"kind"} if self.part.kind else set[str]()
        needed = [ours for ours in SECTIONS[self.section].required if ours not in stated]
        lacking = [ours for ours in needed if self.columns.get(ours) not in self.rows]
        present = ", ".join(map(str, self.rows.columns[:12]))
        for ours in lacking:
            theirs = self.columns.get(ours)
            what = f"there is no column '{theirs}' for '{ours}'" if theirs else f"no column is known to hold '{ours}'"
            where = f"Name it under [{self.section}] in {pack.MANIFEST}"
            self.error(what, f'{where}: columns = {{ {ours} = "..." }}; the file has {present}')
        for ours, theirs in list(self.columns.items()):
            if theirs not in self.rows and ours not in lacking:
                what = f"there is no column '{theirs}' for '{ours}'"
                self.error(what, f"Mend its name in {pack.MANIFEST} or leave it out")
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

    def number(
        self,
        column: str,
        low: float,
        high: float,
        *,
        whole: bool = False,
        gaps: str = "warning",
        default: float = np.nan,
    ) -> pd.Series:
        """A column as numbers in [low, high], or the default where there is none; gaps: the level of an empty cell."""
        if column not in self.columns:
            return pd.Series(default, index=self.rows.index)
        values, wrong, mixed = reading.numbers(self.rows[self.columns[column]], whole)
        if mixed:
            self.error(mixed, "Write every number of the column in one form", column)
            return values
        self.error("'{value}' is not a number", "Write a number or leave the cell empty", column, wrong)
        beyond = values.notna() & ~values.between(low, high)
        self.error(
            f"{{value}} cannot be: a number between {low:,.0f} and {high:,.0f} is meant",
            "Mend the number or remove the row",
            column,
            beyond,
        )
        if whole:
            broken = values.notna() & ~beyond & (values % 1 != 0)
            self.error("{value} is no whole number", "Write whole persons, places or firms", column, broken)
        if gaps:
            hint = "Fill it in; an empty cell counts as not known, never as zero"
            self._add(gaps, "the cell is empty", hint, column, values.isna() & ~wrong)
        return values

    def days(self) -> pd.Series:
        """The day of each row; without a column the section's own period."""
        if "period" not in self.columns:
            parsed, wrong, _mixed = reading.days(pd.Series([self.part.period], dtype=str))
            if wrong.any():
                what = f"[{self.section}] says no day for its figures (period = '{self.part.period}')"
                hint = 'Write period = "2025-12-31" or name a column of days'
                self.findings.append(Finding("error", pack.MANIFEST, what, hint))
            return pd.Series(parsed.iloc[0], index=self.rows.index)
        parsed, wrong, mixed = reading.days(self.rows[self.columns["period"]])
        first = wrong & (wrong.cumsum() == 1)
        self.error(mixed or "'{value}' is not a day", "Write days as 2025-12-31", "period", first if mixed else wrong)
        return parsed

    def check_unique(self, rows: pd.DataFrame, key: list[str], column: str) -> None:
        """An error for rows that state the same thing twice."""
        self.error("the row stands twice ({value})", "Keep one of them", column, rows.duplicated(key))

    def areas(self, result: ValidationResult) -> pd.Series:
        """The column of areas' ids, with an error for those that the pack does not have."""
        ids, areas = self.text("area"), result.tables.get("areas")
        if areas is not None:
            hint = "Use the ids of the areas' file, leading zeros included"
            self.error("the area '{value}' is not among the areas", hint, "area", ~ids.isin(areas["area_id"]))
        return ids
