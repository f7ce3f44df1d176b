"""Which stops the trips of a timetable serve, and when after their start."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_timetable
from data.definitions._common import TIMETABLE, Definition, Entry, Tables

WHOLE = pa.Column("int32", pa.Check.ge(0))


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's."""
    return berlin_timetable.timetable(sources / "berlin_vbb").patterns


TABLE = Definition(
    Entry(
        "timetable_patterns", "berlin", "Timetable: stops of trips", **TIMETABLE, unit="seconds after a trip's start"
    ),
    columns={"pattern": WHOLE, "position": WHOLE, "stop": WHOLE, "arrival": WHOLE, "departure": WHOLE},
    key=["pattern", "position"],
    make=make,
)
