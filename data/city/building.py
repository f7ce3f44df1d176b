"""From a checked pack to a city in the app: every table made and checked first, then put in use from one moment on."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandera.errors import SchemaError

from data import definitions, disclosure, local, store
from data.catalogue import Entry
from data.city import balance, checks, pack, totals
from data.city.checks import ReportProgress
from data.city.findings import Finding, PackError, Sum
from data.city.ground import CITY_ID, Ground
from data.city.pack import LEVELS, SECTIONS, Pack
from data.connectors.gisco import simplify_coverage
from data.separation import separation
from data.translation import N_

BOUNDARY_VERSION = "pack"
SECONDS = "seconds after a trip's start"
# By what residents are spread with inside an area, and whether ages are known.
NOTES = {
    ("grid", True): N_("Inside an area residents are spread by a population grid (an estimate)."),
    ("homes", True): N_("Inside an area residents are spread over its homes by floor area (an estimate)."),
    ("evenly", True): N_(
        "Inside an area residents are spread evenly over its whole surface (an estimate): where its homes stand is not "
        "known."
    ),
    ("grid", False): N_(
        "Inside an area residents are spread by a population grid (an estimate). Ages are not known: nothing is said "
        "of children or older people."
    ),
    ("evenly", False): N_(
        "Inside an area residents are spread evenly over its whole surface (an estimate): where its homes stand is not "
        "known. Ages are not known: nothing is said of children or older people."
    ),
    ("homes", False): N_(
        "Inside an area residents are spread over its homes by floor area (an estimate). Ages are not known: nothing "
        "is said of children or older people."
    ),
}
M_PER_PIXEL, FRAME_PX = 78_272, 490  # of maps at the equator at zoom 0; of their 520 pixels, a rim left free


def build(
    path: Path,
    report_progress: ReportProgress = lambda _what, _share: None,
    report_sums: Callable[[list[Sum]], object] = lambda _sums: None,
) -> tuple[str, list[Finding]]:
    """Check a pack (folder or zip) and put its city in use; returns the city's key and the warnings.

    report_sums gets what each file holds beside what the stored tables say. Raises PackError with every finding if one
    of them is an error; then nothing has changed.
    """
    with pack.open_pack(path) as folder:
        checked = checks.check(folder, lambda what, share: report_progress(f"check {what}", 0.5 * share))
    if checked.errors or checked.pack is None or checked.ground is None:
        raise PackError(checked.findings)
    city = CityTables(checked.pack, checked.tables, checked.ground)
    city.make(lambda what, share: report_progress(what, 0.5 + 0.45 * share))
    try:
        local.save_all(city.tables, city.settings())
        _store_targets(checked.pack.key, checked.tables.get("targets"))
    except SchemaError as fault:  # what the checks overlooked: still our own sentence, still nothing changed
        what = N_("a table breaks its contract ({fault})", fault=str(fault).splitlines()[0][:200])
        hint = N_("Please report this pack, so that the check learns to say it better")
        raise PackError([Finding("error", pack.MANIFEST, what, hint)]) from fault
    report_sums(balance.sums(checked, {entry.name: table for entry, table in city.tables}))
    report_progress("done", 1.0)
    return checked.pack.key, checked.findings


class CityTables:
    """The tables of a city made from a checked pack's sections, each with its entry in `tables`."""

    def __init__(self, manifest: Pack, sections: dict[str, pd.DataFrame], ground: Ground) -> None:
        self.pack, self.sections, self.ground, self.version = manifest, sections, ground, local.stamp()
        self.outlines = "areas" if "areas" in sections else "grid"
        self.areas = areas(ground.smallest, manifest.city.name)
        self.tables: list[tuple[Entry, pd.DataFrame]] = []

    def make(self, report_progress: ReportProgress) -> None:
        """Make every table that the sections allow."""
        report_progress("areas", 0.0)
        self._add_areas()
        report_progress("residents", 0.2)
        self._add_residents()
        report_progress("services", 0.4)
        self._add_places_and_cells()
        network = self.ground.network
        if network is not None and len(network.edges):
            self._add("network_nodes", "network", "Walking network: nodes", "metres", network.nodes)
            self._add("network_edges", "network", "Walking network: ways", "metres", network.edges)
        plan = self.ground.timetable
        if plan is not None:
            self._add("timetable_stops", "stops", "Timetable: stops", "stops", plan.stops)
            self._add("timetable_patterns", "stops", "Timetable: stops of trips", SECONDS, plan.patterns)
            note = f"The plan of {plan.day}; no real times."
            self._add("timetable_trips", "stops", "Timetable: trips", "seconds after midnight", plan.trips, note)
        report_progress("people", 0.6)
        self._add_counts()

    def _add(
        self,
        name: str,
        section: str,
        title: str,
        unit: str,
        table: pd.DataFrame,
        note: str = "",
        sums: pd.DataFrame | None = None,
    ) -> None:
        geography = f"areas of {self.pack.city.name}"
        about: dict[str, Any] = self._credit(section)
        published = {entry.name: table for entry, table in self.tables}
        around = disclosure.Surroundings(self.areas, published, disclosure.secret(), sums)
        table = disclosure.protect(definitions.definition(name).rule, table, around)
        entry = Entry(
            name, self.pack.key, title, **about, unit=unit, geography=geography, note=note, version=self.version
        )
        self.tables.append((entry, table))

    def _credit(self, section: str) -> dict[str, str]:
        part = self.pack.parts[section]
        publisher = part.publisher or self.pack.city.name
        return {
            "publisher": publisher,
            "licence": part.licence or "licence not stated",
            "attribution": part.attribution or publisher,
            "period": part.period,
        }

    def _add_areas(self) -> None:
        title, note = "Areas at every level, simplified for drawing", "area_km2 is the true area."
        self._add("areas", self.outlines, title, "shape", self.areas, note)
        exact = self.ground.smallest[["area_id", "geometry"]]
        exact.insert(0, "boundary_version", BOUNDARY_VERSION)
        self._add("areas_exact", self.outlines, "Smallest areas, true shapes for computing", "shape", exact)

    def _add_residents(self) -> None:
        section = "residents" if "residents" in self.sections else "grid"
        people, note = self.ground.people.assign(boundary_version=BOUNDARY_VERSION), definitions.entry("residents").note
        self._add("residents", section, "Residents by age", "persons", people, note)

    def _add_places_and_cells(self) -> None:
        places, title = self.ground.places, "Services, culture venues and transit stops"
        if len(places):
            credit = {section: self._credit(section)["attribution"] for section in places["section"].unique()}
            table = places.assign(source=places["section"].map(credit)).drop(columns="section")
            self._add("facilities", next(iter(credit)), title, "facilities, places", table)
        section = {"grid": "grid", "homes": "network", "evenly": self.outlines}[self._spread_by()]
        title = "Hexagons with their share of an area's residents (estimate)"
        self._add("cells", section, title, "share of the area's residents", self.ground.cells)

    def _add_counts(self) -> None:
        note = definitions.entry("residents_by_background").note
        for section, by in (("origins", "origin"), ("background", "background")):
            if section in self.sections:
                sums = totals.of_section(self.sections, section, by)
                counts = known_or_not(self.sections[section], by, self.ground.smallest["area_id"], sums)
                self._add(f"residents_by_{by}", section, SECTIONS[section].holds, "persons", counts, note, sums)
        if "origins" in self.sections:
            entry = definitions.entry("separation")
            whole = separation(
                known_or_not(self.sections["origins"], "origin", self.ground.smallest["area_id"]), self.ground.people
            )
            self._add("separation", "origins", entry.title, entry.unit, whole, entry.note)
        if "social" in self.sections:
            title = "Social monitoring by area"
            note = definitions.entry("social_monitoring").note
            self._add("social_monitoring", "social", title, "percent", self.sections["social"], note)
        if "employment" in self.sections:
            table, note = (
                firms(self.sections["employment"]),
                "Employees of cells with fewer than three firms are suppressed.",
            )
            self._add("firms", "employment", "Firms by area and activity", "firms; employees", table, note)

    def _spread_by(self) -> str:
        """What tells where inside an area people live."""
        if self.ground.squares is not None:
            return "grid"
        return "homes" if self.ground.homes else "evenly"

    def settings(self) -> dict[str, Any]:
        """What the app asks of a city (data.City without its key)."""
        city = self.pack.city
        west, south, east, north = self.areas[self.areas["level"] == "city"].total_bounds
        shrink = math.cos(math.radians((south + north) / 2))  # of a degree of longitude, and of mercator's pixels
        width_m = (east - west) * 111_320 * shrink
        size_m = max(width_m, (north - south) * 111_320, 500.0)
        names = dict(zip(LEVELS, ("City", "District", "Planning area"), strict=True)) | city.level_names
        return {
            "name": city.name,
            "country": city.country,
            "region": city.region,
            "region_name": city.region_name or city.name,
            "crs": self.ground.crs,
            "lon": round((west + east) / 2, 5),
            "lat": round((south + north) / 2, 5),
            "zoom": round(math.log2(M_PER_PIXEL * shrink * FRAME_PX / size_m), 2),
            "boundary_version": BOUNDARY_VERSION,
            "boundary_since": f"{self.ground.people['period'].min():%Y-%m-%d}",
            "level_names": {level: names[level] for level in LEVELS if (self.areas["level"] == level).any()},
            "displaced_origins": city.displaced_origins,
            "displaced_origins_why": city.displaced_origins_why,
            "estimate_note": NOTES[self._spread_by(), not (self.ground.people["age"] == "0+").any()],
        }


