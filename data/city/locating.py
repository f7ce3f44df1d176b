"""Where the rows of a section lie: each is given its area, and rows that are totals of others are left out."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import pandas as pd

from data.city import joining, layouts, reading
from data.city.findings import Finding
from data.city.section_reader import SectionReader, ValidationResult
from data.city.words import is_total, plain_word
from data.translation import N_, Sentence, as_part, chain

MOST = 0.5  # of a column's words are areas, where it is taken for the areas' though nobody says so
MAX_WORDS_NAMED, MAX_COLUMNS_ADDED_UP = 12, 60


def locate(reader: SectionReader, result: ValidationResult) -> pd.Series | None:
    """The id of each row's area; values that stand in several columns then stand in rows of their own.

    To be called before a column is read, as the reader goes on without totals and what the manifest leaves out. None
    with an error where no column holds areas.
    """
    areas, of = result.tables.get("areas"), layouts.VALUES[reader.section][0]
    if areas is not None and "area" not in reader.part.columns:
        _find_column(reader, areas)
    if "area" not in reader.columns:
        reader.lacks("area")
        return None
    left_out = [word for word, ours in reader.part.areas.items() if not ours]
    reader.leave_out(reader.text("area").isin(left_out))
    ids = reader.text("area")
    if areas is not None:
        ids = _joined(reader, areas, result.pack.city.name if result.pack else "")
    ids = reader.spread().map(ids)
    without = (reader.category(of) == "") & (reader.text(of) != "")
    if of in ("background", "origin", "activity"):
        everyone = reader.category(of).map(is_total).astype(bool)
        what = N_("the row stands for every {column} and is left out", column=of)
        reader.warning(what, N_("Nothing has to be done"), of, everyone)
        without |= everyone
    reader.leave_out(without)
    return ids[~without]


def _find_column(reader: SectionReader, areas: pd.DataFrame) -> None:
    """Take another column for the areas' than was guessed where most of its words are areas, unlike the guess's."""

    def fit(column: str) -> float:
        words = list(reader.rows[column].dropna().astype(str).str.strip().unique())
        if len(words) > 3 * len(areas) + 100:
            return 0.0
        return len(joining.match(words, areas, reader.part.areas).ids) / max(len(words), 1)

    guess = reader.columns.get("area", "")
    if guess and fit(guess) > MOST:
        return
    stated = {*reader.part.columns.values(), *(reader.wide.columns if reader.wide else ())}
    stated |= {reader.columns.get(layouts.VALUES[reader.section][1], ""), "geometry"}
    others = [str(column) for column in reader.rows.columns if column not in stated]
    best = max(others, key=fit, default="")
    if best and fit(best) > MOST:
        reader.columns = {ours: theirs for ours, theirs in reader.columns.items() if theirs != best} | {"area": best}
        hint = N_('State it under [{section}]: columns = {{ area = "{column}" }}', section=reader.section, column=best)
        reader.warning(N_("the areas were found in the column '{column}'", column=best), hint)


def _joined(reader: SectionReader, areas: pd.DataFrame, city: str) -> pd.Series:
    """Each row's area's id; findings for how it was found, for totals, and for what is no area."""
    words = reader.text("area")
    match = joining.match(list(words.unique()), areas, reader.part.areas)
    ids = words.map(match.ids)
    if match.how:
        word, area = next(((word, area) for word, area in match.ids.items() if word != area), ("", ""))
        how = as_part(match.how)
        what = N_("the areas are found by {how} ('{word}' is '{area}')", how=how, word=word, area=area)
        reader.warning(what, N_("Check some of them; ids as the areas' file writes them are surest"), "area")
    totals = _totals(reader, words, ids, areas, city)
    reader.leave_out(totals)
    words, ids = words[~totals], ids[~totals]
    several = words.isin(list(match.ambiguous))
    if several.any():
        word = words[several].iloc[0]
        ids_of_word = ", ".join(match.ambiguous[word][:5])
        what = N_("'{word}' may be one of several areas ({ids})", word=word, ids=ids_of_word)
        _name_words(reader, "error", words[several], what, N_("Write their ids"))
    unknown = ids.isna() & ~several
    if unknown.any():
        word = words[unknown].iloc[0]
        near = difflib.get_close_matches(word[:60], [*areas["area_id"], *areas["name"]], 1)
        hint = N_(
            'Mend it, or write areas = {{ "{word}" = "its id" }} under [{section}] ("" leaves it out)',
            word=word[:40],
            section=reader.section,
        )
        if near:
            hint = N_("Did you mean '{near}'? {hint}", near=near[0], hint=hint)
        what = N_("'{word}' is not among the areas", word=word[:60])
        _name_words(reader, "error", words[unknown], what, hint)
    return ids.fillna(words)


def _name_words(reader: SectionReader, level: str, words: pd.Series, what: str, hint: str) -> None:
    """One finding for all different words of the column of areas, with the row of each; what: of the first."""
    first = words[~words.duplicated()]
    if len(first) > 1:
        others = first.iloc[1 : MAX_WORDS_NAMED + 1]
        named = chain(
            [N_("'{word}' (row {row})", word=str(word)[:60], row=reader.row[label]) for label, word in others.items()],
            ", ",
        )
        count = len(first) - 1 - len(others)
        more = N_(" and {n} more", n=count) if count else ""
        so = N_("{what}; so is {named}") if len(first) == 2 else N_("{what}; so are {named}{more}")
        what = Sentence(so, what=as_part(what), named=named, more=more)
    reader.findings.append(Finding(level, reader.part.file, what, hint, *reader.place(first.index[0], "area")))


def _totals(reader: SectionReader, words: pd.Series, ids: pd.Series, areas: pd.DataFrame, city: str) -> pd.Series:
    """Which rows are sums of others, with a finding that names them."""
    of, value = layouts.VALUES[reader.section]
    spread = reader.wide.of if reader.wide else ""
    keys = [reader.columns[ours] for ours in ("period", of) if ours in reader.columns and ours != spread]
    keys += [name for name in reader.over() if name not in keys]
    table = reader.rows[keys].assign(**{"words of areas": words})
    if ids.notna().all() and not table.duplicated().any():
        return pd.Series(False, index=words.index)
    columns = list(reader.wide.columns) if reader.wide else [reader.columns[value]]
    others = [name for name in reader.rows if name not in {*keys, *columns, reader.columns["area"]}]
    counts, further = (_counts(reader, names) for names in (columns, others[:MAX_COLUMNS_ADDED_UP]))
    members: dict[str, list[str]] = {}
    for column in {"district", "district_name"} & set(areas.columns):
        for district, inside in areas.groupby(column)["area_id"]:
            members[plain_word(str(district))] = list(inside)
    totals = joining.totals(joining.Table(words, ids, reader.rows[keys], counts, further), {plain_word(city)}, members)
    if totals.summed.any():
        what = N_("'{word}' is a sum of other rows and left out", word=words[totals.summed].iloc[0])
        hint = N_("To have it shown, give it an area of its own; sums are made by the app")
        _name_words(reader, "warning", words[totals.summed], what, hint)
    if totals.named.any():
        _name_totals(reader, words[totals.named], counts.iloc[:, 0], ids.mask(totals.summed), members)
    return totals.summed | totals.named


def _name_totals(
    reader: SectionReader, words: pd.Series, counts: pd.Series, ids: pd.Series, members: Mapping[str, list[str]]
) -> None:
    """A finding for rows that are called totals and are not the sums of the rows read, with both numbers."""
    says = []
    for word, rows in words.groupby(words, sort=False):
        inside = ids.isin(members[plain_word(str(word))]) if plain_word(str(word)) in members else ids.notna()
        says.append(
            N_(
                "'{word}' (row {row}) says {said:,.10g}, the rows {counted:,.10g}",
                word=word,
                row=reader.row[rows.index[0]],
                said=counts[rows.index].sum(),
                counted=counts[inside].sum(),
            )
        )
    what = N_(
        "rows that are called totals, but are not, are left out; in '{column}': {says}",
        column=counts.name,
        says=chain(says[:5], "; "),
    )
    hint = N_("Check whether rows are missing; what only a total counts is not shown")
    place = reader.place(words.index[0], "area")
    reader.findings.append(Finding("warning", reader.part.file, what, hint, *place))


def _counts(reader: SectionReader, columns: list[str]) -> pd.DataFrame:
    """Columns as numbers, gaps where they hold none."""
    numbers = {}
    for name in columns:
        cells = reader.rows[name]
        if pd.api.types.is_numeric_dtype(cells) or cells.dtype == object or pd.api.types.is_string_dtype(cells):
            marked = reading.unknown_marks(cells, reader.part.unknown)
            numbers[name] = reading.numbers(cells.mask(marked), True, decimal=reader.part.decimal)[0]
    return pd.DataFrame(numbers, index=reader.rows.index)


def goals_areas(reader: SectionReader, areas: pd.DataFrame, level: pd.Series) -> pd.Series:
    """The id of the area or district that each goal is for, '' for the whole city; an error for what is neither."""
    words, ids = reader.text("area"), pd.Series("", index=reader.rows.index, dtype=object)
    districts = areas.get("district", pd.Series(dtype=str))
    places = {
        "planning_area": areas[["area_id", "name"]],
        "district": pd.DataFrame({"area_id": districts, "name": areas.get("district_name", districts)}),
    }
    for name, options in places.items():
        rows = level == name
        match = joining.match(list(words[rows].unique()), options.drop_duplicates("area_id"), reader.part.areas)
        ids = ids.mask(rows, words.map(match.ids))
        hint = N_("Write an area's id or name, or leave level and area out for the whole city")
        reader.error(N_("'{value}' is no area of this level"), hint, "area", rows & ids.isna())
    return ids.fillna("").astype(str)
