"""Cultural employment by region."""

import httpx
import pandas as pd

from data.connectors import eurostat, eurostat_api
from data.definitions._common import EUROSTAT, NATIONAL, NUTS, POSITIVE, Definition, Entry, code, year


def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
    """cult_emp_reg: flagged cells without a value are absent, and so are countries."""
    cells = eurostat_api.fetch("cult_emp_reg", client, unit="THS_PER", freq="A").dropna(subset="value")
    cells = cells[(cells["geo"].str.len() == 4) & (cells["value"] > 0)]
    return cells.rename(columns={"geo": "nuts_id", "value": "thousand_persons"})


TABLE = Definition(
    Entry(
        "cultural_employment",
        "world",
        "Cultural employment (scope: Eurostat culture statistics)",
        **EUROSTAT,
        period="2014–2022, yearly average",
        unit="thousand persons",
        geography="NUTS 2 (2016)",
        note="cult_emp_reg. Break in series in 2021 (IESS). Unpublished cells are absent, not zero.",
    ),
    columns={"year": year(2008), "nuts_id": NUTS, "thousand_persons": POSITIVE, "flag": code("[a-z]{0,3}")},
    key=["year", "nuts_id"],
    make=lambda sources, _: eurostat.cultural_employment(sources / "eurostat"),
    download=download,
    rule=NATIONAL,
)
