"""Reading a pack's files: any usual format into a table; numbers and days as people write them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Collection
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import shapely

from data import limits
from data.city import shapes, sheets
from data.city.pack_settings import Part
from data.city.sheets import FileTable as FileTable
from data.errors import SourceError
from data.translation import N_, Sentence, as_part

_GROUPED = re.compile(r"-?\d{1,3}([.,])\d{3}(\1\d{3})*|-?\d{1,2}(,\d\d)+,\d{3}")  # the second as in India
UNKNOWN = re.compile(  # what offices write for what they do not know or do not tell; a zero it never is
    r"[<≤]\s*\d+|\.{1,3}|…|\(?[:/]\)?\s*[a-z]?|[*•●·#]{1,3}|[-–—−‒]{1,3}|\[[a-z]{1,5}\]|[csuxz]"
    r"|n/?a|n\. ?a\.|k\. ?a\.|nan|null|none|nd|n\. ?d\.|s/d|n\. ?v\."
    r"|unknown|unbekannt|suppressed|not available|н/д|غير متوفر"
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")


def read(path: Path, name: str, part: Part | None = None) -> FileTable:
    """Read CSV, XLSX, GeoJSON, GeoPackage, zipped Shapefile, Parquet or GeoParquet. Raises SourceError."""
    suffix, part = path.suffix.lower(), part or Part(file=name)
    if not path.is_file():
        raise SourceError(name, N_("the file is missing"), hint=N_("Add it to the pack or mend its name in city.toml"))
    if path.stat().st_size == 0:
        raise SourceError(name, N_("the file is empty"), hint=N_("Export it again"))
    try:
        if suffix in (".csv", ".txt", ".tsv"):
            table = sheets.read_csv(path, name, part)
        elif suffix in (".xlsx", ".xlsm"):
            limits.check_zip(path, name, limits.PACK_UNPACKED)
            table = sheets.read_excel(path, name, part)
        elif suffix in (".parquet", ".geoparquet"):
            table = FileTable(_parquet(path), 1)
        elif suffix in shapes.SUFFIXES:
            table = shapes.read(path, name, part)
        else:
            hint = N_("Use CSV, XLSX, GeoJSON, GeoPackage, a zipped Shapefile, or GeoParquet")
            raise SourceError(name, N_("the format '{suffix}' is unknown", suffix=suffix), hint=hint)
    except (SourceError, MemoryError):
        raise
    except Exception as fault:  # the readers' own errors are many; all mean that the file is not what its name says
        kind = suffix[1:] or Sentence(N_("a table"))
        what = N_("the file cannot be read as {kind} ({fault})", kind=kind, fault=_short(fault))
        raise SourceError(name, what, hint=N_("Export it again")) from fault
    columns = table.rows.columns = pd.Index([str(column).strip() for column in table.rows.columns])
    if columns.has_duplicates:
        what = N_("two columns are called '{name}'", name=columns[columns.duplicated()][0])
        raise SourceError(name, what, hint=N_("Give each column its own name"))
    if table.rows.empty:
        raise SourceError(name, N_("the file has no rows"), hint=N_("Export it again"))
    limits.check_shape(len(table.rows), len(columns), name, *limits.OF_PACK)
    return table


def read_bytes(content: bytes, name: str, most: int, what: str) -> FileTable:
    """`read` of a file that was sent, of at most so many rows. what: these are called. Raises SourceError."""
    with tempfile.TemporaryDirectory(prefix="zone-upload-") as folder:
        path = Path(folder) / f"sent{Path(name).suffix.lower()}"
        path.write_bytes(content)
        table = read(path, name)
    if len(table.rows) > most:
        raise SourceError(
            name,
            N_("the file has {n:,} {what}", n=len(table.rows), what=as_part(what)),
            hint=N_("Give at most {most:,}", most=most),
        )
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


def unknown_marks(values: pd.Series, more: Collection[str] = ()) -> pd.Series:
    """Which cells hold a mark for what is suppressed or not known ('<5', '..', ':', 'n/a'), or one of `more`."""
    if pd.api.types.is_numeric_dtype(values):
        return values.isin([float(mark) for mark in more if re.fullmatch(r"-?\d+(\.\d+)?", mark)])
    place, distinct = _distinct(values)
    text = distinct.astype("string").str.strip()
    usual = text.str.fullmatch(UNKNOWN.pattern, flags=re.IGNORECASE)
    return _back((usual | text.isin(list(more))).fillna(False).astype(bool), place, values)


def numbers(
    values: pd.Series, whole: bool = False, *, thousands: bool = False, decimal: str = ""
) -> tuple[pd.Series, pd.Series, str]:
    """Numbers as people write them ('1 234,5', '1.234', '12 %'): values, which are wrong, what is wrong with the form.

    A gap stays a gap. In a column of `whole` numbers a comma or point groups thousands if every marked number can be
    read so. Where a column may have `thousands` but need not be whole, other cells have to tell which it is, else its
    form is wrong. In any other a single mark is the decimal one ('24.935' is a longitude). decimal: the stated mark.
    """
    if pd.api.types.is_bool_dtype(values):
        return values.astype(float), pd.Series(True, index=values.index), ""
    if pd.api.types.is_numeric_dtype(values):
        parsed = values.astype("float64")
        return parsed, pd.Series(np.isinf(parsed), index=values.index), ""
    place, distinct = _distinct(values)
    parsed, wrong, form = _numbers_of(distinct, whole, thousands, decimal)
    return _back(parsed, place, values), _back(wrong, place, values), form


def _distinct(values: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Each different text of a column once, and where each row's stands: a column of a million cells has few."""
    if values.dtype == object:  # 1, 1.0 and true would be the same
        return np.arange(len(values)), values.reset_index(drop=True)
    place, distinct = pd.factorize(values, use_na_sentinel=False)
    return place, pd.Series(distinct, dtype=values.dtype)


