"""Income of households by region."""

from data.connectors import eurostat
from data.definitions._common import EUROSTAT, NATIONAL, NUTS, POSITIVE, Definition, Entry, year

TABLE = Definition(
    Entry(
        "household_income",
        "world",
        "Disposable income of private households",
        **EUROSTAT,
        period="2009–2020",
        unit="PPS per inhabitant",
        geography="NUTS 2",
        note="tgs00026",
    ),
    columns={"year": year(2000), "nuts_id": NUTS, "pps_per_inhabitant": POSITIVE},
    key=["year", "nuts_id"],
    make=lambda sources, _: eurostat.household_income(sources / "eurostat"),
    rule=NATIONAL,
)
