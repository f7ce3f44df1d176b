"""Gross domestic product of countries."""

from data.connectors import worldbank
from data.definitions._common import COUNTRY, PEOPLE, WORLD_BANK, Definition, Entry, year

TABLE = Definition(
    Entry(
        "country_gdp",
        "world",
        "Gross domestic product by country",
        **WORLD_BANK,
        attribution="World Bank, NY.GDP.MKTP.CD",
        period="1960–2023",
        unit="US$, at the year's prices and exchange rates",
        geography="countries",
        note="Not converted at purchasing power. Countries as UNHCR counts them, as in the residents by country; "
        "a year without a figure for each part, or before one left, has none.",
    ),
    columns={"iso3": COUNTRY, "year": year(1960), "usd": PEOPLE},
    key=["iso3", "year"],
    make=lambda sources, tables: worldbank.by_country(
        sources / "world" / "worldbank_gdp_usd_1960_2023.csv", tables["countries"], "usd", before_splits=False
    ),
)