def areas(metric: gpd.GeoDataFrame, city: str) -> gpd.GeoDataFrame:
    """Areas for drawing, EPSG:4326, simplified as one coverage: city, districts if there are any, smallest areas."""
    simple = metric.assign(area_km2=metric.area / 1e6)
    tolerance_m = max(1.0, min(25.0, math.sqrt(float(simple.area.median())) / 40))
    with suppress(shapely.GEOSException):  # outlines that are no coverage stay as they are
        simple = simplify_coverage(simple, tolerance_m, 1)
    whole = simple.dissolve(aggfunc={"area_km2": "sum"})
    levels = [whole.assign(level="city", area_id=CITY_ID, name=city, parent_id="")]
    if "district" in simple:
        districts = simple.dissolve("district", aggfunc={"area_km2": "sum", "district_name": "first"}).reset_index()
        districts = districts.rename(columns={"district": "area_id", "district_name": "name"})
        levels.append(districts.assign(level="district", parent_id=CITY_ID))
    levels.append(simple.assign(level="planning_area", parent_id=simple.get("district", CITY_ID)))
    table = gpd.GeoDataFrame(pd.concat(levels, ignore_index=True), crs=metric.crs).to_crs(4326)
    table.geometry = shapely.transform(table.geometry.array, lambda xy: np.round(xy, 6))
    table["boundary_version"] = BOUNDARY_VERSION
    return table[["boundary_version", "level", "area_id", "name", "parent_id", "area_km2", "geometry"]]


