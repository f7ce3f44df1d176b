"""Reading a pack's files: any usual format into a table; numbers and days as people write them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import charset_normalizer
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import shapely

from data import limits
from data.city import shapes
from data.city.pack import Part
from data.errors import SourceError

ENCODINGS = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "utf_16"]
_GROUPED = re.compile(r"^-?\d{1,3}([ .,'’\u00a0\u202f])\d{3}(\1\d{3})*$")


@dataclass
class FileTable:
    """A file's rows, the row number of the first (as an editor counts), and what is odd about the file: what, hint."""

    rows: pd.DataFrame
    first_row: int
    warnings: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path, name: str, part: Part | None = None) -> FileTable:
    """Read CSV, XLSX, GeoJSON, GeoPackage, zipped Shapefile, Parquet or GeoParquet. Raises SourceError."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise SourceError(name, "the file is missing", hint="Add it to the pack or mend its name in city.toml")
    if path.stat().st_size == 0:
        raise SourceError(name, "the file is empty", hint="Export it again")
    try:
        if suffix in (".csv", ".txt", ".tsv"):
            table = _csv(path)
        elif suffix in (".xlsx", ".xlsm"):
            limits.check_zip(path, name, limits.PACK_UNPACKED)
            table = FileTable(pd.read_excel(path, dtype=object, engine="openpyxl"), 2)
        elif suffix in (".parquet", ".geoparquet"):
            table = FileTable(_parquet(path), 1)
        elif suffix in shapes.SUFFIXES:
            table = FileTable(shapes.read(path), 1)
        else:
            formats = "CSV, XLSX, GeoJSON, GeoPackage, a zipped Shapefile, or GeoParquet"
            raise SourceError(name, f"the format '{suffix}' is unknown", hint=f"Use {formats}")
    except (SourceError, MemoryError):
        raise
    except Exception as fault:  # the readers' own errors are many; all mean that the file is not what its name says
        what = f"the file cannot be read as {suffix[1:] or 'a table'} ({_short(fault)})"
        raise SourceError(name, what, hint="Export it again") from fault
    columns = table.rows.columns = pd.Index([str(column).strip() for column in table.rows.columns])
    if columns.has_duplicates:
        what = f"two columns are called '{columns[columns.duplicated()][0]}'"
        raise SourceError(name, what, hint="Give each column its own name")
    if table.rows.empty:
        raise SourceError(name, "the file has no rows", hint="Export it again")
    limits.check_shape(len(table.rows), len(columns), name, *limits.OF_PACK)
    return table


def _short(fault: Exception) -> str:
    return str(fault).strip().split("\n")[0][:160] or type(fault).__name__


def _parquet(path: Path) -> pd.DataFrame:
    about = pyarrow.parquet.read_metadata(path)  # a few bytes may stand for very many equal rows
    limits.check_shape(about.num_rows, about.num_columns, path.name, *limits.OF_PACK)
    try:
        return gpd.read_parquet(path)
    except ValueError:
        return pd.read_parquet(path)


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text of a file and its encoding: UTF-8, else the likeliest of ENCODINGS. Raises ValueError if none fits."""
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        guesses = charset_normalizer.from_bytes(raw, cp_isolation=ENCODINGS)
    if not guesses:
        raise ValueError("its encoding is unknown")
    # Several Western encodings often fit a short file alike; then the usual one is meant.
    best = min(guesses, key=lambda guess: (round(guess.chaos, 2), "cp1252" not in guess.could_be_from_charset))
    encoding = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    return raw.decode(encoding), encoding


def _csv(path: Path) -> FileTable:
    text, encoding = _decoded(path.read_bytes())
    if "\x00" in text:
        raise ValueError("it holds zero bytes")
    warnings = []
    if encoding != "utf-8":
        warnings.append((f"the file is not in UTF-8; it was read as {encoding}", "Save it as UTF-8"))
    if re.search("Ã[¤¶¼Ÿ©¨¥\u009f\u00a0-\u00bf]", text):
        garbled = "letters look garbled ('Ã¤' for 'ä'); the file was saved in two encodings"
        warnings.append((garbled, "Export it once more as UTF-8"))
    try:
        separator = csv.Sniffer().sniff("\n".join(text.splitlines()[:20]), ";,\t|").delimiter
    except csv.Error:
        separator = ","
    rows = pd.read_csv(
        io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, na_values=[""], skip_blank_lines=False
    )
    return FileTable(rows.dropna(how="all"), 2, warnings)


