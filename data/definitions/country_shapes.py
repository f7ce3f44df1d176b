"""Shapes of countries."""

from data.connectors import gisco
from data.definitions._common import COUNTRY, GEOMETRY, GISCO, TEXT, Definition, Entry

TABLE = Definition(
    Entry("country_shapes", "world", "Country shapes", **GISCO, period="2024", geography="countries"),
    columns={"iso3": COUNTRY, "name": TEXT, "geometry": GEOMETRY},
    key=["iso3"],
    make=lambda sources, _: gisco.country_shapes(sources / "world"),
)