def _back(distinct: pd.Series, place: np.ndarray, values: pd.Series) -> pd.Series:
    return pd.Series(distinct.array[place], index=values.index)


def _numbers_of(values: pd.Series, whole: bool, thousands: bool, decimal: str) -> tuple[pd.Series, pd.Series, str]:
    native = values.map(lambda cell: isinstance(cell, (int, float)) and not isinstance(cell, bool)).astype(bool)
    text = values.mask(native).astype("string").str.strip().str.translate(_DIGITS).str.replace(r"\s*%$", "", regex=True)
    text = text.str.replace(r"^[-−‒–]\s*(?=[\d.,])", "-", regex=True).str.replace(r"[\s’]", "'", regex=True)
    filled = text.notna() & (text != "")
    written = text[filled].astype(str)
    try:
        mark = _thousands_mark(written, whole, thousands, decimal)
    except ValueError as fault:
        marked = filled & text.str.contains(r"[.,]", regex=True).fillna(False)
        return pd.Series(np.nan, index=values.index), marked.astype(bool), fault.args[0]
    decimals = {",": ".", ".": ","}.get(mark, ".,")
    grouped = written.str.contains(f"['{mark}]", regex=True)
    fits = written.str.fullmatch(rf"{_GROUPED.pattern}|-?\d{{1,3}}(['{mark}]\d{{3}})+([{decimals}]\d+)?")
    plain = written.where(~grouped | fits).str.replace("'", "", regex=False)
    plain = plain.str.replace(mark, "", regex=False) if mark else plain
    parsed = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce").astype("float64")
    parsed = parsed.reindex(values.index).where(~native, pd.to_numeric(values.where(native)).astype("float64"))
    parsed = parsed.where(~np.isinf(parsed))
    return parsed, (filled | native) & parsed.isna() & values.notna(), ""


