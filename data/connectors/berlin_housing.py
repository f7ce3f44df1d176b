"""Statistical office of Berlin: dwellings by rooms and planning area; completions, permits and rents by district."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
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
# Files of the microcensus: measure, year, name, and the bounds of its bands; the open ends are taken to be as wide as
# their neighbours, the highest band of rents twice. In 2018 the headers of rents do not fit their numbers.
SAMPLED: list[tuple[str, int, str, list[float]]] = [
    ("burden", 2014, "2014_households_by_percentage_of_household_net_income_districts", [5, 15, 25, 35, 45, 65]),
    ("burden", 2018, "2018_households_by_percentage_of_household_net_income_districts", [5, 15, 25, 35, 45, 65]),
    ("rent", 2014, "2014_apartments_by_gross_rent_districts", [200, 300, 400, 500, 600, 800]),
    ("rent", 2022, "2022_households_by_gross_rent_districts", [300, 400, 500, 600, 700, 800, 1200]),
]
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
    """Dwellings completed and still to be built, by district and year.

    completed: dwellings, works on existing buildings included. backlog: permitted, not completed at the end of the
    year.
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


def costs(folder: Path) -> pd.DataFrame:
    """Rents and their share of net income by district.

    measure (rent: EUR a month with running costs; burden: %), year, district, households (to the hundred), mean (as
    published), deviation (of households, from bands).

    A band that is not shown is what the others leave of the total.
    """
    parts = []
    for measure, year, name, bounds in SAMPLED:
        path = folder / "microcensus_housing" / f"{name}.csv"
        raw = open_raw(path, ["id", "total"], dtype={"id": str}, na_values=["/", "–"])
        average = next(column for column in raw if column.endswith("_average"))
        bands = raw.drop(columns=["id", "total", average]).to_numpy(float)
        whole = np.full(len(raw), 100.0) if measure == "burden" else raw["total"].to_numpy(float)
        rest = np.maximum(whole - np.nansum(bands, axis=1), 0)
        gaps = np.isnan(bands)
        bands = np.where(gaps, (rest / np.maximum(gaps.sum(axis=1), 1))[:, None], bands)
        middle = (np.array(bounds[:-1]) + np.array(bounds[1:])) / 2
        shares = bands / bands.sum(axis=1, keepdims=True)
        deviation = np.sqrt((shares * (middle - raw[[average]].to_numpy(float)) ** 2).sum(axis=1))
        rows = {"district": raw["id"].str.zfill(2), "households": (10 * raw["total"]).round().astype(int) * 100}
        rows |= {"mean": raw[average].round(2), "deviation": deviation.round(2)}
        parts.append(pd.DataFrame({"measure": measure, "year": year, **rows}))
    return pd.concat(parts, ignore_index=True).sort_values(["measure", "year", "district"], ignore_index=True)
