"""Raw sources -> the shipped tables: `zone build --sources ../shared/sources`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data import definitions, opened
from data.catalogue import CATALOGUE_FILE, TABLES_FOLDER, as_json, shipped
from data.disclosure import Surroundings, protect, secret
from data.errors import DataError
from data.files import parquet_bytes, write

STATIC_FOLDER = Path(__file__).parent.parent / "static"
GROUND = {
    "light": {"water": "#dfe7ec", "land": "#f7f5f1", "line": "#b9b5ac"},
    "dark": {"water": "#14191d", "land": "#24282b", "line": "#5a6066"},
}


class Tables(dict[str, pd.DataFrame]):
    """Tables by name, each made, protected and checked when first needed, so that those it is made of come before it.

    unprotected: tables as they were before the gate; never stored, for figures of a whole city that tell of no one.
    only: make these and take all others as they are shipped; empty makes all.
    """

    def __init__(self, sources: Path, only: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.sources, self.only = sources, only
        self.unprotected: dict[str, pd.DataFrame] = {}

    def __missing__(self, name: str) -> pd.DataFrame:
        definition = definitions.definition(name)
        if definition.make is None:
            raise DataError(f"The table '{name}' is not made from raw sources.")
        if self.only and name not in self.only:
            self[name] = opened(shipped()[definition.entry.place, name])
            return self[name]
        rule = definition.rule
        protected = rule is not None and rule.method != "open"
        if rule is not None and rule.by_lot and self.only:
            # Hidden counts depend on one another and on the secret; a mixture of two builds would tell them.
            raise DataError(f"The table '{name}' is protected: build all tables together.")
        table = definition.make(self.sources, self)
        if rule is not None and protected:
            self.unprotected[name] = table
            beside = {other: self[other] for other in rule.beside}
            table = protect(rule, table, Surroundings(self["areas"], beside, secret()))
        table = definitions.check(name, table)
        self[name] = gpd.GeoDataFrame(table, geometry="geometry") if "geometry" in table else table
        return self[name]

    def original(self, name: str) -> pd.DataFrame:
        """A table as it was before its protection, for figures of the whole city; never stored."""
        if self.only:
            raise DataError(f"The unprotected '{name}' is known to a build of all tables only.")
        _ = self[name]
        return self.unprotected.get(name, self[name])


def map_style(countries: gpd.GeoDataFrame, colours: dict[str, str]) -> bytes:
    """A MapLibre style of our own: water, land and borders; nothing that has to be fetched from elsewhere."""
    border = {"line-color": colours["line"], "line-width": 0.6}
    layers: list[dict[str, Any]] = [
        {"id": "water", "type": "background", "paint": {"background-color": colours["water"]}},
        {"id": "land", "type": "fill", "source": "land", "paint": {"fill-color": colours["land"]}},
        {"id": "border", "type": "line", "source": "land", "paint": border},
    ]
    land = {"type": "geojson", "data": json.loads(countries[["geometry"]].to_json())}
    style = {"version": 8, "name": "ground", "sources": {"land": land}, "layers": layers}
    return json.dumps(style, separators=(",", ":")).encode()


def build(sources: Path, report_progress: Callable[[str], None] = print, only: tuple[str, ...] = ()) -> None:
    """Make every table, check it against its contract, and only then replace the shipped ones.

    only: names of tables that need no lots; they are made from the others as shipped. Raises DataError.
    """
    unknown = sorted(set(only) - set(definitions.names()))
    if unknown:
        raise DataError(f"No such table: {', '.join(unknown)}.")
    tables = Tables(sources, only)
    names = [name for name in only or definitions.names() if definitions.definition(name).make]
    for step, name in enumerate(names, 1):
        report_progress(f"[{step}/{len(names)}] {definitions.entry(name).title}")
        _ = tables[name]
    for draft in TABLES_FOLDER.rglob("*.tmp"):  # a build before this one was killed while it wrote
        draft.unlink(missing_ok=True)
    entries = []
    for name in names:
        entry, table = definitions.entry(name), tables[name]
        checksum = write(entry.path, parquet_bytes(table))
        entries.append(replace(entry, rows=len(table), built_on=date.today().isoformat(), checksum=checksum))
    if only:
        made = {(entry.place, entry.name): entry for entry in entries}
        entries = sorted((shipped() | made).values(), key=lambda entry: entry.name)
    else:
        for theme, colours in GROUND.items():
            write(STATIC_FOLDER / f"map-{theme}.json", map_style(tables["country_shapes"], colours))
    write(CATALOGUE_FILE, as_json(entries).encode())
    size = sum(entry.path.stat().st_size for entry in entries) / 1e6
    report_progress(f"{len(entries)} tables, {size:.1f} MB, in {TABLES_FOLDER}")


def main(words: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="zone build",
        description=__doc__,
        epilog="Example: zone build --sources ../shared/sources --only facilities",
    )
    parser.add_argument("--sources", type=Path, required=True, help="folder with unhcr/, berlin/, eurostat/, world/")
    parser.add_argument("--only", nargs="+", default=[], metavar="TABLE", help="these tables, which need no lots")
    options = parser.parse_args(words)
    try:
        build(options.sources, only=tuple(options.only))
    except DataError as error:
        print(f"Nothing was changed. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
