"""Cultural employment by country."""

import pandera.pandas as pa

from data.connectors import statistics_explained
from data.definitions._common import EUROSTAT, NATIONAL, POSITIVE, TEXT, Definition, Entry, code, year

TABLE = Definition(
    Entry(
        "cultural_employment_by_country",
        "world",
        "Cultural employment of countries and the EU (scope: Eurostat culture statistics)",
        **EUROSTAT,
        period="2019–2022, yearly average",
        unit="thousand persons; per cent of total employment, rounded to 0.1",
        geography="countries",
        note="As printed in Statistics Explained, 'Culture statistics - cultural employment' (2023). Break in 2021.",
    ),
    columns={
        "year": year(2011),
        "country": code("[A-Z]{2}"),
        "iso3": code("([A-Z]{3})?"),
        "name": TEXT,
        "thousand_persons": POSITIVE,
        "percent": pa.Column(float, pa.Check.in_range(0, 100)),
    },
    key=["year", "country"],
    make=lambda *_: statistics_explained.cultural_employment_by_country(),
    rule=NATIONAL,
)
