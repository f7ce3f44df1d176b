"""A city's residents by age."""

from data.connectors import berlin_statistics
from data.definitions._common import AREA, COUNT_OR_GAP, PERIOD, STATISTICS, TEXT, Definition, Entry, code

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
        "Areas with fewer than ten residents are suppressed (empty).",
    ),
    columns={
        "period": PERIOD,
        "boundary_version": TEXT,
        "area_id": AREA,
        "age": code(r"\d{1,3}(-\d{1,3}|\+)"),
        "persons": COUNT_OR_GAP,
    },
    key=["period", "area_id", "age"],
    make=lambda sources, _: berlin_statistics.residents(sources / "berlin"),
)
