"""One section of a pack while it is checked: its columns as text, numbers and days, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.city import guesses, layouts, pack, reading
from data.city.findings import Finding
from data.city.ground import Ground
from data.city.pack import SECTIONS, Pack
from data.city.pack_settings import Part
from data.translation import N_, as_part, chain

MAX_ROWS_NAMED = 5
PARTS = "their columns"  # where a value stood of several that mean the same


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
        self.wide = layouts.wide(section, part, self.columns, file.rows.columns)
        self.parted: list[str] = []
        self.cell_column: pd.Series | None = None  # where a row's value stood, if values stand in several columns
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
            said = as_part(what).with_values(value=value)
            self.findings.append(Finding(level, self.part.file, said, hint, *self.place(label, column)))
        if len(labels) > MAX_ROWS_NAMED:
            more = N_("{n} more rows like row {row}", n=len(labels) - MAX_ROWS_NAMED, row=int(self.row[labels[0]]))
            self.findings.append(Finding(level, self.part.file, more, hint, None, theirs))

    def place(self, label: Hashable, column: str) -> tuple[int, str]:
        """Row and column of the file where a value stands."""
        spread = self.wide is not None and self.cell_column is not None and column in (self.wide.of, self.wide.value)
        theirs = (
            self.cell_column[label] if spread and self.cell_column is not None else self.columns.get(column, column)
        )
        return int(self.row[label]), str(theirs)

    def missing(self) -> list[str]:
        """Columns that the section needs and the file does not have; each becomes an error."""
        stated = {"kind"} if self.part.kind else set[str]()
        if self.wide:
            stated |= {self.wide.of, self.wide.value}
        if self.section in layouts.VALUES and "area" not in self.part.columns:
            stated.add("area")  # looked for among all columns once the areas are known
        needed = [ours for ours in SECTIONS[self.section].required if ours not in stated]
        lacking = [ours for ours in needed if self.columns.get(ours) not in self.rows]
        for ours in lacking:
            self.lacks(ours)
        for ours, theirs in list(self.columns.items()):
            if theirs not in self.rows and ours not in lacking:
                what = N_("there is no column '{theirs}' for '{ours}'", theirs=theirs, ours=ours)
                self.error(what, N_("Mend its name in {manifest} or leave it out", manifest=pack.MANIFEST))
                del self.columns[ours]
        for theirs in [*(self.wide.columns if self.wide else ()), *self.part.sum_over]:
            if theirs not in self.rows:
                setting = "sum_over" if theirs in self.part.sum_over else "wide"
                hint = N_(
                    "Mend {setting} under [{section}] in {manifest}; the file has {present}",
                    setting=setting,
                    section=self.section,
                    manifest=pack.MANIFEST,
                    present=self._present(),
                )
                self.error(
                    N_("there is no column '{theirs}', which {setting} names", theirs=theirs, setting=setting), hint
                )
                lacking.append(theirs)
        return lacking

    def _present(self) -> str:
        return ", ".join(map(str, self.rows.columns[:12]))

    def lacks(self, ours: str) -> None:
        """An error for a column that is needed and not there."""
        theirs = self.columns.get(ours)
        what = (
            N_("there is no column '{theirs}' for '{ours}'", theirs=theirs, ours=ours)
            if theirs
            else N_("no column is known to hold '{ours}'", ours=ours)
        )
        hint = N_(
            'Name it under [{section}] in {manifest}: columns = {{ {ours} = "..." }}; the file has {present}',
            section=self.section,
            manifest=pack.MANIFEST,
            ours=ours,
            present=self._present(),
        )
        self.error(what, hint)

    def text(self, column: str, default: str = "") -> pd.Series:
        """A column as text; ids that a spreadsheet made numbers lose their '.0'."""
        if column not in self.columns:
            return pd.Series(default, index=self.rows.index, dtype=str)
        values = self.rows[self.columns[column]]
        if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
            values = values.astype("Int64")
        elif pd.api.types.is_object_dtype(values):
            values = values.map(lambda cell: int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
        return values.astype("string").str.strip().fillna(default).astype(str)

    def category(self, column: str, default: str = "") -> pd.Series:
        """As `text`, a publisher's words replaced by ours as the manifest says (kinds)."""
        words = self.text(column, default)
        return words.map({word: self.part.kinds.get(word, word) for word in words.unique()})

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
        cells = self.rows[self.columns[column]]
        marked = self._marks(column, cells, gaps)
        if self.part.zero:
            cells = cells.mask(cells.astype("string").str.strip() == self.part.zero, 0)
        thousands = high >= 1000 and column not in ("lon", "lat")
        values, wrong, form = reading.numbers(cells.mask(marked), whole, thousands=thousands, decimal=self.part.decimal)
        if form:
            hint = N_(
                'Write the column in one form, or state decimal = "," or "." under [{section}]', section=self.section
            )
            self.error(form, hint, column, wrong & (wrong.cumsum() == 1))
            return values
        self.error(N_("'{value}' is not a number"), N_("Write a number or leave the cell empty"), column, wrong)
        beyond = values.notna() & ~values.between(low, high)
        self.error(
            N_(
                "{value} cannot be: a number between {low:,.0f} and {high:,.0f} is meant",
                value="{value}",
                low=low,
                high=high,
            ),
            N_("Mend the number or remove the row"),
            column,
            beyond,
        )
        if whole:
            broken = values.notna() & ~beyond & (values % 1 != 0)
            self.error(N_("{value} is no whole number"), N_("Write whole persons, places or firms"), column, broken)
        if gaps:
            hint = N_("Fill it in; an empty cell counts as not known, never as zero")
            self._add(gaps, N_("the cell is empty"), hint, column, values.isna() & ~wrong & ~marked)
        return values

    def _marks(self, column: str, cells: pd.Series, gaps: str) -> pd.Series:
        """Which cells hold a mark for what is suppressed or not known, with one finding that counts them."""
        marked = reading.unknown_marks(cells, self.part.unknown)
        marked &= cells.astype("string").str.strip() != (self.part.zero or "\0")
        if marked.any():
            counts = Counter(cells[marked].astype("string").str.strip())
            marks = chain([N_("'{mark}' {n} times", mark=mark, n=count) for mark, count in counts.most_common(5)], ", ")
            what = N_(
                "{marked:,} cells hold marks ({marks}) and are read as not known", marked=marked.sum(), marks=marks
            )
            hint = N_('If a mark means none, write zero = "-" under [{section}]', section=self.section)
            place = self.place(marked.index[marked][0], column)
            self.findings.append(Finding("error" if gaps == "error" else "warning", self.part.file, what, hint, *place))
        return marked.astype(bool)

    def days(self) -> pd.Series:
        """The day of each row; without a column the section's own period."""
        order, year_ends = self.part.dates, self.part.year_ends
        if "period" not in self.columns:
            parsed, wrong, _form = reading.days(pd.Series([self.part.period], dtype=str), order, year_ends)
            if wrong.any():
                what = N_(
                    "[{section}] says no day for its figures (period = '{period}')",
                    section=self.section,
                    period=self.part.period,
                )
                hint = N_('Write period = "2025-12-31" or name a column of days')
                self.findings.append(Finding("error", pack.MANIFEST, what, hint))
            return pd.Series(parsed.iloc[0], index=self.rows.index)
        parsed, wrong, form = reading.days(self.rows[self.columns["period"]], order, year_ends)
        first = wrong & (wrong.cumsum() == 1)
        hint = N_("Write days as 2025-12-31")
        if "day or month" in form:
            hint = N_(
                'Write days as 2025-12-31, or dates = "day first" or "month first" under [{section}]',
                section=self.section,
            )
        elif "financial" in form:
            hint = N_(
                'Write days as 2025-12-31, or year_ends = "03-31" with the last day of a financial year under '
                "[{section}]",
                section=self.section,
            )
        self.error(form or N_("'{value}' is not a day"), hint, "period", first if form else wrong)
        return parsed

    def check_unique(self, rows: pd.DataFrame, key: list[str], column: str) -> None:
        """An error for rows that state the same thing twice."""
        hint = N_("Keep one of them")
        if self.section in layouts.VALUES:
            hint = N_(
                'Keep one of them; if a column parts them, state it under [{section}]: sum_over = ["sex"]',
                section=self.section,
            )
        self.error(N_("the row stands twice ({value})"), hint, column, rows.duplicated(key))

    def leave_out(self, rows: pd.Series) -> None:
        """Go on without the rows where a mask holds."""
        self.rows, self.row = self.rows[~rows], self.row[~rows]

    def spread(self) -> pd.Series:
        """Put values that stand in several columns into rows of their own; the label each new row had before."""
        if self.wide is None:
            return pd.Series(self.rows.index, index=self.rows.index)
        if self.wide.guessed:
            names = ", ".join(f"'{name}'" for name in list(self.wide.columns)[:4])
            more = N_(" and {n} more", n=len(self.wide.columns) - 4) if len(self.wide.columns) > 4 else ""
            what = N_(
                "the columns {names}{more} were read as values of '{of}'", names=names, more=more, of=self.wide.of
            )
            hint = N_(
                'State them under [{section}]: wide = {{ "theirs" = "ours" }}, or name the column of values',
                section=self.section,
            )
            self.warning(what, hint)
        others = [name for name in self.rows if name not in self.wide.columns]
        of, value = (f"{name} (columns)" if name in others else name for name in (self.wide.of, self.wide.value))
        self.rows, labels, self.cell_column = layouts.long(self.rows, self.wide, (of, value))
        self.row = labels.map(self.row)
        if len(set(self.wide.columns.values())) < len(self.wide.columns):  # '0-4' of men and '0-4' of women
            self.rows, self.parted = self.rows.assign(**{PARTS: self.cell_column}), [PARTS]
        parts = {} if self.wide.of == layouts.SEX else {self.wide.of: of}  # over sexes it is summed
        self.columns = self.columns | parts | {self.wide.value: value}
        return labels

    def over(self) -> list[str]:
        """Columns over which rows are summed: those that the manifest names, one of sexes, columns of one meaning."""
        sex = layouts.sex_column(self.rows, self.columns.values())
        return [*self.part.sum_over, *self.parted, *([sex] if sex and sex not in self.part.sum_over else [])]

    def summed(self, table: pd.DataFrame, keys: list[str], values: list[str]) -> pd.DataFrame:
        """A table's rows without what parts them further, such as their sex: stated totals, else sums."""
        over = self.over()
        if not over:
            return table
        words = pd.DataFrame({name: self.rows[name].fillna("").astype(str) for name in over})
        self.error(
            N_("the row stands twice"), N_("Keep one of them"), "area", table.assign(**words).duplicated([*keys, *over])
        )
        result, off = layouts.summed(table, words, keys, values)
        names = ", ".join(f"'{name}'" for name in over)
        self.warning(
            N_("rows are summed over {names}", names=names),
            N_("Leave them out or name others: sum_over under [{section}]", section=self.section),
        )
        if off:
            what = N_(
                "{off} totals over {names} are not the sum of their parts; the totals are taken", off=off, names=names
            )
            self.warning(what, N_("Check them"))
        return result
