"""World Bank: residents and gross domestic product of countries by year."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.connectors.raw import open_raw

COLUMNS = {"Country Code": "iso3", "Year": "year", "Value": "value"}
# What UNHCR counts with another country, and until when (None: still). The World Bank has a row of its own for each
# back to 1960, in today's boundaries, so a rate of Sudan in 1990 needs the residents of South Sudan as well.
COUNTED_WITH = {"XKX": ("SRB", None), "MNE": ("SRB", 2005), "SSD": ("SDN", 2010), "ERI": ("ETH", 1992)}


def by_country(path: Path, countries: pd.DataFrame, name: str, *, before_splits: bool = True) -> pd.DataFrame:
    """One figure by country and year: iso3, year, `name` (whole numbers), as UNHCR draws countries.

    countries: iso3 of those that UNHCR names; the World Bank's groups (ARB, EUU, WLD, ...) are none of them. A country
    that lacks the figure of a part in a year has none in that year; a part has rows of its own once UNHCR counts it
    alone. before_splits: whether a country's rows are in today's boundaries also before a part left it (residents are;
    whose product is meant then is not said, and is left out).
    """
    rows = open_raw(path, COLUMNS).rename(columns=COLUMNS)[list(COLUMNS.values())].dropna()
    own = rows[rows["iso3"].isin(countries["iso3"])].set_index(["iso3", "year"])["value"]
    figures = rows.set_index(["iso3", "year"])["value"]
    for part, (whole, last) in COUNTED_WITH.items():
        years = rows["year"].unique()
        for year in years[years <= (last or years.max())]:
            if (whole, year) in own:
                is_clear = last is None or before_splits
                own[whole, year] += figures.get((part, year), float("nan")) if is_clear else float("nan")
            own = own.drop((part, year), errors="ignore")
    table = own.dropna().round().astype("int64").rename(name).reset_index()
    return table.sort_values(["iso3", "year"], ignore_index=True)
