"""A city's residents by origin."""

from data.connectors import berlin_statistics
from data.definitions._common import (
    AREA,
    FLAG,
    LEVELS,
    PERIOD,
    PROTECTED,
    STATISTICS,
    TEXT,
    Definition,
    Entry,
    choice,
    code,
)
from data.disclosure import Rule

TABLE = Definition(
    Entry(
        "residents_by_origin",
        "berlin",
        "Residents with a migration background by country of origin",
        **STATISTICS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR, every level",
        note="Counts below 10, and those that would reveal them, are suppressed. Five mis-headed columns before "
        "2020 are mended (see data/connectors/berlin_statistics.py). On 2024-06-30 the origin table counts "
        "2,009 fewer people with a migration background than the background table.",
    ),
    columns={
        "period": PERIOD,
        "boundary_version": TEXT,
        "level": choice(*LEVELS),
        "area_id": AREA,
        "origin": code("[A-Z]{3}"),
        "persons": PROTECTED,
        "suppressed": FLAG,
    },
    key=["period", "level", "area_id", "origin"],
    rule=Rule("areas"),
    make=lambda sources, _: berlin_statistics.residents_by_origin(sources / "berlin"),
)
