"""How unevenly origins are spread over a city."""

import pandera.pandas as pa

from data.definitions._common import PERIOD, STATISTICS, Definition, Entry, code
from data.disclosure import Rule
from data.separation import separation

PERCENT = pa.Column(float, pa.Check.in_range(0, 100))

TABLE = Definition(
    Entry(
        "separation",
        "berlin",
        "Separation of origins over planning areas, whole city",
        **STATISTICS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="per cent",
        geography="city, over LOR planning areas",
        note="Own figures from all counts, those too small to be published included; rounded to 0.1 per cent.",
    ),
    columns={
        "period": PERIOD,
        "origin": code("[A-Z]{3}"),
        "dissimilarity": PERCENT,
        "isolation": PERCENT,
        "areas": pa.Column(int, pa.Check.ge(10)),
    },
    key=["period", "origin"],
    rule=Rule("open", reason="One rounded number over all areas of the city tells of no area and of no one."),
    make=lambda _, tables: separation(tables.original("residents_by_origin"), tables.original("residents")),
)
