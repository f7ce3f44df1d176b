"""Rents and their share of households' income, by a sample."""

from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from data.connectors import berlin_housing
from data.definitions._common import AREA, STATISTICS, Definition, Entry, Tables, choice, year
from data.disclosure import Rule


def make(sources: Path, _tables: Tables) -> pd.DataFrame:
    """Berlin's districts."""
    return berlin_housing.costs(sources / "berlin_more")


TABLE = Definition(
    Entry(
        "housing_costs",
        "berlin",
        "Rents and their burden (microcensus)",
        **STATISTICS,
        period="2014, 2018, 2022",
        unit="EUR a month with running costs; % of net income",
        geography="districts",
        note="A sample of one household in a hundred. Rents are of dwellings in 2014 and of households in 2022.",
    ),
    columns={
        "measure": choice("rent", "burden"),
        "year": year(2000),
        "district": AREA,
        "households": pa.Column("int64", pa.Check.ge(0)),
        "mean": pa.Column("float64", pa.Check.ge(0)),
        "deviation": pa.Column("float64", pa.Check.ge(0)),
    },
    key=["measure", "year", "district"],
    make=make,
    rule=Rule("open", reason="Estimates from a sample by district, as their publisher releases them."),
)
