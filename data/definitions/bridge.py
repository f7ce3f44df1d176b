"""From old boundaries to new ones."""

import pandera.pandas as pa

from data.connectors import berlin_statistics
from data.definitions._common import AREA, STATISTICS, Definition, Entry

TABLE = Definition(
    Entry(
        "bridge",
        "berlin",
        "Old planning areas in new ones, by shared area (estimate)",
        **STATISTICS,
        period="boundaries of 2019 and 2021",
        unit="share of the old area",
        geography="LOR planning areas",
    ),
    columns={"old_id": AREA, "new_id": AREA, "share": pa.Column(float, pa.Check.in_range(0, 1.0000001))},
    key=["old_id", "new_id"],
    make=lambda _, tables: berlin_statistics.bridge(tables["areas_exact"]),
)
