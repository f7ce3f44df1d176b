"""The manifest of a city pack: its sections, the columns each needs, a template, and guesses at what a file's columns mean."""

from __future__ import annotations

import difflib
import re
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

MANIFEST = "city.toml"
MOST_BYTES, MOST_RATIO, MOST_FILES = 2_000_000_000, 200, 500  # of an unpacked zip: size, times the packed size, members


@dataclass(frozen=True)
class Section:
    """A part of a pack: what it holds, columns that it needs and may have, whether it has shapes or points."""

    holds: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    geometry: bool = False
    columns: bool = True


SECTIONS = {
    "areas": Section(
        "The city's smallest areas as polygons; 'district' groups them",
        ("id",),
        ("name", "district", "district_name"),
        True,
    ),
    "residents": Section(
        "Residents by area, age and day; age as '6-14' or '65+', or 'total'", ("area", "persons"), ("period", "age")
    ),
    "grid": Section(
        "A population grid: polygons, points (lon, lat) or Eurostat cell codes (GRD_ID)",
        ("persons",),
        ("cell", "lon", "lat", "period"),
        True,
    ),
    "services": Section(
        "Services as points; 'kind' is one of the house's kinds, or mapped under [services.kinds]",
        ("kind",),
        ("id", "name", "places", "operator", "lon", "lat"),
        True,
    ),
    "stops": Section("Transit stops: a GTFS feed (zip)", columns=False),
    "network": Section("Streets to walk on: an OpenStreetMap extract (.osm.pbf)", columns=False),
    "background": Section(
        "Residents with a migration background, and foreign nationals, by area",
        ("area", "background", "persons"),
        ("period",),
    ),
    "origins": Section(
        "Residents by country of origin (ISO 3166, three letters) and area", ("area", "origin", "persons"), ("period",)
    ),
    "social": Section(
        "Percentages by area: unemployment, child_poverty, ...", ("area", "indicator", "percent"), ("period",)
    ),
    "employment": Section(
        "Firms by area and activity (NACE, two to five digits)", ("area", "activity", "firms"), ("employees", "period")
    ),
    "targets": Section(
        "Goals by area: which indicator, which value, until which year",
        ("indicator", "value", "year"),
        ("level", "area"),
    ),
}
CREDIT = ("publisher", "licence", "attribution", "period")

# What publishers call our columns; compared without case, accents' marks and signs.
SYNONYMS = {
    "id": "id area_id areaid code gid osm_id objectid plr_id kood tunnus nro number key geo",
    "area": "area area_id areaid id code district_id zone plr_id raumid tunnus",
    "name": "name title bezeichnung nimi nom nombre label area_name plr_name",
    "district": "district district_id bezirk bez borough suurpiiri arrondissement parent parent_id",
    "district_name": "district_name bezirksname borough_name",
    "persons": "persons population residents inhabitants einwohner people total t pop asukkaat vaesto count value tot_p",
    "period": "period date day year time stichtag datum",
    "age": "age age_group agegroup ages alter altersgruppe age_band",
    "cell": "cell grd_id grid_id grid cellcode",
    "lon": "lon longitude lng long x_wgs84",
    "lat": "lat latitude y_wgs84",
    "kind": "kind type category amenity art typ service",
    "places": "places capacity seats platzzahl plaetze",
    "operator": "operator traeger provider",
    "background": "background group status",
    "origin": "origin country nationality citizenship herkunft iso3",
    "indicator": "indicator measure variable",
    "percent": "percent share value rate",
    "activity": "activity nace nace_code branch wz code",
    "firms": "firms companies businesses enterprises count",
    "employees": "employees jobs workers staff",
    "value": "value target goal",
    "year": "year until deadline",
    "level": "level",
}


@dataclass
class Part:
    """One section as the manifest gives it."""

    name: str
    file: str
    columns: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    crs: int = 0
    credit: dict[str, str] = field(default_factory=dict)


@dataclass
class Pack:
    """A pack's manifest. key: what the app calls the city; parts: by section."""

    folder: Path
    key: str
    city: dict[str, Any]
    parts: dict[str, Part]


class PackError(Exception):
    """The manifest cannot be read at all; its text names the file, the place in it and a hint."""


