"""City packs: uploaded into a folder of the session, columns confirmed, checked, built; builds taken back and out.

A pack is read in a process of its own only, within its limits of time and memory.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

import data
from data import local
from data.city import building, checks, exporting, pack
from data.city.findings import Finding, PackError
from data.context import CityContext
from data.errors import DataError
from data.figures import Column, Figure
from data.translation import N_
from services.background import Task, start
from services.columns import by_name
from services.figures import Caption, figure

LEVELS = {"error": N_("error"), "warning": N_("warning")}
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
    Column("hint", N_("How to mend"), kind="text"),
)
Mappings = dict[str, tuple[list[str], dict[str, str]]]


def read_upload(folder: Path, name: str) -> Mappings:
    """Unpack an uploaded pack beside its zip; each section's columns in its file, and which we take for which of ours.

    Raises PackError that names the file as its sender does.
    """
    try:
        with pack.open_pack(folder / "upload.zip") as opened:
            shutil.copytree(opened, folder / "pack")
        return checks.mappings(folder / "pack")
    except PackError as fault:
        findings = [
            replace(finding, file=name) if finding.file == "upload.zip" else finding for finding in fault.findings
        ]
        raise PackError(findings) from fault


def check_mapped(
    folder: Path, chosen: dict[str, dict[str, str]], report_progress: checks.ReportProgress
) -> list[Finding]:
    """What is wrong with an unpacked pack whose files' columns are confirmed. Raises PackError."""
    checks.confirm(folder, chosen)
    return checks.findings(folder, report_progress)


@dataclass
class Upload:
    """An uploaded pack and what is known of it so far; its folder goes with the session that holds it."""

    name: str
    folder: tempfile.TemporaryDirectory[str]
    mappings: Mappings = field(default_factory=dict)
    findings: list[Finding] | None = None
    built: str = ""  # the city's key
    step: str = ""

    def _start(self, ctx: CityContext, step: str, function: Callable[..., Any], *args: Any) -> Task:
        if not Path(self.folder.name).exists():
            _ = ctx.language
            raise DataError(_("The upload was taken away after an hour. Upload the pack again."))
        self.step = step
        return start(ctx.language, function, *args)

    def read(self, ctx: CityContext) -> Task:
        """Unpack it and see which columns it has."""
        return self._start(ctx, "mappings", read_upload, Path(self.folder.name), self.name)

    def check(self, ctx: CityContext, chosen: dict[str, dict[str, str]]) -> Task:
        """Find what is wrong with it. chosen: for each section, which of its file's columns is which of ours."""
        return self._start(ctx, "findings", check_mapped, Path(self.folder.name) / "pack", chosen)

    def build(self, ctx: CityContext) -> Task:
        """Put its city in use. Raises NotAllowedError in the work itself."""
        return self._start(ctx, "built", building.build, Path(self.folder.name) / "pack")

    def take(self, work: Task) -> None:
        """Take what the work has brought. Raises RuntimeError with a sentence, DataError."""
        try:
            result = work.result()
        except PackError as fault:
            self.findings = fault.findings
            return
        setattr(self, self.step, result[0] if self.step == "built" else result)

    @property
    def errors(self) -> int:
        """How many of its findings stop a build."""
        return sum(finding.level == "error" for finding in self.findings or [])


def receive(name: str, content: bytes) -> Upload:
    """Keep an uploaded zip in a folder of its own."""
    upload = Upload(Path(name).name, tempfile.TemporaryDirectory(prefix="zone-upload-"))
    (Path(upload.folder.name) / "upload.zip").write_bytes(content)
    return upload


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
    """Every finding, errors first: where, what, how to mend. Without any it has no rows."""
    _, findings = ctx.language, sorted(upload.findings or [], key=lambda finding: finding.level)
    names = ["level", "file", "row", "column", "what", "hint"]
    table = pd.DataFrame([[getattr(finding, name) for name in names] for finding in findings], columns=names)
    table["level"] = table["level"].map(LEVELS).map(_)
    table["row"] = table["row"].astype("Int64").astype("string")
    warnings = len(findings) - upload.errors
    words = _("{errors} errors, {warnings} warnings.", errors=upload.errors, warnings=warnings)
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
