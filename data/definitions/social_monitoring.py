"""Social indicators by area."""

import pandera.pandas as pa

from data.connectors import berlin_facilities
from data.definitions._common import AREA, MONITORING_OFFICE, PERIOD, TEXT, Definition, Entry
from data.disclosure import Rule

# Of whom each is a share: ages from, to under; and residents of these ages to one of its base (a household).
BASES = {
    "unemployment": (15, 65, 1),
    "transfer_receipt": (0, 120, 1),
    "child_poverty": (0, 15, 1),
    "youth_unemployment": (15, 25, 1),
    "single_parent_households": (0, 18, 3),
    "old_age_poverty": (65, 120, 1),
    "residence_over_five_years": (0, 120, 1),
}
TABLE = Definition(
    Entry(
        "social_monitoring",
        "berlin",
        "Social monitoring by planning area",
        **MONITORING_OFFICE,
        period="2020-12-31",
        unit="percent",
        geography="LOR planning areas (2021)",
        note="Rounded to the middle of a band that stands for eleven people or more; 0 is 0.",
    ),
    columns={
        "period": PERIOD,
        "area_id": AREA,
        "indicator": TEXT,
        "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
    },
    key=["period", "area_id", "indicator"],
    rule=Rule("shares", beside=("residents",), bases=BASES),
    make=lambda sources, _: berlin_facilities.social_monitoring(sources / "berlin"),
)
