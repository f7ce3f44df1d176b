"""Plain files on their way into a pack: what each is likely to hold, and layouts that were confirmed before."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from data.city import ages, countries, guesses, pack, reading
from data.city.outlines import shapes
from data.city.pack import SECTIONS
from data.city.pack_settings import Part
from data.city.section_reader import SectionReader
from data.city.shapes import members_with_shapes
from data.errors import SourceError
from data.files import write
from data.rights import require_role
from data.settings import settings
from data.standards.packages import is_package

SAMPLE_ROWS = 5
MAX_WORDS = 60  # different values of a column that can be mapped word by word
MAX_SHAPES = 2000  # drawn
LAYOUTS = "layouts.json"
WIDE = {"residents": ages.band, "origins": countries.iso3}  # what a column's name stands for; '' for nothing


@dataclass(frozen=True)
class Preview:
    """A file as someone sees it before it is part of a pack.

    sections: what it is likely to hold. parts: by section the settings that are guessed, stated or remembered. sample:
    its first rows as text. words: values of columns that have few. shapes: GeoJSON in EPSG:4326, the first ones.
    remembered: the city whose last file of this layout was confirmed. fault: why it cannot be read.
    """

    file: str
    sections: list[str]
    columns: list[str] = field(default_factory=list)
    rows: int = 0
    sample: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    remembered: str = ""
    fault: str = ""


def of_pack(folder: Path) -> list[Preview]:
    """The files of an unpacked pack, with what its manifest says of them. Raises PackError as pack.read does."""
    stated: dict[str, dict[str, Any]] = {}
    for section, part in pack.read(folder).parts.items():
        stated.setdefault(part.file, {})[section] = part.model_dump(exclude_defaults=True)
    return [preview(folder, file, parts) for file, parts in stated.items() if _is_inside(folder / file, folder)]


def of_files(folder: Path, credits: dict[str, dict[str, str]] | None = None) -> list[Preview]:
    """Files as they were sent, each with the layout that was confirmed for one like it, else guessed.

    credits: by file its publisher, licence, attribution and period, where a data package states them.
    """
    layouts = load_layouts()
    previews = []
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        seen = preview(folder, path.name, {})
        for city, parts in layouts.items():
            fitting = {section: part | {"file": path.name} for section, part in parts.items() if _fits(part, seen)}
            if fitting:
                seen = preview(folder, path.name, fitting, city)
                break
        stated = {name: text for name, text in (credits or {}).get(path.name, {}).items() if text}
        previews.append(replace(seen, parts={name: part | stated for name, part in seen.parts.items()}))
    return previews


def preview(folder: Path, file: str, stated: dict[str, dict[str, Any]], remembered: str = "") -> Preview:
    """What a file of a folder holds. stated: settings by section; without any they are guessed."""
    path = folder / file
    if path.suffix.lower() == ".pbf" or _is_feed(path):
        section = "network" if path.suffix.lower() == ".pbf" else "stops"
        return Preview(file, [section], parts=stated or {section: {"file": file}}, remembered=remembered)
    first = next(iter(stated.values()), {"file": file})
    try:
        table = reading.read(path, file, Part.model_construct(**first))
    except SourceError as fault:
        return Preview(file, [*stated], parts=stated, remembered=remembered, fault=fault.sentence)
    columns = [str(column) for column in table.rows.columns if column != "geometry"]
    guessed = {name: _guess(name, file, columns) for name, section in SECTIONS.items() if section.columns}
    parts = guessed | {
        name: part | {"columns": guessed[name]["columns"] | part.get("columns", {})} for name, part in stated.items()
    }
    text = table.rows[columns].astype("string")
    few = {column: sorted(text[column].dropna().unique()) for column in columns if text[column].nunique() <= MAX_WORDS}
    sections = [*stated] or _likely(table.rows, guessed)
    return Preview(
        file,
        sections,
        columns,
        len(table.rows),
        text.head(SAMPLE_ROWS),
        parts,
        few,
        _drawn(table, parts, sections),
        remembered,
    )


def is_pack(path: Path) -> bool:
    """Whether a file is meant as a pack: a zip, but no feed, data package or layer of shapes. A broken zip is one."""
    if path.suffix.lower() != ".zip" or is_package(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return True
    is_layer = bool(members_with_shapes(names))
    return any(Path(name).name == pack.MANIFEST for name in names) or not (is_layer or "stops.txt" in names)


def _is_feed(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "stops.txt" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _is_inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve()) and not file.is_symlink()


def _guess(section: str, file: str, columns: list[str]) -> dict[str, Any]:
    """Settings of a section by its columns' names: which is which of ours, which stand for an age or a country."""
    mapped = guesses.guess_columns(section, columns)
    part: dict[str, Any] = {"file": file, "columns": mapped}
    meaning = WIDE.get(section)
    wide = {column: meaning(column) for column in columns if meaning(column)} if meaning else {}
    if len(wide) > 1 and not {"age", "origin"} & mapped.keys():
        mapped.pop("persons", None)
        part["wide"] = wide
    return part


