"""Stops of a timetable."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_timetable
from data.definitions._common import COUNT, TEXT, TIMETABLE, Definition, Entry, Tables


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's stations, and those around it."""
    return berlin_timetable.timetable(sources / "berlin_vbb").stops


TABLE = Definition(
    Entry("timetable_stops", "berlin", "Timetable: stops", **TIMETABLE, unit="stops"),
    columns={"stop": COUNT, "name": TEXT, "x": pa.Column("int32"), "y": pa.Column("int32")},
    key=["stop"],
    make=make,
)
