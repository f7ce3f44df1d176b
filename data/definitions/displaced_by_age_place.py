"""Displaced people by age, sex and kind of place."""

from data.connectors import unhcr
from data.definitions._common import CATEGORIES, NATIONAL, PAIR, PEOPLE, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "displaced_by_age_place",
        "world",
        "Displaced people by age, sex and kind of place",
        **UNHCR,
        period="2025, at year end",
        unit="persons",
        geography="country pairs",
        note="Age and sex are known for a part only; the rest is 'not stated'.",
    ),
    columns={
        "year": year(2001),
        **PAIR,
        "category": choice(*CATEGORIES),
        "place": choice("urban", "rural", "various"),
        "sex": choice("female", "male", "not stated"),
        "age": choice("0-4", "5-11", "12-17", "18-59", "60+", "not stated"),
        "persons": PEOPLE,
    },
    key=["year", "origin", "asylum", "category", "place", "sex", "age"],
    make=lambda sources, _: unhcr.displaced_by_age_place(sources / "unhcr"),
    rule=NATIONAL,
)
