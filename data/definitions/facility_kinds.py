"""Kinds of facility."""

import pandera.pandas as pa

from data import kinds
from data.definitions._common import OWN, TEXT, Definition, Entry

TABLE = Definition(
    Entry("facility_kinds", "world", "Kinds of facility", **OWN, unit="kind"),
    columns={
        "kind": TEXT,
        "label": TEXT,
        "plural": TEXT,
        "grouping": TEXT,
        "age_from": pa.Column("Int64", nullable=True),
        "age_to": pa.Column("Int64", nullable=True),
    },
    key=["kind"],
    make=lambda *_: kinds.facility_kinds(),
)
