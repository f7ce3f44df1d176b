"""A register of firms of any size in the chamber's layout, and how fast and lean its import is."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import data

HEADER = (
    "opendata_id;city;postcode;latitude;longitude;ihk_branch_id;nace_id;branch_top_level_id;employees_range;"
    "ihk_branch_desc;nace_desc;branch_top_level_desc;business_age;business_type;Bezirk;planungsraum_id;"
    "Planungsraum;Bezirksregion;Prognoseraum;"
)
EMPLOYEES = ("1 - 3", "4 - 6", "10 - 19", "500 und mehr")
BANDS = ["0", "0", "0", *(f"{band} Beschäftigte" for band in EMPLOYEES)]


def generate(path: Path, rows: int, seed: int = 0) -> None:
    """Write a file of the register's layout: BOM, semicolons, decimal commas, scientific ids, no leading zeros."""
    rng = np.random.default_rng(seed)
    shapes = data.table("areas_exact", "berlin")
    areas = shapes.loc[shapes["boundary_version"] == "2021", "area_id"].astype(int).to_numpy()
    codes = [code.replace(".", "").ljust(5, "0") for code in data.table("creative_codes")["code"]] + [
        "56290",
        "47430",
    ] * 60
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(HEADER + "\n")
        for start in range(0, rows, 100_000):
            n = min(100_000, rows - start)
            code = pd.Series(rng.choice(codes, n))
            frame = pd.DataFrame(
                {
                    "id": pd.Series(rng.integers(10**5, 9 * 10**5, n)).astype(str).radd("9,") + "E+11",
                    "city": "Berlin",
                    "postcode": rng.integers(10115, 14199, n),
                    "lat": pd.Series(rng.integers(340000, 670000, n)).astype(str).radd("52,"),
                    "lon": pd.Series(rng.integers(100000, 750000, n)).astype(str).radd("13,"),
                    "branch": code + "01",
                    "nace": code.str[:4],
                    "top": code.str[:2],
                    "band": rng.choice(BANDS, n),
                    "desc": "Erbringung v. Beratungsleistungen auf dem Gebiet",
                    "nace_desc": "Erbringung v. Dienstleistungen; allerlei",
                    "top_desc": "Dienstleistungen",
                    "age": rng.integers(0, 80, n),
                    "type": "Kleingewerbetreibender",
                    "district": "Mitte",
                    "area": rng.choice(areas, n),
                    "name": "Planungsraum",
                    "region": "Bezirksregion",
                    "forecast": "Prognoseraum",
                    "last": "Mitte",
                }
            )
            frame.to_csv(file, sep=";", header=False, index=False, lineterminator="\n")


def main() -> None:
    """Time and memory of importing 350,000 and 1,000,000 generated rows, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for rows in (350_000, 1_000_000):
            path = Path(folder) / f"{rows}.csv"
            generate(path, rows)
            size = path.stat().st_size / 1e6
            ran = subprocess.run(
                [sys.executable, "-m", "bench.firms", str(path)], capture_output=True, text=True, check=True
            )
            print(f"{rows:,} rows, {size:.0f} MB: {ran.stdout.strip()}")


def one(path: Path) -> None:
    """Import one file and print seconds and peak memory."""
    from data.connectors import chamber_register

    shapes = data.table("areas_exact", "berlin")
    areas = shapes.loc[shapes["boundary_version"] == "2021", "area_id"]
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, time.perf_counter()
    table, report = chamber_register.firms_by_area(path, pd.Timestamp("2023-03-01"), areas)
    seconds, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{seconds:.1f} s, peak {peak:.2f} GB ({before:.2f} GB before), "
        f"{table['firms'].sum():,} counted, {len(report)} reported"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(Path(sys.argv[1]))
    else:
        main()
