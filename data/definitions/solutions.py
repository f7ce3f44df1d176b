"""Lasting solutions of a year."""

from data.connectors import unhcr, unhcr_api
from data.definitions._common import NATIONAL, PAIR, PEOPLE, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "solutions",
        "world",
        "Returns, resettlement and naturalisation",
        **UNHCR,
        period="1959–2025, during the year",
        unit="persons",
        geography="country pairs",
    ),
    columns={
        "year": year(1951),
        **PAIR,
        "solution": choice("returned_refugees", "resettlement", "naturalisation", "returned_idps"),
        "persons": PEOPLE,
    },
    key=["year", "origin", "asylum", "solution"],
    make=lambda sources, _: unhcr.solutions(sources / "unhcr"),
    download=unhcr_api.downloader(unhcr.solutions, "solutions"),
    download_period="{first}–{last}, during the year",
    rule=NATIONAL,
)
