"""What each section of a pack must hold: its rows in our columns, with a finding for all that makes no sense."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from data import kinds
from data.city import ages, countries, spatial, totals
from data.city.layouts import BACKGROUNDS
from data.city.locating import goals_areas, locate
from data.city.pack import LEVELS
from data.city.section_reader import MAX_ROWS_NAMED, SectionReader, ValidationResult
from data.city.words import is_total
from data.suppression import THRESHOLD
from data.translation import N_

FEW = 0.1  # share of single years with so few people that disclosure control would move them


def residents(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, age, persons; 'total' rows are checked against their ages and left out where ages are given."""
    if (area_ids := locate(reader, result)) is None:
        return None
    age = reader.category("age", ages.TOTAL)
    bands = age.map({word: ages.band(word) for word in age.unique()})
    reader.error(N_("'{value}' is no age"), N_("Write ages as 6-14 or 65+, or total"), "age", bands == "")
    persons = reader.number("persons", 0, 50_000_000, whole=True)
    table = pd.DataFrame({"period": reader.days(), "area_id": area_ids, "age": bands, "persons": persons})
    keys = ["period", "area_id"]
    table = reader.summed(table, [*keys, "age"], ["persons"])
    if reader.part.rest:
        table = _with_rest(reader, table)
    made_up = ages.sums([band for band in table["age"].unique() if band not in (ages.TOTAL, ages.UNKNOWN, "")])
    table = _without_sums(reader, table, made_up)
    reader.check_unique(table, [*keys, "age"], "area")
    total, unknown = table["age"] == ages.TOTAL, table["age"] == ages.UNKNOWN
    if ages.overlap([band for band in table.loc[~total & ~unknown, "age"].unique() if band]):
        reader.error(N_("ages overlap, so people would count twice"), N_("Give ages that follow each other"), "age")
    _check_totals(reader, table, total)
    if unknown.any():
        what = N_("{n:,.0f} people of unknown age are left out", n=table.loc[unknown, "persons"].sum())
        reader.warning(what, N_("Share them out over the ages if they should count"), "age")
    if "areas" in result.tables:
        absent = sorted(set(result.tables["areas"]["area_id"]) - set(table["area_id"]))
        if absent:
            what = N_(
                "{count} areas have no residents in the file (first: {absent})", count=len(absent), absent=absent[0]
            )
            reader.warning(what, N_("Add them; until then they are not known, never zero"))
    with_ages = table[~total & ~unknown].set_index(keys).index
    alone = total & ~pd.MultiIndex.from_frame(table[keys]).isin(with_ages)
    return _without_few(reader, table[(~total & ~unknown) | alone].replace({"age": {ages.TOTAL: "0+"}}))


def _without_few(reader: SectionReader, table: pd.DataFrame) -> pd.DataFrame:
    """A table whose single years are put together where so few people have each that rounding would blur them all."""
    years = table["age"].isin([age for age in table["age"].unique() if age and len(set(ages.ends(age))) == 1])
    if not years.any() or table.loc[years, "persons"].between(1, THRESHOLD - 1).mean() < FEW:
        return table
    coarse = table.assign(age=table["age"].map({age: ages.coarse(age) for age in table["age"].unique() if age}))
    groups = coarse.groupby(["period", "area_id", "age"], sort=False)["persons"]
    reader.warning(
        N_("single years of age are put together, as most have few people"), N_("Nothing has to be done"), "age"
    )
    return groups.sum().where(groups.count() == groups.size()).reset_index()


