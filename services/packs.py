"""Cities to build: packs or plain files uploaded into a folder of the session, columns confirmed, checked, built.

What was sent is read in a process of its own only, within its limits of time and memory.
"""

from __future__ import annotations

import io
import math
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import shapely

import data
from data import kinds, local
from data.city import building, checks, exporting, pack, previews
from data.city.findings import Finding, PackError, as_table
from data.city.previews import Preview
from data.context import CityContext
from data.errors import DataError, NothingToShow
from data.figures import Column, Figure, Layer, Map
from data.files import write
from data.standards import packages
from data.translation import N_
from services.background import Task, start
from services.columns import by_name
from services.figures import Caption, figure

SUFFIXES = ["zip", "csv", "tsv", "txt", "xlsx", "geojson", "json", "gpkg", "kml", "fgb", "parquet", "pbf"]
LEVELS = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}
COLUMNS = by_name(
    Column("section", N_("Section"), kind="name"),
    Column("holds", N_("Holds"), kind="text"),
    Column("needs", N_("Needs"), kind="text"),
    Column("may_have", N_("May have"), kind="text"),
    Column("level", N_("Level"), kind="text"),
    Column("file", N_("File"), kind="text"),
    Column("row", N_("Row"), kind="id", missing=""),
    Column("column", N_("Column"), kind="text", missing=""),
    Column("what", N_("What"), kind="text"),
    Column("hint", N_("How to correct it"), kind="text"),
)
Parts = dict[str, dict[str, Any]]  # settings by section, as a manifest has them


