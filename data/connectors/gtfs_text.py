"""A GTFS feed's files as text, the notices that a validator collects of them, and what it holds in words."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from data import kinds
from data.standards.tables import MAX_ROWS_NAMED, Notice
from data.translation import N_, Sentence, as_part, chain

ERROR, WARNING, INFO = "error", "warning", "note"
ONE_STOP = {
    "tram_stop": N_("tram stop"),
    "metro_station": N_("metro station"),
    "rail_station": N_("urban rail station"),
    "bus_stop": N_("bus stop"),
    "ferry_landing": N_("ferry landing"),
    "cableway_station": N_("cableway station"),
}
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
            self.add(ERROR, "empty_file", file, hint=N_("Export the feed again"))
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
            what, hint = N_("it cannot be read as CSV ({cause})"), N_("Export the feed again")
            self.add(ERROR, "csv_parsing_failed", file, what=what, hint=hint, cause=str(fault)[:120])
            return pd.DataFrame()
        rows.columns = rows.columns.str.strip()
        rows.index = np.setdiff1d(np.arange(2, len(rows) + len(longer) + 2), longer)
        more = pd.Series("", index=longer, dtype=str)
        hint = N_("Quote cells that hold a comma")
        self.add(ERROR, "invalid_row_length", file, more, what=N_("the row has more cells than the header"), hint=hint)
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
        **values: object,
    ) -> None:
        """Keep a notice. rows: its cells by row, none for one of the whole file; `what` is filled with values.

        In it {cell} is the first cell.
        """
        if rows is None:
            self.notices.append(Notice(severity, code, file, 1, (), column, Sentence(what, **values), hint))
        elif len(rows):
            first = tuple(int(row) for row in rows.index[:MAX_ROWS_NAMED])
            said = Sentence(what, cell=str(rows.iloc[0])[:60], **values)
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


def what_it_holds(
    days: str, kind: pd.Series, inside: pd.Series | None, platforms: int, left_out: dict[str, int]
) -> str:
    """What a feed holds and what of it was kept.

    days: from when to when it holds. kind: of each stop as people see them. inside: which stops lie in the city, None
    where that is not asked. left_out: how many, by why.
    """
    kinds_held = _counts(kind)
    held = N_("the feed serves {n:,} platforms, as people see them {stops}", n=platforms, stops=kinds_held)
    if platforms == 1:
        held = N_("the feed serves 1 platform, as people see them {stops}", stops=kinds_held)
    words = [held]
    if inside is not None:
        words.append(N_("in the city: {stops}", stops=_counts(kind[inside])))
    if reasons := [Sentence(reason, n=count) for reason, count in left_out.items() if count]:
        words.append(N_("left out are stops: {reasons}", reasons=chain(reasons, ", ")))
    if days:
        words.append(N_("its services run from {days}", days=as_part(days)))
    return chain(words, "; ")


def _counts(kind: pd.Series) -> str:
    """'2 tram stops, 1 metro station' of a column of kinds."""
    labels = kinds.facility_kinds().set_index("kind")
    counts = kind.value_counts().reindex(labels.index).dropna().astype(int)
    words = [
        N_("{n:,} {kind}", n=count, kind=Sentence(ONE_STOP[str(key)] if count == 1 else labels.loc[key, "plural"]))
        for key, count in counts.items()
    ]
    return chain(words, ", ") if words else Sentence(N_("none"))
