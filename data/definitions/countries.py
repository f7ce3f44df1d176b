"""Names of countries."""

import pandera.pandas as pa

from data.connectors import unhcr
from data.definitions._common import COUNTRY, TEXT, UNHCR, Definition, Entry

TABLE = Definition(
    Entry(
        "countries",
        "world",
        "Countries, territories and codes without a country",
        **UNHCR,
        period="2025",
        unit="code",
        geography="countries",
    ),
    columns={
        "iso3": COUNTRY,
        "name": TEXT,
        "region": pa.Column(str, nullable=True),
        "lon": pa.Column(float, pa.Check.in_range(-180, 180), nullable=True),
        "lat": pa.Column(float, pa.Check.in_range(-90, 90), nullable=True),
    },
    key=["iso3"],
    make=lambda sources, tables: unhcr.countries(sources / "unhcr", tables["country_shapes"]),
)
