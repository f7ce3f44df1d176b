"""What is wrong with a pack: findings with file, row, column, what, hint. A check never changes the user's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import tomli_w

from data import limits
from data.city import balance, ground, pack, reading
from data.city.findings import Finding, PackError
from data.city.pack import SECTIONS
from data.city.pack_settings import Part
from data.city.section_reader import MAX_ROWS_NAMED, SectionReader, ValidationResult
from data.city.sections import VALIDATORS
from data.connectors import gtfs, gtfs_notices
from data.errors import SourceError
from data.translation import N_, Sentence

MAX_PERSONS_PER_KM2 = 200_000  # no quarter on earth houses more
ReportProgress = Callable[[str, float], object]


def findings(folder: Path, report_progress: ReportProgress = lambda _what, _share: None) -> list[Finding]:
    """What is wrong with an unpacked pack and what its files hold beside the city, without its tables."""
    result = check(folder, report_progress)
    return [*result.findings, *result.notes]


def check(folder: Path, report_progress: ReportProgress = lambda _what, _share: None) -> ValidationResult:
    """Read and check an unpacked pack. report_progress gets what is looked at and how far it is, 0 to 1."""
    try:
        manifest = pack.read(folder)
    except PackError as fault:
        return ValidationResult(None, findings=fault.findings)
    result = ValidationResult(manifest, findings=list(manifest.faults))
    order = [section for section in SECTIONS if section in manifest.parts]
    for number, section in enumerate(order):
        report_progress(section, 0.8 * number / len(order))
        _check_section(section, folder, manifest.parts[section], result)
    _check_across(result)
    if not result.errors:
        report_progress("city", 0.8)
        try:
            result.ground = ground.survey(manifest, result.tables, folder)
            balance.weigh(result)
        except SourceError as fault:
            result.findings.append(Finding("error", manifest.parts["network"].file, fault.what, fault.hint))
    report_progress("", 1.0)
    return result


def _check_section(section: str, folder: Path, part: Part, result: ValidationResult) -> None:
    """Put a section's table into the result, or what is wrong with it."""
    file = folder / part.file
    if not _is_inside(file, folder) or file.is_symlink():
        what = N_("[{section}] names '{file}', which is outside the pack", section=section, file=part.file)
        result.findings.append(Finding("error", pack.MANIFEST, what, N_("Copy the file into the pack")))
        return
    if not SECTIONS[section].columns:
        _check_whole_file(section, file, part, result)
        return
    try:
        reader = SectionReader(section, part, reading.read(file, part.file, part), result.findings)
    except SourceError as fault:
        result.findings.append(Finding("error", part.file, fault.what, fault.hint))
        return
    result.rows[section] = len(reader.rows)
    if not reader.missing():
        before = len(result.errors)
        table = VALIDATORS[section](reader, result)
        if table is not None and len(result.errors) == before:
            result.tables[section] = table


def _is_inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


def _check_whole_file(section: str, file: Path, part: Part, result: ValidationResult) -> None:
    fault = "" if file.is_file() else N_("the file is missing")
    if not fault and section == "network":
        with file.open("rb") as opened:
            fault = "" if b"OSMHeader" in opened.read(64) else N_("this is no OpenStreetMap extract")
    elif not fault:
        try:
            limits.check_zip(file, part.file, limits.PACK_UNPACKED)
            table, findings = gtfs.stops(file, part.file, _ground(result))
            for finding in [*findings, *gtfs_notices.findings(file, part.file)]:
                (result.notes if finding.level == "note" else result.findings).append(finding)
            if len(table):
                result.tables["stops"] = table
        except SourceError as error:
            fault = error.what
    if fault:
        what = N_("Add a GTFS feed (zip with stops.txt) or take [{section}] out of {manifest}")
        if section == "network":
            what = N_("Add an OpenStreetMap extract (.osm.pbf) or take [{section}] out of {manifest}")
        hint = Sentence(what, section=section, manifest=pack.MANIFEST)
        result.findings.append(Finding("error", part.file, fault, hint))


def _ground(result: ValidationResult) -> shapely.Geometry | None:
    """Where the city is, by its areas, else by its grid with the half square around each point; EPSG:4326."""
    if "areas" in result.tables:
        return shapely.union_all(result.tables["areas"]["geometry"].to_numpy())
    if "grid" in result.tables:
        return shapely.union_all(result.tables["grid"]["geometry"].to_numpy()).envelope.buffer(0.01)
    return None


def confirm(folder: Path, parts: dict[str, dict[str, Any]]) -> None:
    """Write confirmed settings of sections into the manifest of an unpacked copy of a pack."""
    manifest = pack.load_manifest(folder)
    for section, settings in parts.items():
        manifest[section] = {name: value for name, value in settings.items() if value}
    (folder / pack.MANIFEST).write_text(tomli_w.dumps(manifest), encoding="utf-8")


def _check_across(result: ValidationResult) -> None:
    """What only several files together can show."""
    areas, people = (result.tables.get(section) for section in ("areas", "residents"))
    if areas is not None and people is not None:
        _check_density(gpd.GeoDataFrame(areas), people, result)
    for section in ("background", "origins"):
        if people is not None and section in result.tables:
            _check_parts(section, people, result)


def _add(result: ValidationResult, level: str, section: str, what: str, hint: str) -> None:
    assert result.pack is not None
    result.findings.append(Finding(level, result.pack.parts[section].file, what, hint))


def _last_day(people: pd.DataFrame) -> pd.Series:
    """Residents by area on the last day there is."""
    return people[people["period"] == people["period"].max()].groupby("area_id")["persons"].sum()


def _check_density(areas: gpd.GeoDataFrame, people: pd.DataFrame, result: ValidationResult) -> None:
    km2 = areas.set_index("area_id").geometry.to_crs(areas.estimate_utm_crs()).area / 1e6
    persons = _last_day(people)
    density = persons / km2.reindex(persons.index)
    for area, value in density[density > MAX_PERSONS_PER_KM2].head(MAX_ROWS_NAMED).items():
        what = N_("area {area} would house {value:,.0f} people on a square kilometre", area=area, value=value)
        _add(result, "warning", "residents", what, N_("Check residents, ids and the coordinate system"))


def _check_parts(section: str, people: pd.DataFrame, result: ValidationResult) -> None:
    """Whether no part of an area's residents is larger than all of them."""
    keys, counts = ["period", "area_id"], result.tables[section]
    largest = counts.groupby(keys)["persons"].max()  # one row a part: check_unique sees to it
    total = people.groupby(keys)["persons"].sum().reindex(largest.index)
    for period, area in largest.index[largest > total][:MAX_ROWS_NAMED]:
        what = N_(
            "area {area} counts more {section} on {period:%Y-%m-%d} than residents",
            area=area,
            section=section,
            period=period,
        )
        _add(result, "error", section, what, N_("Mend one of the two files"))
