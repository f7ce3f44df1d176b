"""Residents known within old and new boundaries."""

from data.connectors import berlin_facilities
from data.definitions._common import AREA, MONITORING_OFFICE, PERIOD, PROTECTED, Definition, Entry
from data.disclosure import Rule

TABLE = Definition(
    Entry(
        "residents_new_boundaries",
        "berlin",
        "Residents of 2020-12-31 in the areas of 2021",
        **MONITORING_OFFICE,
        period="2020-12-31",
        unit="persons",
        geography="LOR planning areas (2021)",
        note="The one half-year known within both boundaries: it measures the error of the bridge.",
    ),
    columns={"period": PERIOD, "area_id": AREA, "persons": PROTECTED},
    key=["area_id"],
    rule=Rule("ages"),
    make=lambda sources, _: berlin_facilities.residents_new_boundaries(sources / "berlin"),
)