def known_or_not(counts: pd.DataFrame, by: str, areas: pd.Series, sums: pd.DataFrame | None = None) -> pd.DataFrame:
    """Counts with a row for every area: one that a period and group leave out is not known.

    sums: of groups too of which no part is known. Returns period, boundary_version, area_id, `by`, persons.
    """
    groups = counts[["period", by]]
    if sums is not None and len(sums):
        groups = pd.concat([groups, sums[["period", by]]])
    groups = groups.drop_duplicates().merge(areas.rename("area_id"), how="cross")
    return groups.merge(counts, how="left").assign(boundary_version=BOUNDARY_VERSION)[
        ["period", "boundary_version", "area_id", by, "persons"]
    ]


def firms(rows: pd.DataFrame) -> pd.DataFrame:
    """Firms by area and activity; employees as an interval of no width."""
    employees = rows["employees"].round()
    return rows.assign(
        firms=rows["firms"].astype("int64"), employees_low=employees, employees_high=employees, open_ended=0
    )


def _store_targets(key: str, targets: pd.DataFrame | None) -> None:
    """Store the pack's goals that the register does not hold yet."""
    if targets is None:
        return
    columns = ["level", "area_id", "indicator", "year"]
    stored = set(store.targets(key)[columns].itertuples(index=False, name=None))
    for row in targets.replace({"area_id": {"": CITY_ID}}).itertuples(index=False):
        if (row.level, row.area_id, row.indicator, int(row.year)) not in stored:
            store.add_target(key, row.level, row.area_id, row.indicator, float(row.value), int(row.year))
