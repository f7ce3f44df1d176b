"""Tables made on this machine, version by version, read as the shipped ones are; never part of the repository.

A version is "offered", then "used", later "kept"; which one is used is one word in one catalogue file, so that a change
is whole or not at all and one step back is one write.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from filelock import FileLock

from data import definitions
from data.catalogue import Entry, local_catalogue, local_catalogue_error, local_folder, local_rows, shipped
from data.errors import DataError
from data.files import parquet_bytes, write
from data.rights import require_role
from data.translation import N_, Sentence

MAX_VERSIONS = 5  # versions of a table that stay on the disk, the one in use among them


def save(entry: Entry, table: pd.DataFrame) -> Entry:
    """Check a table against its contract, store it and use it at once; what was used before is kept."""
    return save_all([(entry, table)])[0]


@require_role("admin")
def save_all(tables: list[tuple[Entry, pd.DataFrame]], city: dict[str, Any] | None = None) -> list[Entry]:
    """Store tables of one place and use them all from one moment on, or none. city: the settings that go with them."""
    stored: list[Entry] = []
    try:
        for entry, table in tables:
            stored.append(_write_version(entry, table, "used"))
    except BaseException:
        for entry in stored:
            entry.path.unlink(missing_ok=True)
        raise
    place, version = stored[0].place, stored[0].version

    def change(rows: list[Entry], cities: list[dict[str, Any]]) -> None:
        names = {entry.name for entry in stored}
        whole = city is not None  # a city built anew has no other tables than these
        rows[:] = [_kept(row) if row.place == place and (whole or row.name in names) else row for row in rows]
        rows.extend(replace(entry, version=version) if whole else entry for entry in stored)
        if city is not None:
            for build in cities:
                if build["key"] == place:
                    build["state"] = "kept"
            cities.append({"key": place, "version": version, "state": "used", "settings": city})

    _commit(change)
    return stored


@require_role("admin")
def offer(entry: Entry, table: pd.DataFrame) -> Entry | None:
    """Store a version for someone to look at and accept; None where it says the same as the one in use.

    An older offer of the same table makes way.
    """
    used = next((row for row in versions(entry.place, entry.name) if row.state == "used"), None)
    stored = _write_version(replace(entry, version=""), table, "offered")  # never over the version it describes
    if used is not None and used.checksum == stored.checksum:
        stored.path.unlink(missing_ok=True)
        return None

    def change(rows: list[Entry], _cities: list[dict[str, Any]]) -> None:
        offered = (stored.place, stored.name, "offered")
        rows[:] = [*(row for row in rows if (row.place, row.name, row.state) != offered), stored]

    _commit(change)
    return stored


@require_role("admin")
def use(place: str, name: str, version: str) -> None:
    """Use one stored version of a table; '' is the shipped one. Raises DataError if there is none."""
    available = {row.version for row in versions(place, name)} | ({""} if (place, name) in shipped() else set())
    if version not in available:
        raise DataError(
            N_(
                "There is no version '{version}' of {place}/{name}. Known: {available}.",
                version=version,
                place=place,
                name=name,
                available=", ".join(sorted(available)),
            )
        )

    def change(rows: list[Entry], _cities: list[dict[str, Any]]) -> None:
        rows[:] = [_switch(row, version) if (row.place, row.name) == (place, name) else row for row in rows]

    _commit(change)


@require_role("admin")
def reject(place: str, name: str) -> None:
    """Take an offer away; the version in use stays."""

    def change(rows: list[Entry], _cities: list[dict[str, Any]]) -> None:
        rows[:] = [row for row in rows if (row.place, row.name, row.state) != (place, name, "offered")]

    _commit(change)


def go_back(place: str, name: str) -> str:
    """Use the version before the one in use; returns its stamp ('' for the shipped one). Raises DataError if none."""
    accepted = [row for row in versions(place, name) if row.state != "offered"]
    current = next((number for number, row in enumerate(accepted) if row.state == "used"), len(accepted))
    if current + 1 >= len(accepted):
        raise DataError(N_("There is no version of {place}/{name} before the one in use.", place=place, name=name))
    before = accepted[current + 1].version
    use(place, name, before)
    return before


@require_role("admin")
def use_city(key: str, version: str) -> None:
    """Use another build of a city, all its tables at once. Raises DataError if that build is not kept."""

    def change(rows: list[Entry], cities: list[dict[str, Any]]) -> None:
        mine = [build for build in cities if build["key"] == key]
        if not any(build["version"] == version for build in mine):
            raise DataError(
                N_(
                    "There is no build '{version}' of {key}. Known: {known}.",
                    version=version,
                    key=key,
                    known=", ".join(builds(key)) or Sentence(N_("none")),
                )
            )
        for build in mine:
            build["state"] = "used" if build["version"] == version else "kept"
        rows[:] = [_switch(row, version) if row.place == key else row for row in rows]

    _commit(change)


@require_role("admin")
def remove_city(key: str) -> None:
    """Take a city made on this machine out of use, with all its builds."""

    def change(rows: list[Entry], cities: list[dict[str, Any]]) -> None:
        rows[:] = [row for row in rows if row.place != key]
        cities[:] = [build for build in cities if build["key"] != key]

    _commit(change)


def builds(key: str) -> list[str]:
    """Builds of a city that are on the disk, newest first."""
    return sorted((build["version"] for build in local_rows()[1] if build["key"] == key), reverse=True)


def versions(place: str, name: str) -> list[Entry]:
    """Every version of a table, newest first, the shipped one last; exactly one is in state 'used'."""
    mine = sorted(
        (row for row in local_rows()[0] if (row.place, row.name) == (place, name)),
        key=lambda row: row.version,
        reverse=True,
    )
    origin = shipped().get((place, name))
    if origin is None:
        return mine
    return [*mine, replace(origin, state="kept" if any(row.state == "used" for row in mine) else "used")]


def offers() -> list[Entry]:
    """Versions that wait for someone to accept them."""
    return [row for row in local_rows()[0] if row.state == "offered"]


def report_path(stem: str) -> Path:
    """Where a report of an import goes."""
    folder = local_folder() / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{stem}.csv"


def stamp() -> str:
    """The name of a version: the moment, sortable; to the microsecond, so that two writers do not share one."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S.%f")


