"""Decisions on asylum."""

from data.connectors import unhcr, unhcr_api
from data.definitions._common import COUNT, NATIONAL, PAIR, TEXT, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "asylum_decisions",
        "world",
        "Asylum decisions",
        **UNHCR,
        period="2000–2025, during the year",
        unit="persons or cases (see counted)",
        geography="country pairs",
    ),
    columns={
        "year": year(2000),
        **PAIR,
        "procedure": TEXT,
        "level": TEXT,
        "counted": choice("persons", "cases"),
        "recognised": COUNT,
        "complementary": COUNT,
        "rejected": COUNT,
        "closed": COUNT,
    },
    key=["year", "origin", "asylum", "procedure", "level", "counted"],
    make=lambda sources, _: unhcr.asylum_decisions(sources / "unhcr"),
    download=unhcr_api.downloader(unhcr.asylum_decisions, "asylum_decisions"),
    download_period="{first}–{last}, during the year",
    rule=NATIONAL,
)