def _with_rest(reader: SectionReader, table: pd.DataFrame) -> pd.DataFrame:
    """A table with the age that its manifest calls the rest: of each total, what the stated ages leave of it."""
    rest, keys = ages.band(reader.part.rest), ["period", "area_id"]
    whole = table[table["age"] == ages.TOTAL]
    if rest in ("", ages.TOTAL) or whole.empty or (table["age"] == rest).any():
        what = N_(
            "rest = '{rest}' cannot be made: it has to be an age that the file lacks, beside a total",
            rest=reader.part.rest,
        )
        reader.error(what, N_("Mend rest under [{section}], or map a column or word to total", section=reader.section))
        return table
    groups = table[table["age"] != ages.TOTAL].assign(known=lambda rows: rows["persons"].notna()).groupby(keys)
    stated = groups["persons"].sum().where(groups["known"].all())
    left = whole["persons"] - stated.reindex(pd.MultiIndex.from_frame(whole[keys])).to_numpy()
    what = N_("the ages stated for {value} are more than its total")
    reader.error(what, N_("Mend the parts or the total"), "area", (left < 0).fillna(False))
    others = pd.DataFrame({**whole[keys], "age": rest, "persons": left.to_numpy()}, index=whole.index)
    return pd.concat([table, others])


def _without_sums(reader: SectionReader, table: pd.DataFrame, made_up: list[str]) -> pd.DataFrame:
    """A table without ages that others make up ('0-17' beside '0-5' and '6-17'), where these are stated as well."""
    sums, keys = table["age"].isin(made_up), ["period", "area_id"]
    parted = pd.MultiIndex.from_frame(table[keys]).isin(
        table[~sums & (table["age"] != ages.TOTAL)].set_index(keys).index
    )
    if not made_up or not parted[sums.to_numpy()].all():
        return table
    what = N_("ages that others make up are left out ({made_up})", made_up=", ".join(made_up[:5]))
    reader.warning(what, N_("Leave them out of the file to be sure that they are sums"), "age")
    return table[~sums]


def _check_totals(reader: SectionReader, table: pd.DataFrame, total: pd.Series) -> None:
    """Whether ages add up to the totals that stand beside them."""
    keys = ["period", "area_id"]
    whole, groups = table[total].set_index(keys)["persons"], table[~total].groupby(keys)["persons"]
    if whole.index.has_duplicates:
        return
    parts = groups.sum(min_count=1).where(groups.count() == groups.size())  # a part that is not known is in the total
    both = pd.concat([whole.rename("whole"), parts.rename("parts")], axis=1).dropna()
    off = both[(both["whole"] - both["parts"]).abs() > 0.5]
    for (period, area), row in off.head(MAX_ROWS_NAMED).iterrows():
        reader.error(
            N_(
                "ages of area {area} on {day} add up to {parts:,.0f}, the total says {whole:,.0f}",
                area=area,
                day=f"{period:%Y-%m-%d}",
                parts=row["parts"],
                whole=row["whole"],
            ),
            N_("Mend the parts or the total"),
            "persons",
        )


