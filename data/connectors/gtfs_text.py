"""A GTFS feed's files as text, and the notices that a validator collects of them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from data.standards.tables import MAX_ROWS_NAMED, Notice

ERROR, WARNING, INFO = "error", "warning", "note"
REQUIRED = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
OTHERS = (
    *(
        "calendar.txt",
        "calendar_dates.txt",
        "fare_attributes.txt",
        "fare_rules.txt",
        "timeframes.txt",
        "fare_media.txt",
    ),
    *(
        "fare_products.txt",
        "fare_leg_rules.txt",
        "fare_transfer_rules.txt",
        "areas.txt",
        "stop_areas.txt",
        "networks.txt",
    ),
    *(
        "route_networks.txt",
        "shapes.txt",
        "frequencies.txt",
        "transfers.txt",
        "pathways.txt",
        "levels.txt",
        "locations.geojson",
    ),
    *("location_groups.txt", "location_group_stops.txt", "booking_rules.txt", "translations.txt", "feed_info.txt"),
    *("attributions.txt", "rider_categories.txt", "fare_leg_join_rules.txt"),
)


class FeedText:
    """A feed's files as text, '' where a cell is empty; the index is the row in an editor."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        paths = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
        inside = [path.parent for path in paths if path.name in REQUIRED]
        top = min(inside, key=lambda folder: len(folder.parts)) if inside else PurePosixPath()
        self.archive = archive
        self.members = {path.name: str(path) for path in paths if path.parent == top}
        self.notices: list[Notice] = []
        self.tables: dict[str, pd.DataFrame] = {}

    def __getitem__(self, file: str) -> pd.DataFrame:
        """A file's rows; none where it is missing."""
        if file not in self.tables:
            self.tables[file] = self._read(file) if file in self.members else pd.DataFrame()
        return self.tables[file]

    def _read(self, file: str) -> pd.DataFrame:
        content = self.archive.read(self.members[file])
        if not content.strip(b"\xef\xbb\xbf\r\n "):
            self.add(ERROR, "empty_file", file, hint="Export the feed again")
            return pd.DataFrame()
        try:
            longer = _longer_than_the_first(content)
            rows = pd.read_csv(
                io.BytesIO(content),
                dtype=str,
                encoding="utf-8-sig",
                encoding_errors="replace",
                keep_default_na=False,
                skipinitialspace=True,
                skip_blank_lines=False,
                index_col=False,
                skiprows=[row - 1 for row in longer],
            )
        except (ValueError, csv.Error, pd.errors.ParserError) as fault:
            self.add(ERROR, "csv_parsing_failed", file, what=str(fault)[:120], hint="Export the feed again")
            return pd.DataFrame()
        rows.columns = rows.columns.str.strip()
        rows.index = np.setdiff1d(np.arange(2, len(rows) + len(longer) + 2), longer)
        more = pd.Series("", index=longer, dtype=str)
        hint = "Quote cells that hold a comma"
        self.add(ERROR, "invalid_row_length", file, more, what="the row has more cells than the header", hint=hint)
        rows = rows.fillna("")
        return rows[(rows != "").any(axis=1)]

    def add(
        self,
        severity: str,
        code: str,
        file: str,
        rows: pd.Series | None = None,
        *,
        column: str = "",
        what: str = "",
        hint: str = "",
    ) -> None:
        """Keep a notice. rows: its cells by row, none for one of the whole file; '{}' in `what` is the first cell."""
        if rows is None:
            self.notices.append(Notice(severity, code, file, 1, (), column, what, hint))
        elif len(rows):
            first = tuple(int(row) for row in rows.index[:MAX_ROWS_NAMED])
            said = what.replace("{}", str(rows.iloc[0])[:60])
            self.notices.append(Notice(severity, code, file, len(rows), first, column, said, hint))


def _longer_than_the_first(content: bytes) -> list[int]:
    """Rows with more cells than the header, which is row 1; pandas would take the second row for the width of all."""
    records = csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", "replace", newline=""))
    width = len(next(records))
    return [row for row, record in enumerate(records, 2) if len(record) > width]


def seconds(times: pd.Series) -> pd.Series:
    """Seconds since midnight of text such as 25:10:00; empty where it is no time."""
    places, different = pd.factorize(
        times, use_na_sentinel=False
    )  # a day has few different times, a feed millions of cells
    part = pd.Series(different).str.strip().str.extract(r"^(\d{1,3}):([0-5]\d):([0-5]\d)$").astype("float64")
    return pd.Series((part[0] * 3600 + part[1] * 60 + part[2]).to_numpy()[places], index=times.index)
