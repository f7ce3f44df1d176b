"""Everyone employed, by region."""

import httpx
import pandas as pd

from data.connectors import eurostat_api
from data.definitions._common import EUROSTAT, GEO, NATIONAL, POSITIVE, TEXT, Definition, Entry, year


def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
    """lfst_r_lfe2emp: both sexes, aged 15 and over."""
    cells = eurostat_api.fetch("lfst_r_lfe2emp", client, sex="T", age="Y_GE15", unit="THS_PER", freq="A")
    return cells.dropna(subset="value").rename(columns={"value": "thousand_persons"})


TABLE = Definition(
    Entry(
        "employment",
        "world",
        "Total employment",
        **EUROSTAT,
        period="",
        unit="thousand persons",
        geography="EU, countries, NUTS 2",
        note="lfst_r_lfe2emp, aged 15 and over.",
    ),
    columns={"year": year(1999), "geo": GEO, "thousand_persons": POSITIVE, "flag": TEXT},
    key=["year", "geo"],
    download=download,
    rule=NATIONAL,
)
