"""Taking a figure home: its table and its picture as files, made from the figure when they are asked for."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from data.figures import Column, Figure
from data.files import disarmed, layer_bytes, parquet_bytes
from data.translation import N_, Language, is_gap
from views import picture_files
from views.drawing import still
from views.language import _, current
from views.palette import Style

MAX_SHEET_ROWS = 1_048_575  # below its headings; a workbook would leave out the rest without a word
FIRST = 5  # ranks that can be taken alone
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# kinds of report of a whole page (views.reports), which loads with the first
REPORTS = {
    "pdf": ("PDF", "application/pdf"),
    "pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "html": ("HTML", "text/html"),
    "zip": (N_("Data (ZIP of CSV)"), "application/zip"),
}


def file_stem(title: str) -> str:
    """A file name from a title in any script: lower case, words joined by dashes, at most 60 letters."""
    return re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:60].strip("-") or "figure"


def csv_bytes(figure: Figure, language: Language = Language()) -> bytes:
    """CSV for spreadsheets (UTF-8 with BOM).

    Headings in the reader's language, whole numbers and ids as they are, a gap in its word.

    Text that a spreadsheet would run as a formula is disarmed, in headings too.
    """
    columns = {}
    for column in figure.columns:
        values = [_cell(value, column, language) for value in figure.rows[column.name].tolist()]
        columns[disarmed(column.heading)] = [disarmed(value) if isinstance(value, str) else value for value in values]
    return pd.DataFrame(columns, dtype=object).to_csv(index=False).encode("utf-8-sig")


def _cell(value: Any, column: Column, language: Language) -> Any:
    """A number as a number, everything else in words."""
    if is_gap(value):
        return language(column.missing)
    if column.kind == "number" and not isinstance(value, str):
        return int(value) if float(value).is_integer() else float(value)
    if column.kind == "day":
        return f"{pd.Timestamp(value):%Y-%m-%d}"
    return column.text(value, language)


def xlsx_bytes(figure: Figure, language: Language = Language()) -> bytes:
    """A workbook: the table with ids as text and numbers in their digits; a second sheet says what it is and whose.

    Text is written as text, so that none of it runs as a formula.
    """
    import xlsxwriter

    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(out, safe) as book:
        sheet, about = book.add_worksheet("data"), book.add_worksheet("about")
        bold, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
        for place, column in enumerate(figure.columns):
            digits = f"#,##0.{'0' * column.digits}".rstrip(".")
            style = book.add_format({"num_format": digits}) if column.kind == "number" else text
            sheet.write_string(0, place, column.heading, bold)
            for line, value in enumerate(figure.rows[column.name].tolist(), 1):
                cell = _cell(value, column, language)
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell, text)
                else:
                    sheet.write_number(line, place, cell, style)
        sheet.freeze_panes(1, 1)
        sheet.autofit(300)
        for line, words in enumerate(
            (figure.finding, figure.subtitle, language("Source: {credit}", credit=figure.source))
        ):
            about.write_string(line, 0, words)
    return out.getvalue()


def geojson_bytes(figure: Figure) -> bytes:
    """Rows that are places as GeoJSON in EPSG:4326, under their machine names; a row without a shape has null."""
    assert figure.geometry is not None
    rows = json.loads(figure.rows.to_json(orient="records", date_format="iso"))
    features = [
        {"type": "Feature", "properties": row, "geometry": shape}
        for row, shape in zip(rows, figure.geometry(), strict=True)
    ]
    about = {"title": figure.finding, "unit": figure.unit, "period": figure.period, "source": figure.source}
    return json.dumps({"type": "FeatureCollection", **about, "features": features}, ensure_ascii=False).encode()


def geopackage_bytes(figure: Figure) -> bytes:
    """The same as a GeoPackage with one layer."""
    import geopandas as gpd
    from shapely.geometry import shape

    assert figure.geometry is not None
    shapes = [None if place is None else shape(place) for place in figure.geometry()]
    return layer_bytes(gpd.GeoDataFrame(figure.rows.copy(), geometry=shapes, crs=4326), "gpkg", figure.key)


def picture_bytes(figure: Figure, kind: str, language: Language) -> bytes:
    """The figure's chart or map as 'png' or 'svg', on white, with finding, unit, period and source inside."""
    picture = still(figure, Style(language))
    (content,) = picture_files.draw([picture], {"format": kind, "scale": 2 if kind == "png" else 1})
    assert content is not None
    return content


def kinds(figure: Figure, language: Language) -> dict[str, tuple[str, str, Callable[[], bytes]]]:
    """The files that can be made of a figure, by their ending: what each is called, its type, how it is made."""
    every: dict[str, tuple[str, str, Callable[[], bytes]]] = {
        "csv": ("CSV", "text/csv", partial(csv_bytes, figure, language)),
        "xlsx": ("Excel", XLSX, partial(xlsx_bytes, figure, language)),
        "parquet": ("Parquet", "application/vnd.apache.parquet", partial(parquet_bytes, figure.rows)),
    }
    if len(figure.rows) > MAX_SHEET_ROWS:
        del every["xlsx"]
    if figure.geometry is not None:
        every["geojson"] = ("GeoJSON", "application/geo+json", partial(geojson_bytes, figure))
        every["gpkg"] = ("GeoPackage", "application/geopackage+sqlite3", partial(geopackage_bytes, figure))
    if figure.drawing is not None and picture_files.can_draw():
        every["png"] = ("PNG", "image/png", partial(picture_bytes, figure, "png", language))
        every["svg"] = ("SVG", "image/svg+xml", partial(picture_bytes, figure, "svg", language))
    return every


def buttons(figure: Figure) -> None:
    """Buttons that take table and picture away; each file is made when its button is pressed."""
    stem, drawn = file_stem(figure.finding), figure.drawing is not None
    if "rank" in figure.rows and len(figure.rows) > FIRST:
        parts = {"all": _("All rows"), "first": _("Ranks 1 to {last}", last=FIRST)}
        part = st.segmented_control(
            _("Rows"),
            list(parts),
            default="all",
            format_func=parts.__getitem__,
            key=f"{figure.key}-part",
            required=True,
        )
        if part == "first":
            figure, stem = figure.ranked(FIRST), f"{stem}-1-{FIRST}"
    with st.container(horizontal=True, gap="xsmall"):
        for ending, (label, mime, make) in kinds(figure, current()).items():
            key = f"{figure.key}-{ending}"
            st.download_button(label, make, f"{stem}.{ending}", mime, key=key, on_click="ignore")
    if drawn and not picture_files.can_draw():
        st.caption(_("PNG: camera button of the chart. SVG needs Chromium on the server."))
