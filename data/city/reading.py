"""Reading a pack's files: any usual format into a table of text or shapes, and numbers and days as people write them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from data.errors import SourceError

SPATIAL = {".geojson", ".json", ".gpkg", ".shp", ".zip", ".fgb", ".gml", ".kml"}
_GROUPED = re.compile(r"^-?\d{1,3}([ .,'’\u00a0\u202f])\d{3}(\1\d{3})*$")


@dataclass
class Read:
    """A file's rows, the row number of the first (as an editor counts), and what was odd about the file."""

    rows: pd.DataFrame
    first_row: int
    notes: list[str] = field(default_factory=list)


def read(path: Path, name: str) -> Read:
    """Read CSV, XLSX, GeoJSON, GeoPackage, zipped Shapefile, Parquet or GeoParquet. Raises SourceError (`name` in its text)."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise SourceError(name, "the file is missing", hint="Add it to the pack or mend its name in city.toml")
    if path.stat().st_size == 0:
        raise SourceError(name, "the file is empty", hint="Export it again")
    try:
        if suffix in (".csv", ".txt", ".tsv"):
            found = _csv(path)
        elif suffix in (".xlsx", ".xlsm"):
            found = Read(pd.read_excel(path, dtype=object, engine="openpyxl"), 2)
        elif suffix in (".parquet", ".geoparquet"):
            found = Read(_parquet(path), 1)
        elif suffix in SPATIAL:
            found = Read(_spatial(path), 1)
        else:
            raise SourceError(
                name,
                f"the format '{suffix}' is unknown",
                hint="Use CSV, XLSX, GeoJSON, GeoPackage, a zipped Shapefile, or GeoParquet",
            )
    except SourceError:
        raise
    except Exception as fault:  # the readers' own errors are many; all mean that the file is not what its name says
        raise SourceError(
            name, f"the file cannot be read as {suffix[1:] or 'a table'} ({_short(fault)})", hint="Export it again"
        ) from fault
    found.rows.columns = [str(column).strip() for column in found.rows.columns]
    if found.rows.columns.duplicated().any():
        raise SourceError(
            name,
            f"two columns are called '{found.rows.columns[found.rows.columns.duplicated()][0]}'",
            hint="Give each column its own name",
        )
    if found.rows.empty:
        raise SourceError(name, "the file has no rows", hint="Export it again")
    return found


def _short(fault: Exception) -> str:
    return str(fault).strip().split("\n")[0][:160] or type(fault).__name__


def _parquet(path: Path) -> pd.DataFrame:
    try:
        return gpd.read_parquet(path)
    except ValueError:
        return pd.read_parquet(path)


def _spatial(path: Path) -> gpd.GeoDataFrame:
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            shapes = [one for one in archive.namelist() if one.lower().endswith((".shp", ".gpkg", ".geojson"))]
        if len(shapes) != 1:
            raise ValueError(f"the zip holds {len(shapes)} layers where one is meant")
        return pyogrio.read_dataframe(f"/vsizip/{path}/{shapes[0]}")
    return pyogrio.read_dataframe(path)


def _csv(path: Path) -> Read:
    raw, notes = path.read_bytes(), []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("cp1252", errors="replace")
        notes.append("the file is not in UTF-8; it was read as Windows-1252. Save it as UTF-8")
    if "\x00" in text:
        raise ValueError("it holds zero bytes")
    if re.search("Ã[¤¶¼Ÿ©¨¥\u009f\u00a0-\u00bf]", text):
        notes.append(
            "letters look garbled ('Ã¤' for 'ä'); the file was saved in two encodings. Export it once more as UTF-8"
        )
    try:
        mark = csv.Sniffer().sniff("\n".join(text.splitlines()[:20]), ";,\t|").delimiter
    except csv.Error:
        mark = ","
    rows = pd.read_csv(
        io.StringIO(text), sep=mark, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False
    )
    return Read(rows.dropna(how="all"), 2, notes)


def numbers(values: pd.Series, whole: bool = False) -> tuple[pd.Series, pd.Series, str]:
    """Numbers as people write them ('1 234,5', '1.234', '12 %'): values, which are wrong, and a word if forms are mixed.

    A gap stays a gap. In a column of `whole` numbers a comma or point groups thousands if every marked number can be read
    so; elsewhere a single mark is the decimal one ('24.935' is a longitude, not many thousands).
    """
    if pd.api.types.is_bool_dtype(values):
        return values.astype(float), pd.Series(True, index=values.index), ""
    if pd.api.types.is_numeric_dtype(values):
        real = values.astype("float64")
        return real, pd.Series(np.isinf(real), index=values.index), ""
    text = values.astype("string").str.strip().str.replace(r"\s*%$", "", regex=True)
    given = text.notna() & (text != "")
    written = text[given].astype(str)
    marks = {sign for sign in ",." if written.str.contains(sign, regex=False).any()}
    grouping = ""
    if len(marks) == 1:
        sign = marks.pop()
        marked = written[written.str.contains(sign, regex=False)]
        grouping = (
            sign
            if whole and marked.str.fullmatch(_GROUPED.pattern).all() and not marked.str.match(r"^-?0").any()
            else ""
        )
    elif len(marks) == 2:
        both = written[written.str.contains(",", regex=False) & written.str.contains(".", regex=False)]
        last = {max(",.", key=one.rfind) for one in both}
        if len(last) != 1:
            return (
                pd.Series(np.nan, index=values.index),
                given.reindex(values.index, fill_value=False),
                "decimal commas and decimal points are mixed",
            )
        grouping = ({",", "."} - last).pop()
    plain = written.str.replace(r"[\s'’\u00a0\u202f]", "", regex=True)
    plain = plain.str.replace(grouping, "", regex=False) if grouping else plain
    parsed = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce").astype("float64")
    parsed = parsed.where(~np.isinf(parsed))
    result = parsed.reindex(values.index)
    return result, given & result.isna(), ""


DAYS = {
    "2025-12-31": (r"\d{4}-\d{1,2}-\d{1,2}([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", None),
    "31.12.2025": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "31/12/2025": (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    "2025": (r"(19|20)\d\d(\.0)?", "%Y"),
    "2025-12": (r"\d{4}-\d{2}", "%Y-%m"),
    "202512": (r"(19|20)\d\d(0[1-9]|1[0-2])", "%Y%m"),
}


def days(values: pd.Series) -> tuple[pd.Series, pd.Series, str]:
    """Days in one of DAYS' forms: values (a year or month becomes its end), which are wrong, and a word if forms are mixed."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]"), values.isna(), ""
    text = (
        values.map(lambda one: one.isoformat()[:10] if hasattr(one, "isoformat") else one).astype("string").str.strip()
    )
    fits = {form: text.str.fullmatch(pattern).fillna(False).astype(bool) for form, (pattern, _style) in DAYS.items()}
    used = [form for form, which in fits.items() if which.any()]
    if len(used) > 1:
        return (
            pd.Series(pd.NaT, index=values.index),
            ~fits[used[0]],
            f"days are written in several forms ({', '.join(used)})",
        )
    if not used:
        return pd.Series(pd.NaT, index=values.index), pd.Series(True, index=values.index), ""
    form, style = used[0], DAYS[used[0]][1]
    if form == "31/12/2025" and (text[fits[form]].str.split("/").str[0].astype(int) <= 12).all():
        return pd.Series(pd.NaT, index=values.index), fits[form], "it cannot be told whether day or month comes first"
    source = text.str.slice(0, 4) if form == "2025" else text
    parsed = pd.to_datetime(source.where(fits[form]), format=style or "ISO8601", errors="coerce").dt.as_unit("us")
    if form == "2025":
        parsed = parsed + pd.offsets.YearEnd(0)
    elif form in ("2025-12", "202512"):
        parsed = parsed + pd.offsets.MonthEnd(0)
    return parsed, parsed.isna(), ""


def cell_square(codes: pd.Series) -> gpd.GeoSeries:
    """Squares of Eurostat's cell codes ('CRS3035RES1000mN3000000E4000000'), EPSG:3035; None where a code is none."""
    import shapely

    part = codes.astype("string").str.extract(r"^(?:CRS3035)?RES(?P<res>\d+)mN(?P<n>\d+)E(?P<e>\d+)$").astype("float64")
    boxes = shapely.box(part["e"], part["n"], part["e"] + part["res"], part["n"] + part["res"])
    return gpd.GeoSeries(np.where(part["res"].notna(), boxes, None), index=codes.index, crs=3035)
