"""World Bank: residents by country, as the registry package pypopulation carries them (needed by the build only)."""

from __future__ import annotations

import pandas as pd

YEAR = 2019  # pypopulation 2020.3 took SP.POP.TOTL on 2020-07-01, whose newest year was 2019.


def country_population() -> pd.DataFrame:
    """Residents by country: iso3, year, persons (indicator SP.POP.TOTL)."""
    from pypopulation import implementation

    table = pd.DataFrame(implementation._load_file()).rename(columns={"Alpha_3": "iso3", "Population": "persons"})
    table = table.dropna(subset=["iso3", "persons"]).assign(year=YEAR)
    return table[["iso3", "year", "persons"]].sort_values("iso3", ignore_index=True)
