"""What each section of a pack must hold: its rows in our columns, with a finding for all that makes no sense."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import pandas as pd

import data
from data import kinds
from data.city import spatial
from data.city.pack import LEVELS
from data.city.section_reader import MAX_ROWS_NAMED, SectionReader, ValidationResult

AGE = re.compile(r"^(\d{1,3})\s*[-–]\s*(\d{1,3})$|^(\d{1,3})\s*\+$|^(?:<|under )\s*(\d{1,2})$", re.IGNORECASE)
TOTAL = {"total", "all", "t", "gesamt", "insgesamt", "yhteensä", ""}
BACKGROUNDS = ("foreign_nationals", "migration_background")


def _band(age: str) -> str:
    match = AGE.match(age)
    if not match:
        return ""
    low, high, last, under = match.groups()
    if under:
        return f"0-{int(under) - 1}"
    return f"{int(last)}+" if last else f"{int(low)}-{int(high)}" if int(low) <= int(high) else ""


def residents(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, age, persons; 'total' rows are checked against their ages and left out where ages are given."""
    age = reader.text("age", "total").str.lower()
    total = age.isin(TOTAL)
    bands = age.where(total, age.map(_band))
    reader.error("'{value}' is no age", "Write ages as 6-14 or 65+, or total", "age", bands == "")
    if _overlapping([band for band in bands.unique() if band not in TOTAL and band]):
        reader.error("ages overlap, so people would count twice", "Give ages that follow each other", "age")
    table = pd.DataFrame(
        {
            "period": reader.days(),
            "area_id": reader.areas(result),
            "age": bands.where(~total, "total"),
            "persons": reader.number("persons", 0, 50_000_000, whole=True),
        }
    )
    keys = ["period", "area_id"]
    reader.check_unique(table, [*keys, "age"], "area")
    _check_totals(reader, table, total)
    if "areas" in result.tables:
        absent = sorted(set(result.tables["areas"]["area_id"]) - set(table["area_id"]))
        if absent:
            what = f"{len(absent)} areas have no residents in the file (first: {absent[0]})"
            reader.warning(what, "Add them; until then they are not known, never zero")
    with_ages = table[~total].set_index(keys).index
    return table[~total | ~pd.MultiIndex.from_frame(table[keys]).isin(with_ages)].replace({"age": {"total": "0+"}})


def _check_totals(reader: SectionReader, table: pd.DataFrame, total: pd.Series) -> None:
    """Whether ages add up to the totals that stand beside them."""
    keys = ["period", "area_id"]
    whole, parts = table[total].set_index(keys)["persons"], table[~total].groupby(keys)["persons"].sum(min_count=1)
    if whole.index.has_duplicates:
        return
    both = pd.concat([whole.rename("whole"), parts.rename("parts")], axis=1).dropna()
    off = both[(both["whole"] - both["parts"]).abs() > 0.5]
    for (period, area), row in off.head(MAX_ROWS_NAMED).iterrows():
        sums = f"add up to {row['parts']:,.0f}, the total says {row['whole']:,.0f}"
        reader.error(f"ages of area {area} on {period:%Y-%m-%d} {sums}", "Mend the parts or the total", "persons")


def _overlapping(bands: list[str]) -> bool:
    """Whether two ages of one file share a year."""
    ends = sorted(
        (int(band.rstrip("+").split("-")[0]), int(band.split("-")[1]) if "-" in band else 200) for band in bands
    )
    return any(after[0] <= before[1] for before, after in pairwise(ends))


def background(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, background, persons."""
    unknown = ~reader.text("background").isin(BACKGROUNDS)
    reader.error("'{value}' is no background", f"Write {' or '.join(BACKGROUNDS)}", "background", unknown)
    return _counts(reader, result, "background")


def origins(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, origin, persons."""
    unknown = ~reader.text("origin").isin(set(data.table("countries")["iso3"]))
    reader.error("'{value}' is no country", "Write the three-letter ISO code", "origin", unknown)
    return _counts(reader, result, "origin")


def _counts(reader: SectionReader, result: ValidationResult, by: str) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "period": reader.days(),
            "area_id": reader.areas(result),
            by: reader.text(by),
            "persons": reader.number("persons", 0, 50_000_000, whole=True),
        }
    )
    reader.check_unique(table, ["period", "area_id", by], "area")
    return table


def social(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, indicator, percent."""
    indicator = reader.text("indicator")
    unknown = ~indicator.isin(kinds.SOCIAL)
    reader.error(
        "'{value}' is no indicator that the app shows", f"Known: {', '.join(kinds.SOCIAL)}", "indicator", unknown
    )
    table = pd.DataFrame(
        {
            "period": reader.days(),
            "area_id": reader.areas(result),
            "indicator": indicator,
            "percent": reader.number("percent", 0, 100),
        }
    )
    reader.check_unique(table, ["period", "area_id", "indicator"], "area")
    return table


def employment(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """period, area_id, activity (digits), firms, employees."""
    activity = reader.text("activity").str.replace(".", "", regex=False)
    hint = "Write two to five digits of NACE, such as 90.03"
    reader.error("'{value}' is no activity", hint, "activity", ~activity.str.fullmatch(r"\d{2,5}"))
    table = pd.DataFrame(
        {
            "period": reader.days(),
            "area_id": reader.areas(result),
            "activity": activity,
            "firms": reader.number("firms", 1, 1e7, whole=True, gaps="error"),
            "employees": reader.number("employees", 0, 1e8, gaps=""),
        }
    )
    reader.check_unique(table, ["period", "area_id", "activity"], "area")
    return table


def targets(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """level, area_id ('' for the whole city), indicator, value, year."""
    indicator, level = reader.text("indicator"), reader.text("level", "city")
    hint = "Write an indicator's key, as the page Indicators lists it"
    reader.error("the goal names no indicator", hint, "indicator", indicator == "")
    levels = [name for name in LEVELS if name != "district" or _has_districts(result)]
    reader.error("'{value}' is no level", f"Write one of {', '.join(levels)}", "level", ~level.isin(levels))
    return pd.DataFrame(
        {
            "level": level,
            "area_id": reader.text("area"),
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
}
