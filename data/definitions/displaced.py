"""UNHCR's stocks at year end."""

from data.connectors import unhcr, unhcr_api
from data.definitions._common import CATEGORIES, NATIONAL, PAIR, PEOPLE, UNHCR, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "displaced",
        "world",
        "Displaced and stateless people by origin, country of asylum and category",
        **UNHCR,
        period="1951–2025, at year end",
        unit="persons",
        geography="country pairs",
        note="Includes IDMC (idps_idmc, 1990 on) and UNRWA (palestine_refugees, 1952 on) as UNHCR republishes them. "
        "UNHCR rounds counts below five. 'Other people in need of international protection' exist since 2018.",
    ),
    columns={"year": year(1951), **PAIR, "category": choice(*CATEGORIES), "persons": PEOPLE},
    key=["year", "origin", "asylum", "category"],
    make=lambda sources, _: unhcr.displaced(sources / "unhcr"),
    download=unhcr_api.downloader(unhcr.displaced, "population", "idmc", "unrwa"),
    download_period="{first}–{last}, at year end",
    rule=NATIONAL,
)
