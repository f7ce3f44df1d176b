"""A country as a city pack: 11,000 municipalities by 20 days, its build, and how soon its pages answer.

`python -m bench.country [--areas N] [--days N]` makes the pack and builds it in a process of its own; then pages open,
with nothing prepared and as `make run` prepares them; last the index under all its choices.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import data
from bench.driver import ROOT, Reader, resident_mb, served
from data.city import pack
from data.context import CityContext
from data.kinds import SOCIAL
from services import inclusion
from services.areas import current_half_years

AGES = ("0-5", "6-17", "18-24", "25-64", "65+")
SHARES = (0.055, 0.11, 0.075, 0.54, 0.22)
ORIGINS = ("UKR", "SYR", "AFG", "TUR", "POL", "ROU")
KINDS = ("library", "school_primary", "daycare", "doctor", "museum")
PAGES = ("", "map", "profile")


def municipalities(count: int, seed: int = 0) -> gpd.GeoDataFrame:
    """Invented municipalities that fill Germany without gaps, in its NUTS 2 regions; EPSG:3035."""
    regions = data.table("regions")
    regions = gpd.GeoDataFrame(regions[regions["country"] == "DE"], geometry="geometry", crs=4326).to_crs(3035)
    rng = np.random.default_rng(seed)
    west, south, east, north = regions.total_bounds
    land = shapely.union_all(regions.geometry.to_numpy())
    shapely.prepare(land)
    points = np.empty((0, 2))
    while len(points) < count:
        more = rng.uniform((west, south), (east, north), (2 * count, 2))
        points = np.vstack([points, more[shapely.contains_xy(land, more)]])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points[:count]), extend_to=land))
    areas = gpd.GeoDataFrame(geometry=shapely.intersection(cells, land), crs=3035)
    middle = gpd.GeoDataFrame(geometry=areas.representative_point(), crs=3035)
    near = middle.sjoin_nearest(regions[["nuts_id", "name", "geometry"]])
    near = near[~near.index.duplicated()]
    areas["district"], areas["district_name"] = near["nuts_id"], near["name"]
    number = areas.groupby("district").cumcount()
    areas["id"] = [
        f"{region:02}{place:05}" for region, place in zip(pd.factorize(areas["district"])[0], number, strict=True)
    ]
    areas["name"] = "Municipality " + areas["id"]
    return areas[["id", "name", "district", "district_name", "geometry"]]


def write(folder: Path, count: int, days: int, seed: int = 0) -> Path:
    """The pack of a country: residents by age, origins, shares of the social monitoring on every day, services."""
    rng, areas = np.random.default_rng(seed), municipalities(count, seed)
    ids, dates = areas["id"].to_numpy(), [f"{2025 - days + 1 + n}-12-31" for n in range(days)]
    size = rng.lognormal(8, 1, count).astype(int) + 50
    residents = pd.concat(
        [
            pd.DataFrame(
                {"area": ids, "period": day, "age": age, "persons": (size * share * (1 + 0.005 * n)).astype(int)}
            )
            for n, day in enumerate(dates)
            for age, share in zip(AGES, SHARES, strict=True)
        ]
    )
    level = rng.normal(0, 1, (len(SOCIAL), count))
    social = pd.concat(
        [
            pd.DataFrame(
                {
                    "area": ids,
                    "period": day,
                    "indicator": name,
                    "percent": np.clip(12 + 4 * level[k] + rng.normal(0, 0.5, count), 0, 100).round(1),
                }
            )
            for day in dates
            for k, name in enumerate(SOCIAL)
        ]
    )
    origins = pd.concat(
        [
            pd.DataFrame({"area": ids, "period": day, "origin": origin, "persons": rng.poisson(size * 0.01)})
            for day in dates
            for origin in ORIGINS
        ]
    )
    places = areas.sample(3 * count, replace=True, random_state=seed).representative_point().to_crs(4326)
    services = pd.DataFrame(
        {
            "kind": rng.choice(KINDS, 3 * count),
            "name": [f"Place {n}" for n in range(3 * count)],
            "lon": places.x.round(6),
            "lat": places.y.round(6),
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"residents": residents, "social": social, "origins": origins, "services": services}
    areas.to_crs(4326).to_file(folder / "areas.gpkg", driver="GPKG")
    parts = {
        "areas": pack.Part(file="areas.gpkg", columns={name: name for name in areas.columns[:-1]}, licence="CC0 1.0")
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        columns = {column: column for column in table}
        parts[name] = pack.Part(file=f"{name}.csv", columns=columns, licence="CC0 1.0")
    about = {
        "name": "Country",
        "country": "DEU",
        "region": "DE30",
        "level_names": {"district": "Region", "planning_area": "Municipality"},
        "displaced_origins": ["UKR", "SYR", "AFG"],
        "displaced_origins_why": "Most people from these countries came as refugees.",
    }
    (folder / pack.MANIFEST).write_text(pack.manifest_text(about, parts), encoding="utf-8")
    return folder


def open_pages(local: Path) -> None:
    """Print how long pages take on a server that began now: the first time, the second, and a choice of a region."""
    print("| page | first visit, s | again, s | a region, s | resident, MB |\n|---|---|---|---|---|")
    with served({"ZONE_LOCAL": str(local)}) as (host, process):
        for page in PAGES:
            reader = Reader(host)
            try:
                took = [reader.open(page, city="country"), reader.open(page, city="country")]
                took.append(reader.choose("district", reader.controls["district"].options[3]))
                row = " | ".join(f"{seconds:.2f}" for seconds in took)
            except TimeoutError:
                row = "no answer | | "
            print(f"| {page or 'overview'} | {row} | {resident_mb(process):.0f} |", flush=True)


def rank_under_all_choices() -> None:
    """Print how long the index takes under 2,048 combinations of choices, all municipalities, indicators in memory."""
    ctx = CityContext(data.cities()["country"], data.version("country"))
    period = current_half_years(ctx)[-1]
    query = inclusion.Query(level=ctx.levels[-1], weights="expert")
    areas = len(inclusion.index(ctx, period, query))
    start = time.perf_counter()
    runs = inclusion.rank_ranges(ctx, period, query).runs
    took, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nindex of {areas} areas, {runs} combinations: {took:.1f} s, {used:.0f} MiB")


def main() -> None:
    """Print how long the build took and its peak of memory, then what readers wait for, then the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=11_000)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--index", action="store_true", help="only the index, of the country that ZONE_LOCAL holds")
    args = parser.parse_args()
    if args.index:
        rank_under_all_choices()
        return
    with tempfile.TemporaryDirectory() as place:
        folder, local = write(Path(place) / "pack", args.areas, args.days), Path(place) / "local"
        run = partial(subprocess.run, cwd=ROOT, env=os.environ | {"ZONE_LOCAL": str(local)}, check=True)
        start = time.perf_counter()
        run([sys.executable, "-m", "zone.cli", "city", "build", str(folder)])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"built in {time.perf_counter() - start:.0f} s, {peak:.0f} MiB at most\n")
        print("\nNothing prepared")
        open_pages(local)
        run([sys.executable, "deploy/warm.py"])
        print("\nAs `make run` leaves it")
        open_pages(local)
        run([sys.executable, "-m", "bench.country", "--index"])


if __name__ == "__main__":
    main()
