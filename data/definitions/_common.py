"""What the tables' files share: the form of a definition, publishers with licences, columns and what they promise."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import httpx
import pandas as pd
import pandera.pandas as pa

from data.catalogue import Entry as Entry
from data.disclosure import DisclosureError, Rule


class Tables(Protocol):
    """Tables by name, made and protected when first asked for; `original` is one before its protection (data.build)."""

    def __getitem__(self, name: str, /) -> pd.DataFrame: ...
    def original(self, name: str, /) -> pd.DataFrame: ...


COUNTS_PEOPLE = re.compile("person|people|resident|inhabitant|employ|firm|percent")


@dataclass(frozen=True)
class Definition:
    """A table: what it is, what it promises (columns, and those that no two rows share), how it comes about.

    make: from the folder of raw sources and other tables; download: from its publisher, for a place. A table that only
    a machine that is online has, or one with a file of its own, is not made. download_period: how the period of what
    is downloaded reads. every_city: it can be downloaded for any city that has it. rule: how people in it are
    protected; without one, a table that counts people raises DisclosureError.
    """

    entry: Entry
    columns: dict[str, pa.Column]
    key: list[str]
    make: Callable[[Path, Tables], pd.DataFrame] | None = None
    download: Callable[[str, httpx.Client | None], pd.DataFrame] | None = None
    download_period: str = "{first}–{last}, yearly average"
    every_city: bool = False
    rule: Rule | None = None

    def __post_init__(self) -> None:
        if self.rule is None and COUNTS_PEOPLE.search(" ".join([self.entry.unit, *self.columns])):
            raise DisclosureError(f"The table '{self.entry.name}' counts people and has no rule that protects them.")

    @cached_property
    def contract(self) -> pa.DataFrameSchema:
        """What pandera checks."""
        return pa.DataFrameSchema(self.columns, unique=self.key, strict=True, ordered=True)


NATIONAL = Rule("open", reason="Figures of whole countries or regions, as their publisher releases them.")
UNHCR: dict[str, Any] = {
    "publisher": "UNHCR Refugee Population Statistics",
    "licence": "CC BY 4.0",
    "attribution": "UNHCR Refugee Population Statistics Database",
}
WORLD_BANK: dict[str, Any] = {"publisher": "World Bank", "licence": "CC BY 4.0"}
STATISTICS: dict[str, Any] = {
    "publisher": "Amt für Statistik Berlin-Brandenburg",
    "licence": "CC BY 3.0 DE",
    "attribution": "Amt für Statistik Berlin-Brandenburg",
}
MONITORING_OFFICE: dict[str, Any] = {
    "publisher": "Senatsverwaltung für Stadtentwicklung Berlin",
    "licence": "CC BY 3.0 DE",
    "attribution": "Monitoring Soziale Stadtentwicklung 2021, Senatsverwaltung für Stadtentwicklung Berlin",
}
STREETS: dict[str, Any] = {
    "publisher": "OpenStreetMap",
    "licence": "ODbL 1.0",
    "attribution": "© OpenMapTiles © OpenStreetMap contributors",
    "geography": "Berlin, EPSG:25833",
    "period": "2021-08",
}
EDUCATION: dict[str, Any] = {
    "publisher": "Senatsverwaltung für Bildung, Jugend und Familie Berlin",
    "licence": "CC BY 3.0 DE",
    "attribution": "Senatsverwaltung für Bildung, Jugend und Familie Berlin",
}
TIMETABLE: dict[str, Any] = {
    "publisher": "VBB Verkehrsverbund Berlin-Brandenburg",
    "licence": "CC BY 3.0",
    "attribution": "VBB Verkehrsverbund Berlin-Brandenburg GmbH; by way of vbb-trips and vbb-stations (Jannis R)",
    "geography": "Berlin and 10 km around it, EPSG:25833",
    "period": "2021-09-14",
    "note": "The plan of a Tuesday, no real times; its licence is what the packages that it came by state. Stops of a "
    "station are one stop. Without airport express and long-distance trains.",
}
EUROSTAT: dict[str, Any] = {
    "publisher": "Eurostat",
    "licence": "Reuse with attribution (Decision 2011/833/EU)",
    "attribution": "Eurostat, © European Union",
}
OWN: dict[str, Any] = {
    "publisher": "Zone of Social Creativity",
    "licence": "CC0 1.0",
    "attribution": "Zone of Social Creativity",
    "period": "2026",
    "geography": "none",
}
GISCO: dict[str, Any] = {
    "publisher": "Eurostat GISCO",
    "licence": "EuroGeographics: non-commercial use with attribution",
    "attribution": "© EuroGeographics for the administrative boundaries",
    "unit": "shape",
}

CATEGORIES = [
    "refugees",
    "asylum_seekers",
    "other_in_need",
    "idps_unhcr",
    "idps_idmc",
    "palestine_refugees",
    "stateless",
    "others_of_concern",
    "host_community",
    "returned_refugees",
    "returned_idps",
]
LEVELS = ["city", "district", "forecast_area", "district_region", "planning_area"]


def year(first: int) -> pa.Column:
    """A calendar year, not before the first that the publisher has."""
    return pa.Column(int, pa.Check.in_range(first, 2100))


def choice(*values: str) -> pa.Column:
    """One of a list of words."""
    return pa.Column(str, pa.Check.isin(values))


def code(pattern: str) -> pa.Column:
    """A code that matches a pattern as a whole."""
    return pa.Column(str, pa.Check.str_matches(f"^{pattern}$"))


PEOPLE = pa.Column(int, pa.Check.gt(0))
COUNT = pa.Column(int, pa.Check.ge(0))
COUNT_OR_GAP = pa.Column("Int64", pa.Check.ge(0), nullable=True)
# Suppressed counts are empty; published ones are zero or at least ten (data/disclosure.py).
PROTECTED = pa.Column("Int64", pa.Check(lambda persons: (persons == 0) | (persons >= 10)), nullable=True)
NUMBER = pa.Column(float)
POSITIVE = pa.Column(float, pa.Check.gt(0))
SHARE = pa.Column(float, pa.Check.in_range(0, 1))
FLAG = pa.Column(bool)
TEXT = pa.Column(str)
PERIOD = pa.Column("datetime64[us]")
GEOMETRY = pa.Column("geometry")
COUNTRY = code("[A-Z0-9]{3}")
PAIR = {"origin": COUNTRY, "asylum": COUNTRY}
AREA = code(r"[\w.: -]{1,60}")  # as the city writes its ids
NUTS = code("[A-Z]{2}[A-Z0-9]{2}")
GEO = code("[A-Z0-9_]{2,9}")  # Eurostat's code of any area
