"""Social indicators by area."""

import pandera.pandas as pa

from data.connectors import berlin_facilities
from data.definitions._common import AREA, MONITORING_OFFICE, PERIOD, TEXT, Definition, Entry

TABLE = Definition(
    Entry(
        "social_monitoring",
        "berlin",
        "Social monitoring by planning area",
        **MONITORING_OFFICE,
        period="2020-12-31",
        unit="percent",
        geography="LOR planning areas (2021)",
    ),
    columns={
        "period": PERIOD,
        "area_id": AREA,
        "indicator": TEXT,
        "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
    },
    key=["period", "area_id", "indicator"],
    make=lambda sources, _: berlin_facilities.social_monitoring(sources / "berlin"),
)