def _kept(row: Entry) -> Entry:
    return replace(row, state="kept") if row.state == "used" else row


def _switch(row: Entry, version: str) -> Entry:
    """A row as it is once this version is in use."""
    return replace(row, state="used") if row.version == version else _kept(row)


def _write_version(entry: Entry, table: pd.DataFrame, state: str) -> Entry:
    """Write a checked table under its version's own name: no reader knows of it before the catalogue does."""
    checked = definitions.check(entry.name, table)
    if "geometry" in checked:
        checked = gpd.GeoDataFrame(checked, geometry="geometry", crs=getattr(table, "crs", None))
    stored = replace(entry, folder=str(local_folder()), version=entry.version or stamp(), state=state)
    checksum = write(stored.path, parquet_bytes(checked))
    return replace(stored, rows=len(checked), built_on=datetime.now(UTC).date().isoformat(), checksum=checksum)


def _commit(change: Callable[[list[Entry], list[dict[str, Any]]], None]) -> None:
    """Change the catalogue under a lock; versions that no entry names any more leave the disk afterwards."""
    with _locked():
        if fault := local_catalogue_error():  # writing over it would forget every table that it names
            raise DataError(
                N_(
                    "{fault}. Nothing was changed; put back a copy of it, or move it away to begin anew.",
                    fault=str(fault),
                )
            )
        rows, cities = local_rows()
        before = {row.path for row in rows}
        change(rows, cities)
        rows, cities = _pruned(rows, cities)
        catalogue = {"tables": [asdict(row) for row in rows], "cities": cities}
        write(local_catalogue(), (json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n").encode())
        _sweep(before, {row.path for row in rows})


def _sweep(before: set[Path], living: set[Path]) -> None:
    """Delete versions that no entry names any more; one that cannot go stays for the next sweep.

    Drafts and versions of a day ago go as well, known to the catalogue or not: a process may have been killed between.
    Younger files may belong to somebody who is writing now, and such a draft may be renamed while this looks at it.
    """
    yesterday = time.time() - 86_400
    folder = local_folder()
    for path in before | set(folder.glob("*/*/*.parquet")) | set(folder.rglob("*.tmp")):
        with suppress(OSError):
            if path not in living and (path in before or path.stat().st_mtime < yesterday):
                path.unlink(missing_ok=True)


def _pruned(rows: list[Entry], cities: list[dict[str, Any]]) -> tuple[list[Entry], list[dict[str, Any]]]:
    """At most MAX_VERSIONS versions of a table and builds of a city; what is used or offered always stays."""
    kept: list[Entry] = []
    counts: dict[tuple[str, str], int] = {}
    newest_first = sorted(rows, key=lambda row: row.version, reverse=True)
    for row in sorted(newest_first, key=lambda row: row.state == "kept"):
        key = (row.place, row.name)
        counts[key] = counts.get(key, 0) + 1
        if row.state != "kept" or counts[key] <= MAX_VERSIONS:
            kept.append(row)
    living = {(row.place, row.version) for row in kept}
    return kept, [city for city in cities if city["state"] == "used" or (city["key"], city["version"]) in living]


@contextmanager
def _locked() -> Iterator[None]:
    folder = local_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "catalogue.lock", timeout=30):
        yield