def _thousands_mark(written: pd.Series, whole: bool, thousands: bool, decimal: str) -> str:
    """Which of comma and point groups a column's thousands, '' for neither. Raises ValueError if it cannot be told."""
    cells = {mark: written[written.str.contains(mark, regex=False)] for mark in ",."}
    marks = [mark for mark in ",." if len(cells[mark])]
    if decimal:
        return next((mark for mark in marks if mark != decimal), "")
    groups = {mark: bool(cells[mark].str.fullmatch(_GROUPED.pattern).all()) for mark in marks}
    if len(marks) == 2:
        both = written[written.isin(cells[","]) & written.isin(cells["."])]
        last = {max(",.", key=number.rfind) for number in both}
        decimals = last or {mark for mark in marks if not groups[mark]}
        if len(decimals) != 1:
            raise ValueError(N_("decimal commas and decimal points are mixed"))
        return next(mark for mark in marks if mark not in decimals)
    if not marks or not groups[marks[0]] or cells[marks[0]].str.match(r"^-?0").any():
        return ""
    mark = marks[0]
    if whole or cells[mark].str.count(re.escape(mark)).max() > 1:
        return mark
    if not thousands:
        return ""
    bare = pd.to_numeric(written[~written.index.isin(cells[mark].index)], errors="coerce").abs()
    if bare.between(1, 999).any() and not (bare > 999).any():
        return mark
    raise ValueError(N_("it cannot be told whether '{cell}' has decimals or thousands", cell=cells[mark].iloc[0]))


