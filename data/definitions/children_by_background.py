"""Children with a migration background, as a share of all of their age."""

import pandera.pandas as pa

from data.connectors import berlin_statistics
from data.definitions._common import AREA, LEVELS, PERIOD, STATISTICS, Definition, Entry, choice
from data.disclosure import Rule

BASES = {
    "0-5": (0, 6, 1),
    "6-14": (6, 15, 1),
    "15-17": (15, 18, 1),
}  # ages from, to under; residents to one of the base
TABLE = Definition(
    Entry(
        "children_by_background",
        "berlin",
        "Children with a migration background",
        **STATISTICS,
        period="2021-06 to 2024-12, each half-year's end",
        unit="percent of residents of that age",
        geography="LOR forecast areas (2021)",
        note="Rounded to the middle of a band that stands for eleven children or more; 0 is 0. Of one level of areas "
        "only, as two would bound one another.",
    ),
    columns={
        "period": PERIOD,
        "level": choice(*LEVELS),
        "area_id": AREA,
        "age": choice(*BASES),
        "percent": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
    },
    key=["period", "level", "area_id", "age"],
    rule=Rule("shares", beside=("residents",), bases=BASES),
    make=lambda sources, _: berlin_statistics.children_by_background(sources / "berlin"),
)
