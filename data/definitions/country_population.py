"""Residents of countries."""

from data.connectors import worldbank
from data.definitions._common import COUNTRY, PEOPLE, Definition, Entry, year

TABLE = Definition(
    Entry(
        "country_population",
        "world",
        "Residents by country",
        publisher="World Bank",
        licence="CC BY 4.0",
        attribution="World Bank, SP.POP.TOTL",
        period="2019, mid-year",
        unit="persons",
        geography="countries",
        note="One year only; rates that use it say so.",
    ),
    columns={"iso3": COUNTRY, "year": year(2019), "persons": PEOPLE},
    key=["iso3", "year"],
    make=lambda *_: worldbank.country_population(),
)
