"""Facilities on a street network."""

from data.connectors import street_network
from data.definitions._common import COUNT, NUMBER, STREETS, TEXT, Definition, Entry

TABLE = Definition(
    Entry("network_facilities", "walking_sample", "Facilities on the walking network", **STREETS, unit="facilities"),
    columns={"source_id": TEXT, "kind": TEXT, "name": TEXT, "x": NUMBER, "y": NUMBER, "node": COUNT},
    key=["source_id", "kind"],
    make=lambda *_: street_network.sample()[2],
)
