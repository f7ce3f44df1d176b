"""Eurostat: cultural employment and disposable income by NUTS 2 region."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.connectors.raw import no_negatives, open_raw

LFS_BREAK = 2021  # Regulation (EU) 2019/1700 (IESS): the labour force survey is not comparable across it.


def cultural_employment(folder: Path) -> pd.DataFrame:
    """Cultural employment, thousand persons; unpublished cells are absent, `flag` 'b' marks the break in series."""
    path = folder / "cult_emp_reg_nuts2_2014_2022.csv"
    raw = open_raw(path, ["year", "nuts_id", "thousand_persons"])
    no_negatives(path, raw, ["thousand_persons"])
    table = raw[["year", "nuts_id", "thousand_persons"]].copy()
    table["flag"] = (table["year"] == LFS_BREAK).map({True: "b", False: ""})
    return table.sort_values(["nuts_id", "year"], ignore_index=True)


def household_income(folder: Path) -> pd.DataFrame:
    """Disposable income of private households, purchasing power standard per inhabitant."""
    path = folder / "tgs00026_disposable_income_nuts2.csv"
    raw = open_raw(path, ["unit", "geo", "time", "values"])
    raw = raw[raw["unit"] == "PPS_EU27_2020_HAB"].dropna(subset="values")
    table = raw.rename(columns={"time": "year", "geo": "nuts_id", "values": "pps_per_inhabitant"})
    return table[["year", "nuts_id", "pps_per_inhabitant"]].sort_values(["nuts_id", "year"], ignore_index=True)
