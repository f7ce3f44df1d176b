"""What each shipped table is: title, publisher, licence, period, unit, geography."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.settings import settings

TABLES_FOLDER = Path(__file__).parent / "tables"
CATALOGUE_FILE = TABLES_FOLDER / "catalogue.json"


@dataclass(frozen=True)
class Entry:
    """One table of the catalogue; `place` is 'world' or a city's key."""

    name: str
    place: str
    title: str
    publisher: str
    licence: str
    attribution: str
    period: str
    unit: str
    geography: str
    note: str = ""
    rows: int = 0
    built_on: str = ""
    checksum: str = ""
    folder: str = ""
    version: str = ""
    state: str = "used"

    @property
    def path(self) -> Path:
        """Where the table's file is: among the shipped tables, or in the folder of those made on this machine."""
        place = Path(self.folder or TABLES_FOLDER) / self.place
        return place / self.name / f"{self.version}.parquet" if self.version else place / f"{self.name}.parquet"

    @property
    def version_word(self) -> str:
        """Which version of the table this is, short enough for a line under a figure."""
        return (self.version or self.built_on)[:10]

    @property
    def source_line(self) -> str:
        """The line under a figure: attribution, period, licence, version."""
        return " · ".join(
            part
            for part in (self.attribution, self.period, self.licence, self.version_word and f"v{self.version_word}")
            if part
        )


def local_folder() -> Path:
    """Where tables made on this machine are kept: ZONE_LOCAL, or data/local."""
    return settings().local


def local_catalogue() -> Path:
    """The catalogue of the tables made on this machine; it need not exist."""
    return local_folder() / "catalogue.json"


@cache
def shipped() -> dict[tuple[str, str], Entry]:
    """The shipped tables' entries by (place, name)."""
    rows = json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    return {(row["place"], row["name"]): Entry(**row) for row in rows}


UNREADABLE = (OSError, ValueError, TypeError, KeyError)


def _parsed(file: Path) -> tuple[list[Entry], list[dict[str, Any]]]:
    content = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(content, list):  # written before versions were kept
        content = {"tables": content, "cities": []}
    here = {"folder": str(file.parent)}  # wherever the folder was when it was written
    return [Entry(**row | here) for row in content["tables"]], list(content["cities"])


def local_rows() -> tuple[list[Entry], list[dict[str, Any]]]:
    """Every version of the tables, and every build of the cities, made on this machine.

    A catalogue that cannot be read is passed over with a warning: the shipped tables still serve.
    """
    file = local_catalogue()
    if not file.exists():
        return [], []
    try:
        return _parsed(file)
    except UNREADABLE as error:
        logging.getLogger(__name__).warning("%s cannot be read (%s): only the shipped tables are used", file, error)
        return [], []


def local_catalogue_error() -> str:
    """What is wrong with the catalogue of this machine's own tables, '' if nothing is; the shipped ones still serve."""
    file = local_catalogue()
    try:
        _parsed(file)
    except FileNotFoundError:
        return ""
    except UNREADABLE:
        return f"{file.name} cannot be read"
    return ""


def read() -> dict[tuple[str, str], Entry]:
    """Entries by (place, name) of the versions in use: those shipped, and over them those made on this machine."""
    local = [row for row in local_rows()[0] if row.state == "used" and row.path.exists()]
    return shipped() | {(row.place, row.name): row for row in local}


def as_json(entries: list[Entry]) -> str:
    """The catalogue file's text."""
    return json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1) + "\n"
