"""Statistical office of Berlin: dwellings by rooms and planning area, dwellings completed and permitted by district."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data.connectors.raw import no_negatives, open_raw

ROOMS = ["rooms_1", "rooms_2", "rooms_3", "rooms_4", "rooms_5", "rooms_6", "rooms_7"]
# Headers of the source stand one column too far right: `inhabitants` holds all dwellings, `apartments` those with
# one room, and so on. Checked by adding up: dwellings by rooms are all dwellings in every row.
HEADERS = {
    "inhabitants": "dwellings",
    "apartments": "rooms_1",
    "apartments_with_1_room": "rooms_2",
    "apartments_with_2_rooms": "rooms_3",
    "apartments_with_3_rooms": "rooms_4",
    "apartments_with_4_rooms": "rooms_5",
    "apartments_with_5_rooms": "rooms_6",
    "apartments_with_6_rooms": "rooms_7",
    "apartments_with_7_rooms_or_more": "rooms",
}
COMPLETED = re.compile(r"(\d{4})_completions_including_measures_on_existing_buildings_districts\.csv")


def dwellings(folder: Path) -> pd.DataFrame:
    """Dwellings at the end of a year: year, boundary_version, area_id, dwellings, rooms_1 to rooms_7 (and more), rooms.

    Until 2021 in the areas of 2019 (437 of 447), from 2022 in those of 2021 (434 of 542): an area without a row is
    unknown. Rows whose rooms do not add up to their dwellings are left out.
    """
    path = folder / "housing_stock_planning_areas_2015_2023.parquet"
    raw = open_raw(path, ["year", "id", *HEADERS])
    numbers = raw[list(HEADERS)].apply(lambda cells: pd.to_numeric(cells.replace({"–": "0"}), errors="coerce"))
    rows = numbers.rename(columns=HEADERS).assign(area_id=raw["id"], year=raw["year"].astype(int))
    rows = rows.dropna()
    rows = rows[(rows[ROOMS].sum(axis=1) == rows["dwellings"]) & rows["area_id"].str.fullmatch(r"\d{8}")]
    no_negatives(path, rows, HEADERS.values())
    rows["boundary_version"] = rows["year"].map(lambda year: "2019" if year <= 2021 else "2021")
    columns = ["year", "boundary_version", "area_id", "dwellings", *ROOMS, "rooms"]
    whole = rows.astype(dict.fromkeys(["dwellings", *ROOMS, "rooms"], int))
    return whole[columns].sort_values(["year", "area_id"], ignore_index=True)


def completions(folder: Path) -> pd.DataFrame:
    """By district and year: completed (dwellings, works on existing buildings included) and backlog (permitted, not
    completed at the end of the year).
    """
    parts = []
    for path in sorted((folder / "building_completions").glob("*.csv")):
        match = COMPLETED.fullmatch(path.name)
        if match:
            permits = path.parent / f"{match[1]}_construction_backlog_apartments_districts.csv"
            done = open_raw(path, ["id", "apartments"], dtype={"id": str})
            waiting = open_raw(permits, ["id", "backlog_total"], dtype={"id": str})
            rows = done[["id", "apartments"]].merge(waiting[["id", "backlog_total"]], on="id")
            parts.append(rows.assign(year=int(match[1])))
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.rename(columns={"id": "district", "apartments": "completed", "backlog_total": "backlog"})
    rows["district"] = rows["district"].str.zfill(2)
    whole = rows[["year", "district", "completed", "backlog"]].astype({"completed": int, "backlog": int})
    return whole.sort_values(["year", "district"], ignore_index=True)
