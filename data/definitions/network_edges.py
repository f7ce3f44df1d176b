"""Ways of a street network."""

import pandera.pandas as pa

from data.connectors import street_network
from data.definitions._common import POSITIVE, STREETS, Definition, Entry

TABLE = Definition(
    Entry("network_edges", "walking_sample", "Walking network: ways", **STREETS, unit="metres"),
    columns={"origin": pa.Column(int), "target": pa.Column(int), "metres": POSITIVE},
    key=["origin", "target"],
    make=lambda *_: street_network.sample()[1],
)
