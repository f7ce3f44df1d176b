"""The manifest of a city pack: its sections and settings, a template, and guesses at what a file's columns mean."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import shapely
import tomli_w
from anyascii import anyascii
from pydantic import BaseModel, ValidationError

from data.city.findings import Finding, PackError
from data.city.pack_settings import CitySettings, Part
from data.translation import N_, as_part

MANIFEST = "city.toml"
LEVELS = ("city", "district", "planning_area")  # of a pack; one without districts has the first and the last
MAX_BYTES, MAX_RATIO, MAX_FILES = 2_000_000_000, 200, 500  # of an unpacked zip


@dataclass(frozen=True)
class Section:
    """A part of a pack: what it holds, columns that it needs and may have, whether it has shapes or points."""

    holds: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    geometry: bool = False
    columns: bool = True

    @property
    def column_names(self) -> tuple[str, ...]:
        """Every column of ours."""
        return (*self.required, *self.optional)


SECTIONS = {
    "areas": Section(
        N_("The city's smallest areas as polygons; 'district' groups them"),
        ("id",),
        ("name", "district", "district_name", "geometry"),
        True,
    ),
    "residents": Section(
        N_("Residents by area, age and day; age as '6-14' or '65+', or 'total'"), ("area", "persons"), ("period", "age")
    ),
    "grid": Section(
        N_("A population grid: polygons, points (lon, lat) or Eurostat cell codes (GRD_ID)"),
        ("persons",),
        ("cell", "lon", "lat", "geometry", "period"),
        True,
    ),
    "services": Section(
        N_("Services as points; 'kind' is one of the house's kinds, or mapped under [services.kinds]"),
        ("kind",),
        ("id", "name", "places", "operator", "lon", "lat", "geometry"),
        True,
    ),
    "stops": Section(N_("Transit stops: a GTFS feed (zip)"), columns=False),
    "network": Section(N_("Streets to walk on: an OpenStreetMap extract (.osm.pbf)"), columns=False),
    "background": Section(
        N_("Residents with a migration background, and foreign nationals, by area"),
        ("area", "background", "persons"),
        ("period",),
    ),
    "origins": Section(
        N_("Residents by country of origin (ISO 3166, three letters) and area"),
        ("area", "origin", "persons"),
        ("period",),
    ),
    "totals": Section(
        N_("Sums of origins and backgrounds over districts and the city, where parts of them are suppressed"),
        ("group", "level", "persons"),
        ("area", "period"),
    ),
    "social": Section(
        N_("Percentages by area: unemployment, child_poverty, ..."), ("area", "indicator", "percent"), ("period",)
    ),
    "employment": Section(
        N_("Firms by area and activity (NACE, two to five digits)"),
        ("area", "activity", "firms"),
        ("employees", "period"),
    ),
    "targets": Section(
        N_("Goals by area: which indicator, which value, until which year"),
        ("indicator", "value", "year"),
        ("level", "area"),
    ),
}


@dataclass
class Pack:
    """A pack's manifest. key: what the app calls the city; parts: by section; faults: what is wrong with [city]."""

    key: str
    city: CitySettings
    parts: dict[str, Part]
    faults: list[Finding]


def load_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an unpacked pack as it stands. Raises PackError if it is missing or no TOML."""
    try:
        return tomllib.loads((folder / MANIFEST).read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        fault = _fault(N_("the file is missing"), N_("Start from 'zone city new FOLDER'"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = _fault(N_("this is no TOML file in UTF-8 ({error})", error=str(error)), N_("Mend the place it names"))
    except RecursionError:
        fault = _fault(N_("it is nested too deeply"), N_("Write it as the template does"))
    raise PackError([fault])


def read(folder: Path) -> Pack:
    """The manifest of an unpacked pack. Raises PackError if it cannot be read or names what no pack has."""
    raw = load_manifest(folder)
    city = raw.pop("city", None)
    if not isinstance(city, dict):
        raise PackError([_fault(N_("the section [city] is missing"), N_("Add it with name and country"))])
    settings, faults = _validated(CitySettings, "city", city)
    key = key_of(settings.key or settings.name)
    if settings.name and not key:
        faults.append(_fault(N_("[city] has no name of letters for the links"), N_('Add key = "..."')))
    if "areas" not in raw and "grid" not in raw:
        faults.append(
            _fault(
                N_("the pack has neither areas nor a grid"), N_("Add [areas], or [grid] from which hexagons are made")
            )
        )
    if "residents" not in raw and "grid" not in raw:
        faults.append(_fault(N_("the pack does not say where people live"), N_("Add [residents] or [grid]")))
    parts, wrong = {}, []
    for name, values in raw.items():
        if name not in SECTIONS:
            wrong.append(_fault(N_("the section [{name}] is unknown", name=name), _near(name, SECTIONS)))
            continue
        parts[name], findings = _validated(Part, name, values if isinstance(values, dict) else {})
        wrong += findings
        if not findings:
            wrong += [
                _fault(
                    N_("[{name}] has no column '{column}'", name=name, column=column),
                    _near(column, SECTIONS[name].column_names),
                )
                for column in parts[name].columns
                if column not in SECTIONS[name].column_names
            ]
    if wrong:
        raise PackError(wrong)
    return Pack(key, settings, parts, faults)


Model = TypeVar("Model", bound=BaseModel)


def _validated(model: type[Model], section: str, values: dict[str, Any]) -> tuple[Model, list[Finding]]:
    """A section's settings, those that are wrong left out, and what is wrong with them."""
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        faults = {str(detail["loc"][0]): detail for detail in error.errors()}
    findings = []
    for key, detail in faults.items():
        field = model.model_fields.get(key)
        if field is None:
            findings.append(
                _fault(
                    N_("[{section}] has no setting '{key}'", section=section, key=key), _near(key, model.model_fields)
                )
            )
        elif detail["type"] == "missing":
            findings.append(_fault(N_("[{section}] has no {key}", section=section, key=key), str(field.description)))
        else:
            value = str(values.get(key, ""))[:60]
            findings.append(
                _fault(
                    N_(
                        "[{section}] {key} is '{value}', no {title}",
                        section=section,
                        key=key,
                        value=value,
                        title=as_part(str(field.title)),
                    ),
                    str(field.description),
                )
            )
    return model.model_construct(**{key: value for key, value in values.items() if key not in faults}), findings