def numbers(values: pd.Series, whole: bool = False) -> tuple[pd.Series, pd.Series, str]:
    """Numbers as people write them ('1 234,5', '1.234', '12 %'): values, which are wrong, what is wrong with the form.

    A gap stays a gap. In a column of `whole` numbers a comma or point groups thousands if every marked number can be
    read so; elsewhere a single mark is the decimal one ('24.935' is a longitude, not many thousands).
    """
    if pd.api.types.is_bool_dtype(values):
        return values.astype(float), pd.Series(True, index=values.index), ""
    if pd.api.types.is_numeric_dtype(values):
        parsed = values.astype("float64")
        return parsed, pd.Series(np.isinf(parsed), index=values.index), ""
    text = values.astype("string").str.strip().str.replace(r"\s*%$", "", regex=True)
    filled = text.notna() & (text != "")
    written = text[filled].astype(str)
    try:
        grouping = _grouping_mark(written, whole)
    except ValueError as fault:
        return pd.Series(np.nan, index=values.index), filled.reindex(values.index, fill_value=False), str(fault)
    plain = written.str.replace(r"[\s'’\u00a0\u202f]", "", regex=True)
    plain = plain.str.replace(grouping, "", regex=False) if grouping else plain
    parsed = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce").astype("float64")
    parsed = parsed.where(~np.isinf(parsed)).reindex(values.index)
    return parsed, filled & parsed.isna(), ""


def _grouping_mark(written: pd.Series, whole: bool) -> str:
    """Which of comma and point groups a column's thousands, '' for neither. Raises ValueError if both mark decimals."""
    marks = {mark for mark in ",." if written.str.contains(mark, regex=False).any()}
    if len(marks) == 1:
        mark = marks.pop()
        marked = written[written.str.contains(mark, regex=False)]
        grouped = whole and marked.str.fullmatch(_GROUPED.pattern).all() and not marked.str.match(r"^-?0").any()
        return mark if grouped else ""
    if len(marks) == 2:
        both = written[written.str.contains(",", regex=False) & written.str.contains(".", regex=False)]
        decimal = {max(",.", key=number.rfind) for number in both}
        if len(decimal) != 1:
            raise ValueError("decimal commas and decimal points are mixed")
        return (marks - decimal).pop()
    return ""


DAYS = {
    "2025-12-31": (r"\d{4}-\d{1,2}-\d{1,2}([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?", None),
    "31.12.2025": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "31/12/2025": (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    "2025": (r"(19|20)\d\d(\.0)?", "%Y"),
    "2025-12": (r"\d{4}-\d{2}", "%Y-%m"),
    "202512": (r"(19|20)\d\d(0[1-9]|1[0-2])", "%Y%m"),
}


def days(values: pd.Series) -> tuple[pd.Series, pd.Series, str]:
    """Days in one of the forms of DAYS (of a year or month the last): values, which are wrong, what mixes forms."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]"), values.isna(), ""
    text = values.map(lambda day: day.isoformat()[:10] if hasattr(day, "isoformat") else day)
    text = text.astype("string").str.strip()
    fits = {form: text.str.fullmatch(pattern).fillna(False).astype(bool) for form, (pattern, _style) in DAYS.items()}
    used = [form for form, rows in fits.items() if rows.any()]
    unknown = pd.Series(pd.NaT, index=values.index)
    if len(used) > 1:
        return unknown, ~fits[used[0]], f"days are written in several forms ({', '.join(used)})"
    if not used:
        return unknown, pd.Series(True, index=values.index), ""
    form, style = used[0], DAYS[used[0]][1]
    if form == "31/12/2025" and (text[fits[form]].str.split("/").str[0].astype(int) <= 12).all():
        return unknown, fits[form], "it cannot be told whether day or month comes first"
    source = text.str.slice(0, 4) if form == "2025" else text
    parsed = pd.to_datetime(source.where(fits[form]), format=style or "ISO8601", errors="coerce").dt.as_unit("us")
    if form == "2025":
        parsed = parsed + pd.offsets.YearEnd(0)
    elif form in ("2025-12", "202512"):
        parsed = parsed + pd.offsets.MonthEnd(0)
    return parsed, parsed.isna(), ""


def cell_square(codes: pd.Series) -> gpd.GeoSeries:
    """Squares of Eurostat's cell codes ('CRS3035RES1000mN3000000E4000000'), EPSG:3035; None where a code is none."""
    part = codes.astype("string").str.extract(r"^(?:CRS3035)?RES(?P<res>\d+)mN(?P<n>\d+)E(?P<e>\d+)$").astype("float64")
    boxes = shapely.box(part["e"], part["n"], part["e"] + part["res"], part["n"] + part["res"])
    return gpd.GeoSeries(np.where(part["res"].notna(), boxes, None), index=codes.index, crs=3035)
