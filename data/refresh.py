"""Eurostat's newest figures -> tables on this machine, where it is online: `python -m data.refresh`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pandas as pd

from data import local
from data.catalogue import local_entry
from data.connectors import eurostat_api
from data.errors import DataError

_WHOLE = {"unit": "THS_PER", "freq": "A"}
_SPLITS = {"sex": ("cult_emp_sex", "sex"), "age": ("cult_emp_age", "age"), "education": ("cult_emp_edu", "isced11"),
           "activity": ("cult_emp_n2", "nace_r2")}  # fmt: skip


def _cells(dataset: str, client: httpx.Client | None, **filters: Any) -> pd.DataFrame:
    cells = eurostat_api.fetch(dataset, client, **filters)
    return cells.assign(year=cells["time"].astype(int), flag=cells["flag"].str.replace(":", "", regex=False))


def cultural_employment(client: httpx.Client | None = None) -> pd.DataFrame:
    """cult_emp_reg: thousand persons by NUTS 2, in the contract's columns. Flagged cells without a value are absent."""
    cells = _cells("cult_emp_reg", client, **_WHOLE).dropna(subset="value")
    cells = cells[cells["geo"].str.len() == 4].rename(columns={"geo": "nuts_id", "value": "thousand_persons"})
    return cells[cells["thousand_persons"] > 0][["year", "nuts_id", "thousand_persons", "flag"]]


def employment(client: httpx.Client | None = None) -> pd.DataFrame:
    """lfst_r_lfe2emp: everyone employed, aged 15 and over, thousand persons."""
    cells = _cells("lfst_r_lfe2emp", client, sex="T", age="Y_GE15", **_WHOLE).dropna(subset="value")
    return cells.rename(columns={"value": "thousand_persons"})[["year", "geo", "thousand_persons", "flag"]]


def parts(client: httpx.Client | None = None) -> pd.DataFrame:
    """cult_emp_sex, _age, _edu, _n2: thousand persons by part; a flagged gap stays a gap with its flag."""
    found = []
    for split, (dataset, dimension) in _SPLITS.items():
        cells = _cells(dataset, client, unit="THS_PER", freq="A")
        others = [name for name in ("sex", "age", "isced11") if name in cells and name != dimension]
        for name in others:
            cells = cells[cells[name].isin(["T", "TOTAL", "Y_GE15"])]
        found.append(cells.rename(columns={dimension: "part", "value": "thousand_persons"}).assign(split=split))
    return pd.concat(found)[["year", "geo", "split", "part", "thousand_persons", "flag"]]


def regional_gdp(client: httpx.Client | None = None) -> pd.DataFrame:
    """nama_10r_2gdp: million purchasing power standards."""
    cells = _cells("nama_10r_2gdp", client, unit="MIO_PPS_EU27_2020", freq="A").dropna(subset="value")
    return cells.rename(columns={"value": "million_pps"})[["year", "geo", "million_pps", "flag"]]


TABLES: dict[str, Callable[[httpx.Client | None], pd.DataFrame]] = {
    "cultural_employment": cultural_employment,
    "employment": employment,
    "cultural_employment_parts": parts,
    "regional_gdp": regional_gdp,
}


def main() -> int:
    """Command line; returns the exit code. A table that cannot be had leaves the stored one as it is."""
    failed = 0
    for step, (name, make) in enumerate(TABLES.items(), 1):
        try:
            table = make(None)
            years = f"{table['year'].min()}–{table['year'].max()}, yearly average"
            entry = local.save(replace(local_entry(name), period=years), table)
            print(f"[{step}/{len(TABLES)}] {entry.title}: {entry.rows:,} rows, {entry.period}")
        except DataError as fault:
            failed += 1
            print(f"[{step}/{len(TABLES)}] {name} stays as it was. {fault}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