def _fault(what: str, hint: str) -> Finding:
    return Finding("error", MANIFEST, what, hint)


def _near(word: str, options: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, options := sorted(options), 1)
    known = ", ".join(options)
    if close:
        return N_("Did you mean '{close}'? Known: {known}", close=close[0], known=known)
    return N_("Known: {known}", known=known)


def key_of(name: str) -> str:
    """A word for folders and links from a name in any script: 'São Paulo' -> 'sao-paulo', 'Київ' -> 'kiiv'."""
    plain = anyascii(unicodedata.normalize("NFC", name)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def manifest_text(city: dict[str, Any], parts: dict[str, Part]) -> str:
    """The text of a manifest."""
    header = "# A city pack. Every section but [city] names a file beside this one; docs/cities.md explains them.\n"
    sections = [header + tomli_w.dumps({"city": city})]
    for name, part in parts.items():
        section = tomli_w.dumps({name: part.model_dump(exclude_defaults=True)})
        sections.append(f"# {SECTIONS[name].holds}.\n{section}")
    return "\n".join(sections)


def template(name: str = "My city") -> dict[str, str]:
    """The files of a pack to start from: the manifest, and a small example of each table to write over."""
    features = []
    for number, (x, y, side) in enumerate(
        ((24.93, 60.16, "West"), (24.94, 60.16, "East"), (24.93, 60.17, "West"), (24.94, 60.17, "East")), 1
    ):
        about = {"id": f"{number:02d}", "name": f"Quarter {number}"}
        about |= {"district": side, "district_name": f"{side} side"}
        square = shapely.box(x, y, round(x + 0.01, 3), round(y + 0.01, 3))
        features.append({"type": "Feature", "properties": about, "geometry": shapely.geometry.mapping(square)})
    residents = ["area,period,age,persons"] + [
        f"{area:02d},2025-12-31,{age},{100 * area + number}"
        for area in range(1, 5)
        for number, age in enumerate(("0-5", "6-17", "18-64", "65+"))
    ]
    services = [
        "id,kind,name,places,lon,lat",
        "1,library,Library,,24.935,60.165",
        "2,school_primary,School,240,24.945,60.175",
        "3,daycare,Day care,60,24.936,60.174",
        "4,doctor,Doctor,,24.946,60.166",
    ]
    credit = {
        "publisher": "Example (replace)",
        "licence": "CC0 1.0",
        "attribution": "Example (replace)",
        "period": "2025",
    }
    columns = {
        "areas": ("areas.geojson", "id name district district_name"),
        "residents": ("residents.csv", "area period age persons"),
        "services": ("services.csv", "id kind name places lon lat"),
    }
    parts = {
        section: Part.model_validate({"file": file, "columns": {name: name for name in names.split()}, **credit})
        for section, (file, names) in columns.items()
    }
    return {
        MANIFEST: manifest_text({"name": name, "country": "FIN", "region": "FI1B"}, parts),
        "areas.geojson": json.dumps({"type": "FeatureCollection", "features": features}),
        "residents.csv": "\n".join(residents) + "\n",
        "services.csv": "\n".join(services) + "\n",
    }


@contextmanager
def open_pack(path: Path) -> Iterator[Path]:
    """The folder of a pack, unpacked for a while if it is a zip. Raises PackError if that is broken or not safe."""
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise PackError(
            [Finding("error", str(path), N_("there is no such folder or zip"), N_("Give the path of a pack"))]
        )
    with TemporaryDirectory(prefix="zone-pack-") as place:
        folder = Path(place)
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, folder, path)
        except PackError:
            raise
        except Exception as error:  # zipfile's and zlib's errors are many; all mean that it is no sound zip
            fault = Finding(
                "error",
                path.name,
                N_("the zip cannot be opened ({error})", error=str(error)),
                N_("Pack the folder again"),
            )
            raise PackError([fault]) from error
        inner = [entry for entry in folder.iterdir() if entry.is_dir()]
        yield inner[0] if not (folder / MANIFEST).exists() and len(inner) == 1 else folder


def _unpack(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if len(members) > MAX_FILES or size > min(MAX_BYTES, MAX_RATIO * max(path.stat().st_size, 100_000)):
        what = N_("{count} files of {size:,} bytes are more than a pack may hold", count=len(members), size=size)
        hint = N_(
            "At most {max_files} files and {max_bytes:,} bytes; take out what the manifest does not name",
            max_files=MAX_FILES,
            max_bytes=MAX_BYTES,
        )
        raise PackError([Finding("error", path.name, what, hint)])
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        linked = (member.external_attr >> 16) & 0o170000 == 0o120000
        if name.is_absolute() or ".." in name.parts or ":" in member.filename or linked:
            what = N_("the member '{filename}' leads out of the pack", filename=member.filename)
            raise PackError([Finding("error", path.name, what, N_("Pack plain files only"))])
        archive.extract(member, folder)
