"""Activity codes of each scope."""

import pandera.pandas as pa

from data import scopes
from data.definitions._common import OWN, TEXT, Definition, Entry, code

TABLE = Definition(
    Entry(
        "creative_codes",
        "world",
        "Activity codes of each scope with their weight",
        **OWN,
        unit="code",
        note="NACE Rev. 2 classes, for Germany also WZ 2008 subclasses.",
    ),
    columns={
        "scope": TEXT,
        "submarket": TEXT,
        "code": code(r"\d{2}\.\d{2}(\.\d)?"),
        "label": TEXT,
        "weight": pa.Column(float, pa.Check.in_range(0, 1, include_min=False)),
    },
    key=["scope", "submarket", "code"],
    make=lambda *_: scopes.creative_codes(),
)
