"""Scopes of the creative economy."""

from data import scopes
from data.definitions._common import OWN, TEXT, Definition, Entry

TABLE = Definition(
    Entry("creative_scopes", "world", "Scopes of the cultural and creative economy", **OWN, unit="definition"),
    columns={"scope": TEXT, "label": TEXT, "defined_by": TEXT},
    key=["scope"],
    make=lambda *_: scopes.creative_scopes(),
)
