"""Points of a reader's own file, for the map: read as a pack's services are, with their columns as they stand."""

from __future__ import annotations

import pandas as pd

from data.city import outlines, reading
from data.city.findings import Finding
from data.city.pack_settings import Part
from data.city.section_reader import SectionReader
from data.errors import SourceError
from data.translation import N_

MOST = 5_000  # points
MOST_COLUMNS, MOST_LETTERS = 30, 200
PLACES = {"lon", "lat", "geometry"}
OWN = "own: "  # before the names of the file's own columns, which are data and stay as they are


def read_points(content: bytes, name: str) -> pd.DataFrame:
    """lon, lat (degrees) and the file's other columns, numbers where all of a column are. Raises SourceError.

    content: of a CSV, XLSX, GeoJSON, GeoPackage or Parquet file. Shapes that are no points stand at a point in them.
    """
    table = reading.read_bytes(content, name, MOST, N_("points"))
    findings: list[Finding] = []
    reader = SectionReader("services", Part(file=name), table, findings)
    geometry = outlines.shapes(reader, points=True)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors or geometry is None:
        what = (
            errors[0]
            if errors
            else Finding("error", name, N_("no column says where points are"), N_("Add lon and lat"))
        )
        raise SourceError(name, what.what, column=what.column, row=what.row, hint=what.hint)
    spots = geometry.representative_point()
    used = {reader.columns.get(place, place) for place in PLACES}
    rows = pd.DataFrame({"lon": spots.x.round(5), "lat": spots.y.round(5)})
    for column in [column for column in table.rows if column not in used][:MOST_COLUMNS]:
        cells = table.rows[column].astype("string").fillna("").str.strip().str[:MOST_LETTERS]
        numbers = pd.to_numeric(cells.where(cells != ""), errors="coerce")
        rows[f"{OWN}{column}"] = (
            numbers if numbers.notna().sum() == (cells != "").sum() and (cells != "").any() else cells
        )
    return rows.reset_index(drop=True)
