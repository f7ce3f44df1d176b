"""A city's residents by age."""

from data.connectors import berlin_statistics
from data.definitions._common import AREA, PERIOD, PROTECTED, STATISTICS, TEXT, Definition, Entry, code
from data.disclosure import Rule

TABLE = Definition(
    Entry(
        "residents",
        "berlin",
        "Residents by age",
        **STATISTICS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR planning areas",
        note="Areas were redrawn on 2021-01-01; before and after are not comparable by id. "
        "Where an age has one to ten people, or an area fewer than twenty, persons are moved by lot to another age "
        "or a neighbouring area: sums stay, such a figure is off by ten or so.",
    ),
    columns={
        "period": PERIOD,
        "boundary_version": TEXT,
        "area_id": AREA,
        "age": code(r"\d{1,3}(-\d{1,3}|\+)"),
        "persons": PROTECTED,
    },
    key=["period", "area_id", "age"],
    rule=Rule("ages"),
    make=lambda sources, _: berlin_statistics.residents(sources / "berlin"),
)
