"""Nodes of a street network."""

from data.connectors import street_network
from data.definitions._common import COUNT, NUMBER, STREETS, Definition, Entry

TABLE = Definition(
    Entry("network_nodes", "walking_sample", "Walking network: nodes", **STREETS, unit="metres"),
    columns={"node": COUNT, "x": NUMBER, "y": NUMBER},
    key=["node"],
    make=lambda *_: street_network.sample()[0],
)
