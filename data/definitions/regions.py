"""Shapes of NUTS 2 regions."""

from data.connectors import gisco
from data.definitions._common import GEOMETRY, GISCO, NUTS, TEXT, Definition, Entry

TABLE = Definition(
    Entry("regions", "world", "NUTS 2 regions, boundaries of 2016", **GISCO, period="2016", geography="NUTS 2 (2016)"),
    columns={"nuts_id": NUTS, "name": TEXT, "country": TEXT, "geometry": GEOMETRY},
    key=["nuts_id"],
    make=lambda sources, _: gisco.regions(sources / "eurostat"),
)