def _likely(rows: pd.DataFrame, guessed: dict[str, dict[str, Any]]) -> list[str]:
    """The section whose columns a file has most of, those that it needs among them; none where nothing fits."""
    is_shapes = isinstance(rows, gpd.GeoDataFrame)
    flat = is_shapes and rows.geom_type.isin(["Polygon", "MultiPolygon"]).mean() > 0.5
    scores = {}
    for name, part in guessed.items():
        section, mapped = SECTIONS[name], {*part["columns"]}
        if "wide" in part:
            mapped |= {"persons", "age" if name == "residents" else "origin"}
        placed = is_shapes or {"lon", "lat"} <= mapped or "cell" in mapped
        if not {*section.required} <= mapped or section.geometry != placed or (name == "areas") != (flat and placed):
            continue
        scores[name] = len(mapped) + len(section.required)
    return [max(scores, key=lambda name: scores[name])] if scores else []


def _drawn(table: reading.FileTable, parts: dict[str, dict[str, Any]], sections: list[str]) -> list[dict[str, Any]]:
    """The first shapes of a file as GeoJSON, coarse; none where they cannot be placed (the check says why)."""
    section = next((name for name in sections if SECTIONS[name].geometry), "")
    if not section:
        return []
    part = Part.model_construct(**parts[section])
    head = reading.FileTable(table.rows.head(MAX_SHAPES), table.first_row)
    geometry = shapes(SectionReader(section, part, head, []), points=section != "areas")
    if geometry is None:
        return []
    west, south, east, north = geometry.total_bounds
    coarse = geometry.simplify(max(east - west, north - south) / 500)
    return [json.loads(text) for text in shapely.to_geojson(coarse.to_numpy())]


def _fits(part: dict[str, Any], seen: Preview) -> bool:
    """Whether a file has every column that a layout names."""
    named = [*part.get("columns", {}).values(), *part.get("wide", {})]
    return bool(named) and {*named} <= {*seen.columns}


def load_layouts() -> dict[str, dict[str, dict[str, Any]]]:
    """Confirmed settings by city and section; none where nothing was confirmed yet."""
    try:
        layouts: dict[str, dict[str, dict[str, Any]]] = json.loads((settings().local / LAYOUTS).read_bytes())
    except (OSError, ValueError):
        return {}
    return layouts


@require_role("admin")
def remember_layouts(folder: Path) -> None:
    """Keep the settings of an unpacked pack for its city's next files; a period belongs to its file and is not kept."""
    manifest = pack.read(folder)
    parts = {
        section: part.model_dump(exclude_defaults=True, exclude={"period"}) for section, part in manifest.parts.items()
    }
    layouts = load_layouts()
    layouts[manifest.key] = layouts.get(manifest.key, {}) | parts
    write(settings().local / LAYOUTS, json.dumps(layouts, ensure_ascii=False, indent=1).encode())


def assemble(folder: Path, files: Path, city: dict[str, Any], parts: dict[str, dict[str, Any]]) -> None:
    """Make a pack of plain files in `folder`, or put them in place of a pack's own.

    city: settings of a new one's [city]. parts: settings by section.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known: dict[str, Part] = {}
    if (folder / pack.MANIFEST).exists():
        raw = pack.load_manifest(folder)
        city = raw["city"] | city
        known = dict(pack.read(folder).parts)
    for section, values in parts.items():
        (folder / values["file"]).unlink(missing_ok=True)
        (folder / values["file"]).hardlink_to(files / values["file"])
        known[section] = Part.model_validate({name: value for name, value in values.items() if value})
    (folder / pack.MANIFEST).write_text(pack.manifest_text(city, known), encoding="utf-8")