def read(folder: Path) -> Pack:
    """The manifest of an unpacked pack. Raises PackError if it is missing, no TOML, or names what no pack has."""
    file = folder / MANIFEST
    if not file.is_file():
        raise PackError(f"{MANIFEST}: the file is missing. Start from 'python -m data.city new FOLDER'.")
    try:
        given = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise PackError(f"{MANIFEST}: this is no TOML file in UTF-8 ({fault}). Mend the place it names.") from fault
    city = given.pop("city", None)
    if not isinstance(city, dict):
        raise PackError(f"{MANIFEST}: the section [city] is missing. Add it with name and country.")
    unknown = [name for name in given if name not in SECTIONS]
    if unknown:
        raise PackError(f"{MANIFEST}: the section [{unknown[0]}] is unknown.{_near(unknown[0], SECTIONS)}")
    return Pack(
        folder,
        key_of(str(city.get("key") or city.get("name") or "")),
        city,
        {name: _part(name, values) for name, values in given.items()},
    )


def _part(name: str, values: Any) -> Part:
    if not isinstance(values, dict) or not isinstance(values.get("file"), str):
        raise PackError(f"{MANIFEST}, [{name}]: 'file' is missing. Name the file that holds it.")
    if "\0" in values["file"] or len(values["file"].encode()) > 255:
        raise PackError(
            f"{MANIFEST}, [{name}]: 'file' is no name that a file can have. Name the file that holds it, in at most 255 letters."
        )
    known = {"file", "columns", "kinds", "crs", *CREDIT}
    odd = [key for key in values if key not in known]
    if odd:
        raise PackError(f"{MANIFEST}, [{name}]: '{odd[0]}' is unknown.{_near(odd[0], known)}")
    columns, kinds = values.get("columns", {}), values.get("kinds", {})
    if not all(isinstance(one, dict) and all(isinstance(v, str) for v in one.values()) for one in (columns, kinds)):
        raise PackError(
            f'{MANIFEST}, [{name}]: columns and kinds are pairs of words. Write columns = {{ id = "code" }}.'
        )
    section = SECTIONS[name]
    wrong = [column for column in columns if column not in (*section.required, *section.optional)]
    if wrong:
        raise PackError(
            f"{MANIFEST}, [{name}]: this section has no column '{wrong[0]}'."
            f"{_near(wrong[0], (*section.required, *section.optional))}"
        )
    crs = values.get("crs", 0)
    if not isinstance(crs, int) or isinstance(crs, bool):
        raise PackError(f"{MANIFEST}, [{name}]: crs is an EPSG number such as 4326, not '{crs}'. Write the number.")
    return Part(name, values["file"], columns, kinds, crs, {key: str(values.get(key, "")) for key in CREDIT})


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(sorted(known))}."


def key_of(name: str) -> str:
    """A word for folders and links from a city's name: 'São Paulo' -> 'sao-paulo'."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def guess(section: str, columns: Iterable[str]) -> dict[str, str]:
    """Which of a file's columns is likely which of ours; ours that nothing resembles are left out."""
    found: dict[str, str] = {}
    plain = {_plain(column): column for column in columns}
    for ours in (*SECTIONS[section].required, *SECTIONS[section].optional):
        taken = set(found.values())
        for word in SYNONYMS[ours].split():
            if _plain(word) in plain and plain[_plain(word)] not in taken:
                found[ours] = plain[_plain(word)]
                break
    return found


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", str(column).lower())


