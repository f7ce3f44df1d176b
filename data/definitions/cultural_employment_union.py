"""Cultural employment of the European Union."""

from data.connectors import statistics_explained
from data.definitions._common import EUROSTAT, NATIONAL, POSITIVE, TEXT, Definition, Entry, choice, year

TABLE = Definition(
    Entry(
        "cultural_employment_union",
        "world",
        "Cultural employment of the EU by activity and by sex (scope: Eurostat culture statistics)",
        **EUROSTAT,
        period="2012–2022, yearly average",
        unit="thousand persons",
        geography="European Union (27)",
        note="As charted in Statistics Explained (2023). Activities leave out cultural occupations elsewhere, so they "
        "add up to less than both sexes. Break in 2021.",
    ),
    columns={"year": year(2011), "split": choice("activity", "sex"), "part": TEXT, "thousand_persons": POSITIVE},
    key=["year", "split", "part"],
    make=lambda *_: statistics_explained.cultural_employment_union(),
    rule=NATIONAL,
)
