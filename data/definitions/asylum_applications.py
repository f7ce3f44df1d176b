"""Applications for asylum."""

from data.connectors import unhcr, unhcr_api
from data.definitions._common import COUNT, NATIONAL, PAIR, TEXT, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "asylum_applications",
        "world",
        "Asylum applications",
        **UNHCR,
        period="2000–2025, during the year",
        unit="persons or cases (see counted)",
        geography="country pairs",
    ),
    columns={
        "year": year(2000),
        **PAIR,
        "procedure": TEXT,
        "application": TEXT,
        "level": TEXT,
        "counted": choice("persons", "cases"),
        "applied": COUNT,
    },
    key=["year", "origin", "asylum", "procedure", "application", "level", "counted"],
    make=lambda sources, _: unhcr.asylum_applications(sources / "unhcr"),
    download=unhcr_api.downloader(unhcr.asylum_applications, "asylum_applications"),
    download_period="{first}–{last}, during the year",
    rule=NATIONAL,
)