def manifest_text(city: dict[str, Any], parts: Iterable[Part]) -> str:
    """The text of a manifest."""
    lines = [
        "# A city pack. Every section but [city] names a file beside this one; docs/cities.md explains them.",
        "[city]",
    ]
    lines += [f"{key} = {_toml(value)}" for key, value in city.items()]
    for part in parts:
        lines += ["", f"# {SECTIONS[part.name].holds}.", f"[{part.name}]", f"file = {_toml(part.file)}"]
        if part.crs:
            lines.append(f"crs = {part.crs}")
        lines += [f"{key} = {_toml(part.credit.get(key, ''))}" for key in CREDIT]
        if part.columns:
            lines.append(f"columns = {_toml(part.columns)}")
        if part.kinds:
            lines.append(f"kinds = {_toml(part.kinds)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, (int, float)):
        return str(value).lower()
    kept = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", kept) + '"'


def template(name: str = "My city") -> dict[str, str]:
    """The files of a pack to start from: the manifest, and a small example of each table to write over."""
    polygons = ",".join(
        f'{{"type":"Feature","properties":{{"id":"{number:02d}","name":"Quarter {number}","district":"{side}","district_name":"{side} side"}},'
        f'"geometry":{{"type":"Polygon","coordinates":[[[{x},{y}],[{x + 0.01:.3f},{y}],[{x + 0.01:.3f},{y + 0.01:.3f}],[{x},{y + 0.01:.3f}],[{x},{y}]]]}}}}'
        for number, x, y, side in (
            (1, 24.93, 60.16, "West"),
            (2, 24.94, 60.16, "East"),
            (3, 24.93, 60.17, "West"),
            (4, 24.94, 60.17, "East"),
        )
    )
    persons = "".join(
        f"{area:02d},2025-12-31,{age},{100 * area + number}\n"
        for area in range(1, 5)
        for number, age in enumerate(("0-5", "6-17", "18-64", "65+"))
    )
    credit = {
        "publisher": "Example (replace)",
        "licence": "CC0 1.0",
        "attribution": "Example (replace)",
        "period": "2025",
    }
    parts = [
        Part(
            "areas",
            "areas.geojson",
            {"id": "id", "name": "name", "district": "district", "district_name": "district_name"},
            credit=credit,
        ),
        Part(
            "residents",
            "residents.csv",
            {"area": "area", "period": "period", "age": "age", "persons": "persons"},
            credit=credit,
        ),
        Part(
            "services",
            "services.csv",
            {"id": "id", "kind": "kind", "name": "name", "places": "places", "lon": "lon", "lat": "lat"},
            credit=credit,
        ),
    ]
    return {
        MANIFEST: manifest_text({"name": name, "country": "FIN", "region": "FI1B"}, parts),
        "areas.geojson": f'{{"type":"FeatureCollection","features":[{polygons}]}}',
        "residents.csv": "area,period,age,persons\n" + persons,
        "services.csv": "id,kind,name,places,lon,lat\n1,library,Library,,24.935,60.165\n2,school_primary,School,240,24.945,60.175\n"
        "3,daycare,Day care,60,24.936,60.174\n4,doctor,Doctor,,24.946,60.166\n",
    }


@contextmanager
def open_pack(path: Path) -> Iterator[Path]:
    """The folder of a pack, unpacked for a while if it is a zip. Raises PackError on a zip that is broken or not safe."""
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise PackError(f"{path}: there is no such folder or zip. Give the path of a pack.")
    with TemporaryDirectory(prefix="zone-pack-") as place:
        folder = Path(place)
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, folder, path)
        except PackError:
            raise
        except Exception as fault:  # zipfile's and zlib's errors are many; all mean that it is no sound zip
            raise PackError(f"{path.name}: the zip cannot be opened ({fault}). Pack the folder again.") from fault
        inner = [one for one in folder.iterdir() if one.is_dir()]
        yield inner[0] if not (folder / MANIFEST).exists() and len(inner) == 1 else folder


def _unpack(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    members = archive.infolist()
    packed, unpacked = path.stat().st_size, sum(one.file_size for one in members)
    if len(members) > MOST_FILES or unpacked > min(MOST_BYTES, MOST_RATIO * max(packed, 100_000)):
        raise PackError(
            f"{path.name}: {len(members)} files of {unpacked:,} bytes are more than a pack may hold. "
            f"At most {MOST_FILES} files and {MOST_BYTES:,} bytes; take out what the manifest does not name."
        )
    for one in members:
        place = PurePosixPath(one.filename.replace("\\", "/"))
        linked = (one.external_attr >> 16) & 0o170000 == 0o120000
        if place.is_absolute() or ".." in place.parts or ":" in one.filename or linked:
            raise PackError(f"{path.name}: the member '{one.filename}' leads out of the pack. Pack plain files only.")
        archive.extract(one, folder)
