"""Sums over districts and the city that a pack states, because parts of them are suppressed and add up to less."""

from __future__ import annotations

import pandas as pd

from data.city import countries
from data.city.ground import CITY_ID
from data.city.layouts import BACKGROUNDS
from data.city.section_reader import SectionReader, ValidationResult
from data.translation import N_


def read(reader: SectionReader, result: ValidationResult) -> pd.DataFrame | None:
    """Columns section ('origins' or 'background'), group, level, area_id, period, persons."""
    group, level, area = reader.text("group"), reader.text("level"), reader.text("area")
    is_background = group.isin(BACKGROUNDS)
    hint = N_("Write a country's code of three letters, or {backgrounds}", backgrounds=", ".join(BACKGROUNDS))
    reader.error(N_("'{value}' is no group"), hint, "group", ~is_background & ~group.isin(countries.codes()))
    districts = set(result.tables["areas"].get("district", [])) if "areas" in result.tables else set()
    levels = ["city", "district"] if districts else ["city"]
    reader.error(
        N_("'{value}' is no level"), N_("Write one of {levels}", levels=", ".join(levels)), "level", ~level.isin(levels)
    )
    unknown = (level == "district") & ~area.isin(districts)
    reader.error(
        N_("the district '{value}' is not among the areas"), N_("Use the ids of the areas' file"), "area", unknown
    )
    table = pd.DataFrame(
        {
            "section": is_background.map({True: "background", False: "origins"}),
            "group": group,
            "level": level,
            "area_id": area.where(level == "district", CITY_ID),
            "period": reader.days(),
            "persons": reader.number("persons", 0, 50_000_000, whole=True, gaps="error"),
        }
    )
    reader.check_unique(table, ["group", "level", "area_id", "period"], "group")
    return table


def of_section(sections: dict[str, pd.DataFrame], section: str, by: str) -> pd.DataFrame:
    """The sums that a pack states of one section: period, level, area_id, `by`, persons."""
    columns = ["period", "level", "area_id", by, "persons"]
    if "totals" not in sections:
        return pd.DataFrame(columns=columns)
    rows = sections["totals"]
    return rows[rows["section"] == section].rename(columns={"group": by})[columns]