def background(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, background, persons."""
    if (area_ids := locate(reader, result)) is None:
        return None
    groups = reader.category("background")
    hint = N_(
        'Write {backgrounds}, or map it: kinds = {{ "theirs" = "ours" }} under [background]',
        backgrounds=" or ".join(BACKGROUNDS),
    )
    reader.error(N_("'{value}' is no background"), hint, "background", ~groups.isin(BACKGROUNDS))
    return _counts(reader, area_ids, "background", groups)


def origins(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, origin, persons."""
    if (area_ids := locate(reader, result)) is None:
        return None
    words = reader.category("origin")
    codes = words.map({word: countries.iso3(word) for word in words.unique()})
    hint = N_(
        'Write the three-letter ISO code, or map it: kinds = { "theirs" = "SYR" } under [origins], "" leaves it out'
    )
    reader.error(N_("'{value}' is no country"), hint, "origin", codes == "")
    return _counts(reader, area_ids, "origin", codes)


def _counts(reader: SectionReader, area_ids: pd.Series, by: str, groups: pd.Series) -> pd.DataFrame:
    persons = reader.number("persons", 0, 50_000_000, whole=True)
    table = pd.DataFrame({"period": reader.days(), "area_id": area_ids, by: groups, "persons": persons})
    keys = ["period", "area_id", by]
    table = reader.summed(table, keys, ["persons"])
    reader.check_unique(table, keys, "area")
    return table


def social(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, indicator, percent."""
    if (area_ids := locate(reader, result)) is None:
        return None
    indicator = reader.category("indicator")
    hint = N_(
        'Known: {social}; map others: kinds = {{ "theirs" = "ours" }} under [social]', social=", ".join(kinds.SOCIAL)
    )
    unknown = ~indicator.isin(kinds.SOCIAL)
    reader.error(N_("'{value}' is no indicator that the app shows"), hint, "indicator", unknown)
    percent = reader.number("percent", 0, 100)
    keys = ["period", "area_id", "indicator"]
    table = pd.DataFrame({"period": reader.days(), "area_id": area_ids, "indicator": indicator, "percent": percent})
    if over := reader.over():
        table = _totals_only(reader, table, over)
    reader.check_unique(table, keys, "area")
    return table


def _totals_only(reader: SectionReader, table: pd.DataFrame, over: list[str]) -> pd.DataFrame:
    """Rows of percentages that stand for everyone: those of the sexes cannot be added."""
    everyone = pd.Series(True, index=table.index)
    for name in over:
        everyone &= reader.rows[name].isin([word for word in reader.rows[name].unique() if is_total(word)])
    keys = ["period", "area_id", "indicator"]
    stated = pd.MultiIndex.from_frame(table[keys]).isin(table[everyone].set_index(keys).index)
    what = N_("percentages by '{names}' cannot be added", names="', '".join(over))
    reader.error(what, N_("Add a row for everyone (total)"), "area", pd.Series(~stated, index=table.index))
    return table[everyone]


def employment(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, activity (digits), firms, employees."""
    if (area_ids := locate(reader, result)) is None:
        return None
    activity = reader.category("activity").str.replace(".", "", regex=False)
    hint = N_("Write two to five digits of NACE, such as 90.03")
    reader.error(N_("'{value}' is no activity"), hint, "activity", ~activity.str.fullmatch(r"\d{2,5}"))
    table = pd.DataFrame(
        {
            "period": reader.days(),
            "area_id": area_ids,
            "activity": activity,
            "firms": reader.number("firms", 1, 1e7, whole=True, gaps="error"),
            "employees": reader.number("employees", 0, 1e8, gaps=""),
        }
    )
    keys = ["period", "area_id", "activity"]
    table = reader.summed(table, keys, ["firms", "employees"])
    reader.check_unique(table, keys, "area")
    return table


def targets(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """level, area_id ('' for the whole city), indicator, value, year."""
    indicator, level = reader.text("indicator"), reader.text("level", "city")
    hint = N_("Write an indicator's key, as the page Indicators lists it")
    reader.error(N_("the goal names no indicator"), hint, "indicator", indicator == "")
    levels = [name for name in LEVELS if name != "district" or _has_districts(result)]
    reader.error(
        N_("'{value}' is no level"), N_("Write one of {levels}", levels=", ".join(levels)), "level", ~level.isin(levels)
    )
    areas = result.tables.get("areas")
    return pd.DataFrame(
        {
            "level": level,
            "area_id": goals_areas(reader, areas, level) if areas is not None else reader.text("area"),
            "indicator": indicator,
            "value": reader.number("value", -1e9, 1e9, gaps="error"),
            "year": reader.number("year", 2000, 2100, whole=True, gaps="error"),
        }
    )


def _has_districts(result: ValidationResult) -> bool:
    """Whether the pack's areas have districts; hexagons of a grid always do."""
    return "areas" not in result.tables or "district" in result.tables["areas"]


VALIDATORS: dict[str, Callable[[SectionReader, ValidationResult], pd.DataFrame | None]] = {
    "areas": spatial.areas,
    "residents": residents,
    "grid": spatial.grid,
    "services": spatial.services,
    "background": background,
    "origins": origins,
    "social": social,
    "employment": employment,
    "targets": targets,
    "totals": totals.read,
}
