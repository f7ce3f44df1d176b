"""A city's residents by background."""

from data.connectors import berlin_statistics
from data.definitions._common import AREA, FLAG, LEVELS, PERIOD, PROTECTED, STATISTICS, TEXT, Definition, Entry, choice
from data.disclosure import Rule

TABLE = Definition(
    Entry(
        "residents_by_background",
        "berlin",
        "Residents with a migration background, foreign nationals",
        **STATISTICS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR, every level",
        note="Counts below 10, and those that would reveal them, are suppressed.",
    ),
    columns={
        "period": PERIOD,
        "boundary_version": TEXT,
        "level": choice(*LEVELS),
        "area_id": AREA,
        "background": choice("migration_background", "foreign_nationals"),
        "persons": PROTECTED,
        "suppressed": FLAG,
    },
    key=["period", "level", "area_id", "background"],
    rule=Rule("nested", beside=("residents", "residents_by_origin")),
    make=lambda sources, _: berlin_statistics.residents_by_background(sources / "berlin"),
)