def read_upload(folder: Path) -> tuple[bool, list[Preview]]:
    """Whether a pack was sent (then the last is unpacked), and what its files, or all, hold. Raises PackError."""
    files = sorted((folder / "files").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    zips = [path for path in files if previews.is_pack(path)]
    if not zips:
        credits: dict[str, dict[str, str]] = {}
        for package in [path for path in files if packages.is_package(path)]:
            credits |= packages.write_tables(package, folder / "files")
            package.unlink()
        return False, previews.of_files(folder / "files", credits)
    with pack.open_pack(zips[-1]) as opened:
        shutil.copytree(opened, folder / "pack")
    return True, previews.of_pack(folder / "pack")


def check_pack(folder: Path, parts: Parts, report_progress: checks.ReportProgress) -> list[Finding]:
    """What is wrong with a pack whose columns are confirmed. Raises PackError."""
    checks.confirm(folder / "pack", parts)
    return checks.findings(folder / "pack", report_progress)


def check_files(
    folder: Path, city: dict[str, str], renewed: str, parts: Parts, report_progress: checks.ReportProgress
) -> list[Finding]:
    """What is wrong with a city of plain files whose columns are confirmed. Raises PackError, DataError.

    city: a new one's name and country. renewed: the city whose other sections stay as they are.
    """
    shutil.rmtree(folder / "pack", ignore_errors=True)
    if renewed:
        exporting.export(renewed, folder / "pack")
    previews.assemble(folder / "pack", folder / "files", city, parts)
    return checks.findings(folder / "pack", report_progress)


def build_upload(folder: Path, report_progress: checks.ReportProgress) -> str:
    """Put the city in use and remember its layouts; returns its key. Raises PackError, NotAllowedError."""
    key, _warnings = building.build(folder / "pack", report_progress)
    previews.remember_layouts(folder / "pack")
    return key


@dataclass
class Upload:
    """What was sent and what is known of it so far; its folder goes with the session that holds it.

    contents: whether it is a pack, and its files; None until they are read.
    """

    name: str
    folder: tempfile.TemporaryDirectory[str]
    contents: tuple[bool, list[Preview]] | None = None
    findings: list[Finding] | None = None
    built: str = ""  # the city's key
    step: str = ""

    def _start(self, ctx: CityContext, step: str, function: Callable[..., Any], *args: Any) -> Task:
        if not Path(self.folder.name).exists():
            _ = ctx.language
            raise DataError(_("The upload was deleted after an hour. Upload the pack again."))
        self.step = step
        return start(ctx.language, function, Path(self.folder.name), *args)

    def read(self, ctx: CityContext) -> Task:
        """See what it holds."""
        return self._start(ctx, "contents", read_upload)

    def check_pack(self, ctx: CityContext, parts: Parts) -> Task:
        """Find what is wrong with a pack. parts: its sections' settings, confirmed."""
        return self._start(ctx, "findings", check_pack, parts)

    def check_files(self, ctx: CityContext, city: dict[str, str], renewed: str, parts: Parts) -> Task:
        """Find what is wrong with a city of plain files (see `check_files`)."""
        return self._start(ctx, "findings", check_files, city, renewed, parts)

    def build(self, ctx: CityContext) -> Task:
        """Put its city in use. Raises NotAllowedError in the work itself."""
        return self._start(ctx, "built", build_upload)

    def take(self, work: Task) -> None:
        """Take what the work has brought. Raises RuntimeError with a sentence, DataError."""
        try:
            setattr(self, self.step, work.result())
        except PackError as fault:
            self.findings = fault.findings

    @property
    def errors(self) -> int:
        """How many of its findings stop a build."""
        return sum(finding.level == "error" for finding in self.findings or [])


def receive(files: dict[str, bytes]) -> Upload:
    """Keep what was sent, by name, in a folder of its own; nothing of it is read here."""
    folder = tempfile.TemporaryDirectory(prefix="zone-upload-")
    names = {re.sub(r"[\0/\\]", "_", name)[-80:].lstrip(".") or "file": content for name, content in files.items()}
    for name, content in names.items():
        write(Path(folder.name) / "files" / name, content)
    return Upload(", ".join(names), folder)


def template() -> bytes:
    """A pack to start from, zipped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in pack.template().items():
            archive.writestr(name, text)
    return out.getvalue()


def exported(key: str) -> bytes:
    """A city of the app as a zipped pack."""
    with tempfile.TemporaryDirectory(prefix="zone-export-") as place:
        exporting.export(key, Path(place) / key)
        return Path(shutil.make_archive(str(Path(place) / "pack"), "zip", Path(place) / key)).read_bytes()


def cities() -> dict[str, str]:
    """Name of every city of the app by its key."""
    return {key: city.name for key, city in data.cities().items()}


def columns(section: str) -> dict[str, bool]:
    """Columns of a section of a pack, and whether it needs each."""
    return dict.fromkeys(pack.SECTIONS[section].required, True) | dict.fromkeys(pack.SECTIONS[section].optional, False)


def sections() -> dict[str, str]:
    """What a file may hold: sections of a pack with what each holds, in English."""
    return {name: section.holds for name, section in pack.SECTIONS.items()}


def facility_kinds() -> dict[str, str]:
    """Kinds of services with their names, in English."""
    rows = kinds.facility_kinds()
    return dict(zip(rows["kind"], rows["label"], strict=True))


def preview_figure(ctx: CityContext, number: int, preview: Preview) -> Figure:
    """The first rows of a file, and a map of what it draws. Raises DataError where it cannot be read, NothingToShow."""
    _, own = ctx.language, tuple(Column(name, name, kind="id", missing="") for name in preview.columns)
    if preview.fault:
        raise DataError(preview.fault)
    if not preview.columns:
        raise NothingToShow(preview.file, _("It is looked at during the check."))
    finding = _("{file}: {rows:,} rows, the first of them", file=preview.file, rows=preview.rows)
    drawing = _preview_map(preview.shapes) if preview.shapes else None
    return Figure(f"preview-{number}", finding, "", "", preview.file, preview.sample, own, drawing, summary=finding)


def _preview_map(shapes: list[dict[str, Any]]) -> Map:
    """Outlines and dots of a file, at a size that shows all of them."""
    drawn = shapely.from_geojson([orjson.dumps(shape).decode() for shape in shapes])
    west, south, east, north = shapely.total_bounds(drawn)
    size_m = max((east - west) * math.cos(math.radians((south + north) / 2)), north - south, 0.005) * 111_320
    is_point = shapely.get_type_id(drawn) == 0
    dots = pd.DataFrame(shapely.get_coordinates(drawn[is_point]), columns=["lon", "lat"]).assign(
        id="", name="", shown=""
    )
    outlines = {str(place): shapes[place] for place in np.flatnonzero(~is_point)}
    layers = [Layer("outline", {"shapes": outlines}), Layer("points", {"points": dots})]
    zoom = math.log2(47_600 * 300 / size_m)  # 300 of the map's 320 pixels
    return Map(layers, (west + east) / 2, (south + north) / 2, round(zoom, 2), height=320)


def sections_figure(ctx: CityContext) -> Figure:
    """What a pack may hold."""
    _ = ctx.language
    rows = [
        (name, _(section.holds), ", ".join(section.required), ", ".join(section.optional))
        for name, section in pack.SECTIONS.items()
    ]
    table = pd.DataFrame(rows, columns=["section", "holds", "needs", "may_have"])
    caption = Caption(_("Sections of a pack with their columns"), "", "", "docs/cities.md")
    return figure(ctx, "sections", caption, table, None, COLUMNS)


def findings_figure(ctx: CityContext, upload: Upload) -> Figure:
    """Every finding, errors first: where, what, how to mend; then what each file holds beside what the city has."""
    _, levels = ctx.language, [*LEVELS]
    findings = sorted(upload.findings or [], key=lambda finding: levels.index(finding.level))
    table = as_table(findings, _)
    table["level"] = table["level"].map(LEVELS).map(_)
    warnings = sum(finding.level == "warning" for finding in findings)
    words = _.plural("{n} error", "{n} errors", upload.errors)
    words += ", " + _.plural("{n} warning", "{n} warnings", warnings)
    return figure(ctx, "findings", Caption(words, "", "", upload.name), table, None, COLUMNS)


@dataclass(frozen=True)
class Builds:
    """A city's builds on this machine: its name, the version in use, how many are kept, the one before ('': none)."""

    name: str
    version: str
    count: int
    before: str


def builds() -> dict[str, Builds]:
    """Cities built on this machine by key."""
    result = {}
    for key, name in cities().items():
        if versions := local.builds(key):
            version = data.entry("areas", key).version
            before = next((build for build in versions if build < version), "")
            result[key] = Builds(name, version, len(versions), before)
    return result


def use_city(key: str, version: str) -> None:
    """Use another build of a city."""
    local.use_city(key, version)


def remove_city(key: str) -> None:
    """Take a city out of the app."""
    local.remove_city(key)
