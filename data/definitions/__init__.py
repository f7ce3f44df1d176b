"""One file a table: what it is, what it promises, how it is made. A new file here is a new table.

The files load pandera and the connectors, which takes a third of a second: each is imported when its table is needed.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pandas as pd

from data.catalogue import Entry

if TYPE_CHECKING:
    import pandera.pandas as pa

    from data.definitions._common import Definition


def names() -> list[str]:
    """Every table that is defined."""
    return [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]


def definition(name: str) -> Definition:
    """A table's definition."""
    return import_module(f"{__name__}.{name}").TABLE


def entry(name: str) -> Entry:
    """What a table is, before it is made."""
    return definition(name).entry


def contract(name: str) -> pa.DataFrameSchema:
    """What a table promises: columns, types, keys, ranges."""
    return definition(name).contract


def check(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table in its contract's columns, or pandera's SchemaError with the first offending case.

    Counts and dates are brought to the contract's type first, whichever their source used. A column that the contract
    does not require may be missing.
    """
    schema = contract(name)
    present = [column for column, field in schema.columns.items() if field.required or column in table]
    table = table[present].reset_index(drop=True)
    for column, kind in types(name).items():
        if column in ("persons", "period") or (
            column in table and (str(table[column].dtype), kind) == ("Int64", "int64")
        ):
            table[column] = table[column].astype(kind)
    return schema.validate(table)


def types(name: str) -> dict[str, str]:
    """Columns of a table with their pandas types."""
    kinds = {column: str(kind) for column, kind in contract(name).dtypes.items()}
    # pandera calls every text so, and every date one of nanoseconds.
    spelled = {"string[pyarrow]": "str", "datetime64[ns]": "datetime64[us]"}
    return {column: spelled.get(kind, kind) for column, kind in kinds.items()}
