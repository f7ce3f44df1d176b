"""The tables, indicators and areas of a server, or of a folder, as pandas and geopandas.

    from zone.client import connect

    client = connect("https://zone.city.example")        # a server, or a folder: the repository, or one of `export`
    client.catalogue()                                   # what there is, whose it is, of when
    client.table("my-city", "residents", period="2024-12-31")
    client.figure("my-city", "unemployment", level="district").plot("value")

What a table is (title, unit, period, source, licence) stands in `rows.attrs`. A value that is not known is empty.
"""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pandas as pd
import pyarrow.parquet as pq

if TYPE_CHECKING:
    import geopandas as gpd

ABOUT = ("title", "publisher", "licence", "attribution", "period", "unit", "geography", "note", "version", "source")
LONGEST_WAIT_S = 60  # for a server that is asked too much
SHIPPED = Path("data") / "tables"


class ZoneError(Exception):
    """What was asked for cannot be had; its text says why and what to do."""


def connect(place: str | Path, timeout_s: float = 60.0) -> Client:
    """A client of a server (its address) or of a folder. Raises ZoneError where there is neither."""
    if str(place).startswith(("http://", "https://")):
        return Client(_Server(str(place), timeout_s))
    return Client(_Folder(Path(place)))


class Client:
    """What can be asked, whatever it comes from. Every method raises ZoneError with a sentence."""

    def __init__(self, source: _Server | _Folder) -> None:
        self._source = source

    def catalogue(self) -> pd.DataFrame:
        """Every table: place, name, title, publisher, licence, period, unit, geography, rows, version, source."""
        columns = ["place", "name", *ABOUT, "rows"]
        return pd.DataFrame(self._source.catalogue()).reindex(columns=columns).sort_values(["place", "name"])

    def cities(self) -> pd.DataFrame:
        """Every city: key, name, levels (name of each level of areas by its key), periods (half-years, newest last)."""
        return pd.DataFrame(self._source.cities()).set_index("key")

    def table(self, place: str, name: str, /, **keep: str | int) -> pd.DataFrame:
        """A table, with shapes as a GeoDataFrame. keep: only rows with this value in this column (days as 2024-12-31).

        Counts that are suppressed are empty.
        """
        about = next((row for row in self._source.catalogue() if (row["place"], row["name"]) == (place, name)), None)
        if about is None:
            raise ZoneError(f"There is no table '{place}/{name}'. `catalogue()` lists them.")
        rows = self._source.table(place, name, {column: str(value) for column, value in keep.items()})
        rows.attrs = {key: about.get(key, "") for key in ABOUT}
        return rows

    def areas(self, city: str, level: str = "district") -> gpd.GeoDataFrame:
        """The areas of a level that are in force: indexed by area_id, with name, parent_id, area_km2, geometry."""
        version = self._city(city, level)["boundary_version"]
        rows: Any = self.table(city, "areas", level=level, boundary_version=version)
        return rows.set_index("area_id").sort_index()

    def indicators(self, city: str, level: str = "district", period: str = "") -> pd.DataFrame:
        """Every indicator of every area of a level, indexed by area_id; period: a half-year, the newest if left out.

        attrs["indicators"] has label, unit, day, definition, caveats and source of each.
        """
        known = self._city(city, level)["periods"]
        if not known or (period and period not in known):
            raise ZoneError(f"'{period}' is no half-year of {city}. Known: {', '.join(known) or 'none'}.")
        rows, about = self._source.indicators(city, level, period or known[-1])
        rows = rows.set_index("area_id")
        rows.attrs = about
        return rows

    def figure(self, city: str, indicator: str, level: str = "district", period: str = "") -> gpd.GeoDataFrame:
        """An indicator on its areas, ready to be drawn: name, value, geometry; attrs: title, unit, day, source."""
        rows = self.indicators(city, level, period)
        if indicator not in rows.attrs["indicators"]:
            raise ZoneError(f"There is no indicator '{indicator}'. Known: {', '.join(rows.attrs['indicators'])}.")
        shapes = self.areas(city, level)
        shapes["value"] = rows[indicator].reindex(shapes.index)
        card = rows.attrs["indicators"][indicator]
        about = {
            "title": card["label"],
            **{key: card[key] for key in ("unit", "day", "source", "definition", "caveats")},
        }
        shapes = shapes[["name", "value", "geometry"]]
        shapes.attrs = about
        return shapes

    def export(self, folder: str | Path, city: str, *tables: str) -> Path:
        """Put a city's areas, indicators (newest half-year, every level) and these tables into a folder for `connect`.

        Tables of the world are named 'world/displaced'. Returns the folder.
        """
        folder, row = Path(folder), self._city(city)
        rows = {(item["place"], item["name"]): item for item in self._source.catalogue()}
        wanted = [(city, "areas"), *(_split(name, city) for name in tables)]
        for word in (*(word for key in wanted for word in key), *row["levels"]):
            if not re.fullmatch(r"[\w-]+", word):
                raise ZoneError(f"'{word}' cannot be the name of a file.")
        for place, name in wanted:
            table = self.table(place, name)
            path = folder / place / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            table.attrs = {}
            table.to_parquet(path, index=False)
        for level in row["levels"]:
            values = self.indicators(city, level)
            path = folder / city / "indicators" / f"{level}-{row['periods'][-1]}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".json").write_text(json.dumps(values.attrs, ensure_ascii=False), encoding="utf-8")
            values.attrs = {}
            values.reset_index().to_parquet(path, index=False)
        listed = [rows[key] | {"version": rows[key].get("version", "")} for key in dict.fromkeys(wanted)]
        (folder / "catalogue.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
        about = row | {"periods": row["periods"][-1:]}
        (folder / city / "export.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        return folder

    def _city(self, city: str, level: str = "") -> dict[str, Any]:
        known = {row["key"]: row for row in self._source.cities()}
        if city not in known:
            raise ZoneError(f"There is no city '{city}'. Known: {', '.join(known)}.")
        if level and level not in known[city]["levels"]:
            raise ZoneError(f"'{level}' is no level of {city}. Known: {', '.join(known[city]['levels'])}.")
        return known[city]


def _split(name: str, city: str) -> tuple[str, str]:
    place, slash, rest = name.partition("/")
    return (place, rest) if slash else (city, name)


def _opened(content: bytes | Path) -> pd.DataFrame:
    """Parquet, with shapes where it has them."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    has_shapes = b"geo" in (pq.read_schema(source).metadata or {})
    if isinstance(source, io.BytesIO):
        source.seek(0)
    if not has_shapes:
        return pd.read_parquet(source)
    import geopandas as gpd

    return gpd.read_parquet(source)


class _Server:
    """A server's API."""

    def __init__(self, address: str, timeout_s: float) -> None:
        self.address = address.rstrip("/").removesuffix("/api")
        self._client = httpx.Client(timeout=timeout_s, follow_redirects=True)
        self._catalogue: list[dict[str, Any]] | None = None

    def catalogue(self) -> list[dict[str, Any]]:
        if self._catalogue is None:
            self._catalogue = self._get("catalogue").json()
        return self._catalogue

    def cities(self) -> list[dict[str, Any]]:
        return list(self._get("cities").json())

    def table(self, place: str, name: str, keep: dict[str, str]) -> pd.DataFrame:
        path = f"tables/{quote(place)}/{quote(name)}"
        return _opened(self._get(path, keep | {"format": "parquet"}).content)

    def indicators(self, city: str, level: str, period: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        asked = {"level": level, "period": period}
        about = self._get(f"indicators/{quote(city)}", asked).json()["about"]
        return _opened(self._get(f"indicators/{quote(city)}", asked | {"format": "parquet"}).content), about

    def _get(self, path: str, query: dict[str, str] | None = None) -> httpx.Response:
        """An answer; waits once where the server asks to. Raises ZoneError."""
        address = f"{self.address}/api/{path}"
        try:
            answer = self._client.get(address, params=query)
            if answer.status_code == 429:
                time.sleep(min(LONGEST_WAIT_S, int(answer.headers.get("Retry-After", "1"))))
                answer = self._client.get(address, params=query)
        except httpx.HTTPError as error:
            raise ZoneError(f"{self.address} does not answer ({type(error).__name__}). Is the address right?") from None
        if answer.status_code != 200:
            raise ZoneError(f"{address}: {_sentence(answer)}")
        if "json" not in answer.headers["content-type"] and "parquet" not in answer.headers["content-type"]:
            raise ZoneError(f"{address} is no such server: it answers with {answer.headers['content-type']}.")
        return answer


def _sentence(answer: httpx.Response) -> str:
    """What a server says of a refusal."""
    try:
        said = answer.json()
        detail = said.get("detail") or said.get("fault")
        return detail if isinstance(detail, str) else detail[0]["msg"]
    except (ValueError, AttributeError, TypeError, KeyError, IndexError):
        return answer.text[:200] or f"status {answer.status_code}"


class _Folder:
    """A folder with catalogue.json and a Parquet file a table: the repository's data/tables, or what `export` wrote."""

    def __init__(self, folder: Path) -> None:
        tried = [folder, folder / SHIPPED]
        self.folder = next((path for path in tried if (path / "catalogue.json").is_file()), folder)
        if not (self.folder / "catalogue.json").is_file():
            raise ZoneError(f"There is no catalogue.json in {folder}, nor in {SHIPPED} in it.")

    def catalogue(self) -> list[dict[str, Any]]:
        rows = json.loads((self.folder / "catalogue.json").read_text(encoding="utf-8"))
        for row in rows:
            word = (row.get("version") or row.get("built_on", ""))[:10]
            parts = (row["attribution"], row["period"], row["licence"], word and f"v{word}")
            row.setdefault("source", " · ".join(part for part in parts if part))
        return list(rows)

    def cities(self) -> list[dict[str, Any]]:
        rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*/export.json"))]
        for path in sorted(self.folder.glob("*/city.json")):
            settings = json.loads(path.read_text(encoding="utf-8"))
            days = _opened(path.with_name("residents.parquet"))["period"].drop_duplicates().sort_values()
            since = pd.Timestamp(settings["boundary_since"])
            periods = [f"{day:%Y-%m-%d}" for day in days if day >= since]
            rows.append(settings | {"key": path.parent.name, "levels": settings["level_names"], "periods": periods})
        return rows

    def table(self, place: str, name: str, keep: dict[str, str]) -> pd.DataFrame:
        path = self.folder / place / f"{name}.parquet"
        if not path.is_file():
            raise ZoneError(f"{path} is not there.")
        rows = _opened(path)
        for column, value in keep.items():
            if column not in rows:
                raise ZoneError(f"There is no column '{column}'. Known: {', '.join(map(str, rows.columns))}.")
            is_day = pd.api.types.is_datetime64_any_dtype(rows[column])
            text = rows[column].dt.strftime("%Y-%m-%d") if is_day else rows[column].astype("string")
            rows = rows[(text == value).fillna(False).to_numpy(dtype=bool)]
        return rows.reset_index(drop=True)

    def indicators(self, city: str, level: str, period: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        path = self.folder / city / "indicators" / f"{level}-{period}.parquet"
        if path.is_file():
            return _opened(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return self._computed(city, level, period)

    def _computed(self, city: str, level: str, period: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        """Indicators as the pages compute them, where the folder is that of the installed program itself."""
        try:
            from data import cities, version
            from data.catalogue import TABLES_FOLDER
            from data.context import CityContext
            from services import api
        except ImportError:
            TABLES_FOLDER = Path()
        if TABLES_FOLDER.resolve() != self.folder.resolve():
            raise ZoneError(f"{self.folder} has no indicators of {city}. Ask a server, or put them there by `export`.")
        return api.indicators(CityContext(cities()[city], version()), level, pd.Timestamp(period))
