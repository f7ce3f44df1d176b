"""UNHCR's flows of a year."""

from data.connectors import unhcr
from data.definitions._common import NATIONAL, PAIR, PEOPLE, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "displacement_flows",
        "world",
        "People newly displaced across borders",
        **UNHCR,
        period="1962–2025, during the year",
        unit="persons",
        geography="country pairs",
    ),
    columns={
        "year": year(1951),
        **PAIR,
        "category": choice("refugees", "asylum_seekers", "refugee_like", "other_in_need"),
        "persons": PEOPLE,
    },
    key=["year", "origin", "asylum", "category"],
    make=lambda sources, _: unhcr.displacement_flows(sources / "unhcr"),
    rule=NATIONAL,
)
