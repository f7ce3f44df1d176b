"""Residents of countries."""

from data.connectors import worldbank
from data.definitions._common import COUNTRY, NATIONAL, PEOPLE, WORLD_BANK, Definition, Entry, year

TABLE = Definition(
    Entry(
        "country_population",
        "world",
        "Residents by country",
        **WORLD_BANK,
        attribution="World Bank, SP.POP.TOTL",
        period="1960–2024, mid-year",
        unit="persons",
        geography="countries",
        note="Countries as UNHCR counts them: Serbia with Kosovo, Sudan with South Sudan until 2010, Ethiopia with "
        "Eritrea until 1992. Germany before 1990 is both states. Territories without a row are "
        "unknown; Taiwan has none.",
    ),
    columns={"iso3": COUNTRY, "year": year(1960), "persons": PEOPLE},
    key=["iso3", "year"],
    make=lambda sources, tables: worldbank.by_country(
        sources / "world" / "worldbank_population_1960_2024.csv", tables["countries"], "persons"
    ),
    rule=NATIONAL,
)