DAYS = {
    "2025-12-31": (r"\d{4}-\d{1,2}-\d{1,2}([T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?", None),
    "31.12.2025": (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    "31/12/2025": (r"\d{1,2}[/-]\d{1,2}[/-]\d{4}", "%d/%m/%Y"),
    "2025": (r"(19|20)\d\d(\.0)?", "%Y"),
    "2025-12": (r"\d{4}-\d{2}", "%Y-%m"),
    "202512": (r"(19|20)\d\d(0[1-9]|1[0-2])", "%Y%m"),
    "2025-Q4": (r"(19|20)\d\d[- ]?Q[1-4]", None),
    "2025/26": (r"(19|20)\d\d/\d{2}(\d\d)?|(19|20)\d\d-(19|20)\d\d", None),
}


def days(values: pd.Series, order: str = "", year_ends: str = "") -> tuple[pd.Series, pd.Series, str]:
    """Days in one of the forms of DAYS (of a year or month the last): values, which are wrong, what mixes forms.

    order: 'day first' or 'month first', where no date of the column tells. year_ends: the last day of a financial year
    ('03-31'); '2011-12' is then 2012-03-31.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.tz_localize(None).astype("datetime64[us]"), values.isna(), ""
    place, distinct = _distinct(values)
    parsed, wrong, form = _days_of(distinct, order, year_ends)
    return _back(parsed, place, values), _back(wrong, place, values), form


def _days_of(values: pd.Series, order: str, year_ends: str) -> tuple[pd.Series, pd.Series, str]:
    text = values.map(lambda day: day.isoformat()[:10] if hasattr(day, "isoformat") else day)
    text = text.astype("string").str.strip().str.translate(_DIGITS)
    fits = {form: text.str.fullmatch(pattern).fillna(False).astype(bool) for form, (pattern, _style) in DAYS.items()}
    used = [form for form, rows in fits.items() if rows.any()]
    unknown = pd.Series(pd.NaT, index=values.index)
    if len(used) > 1:
        return unknown, ~fits[used[0]], N_("days are written in several forms ({forms})", forms=", ".join(used))
    if not used:
        return unknown, pd.Series(True, index=values.index), ""
    form, style = used[0], DAYS[used[0]][1]
    source = text.where(fits[form])
    try:
        if form == "31/12/2025":
            style, source = _day_or_month(source, order), source.str.replace("-", "/")
        elif form == "2025/26" or (form == "2025-12" and _may_be_financial(source.dropna(), year_ends)):
            source = _end_of_financial_year(source, year_ends)
            form, style = "2025-12-31", None
    except ValueError as fault:
        return unknown, fits[form], fault.args[0]
    if form == "2025":
        source = source.str.slice(0, 4)
    elif form == "2025-Q4":
        source = source.str[:4] + "-" + (source.str[-1].astype("Int64") * 3).astype("string").str.zfill(2)
    parsed = pd.to_datetime(source, format=style or "ISO8601", errors="coerce", utc=False)
    parsed = parsed.dt.tz_localize(None).dt.as_unit("us")
    if form == "2025":
        parsed = parsed + pd.offsets.YearEnd(0)
    elif form in ("2025-12", "202512", "2025-Q4"):
        parsed = parsed + pd.offsets.MonthEnd(0)
    return parsed, parsed.isna(), ""


def _day_or_month(dates: pd.Series, order: str) -> str:
    """The style of dates such as 12/31/2020. Raises ValueError if nothing tells, or two say otherwise."""
    parts = dates.dropna().str.split("[/-]", regex=True)
    first, second = (parts.str[place].astype(int) for place in (0, 1))
    orders = [name for name, day in (("day first", first), ("month first", second)) if (day > 12).any()]
    if len(orders) == 2 or (order and orders not in ([], [order])):
        raise ValueError(N_("some dates have the day first and some the month"))
    if not orders and not order and (first != second).any():
        raise ValueError(N_("it cannot be told whether day or month comes first"))
    return {"day first": "%d/%m/%Y", "month first": "%m/%d/%Y"}[(orders or [order or "day first"])[0]]


def _may_be_financial(months: pd.Series, year_ends: str) -> bool:
    """Whether '2011-12' and the like are financial years: each names the year after. Raises ValueError if unclear."""
    year, second = months.str[:4].astype(int), months.str[5:].astype(int)
    if ((year + 1) % 100 != second).any():
        return False
    if not year_ends and (second <= 12).all() and (second >= 1).all():
        raise ValueError(N_("it cannot be told whether '{cell}' is a month or a financial year", cell=months.iloc[0]))
    return True


def _end_of_financial_year(years: pd.Series, year_ends: str) -> pd.Series:
    """The last day of years such as '2011-12', '2011/12' or '2011/2012', as 2012-03-31. Raises ValueError."""
    first, second = years.str[:4].astype("Int64"), years.str[5:].astype("Int64")
    if ((first + 1) % 100 != second % 100).any():
        raise ValueError(N_("a financial year names two years that follow each other"))
    if not year_ends:
        raise ValueError(N_("the last day of the financial year '{cell}' is not stated", cell=years.dropna().iloc[0]))
    return (first + 1).astype("string") + "-" + year_ends


def cell_square(codes: pd.Series) -> gpd.GeoSeries:
    """Squares of Eurostat's cell codes, EPSG:3035; None where a code is none.

    'CRS3035RES1000mN3000000E4000000', or short '1kmN3000E4000' without the zeros that the width has.
    """
    pattern = r"^(?:CRS3035)?(?P<long>RES)?(?P<res>\d{1,6})(?P<k>k?)mN(?P<n>\d{1,7})E(?P<e>\d{1,7})$"
    part = codes.astype(object).astype(str).str.extract(pattern)
    side = part["res"].astype("float64") * np.where(part["k"] == "k", 1000, 1)
    zeros = side.map(lambda metres: len(f"{metres:.0f}") - len(f"{metres:.0f}".rstrip("0")))
    factor = np.where(part["long"].isna() & (part["n"].str.len() < 6), 10.0**zeros, 1.0)
    north, east = part["n"].astype("float64") * factor, part["e"].astype("float64") * factor
    boxes = shapely.box(east, north, east + side, north + side)
    return gpd.GeoSeries(np.where(side.notna(), boxes, None), index=codes.index, crs=3035)
