"""Cultural employment by part."""

import httpx
import pandas as pd
import pandera.pandas as pa

from data.connectors import eurostat_api
from data.definitions._common import EUROSTAT, GEO, NATIONAL, TEXT, Definition, Entry, choice, year

SPLITS = {
    "sex": ("cult_emp_sex", "sex"),
    "age": ("cult_emp_age", "age"),
    "education": ("cult_emp_edu", "isced11"),
    "activity": ("cult_emp_n2", "nace_r2"),
}


def download(_place: str, client: httpx.Client | None) -> pd.DataFrame:
    """One dataset a split, of each the totals of the other dimensions; a flagged gap stays a gap with its flag."""
    tables = []
    for split, (dataset, dimension) in SPLITS.items():
        cells = eurostat_api.fetch(dataset, client, unit="THS_PER", freq="A")
        for other in {"sex", "age", "isced11"} & set(cells.columns) - {dimension}:
            cells = cells[cells[other].isin(["T", "TOTAL", "Y_GE15"])]
        tables.append(cells.rename(columns={dimension: "part", "value": "thousand_persons"}).assign(split=split))
    return pd.concat(tables)


TABLE = Definition(
    Entry(
        "cultural_employment_parts",
        "world",
        "Cultural employment by sex, age, education and activity",
        **EUROSTAT,
        period="",
        unit="thousand persons",
        geography="EU, countries",
        note="cult_emp_sex, cult_emp_age, cult_emp_edu, cult_emp_n2.",
    ),
    columns={
        "year": year(2011),
        "geo": GEO,
        "split": choice("sex", "age", "education", "activity"),
        "part": TEXT,
        "thousand_persons": pa.Column(float, pa.Check.ge(0), nullable=True),
        "flag": TEXT,
    },
    key=["year", "geo", "split", "part"],
    download=download,
    rule=NATIONAL,
)
