"""What is wrong with a pack, finding by finding: file, row, column, what, how to mend. A check never changes the user's files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd

import data
from data.city import pack, reading
from data.city.pack import SECTIONS, Pack, Part
from data.city.sections import LOOK
from data.city.section_reader import MOST_ROWS_NAMED, ValidationResult, Finding, SectionReader
from data.errors import SourceError

MOST_PERSONS_PER_KM2 = 200_000  # no quarter on earth houses more


def findings(
    folder: Path, report_progress: Callable[[str, float], object] = lambda _what, _share: None
) -> list[Finding]:
    """What is wrong with an unpacked pack, without its tables."""
    return check(folder, report_progress).findings


def check(
    folder: Path, report_progress: Callable[[str, float], object] = lambda _what, _share: None
) -> ValidationResult:
    """Read and check an unpacked pack. report_progress gets what is looked at and how far it is, 0 to 1."""
    try:
        given = pack.read(folder)
    except pack.PackError as fault:
        return ValidationResult(None, findings=[Finding("error", pack.MANIFEST, *split_hint(str(fault)))])
    result = ValidationResult(given)
    _city(given, result.findings)
    order = [name for name in SECTIONS if name in given.parts]
    for number, name in enumerate(order):
        report_progress(name, number / max(1, len(order)))
        part = given.parts[name]
        file = folder / part.file
        if not file.resolve().is_relative_to(folder.resolve()) or file.is_symlink():
            result.findings.append(
                Finding(
                    "error",
                    pack.MANIFEST,
                    f"[{name}] names '{part.file}', which is outside the pack",
                    "Copy the file into the pack",
                )
            )
            continue
        if not SECTIONS[name].columns:
            _whole_file(name, file, part, result)
            continue
        try:
            reader = SectionReader(part, reading.read(file, part.file), result.findings)
        except SourceError as fault:
            result.findings.append(Finding("error", part.file, *split_hint(str(fault).removeprefix(f"{part.file}: "))))
            continue
        if not reader.missing():
            before = len(result.errors)
            table = LOOK[name](reader, result)
            if table is not None and len(result.errors) == before:
                result.tables[name] = table
    _together(result)
    report_progress("", 1.0)
    return result


def mappings(folder: Path) -> dict[str, tuple[list[str], dict[str, str]]]:
    """For each section with columns: those of its file, and which of them is taken for which of ours. For someone to confirm.

    A file that cannot be read is left out here; `check` says why. Raises PackError as pack.read does.
    """
    found = {}
    for name, part in pack.read(folder).parts.items():
        file = folder / part.file
        if SECTIONS[name].columns and file.resolve().is_relative_to(folder.resolve()):
            try:
                columns = [str(one) for one in reading.read(file, part.file).rows.columns if one != "geometry"]
            except SourceError:
                continue
            found[name] = (
                columns,
                pack.guess(name, columns)
                | {ours: theirs for ours, theirs in part.columns.items() if theirs in columns},
            )
    return found


def confirm(folder: Path, chosen: dict[str, dict[str, str]]) -> None:
    """Write confirmed columns into the manifest of an unpacked copy of a pack."""
    given = pack.read(folder)
    for name, columns in chosen.items():
        given.parts[name].columns = {ours: theirs for ours, theirs in columns.items() if theirs}
    (folder / pack.MANIFEST).write_text(pack.manifest_text(given.city, given.parts.values()), encoding="utf-8")


def split_hint(text: str) -> tuple[str, str]:
    """What is wrong and how to mend it, of a sentence of ours."""
    what, _, hint = text.removeprefix(f"{pack.MANIFEST}: ").partition(". ")
    return what.rstrip("."), hint.rstrip(".")


def _city(given: Pack, findings: list[Finding]) -> None:
    def wrong(what: str, hint: str) -> None:
        findings.append(Finding("error", pack.MANIFEST, what, hint))

    city = given.city
    if not given.key:
        wrong("[city] has no name", 'Write name = "..." in Latin letters, or add key = "..." for the links')
    known = {
        "name",
        "key",
        "country",
        "region",
        "region_name",
        "crs",
        "level_names",
        "displaced_origins",
        "displaced_origins_why",
    }
    for key in city:
        if key not in known:
            wrong(f"[city] has no setting '{key}'", f"Known: {', '.join(sorted(known))}")
    for key in ("name", "country", "region", "region_name", "displaced_origins_why"):
        if key in city and not isinstance(city[key], str):
            wrong(f"[city] {key} is no word", f'Write {key} = "..."')
    codes = set(data.table("countries")["iso3"])
    if str(city.get("country")) not in codes:
        wrong(
            f"[city] country is '{city.get('country', '')}', no three-letter code of a country",
            "Write the ISO code, such as FIN",
        )
    if not re.fullmatch("([A-Z]{2}[A-Z0-9]{2})?", str(city.get("region", ""))):
        wrong(f"[city] region is '{city['region']}', no NUTS 2 code", "Write four signs such as FI1B, or leave it out")
    origins = city.get("displaced_origins", [])
    if not isinstance(origins, list) or not set(map(str, origins)) <= codes:
        wrong(
            "[city] displaced_origins holds what is no country", 'Write ISO codes: displaced_origins = ["UKR", "SYR"]'
        )
    names = city.get("level_names", {})
    if (
        not isinstance(names, dict)
        or not set(names) <= {"city", "district", "planning_area"}
        or not all(isinstance(v, str) for v in names.values())
    ):
        wrong(
            "[city] level_names is no table of city, district, planning_area",
            'Write level_names = { district = "Borough", planning_area = "Quarter" }',
        )
    if not isinstance(city.get("crs", 0), int):
        wrong(f"[city] crs is '{city['crs']}', no EPSG number", "Write a metric system such as 3067, or leave it out")
    if "areas" not in given.parts and "grid" not in given.parts:
        wrong("the pack has neither areas nor a grid", "Add [areas], or [grid] from which hexagons are made")
    if "residents" not in given.parts and "grid" not in given.parts:
        wrong("the pack does not say where people live", "Add [residents] or [grid]")


def _whole_file(name: str, file: Path, part: Part, result: ValidationResult) -> None:
    kind = {"stops": "a GTFS feed (zip with stops.txt)", "network": "an OpenStreetMap extract (.osm.pbf)"}[name]

    def wrong(what: str) -> None:
        result.findings.append(Finding("error", part.file, what, f"Add {kind} or take [{name}] out of {pack.MANIFEST}"))

    if not file.is_file():
        wrong("the file is missing")
    elif name == "network":
        with file.open("rb") as opened:
            if b"OSMHeader" not in opened.read(64):
                wrong("this is no OpenStreetMap extract")
    else:
        from data.connectors import gtfs

        try:
            result.tables["stops"] = gtfs.stops(file, part.file)
        except SourceError as fault:
            wrong(split_hint(str(fault).removeprefix(f"{part.file}: "))[0])


def _together(result: ValidationResult) -> None:
    """What only several files together can show."""
    known, people, grid_rows = (result.tables.get(name) for name in ("areas", "residents", "grid"))
    parts = result.pack.parts if result.pack else {}
    if known is not None and people is not None:
        km2 = known.set_index("area_id").geometry.to_crs(known.estimate_utm_crs()).area / 1e6
        last = people[people["period"] == people["period"].max()].groupby("area_id")["persons"].sum()
        for area in (
            (last / km2.reindex(last.index)).loc[lambda density: density > MOST_PERSONS_PER_KM2].index[:MOST_ROWS_NAMED]
        ):
            result.findings.append(
                Finding(
                    "warning",
                    parts["residents"].file,
                    f"area {area} would house {last[area] / km2[area]:,.0f} people on a square kilometre",
                    "Check residents, ids and the coordinate system",
                )
            )
    if grid_rows is not None and known is not None:
        inside = gpd.sjoin(
            gpd.GeoDataFrame(geometry=grid_rows.representative_point()), known[["geometry"]], predicate="within"
        )
        if inside.empty:
            result.findings.append(
                Finding(
                    "error",
                    parts["grid"].file,
                    "no cell of the grid lies in the city",
                    "Check the grid's coordinate system",
                )
            )
        elif people is not None:
            counted, lived = (
                grid_rows.loc[inside.index.unique(), "persons"].sum(),
                people[people["period"] == people["period"].max()]["persons"].sum(),
            )
            if lived and not 0.5 < counted / lived < 2:
                result.findings.append(
                    Finding(
                        "warning",
                        parts["grid"].file,
                        f"the grid counts {counted:,.0f} people in the city, the residents' file {lived:,.0f}",
                        "Check that both speak of the same day and city",
                    )
                )
    if people is not None:
        for name in ("background", "origins"):
            counts = result.tables.get(name)
            if counts is not None:
                most = (
                    counts.groupby(["period", "area_id", counts.columns[2]])["persons"]
                    .sum()
                    .groupby(level=[0, 1])
                    .max()
                )
                total = people.groupby(["period", "area_id"])["persons"].sum().reindex(most.index)
                for (period, area), _more in (most - total)[most > total].head(MOST_ROWS_NAMED).items():
                    result.findings.append(
                        Finding(
                            "error",
                            parts[name].file,
                            f"area {area} counts more {name} on {period:%Y-%m-%d} than residents",
                            "Mend one of the two files",
                        )
                    )
