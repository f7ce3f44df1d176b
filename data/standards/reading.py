"""A file of somebody else by whichever standard it follows. Runs in a process with limits (services/inbound.py)."""

from __future__ import annotations

import io
import zipfile

from data import limits
from data.connectors import gtfs_notices
from data.errors import SourceError
from data.standards import dcat, packages, sdmx
from data.standards.tables import Received
from data.translation import N_

KNOWN = N_("Give a data package (zip with datapackage.json), SDMX data, a DCAT catalogue or a GTFS feed")
FEED_FILES = {"stops.txt", "stop_times.txt", "trips.txt", "routes.txt"}


def read(content: bytes, name: str, language: str = "en") -> Received:
    """What a file holds, by what it looks like. language: of a catalogue's titles. Raises SourceError."""
    if not content.strip():
        raise SourceError(name, N_("the file is empty"), hint=KNOWN)
    if content.startswith(b"PK"):
        return _of_zip(content, name)
    if sdmx.is_sdmx(content):
        return sdmx.read(content, name)
    if dcat.form_of(content):
        return dcat.read(content, name, language)
    raise SourceError(name, N_("it follows none of the standards that are read here"), hint=KNOWN)


def _of_zip(content: bytes, name: str) -> Received:
    limits.check_zip(content, name, limits.PACK_UNPACKED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.namelist()
    if packages.descriptor_of(members):
        return packages.read(content, name)
    if FEED_FILES & {member.rpartition("/")[2] for member in members}:
        return Received("feed", name, notices=gtfs_notices.notices(content, name))
    raise SourceError(name, N_("the zip holds neither a data package nor a GTFS feed"), hint=KNOWN)
