"""Gross domestic product by region."""

import httpx
import pandas as pd

from data.connectors import eurostat_api
from data.definitions._common import EUROSTAT, GEO, POSITIVE, TEXT, Definition, Entry, year


def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
    """nama_10r_2gdp, in purchasing power standards."""
    cells = eurostat_api.fetch("nama_10r_2gdp", client, unit="MIO_PPS_EU27_2020", freq="A")
    return cells.dropna(subset="value").rename(columns={"value": "million_pps"})


TABLE = Definition(
    Entry(
        "regional_gdp",
        "world",
        "Gross domestic product",
        **EUROSTAT,
        period="",
        unit="million PPS",
        geography="NUTS 2",
        note="nama_10r_2gdp",
    ),
    columns={"year": year(1999), "geo": GEO, "million_pps": POSITIVE, "flag": TEXT},
    key=["year", "geo"],
    download=download,
    download_period="{first}–{last}",
)
