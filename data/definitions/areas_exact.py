"""A city's smallest areas for computing."""

from data.connectors import berlin_statistics
from data.definitions._common import AREA, GEOMETRY, STATISTICS, TEXT, Definition, Entry

TABLE = Definition(
    Entry(
        "areas_exact",
        "berlin",
        "Planning areas, true shapes for computing",
        **STATISTICS,
        period="boundaries of 2019 and 2021",
        unit="shape",
        geography="LOR planning areas, EPSG:25833",
    ),
    columns={"boundary_version": TEXT, "area_id": AREA, "geometry": GEOMETRY},
    key=["boundary_version", "area_id"],
    make=lambda sources, _: berlin_statistics.areas_exact(sources / "berlin"),
)
