"""A city's areas for drawing."""

from data.connectors import berlin_statistics
from data.definitions._common import AREA, GEOMETRY, LEVELS, POSITIVE, STATISTICS, TEXT, Definition, Entry, choice

TABLE = Definition(
    Entry(
        "areas",
        "berlin",
        "Areas at every level, simplified for drawing",
        **STATISTICS,
        period="boundaries of 2019 and 2021",
        unit="shape",
        geography="LOR",
        note="area_km2 is the true area.",
    ),
    columns={
        "boundary_version": TEXT,
        "level": choice(*LEVELS),
        "area_id": AREA,
        "name": TEXT,
        "parent_id": TEXT,
        "area_km2": POSITIVE,
        "geometry": GEOMETRY,
    },
    key=["boundary_version", "level", "area_id"],
    make=lambda sources, _: berlin_statistics.areas(sources / "berlin"),
)
