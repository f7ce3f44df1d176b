"""Trips of a timetable."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_timetable
from data.definitions._common import TEXT, TIMETABLE, Definition, Entry, Tables, choice


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's."""
    return berlin_timetable.timetable(sources / "berlin_vbb").trips


TABLE = Definition(
    Entry("timetable_trips", "berlin", "Timetable: trips", **TIMETABLE, unit="seconds after midnight"),
    columns={
        "pattern": pa.Column("int32", pa.Check.ge(0)),
        "start": pa.Column("int32"),
        "run": pa.Column("int32", pa.Check.ge(0)),
        "line": TEXT,
        "mode": choice("rail", "metro", "tram", "bus", "ferry", "cableway"),
    },
    key=["pattern", "start", "run"],
    make=make,
)
