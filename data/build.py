"""Raw sources -> the shipped tables: `python -m data.build --sources ../shared/sources`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from data import contracts, grid, kinds, scopes
from data.catalogue import CATALOGUE_FILE, ENTRIES, TABLES_FOLDER, as_json
from data.connectors import (
    berlin_facilities,
    berlin_statistics,
    eurostat,
    gisco,
    openstreetmap,
    statistics_explained,
    street_network,
    unhcr,
    worldbank,
)
from data.errors import DataError
from data.files import content, plain, write
from data.placing import assign_areas

STATIC_FOLDER = Path(__file__).parent.parent / "static"
GROUND = {
    "light": {"water": "#dfe7ec", "land": "#f7f5f1", "line": "#b9b5ac"},
    "dark": {"water": "#14191d", "land": "#24282b", "line": "#5a6066"},
}


def facilities(sources: Path, areas_exact: gpd.GeoDataFrame) -> pd.DataFrame:
    """Registers and OpenStreetMap in one table, each facility in the planning area it stands in."""
    official = berlin_facilities.facilities(sources / "berlin")
    osm = openstreetmap.facilities(sources / "berlin").to_crs(official.crs)
    both = gpd.GeoDataFrame(pd.concat([official, osm], ignore_index=True), crs=official.crs)
    now = areas_exact[areas_exact["boundary_version"] == berlin_statistics.NEW][["area_id", "geometry"]]
    both = assign_areas(both, now)
    both["name"] = both["name"].fillna("")
    both["places"] = both["places"].astype("Int64")
    return both.sort_values(["kind", "source_id"], ignore_index=True)


def tables(sources: Path) -> dict[str, Callable[[dict[str, pd.DataFrame]], pd.DataFrame]]:
    """How each table is made; each maker may use the tables made before it."""
    world, city = sources / "unhcr", sources / "berlin"
    streets = cache(lambda: street_network.network(street_network.packaged_extract(), 3067))
    return {
        "displaced": lambda _: unhcr.displaced(world),
        "displacement_flows": lambda _: unhcr.displacement_flows(world),
        "solutions": lambda _: unhcr.solutions(world),
        "displaced_by_age_place": lambda _: unhcr.displaced_by_age_place(world),
        "published_totals": lambda _: unhcr.published_totals(),
        "asylum_applications": lambda _: unhcr.asylum_applications(world),
        "asylum_decisions": lambda _: unhcr.asylum_decisions(world),
        "country_shapes": lambda _: gisco.country_shapes(sources / "world"),
        "countries": lambda done: unhcr.countries(world, done["country_shapes"]),
        "country_population": lambda _: worldbank.country_population(),
        "regions": lambda _: gisco.regions(sources / "eurostat"),
        "cultural_employment": lambda _: eurostat.cultural_employment(sources / "eurostat"),
        "cultural_employment_by_country": lambda _: statistics_explained.cultural_employment_by_country(),
        "cultural_employment_union": lambda _: statistics_explained.cultural_employment_union(),
        "creative_scopes": lambda _: scopes.creative_scopes(),
        "creative_codes": lambda _: scopes.creative_codes(),
        "nace_bridge": lambda _: scopes.nace_bridge(),
        "household_income": lambda _: eurostat.household_income(sources / "eurostat"),
        "areas": lambda _: berlin_statistics.areas(city),
        "areas_exact": lambda _: berlin_statistics.areas_exact(city),
        "bridge": lambda done: berlin_statistics.bridge(done["areas_exact"]),
        "residents_new_boundaries": lambda _: berlin_facilities.residents_new_boundaries(city),
        "residents": lambda _: berlin_statistics.residents(city),
        "residents_by_origin": lambda _: berlin_statistics.residents_by_origin(city),
        "residents_by_background": lambda done: berlin_statistics.residents_by_background(
            city, done["residents_by_origin"]
        ),
        "facilities": lambda done: facilities(sources, done["areas_exact"]),
        "facility_kinds": lambda _: kinds.facility_kinds(),
        "cells": lambda done: grid.cells(
            done["areas_exact"].query("boundary_version == @berlin_statistics.NEW"),
            gpd.GeoDataFrame(geometry=gpd.points_from_xy(done["facilities"]["x"], done["facilities"]["y"])),
        ),
        "network_nodes": lambda _: streets()[0],
        "network_edges": lambda _: streets()[1],
        "network_facilities": lambda _: streets()[2],
        "social_monitoring": lambda _: berlin_facilities.social_monitoring(city),
    }


def map_style(countries: gpd.GeoDataFrame, colours: dict[str, str]) -> bytes:
    """A MapLibre style of our own: water, land and borders; nothing that has to be fetched from elsewhere."""
    style = {
        "version": 8,
        "name": "ground",
        "sources": {"land": {"type": "geojson", "data": json.loads(countries[["geometry"]].to_json())}},
        "layers": [
            {"id": "water", "type": "background", "paint": {"background-color": colours["water"]}},
            {"id": "land", "type": "fill", "source": "land", "paint": {"fill-color": colours["land"]}},
            {
                "id": "border",
                "type": "line",
                "source": "land",
                "paint": {"line-color": colours["line"], "line-width": 0.6},
            },
        ],
    }
    return json.dumps(style, separators=(",", ":")).encode()


def build(sources: Path, report_progress: Callable[[str], None] = print) -> None:
    """Make every table, check it against its contract, and only then replace the shipped ones."""
    makers, entries = tables(sources), {entry.name: entry for entry in ENTRIES}
    made: dict[str, pd.DataFrame] = {}
    for step, (name, make) in enumerate(makers.items(), 1):
        report_progress(f"[{step}/{len(makers)}] {entries[name].title}")
        table = contracts.check(name, plain(make(made)))
        made[name] = gpd.GeoDataFrame(table, geometry="geometry") if "geometry" in table else table
    for draft in TABLES_FOLDER.rglob("*.tmp"):  # a build before this one was killed while it wrote
        draft.unlink(missing_ok=True)
    finished = []
    for name, table in made.items():
        entry = entries[name]
        checksum = write(entry.path, content(table))
        finished.append(replace(entry, rows=len(table), built_on=date.today().isoformat(), checksum=checksum))
    for theme, colours in GROUND.items():
        write(STATIC_FOLDER / f"map-{theme}.json", map_style(made["country_shapes"], colours))
    write(CATALOGUE_FILE, as_json(finished).encode())
    size = sum(entry.path.stat().st_size for entry in finished) / 1e6
    report_progress(f"{len(finished)} tables, {size:.1f} MB, in {TABLES_FOLDER}")


def main() -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, required=True, help="folder with unhcr/, berlin/, eurostat/, world/")
    try:
        build(parser.parse_args().sources)
    except DataError as fault:
        print(f"Nothing was changed. {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
