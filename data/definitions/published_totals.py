"""UNHCR's headline totals."""

from data.connectors import unhcr
from data.definitions._common import COUNTRY, NATIONAL, PEOPLE, SHARE, UNHCR, Definition, Entry, year

TABLE = Definition(
    Entry(
        "published_totals",
        "world",
        "Forcibly displaced people as UNHCR's Global Trends prints them",
        **UNHCR,
        period="2023 and 2024, at year end",
        unit="persons",
        geography="world",
        note="Overlap: UNRWA's estimate that 70 % of the displaced people in Gaza are Palestine refugees, "
        "unhcr.org/refugee-statistics/data-summaries.",
    ),
    columns={"year": year(1951), "published": PEOPLE, "overlap_place": COUNTRY, "overlap_share": SHARE},
    key=["year"],
    make=lambda *_: unhcr.published_totals(),
    rule=NATIONAL,
)
