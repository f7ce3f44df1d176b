"""From a checked pack to a city in the app: every table made and checked first, then put in use from one moment on."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
from pandera.errors import SchemaError

from data import disclosure, grid, local
from data.catalogue import Entry
from data.city import checks, pack
from data.city.pack import Pack
from data.city.section_reader import ValidationResult, Finding
from data.connectors import street_network
from data.connectors.gisco import simplify_coverage
from data.errors import DataError
from data.placing import assign_areas

BOUNDARY_VERSION = "pack"
HEXAGON = 8  # H3 resolution of the areas of a pack that has a grid only: about 0.7 km2
SAMPLE = "walking_sample"
GRIDDED = "Inside an area residents are spread by a population grid (an estimate)."
BUILT = "Inside an area residents are spread over its built-up hexagons (an estimate)."
AGELESS = "Ages are not known: every year of age up to 120 is taken to be equally frequent, which is far from true."
ReportProgress = Callable[[str, float], object]


class BadPackError(DataError):
    """A pack that has errors; its findings are in `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def build(path: Path, report_progress: ReportProgress = lambda _what, _share: None) -> tuple[str, list[Finding]]:
    """Check a pack (folder or zip) and put its city in use; returns the city's key and the warnings.

    Raises BadPackError with every finding if one of them is an error; then nothing has changed.
    """
    try:
        with pack.open_pack(path) as folder:
            checked = checks.check(folder, lambda what, share: report_progress(f"check {what}", 0.3 * share))
            if checked.errors or checked.pack is None:
                raise BadPackError(checked.findings)
            tables, settings = city_tables(
                checked, folder, lambda what, share: report_progress(what, 0.3 + 0.65 * share)
            )
    except pack.PackError as fault:
        raise BadPackError(
            [Finding("error", path.name, *checks.split_hint(str(fault).removeprefix(f"{path.name}: ")))]
        ) from fault
    key = checked.pack.key
    try:
        local.save_all(tables, settings)
        _aim(key, checked.tables.get("targets"))
    except SchemaError as fault:  # what the checks overlooked: still our own sentence, still nothing changed
        raise BadPackError(
            [
                Finding(
                    "error",
                    pack.MANIFEST,
                    f"a table breaks its contract ({str(fault).splitlines()[0][:200]})",
                    "Please report this pack, so that the check learns to say it better",
                )
            ]
        ) from fault
    report_progress("done", 1.0)
    return key, checked.findings


def city_tables(
    checked: ValidationResult, folder: Path, report_progress: ReportProgress
) -> tuple[list[tuple[Entry, pd.DataFrame]], dict[str, Any]]:
    """Every table of the city with its entry, and the city's settings."""
    assert checked.pack is not None
    given, read = checked.pack, checked.tables
    lived = read.get("grid")
    shapes = gpd.GeoDataFrame(read["areas"]) if "areas" in read else hexagons(gpd.GeoDataFrame(lived))
    crs = int(given.city.get("crs") or 0) or int(shapes.estimate_utm_crs().to_epsg())
    metric = shapes.to_crs(crs)
    squares = None if lived is None else as_squares(gpd.GeoDataFrame(lived), crs)
    note = _Notes(given, local.stamp())
    out: list[tuple[Entry, pd.DataFrame]] = []

    def keep(name: str, section: str, title: str, unit: str, table: pd.DataFrame, extra: str = "") -> None:
        out.append((note.entry(name, section, title, unit, extra), table))

    report_progress("areas", 0.0)
    drawn = areas(metric, str(given.city["name"]))
    ground = "areas" if "areas" in read else "grid"
    keep("areas", ground, "Areas at every level, simplified for drawing", "shape", drawn, "area_km2 is the true area.")
    exact = metric[["area_id", "geometry"]].assign(boundary_version=BOUNDARY_VERSION)[
        ["boundary_version", "area_id", "geometry"]
    ]
    keep("areas_exact", ground, "Smallest areas, true shapes for computing", "shape", exact)
    report_progress("residents", 0.1)
    people = read["residents"] if "residents" in read else residents_of_grid(metric, squares)
    keep(
        "residents",
        "residents" if "residents" in read else "grid",
        "Residents by age",
        "persons",
        _few_hidden(people),
        "Areas with fewer than ten residents are suppressed (empty).",
    )
    report_progress("services", 0.2)
    found = facilities(
        metric,
        [read[name].assign(source=note.credit(name)["attribution"]) for name in ("services", "stops") if name in read],
    )
    if len(found):
        keep(
            "facilities",
            "services" if "services" in read else "stops" if "stops" in read else ground,
            "Services, culture venues and transit stops",
            "facilities, places",
            found,
        )
    report_progress("cells", 0.4)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(found["x"], found["y"]), crs=crs)
    keep(
        "cells",
        "grid" if lived is not None else ground,
        "Hexagons with their share of an area's residents (estimate)",
        "share of the area's residents",
        grid.cells(metric, points, squares),
    )
    if "network" in given.parts:
        report_progress("network", 0.6)
        nodes, edges, _places = street_network.network(folder / given.parts["network"].file, crs)
        keep("network_nodes", "network", "Walking network: nodes", "metres", nodes)
        keep("network_edges", "network", "Walking network: ways", "metres", edges)
    report_progress("people", 0.9)
    tree = drawn[["level", "area_id", "parent_id"]]
    for name, table, by in (
        ("background", "residents_by_background", "background"),
        ("origins", "residents_by_origin", "origin"),
    ):
        if name in read:
            keep(
                table,
                name,
                pack.SECTIONS[name].holds,
                "persons",
                guarded(read[name], tree, by),
                "Counts below 10, and those that would reveal them, are suppressed.",
            )
    if "social" in read:
        keep("social_monitoring", "social", "Social monitoring by area", "percent", read["social"])
    if "employment" in read:
        keep(
            "firms",
            "employment",
            "Firms by area and activity",
            "firms; employees",
            firms(read["employment"]),
            "Employees of cells with fewer than three firms are suppressed.",
        )
    return out, settings(given, drawn, crs, people, lived is not None)


class _Notes:
    """Entries of a pack's tables: the manifest's credit and period with the build's version."""

    def __init__(self, given: Pack, version: str) -> None:
        self.given, self.version = given, version

    def credit(self, section: str) -> dict[str, str]:
        part = self.given.parts[section]
        publisher = part.credit.get("publisher") or str(self.given.city["name"])
        return {
            "publisher": publisher,
            "licence": part.credit.get("licence") or "licence not stated",
            "attribution": part.credit.get("attribution") or publisher,
            "period": part.credit.get("period", ""),
        }

    def entry(self, name: str, section: str, title: str, unit: str, note: str) -> Entry:
        about: dict[str, Any] = self.credit(section)
        return Entry(
            name,
            self.given.key,
            title,
            **about,
            unit=unit,
            geography=f"areas of {self.given.city['name']}",
            note=note,
            version=self.version,
        )


def hexagons(lived: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Areas for a city of which only a grid is known: the H3 hexagons that hold people, with their parents as districts."""
    middle = lived[lived["persons"] > 0].representative_point()
    ids = pd.Series([h3.latlng_to_cell(point.y, point.x, HEXAGON) for point in middle]).drop_duplicates()
    outlines = [shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(one)]) for one in ids]
    parent = [h3.cell_to_parent(one, HEXAGON - 1) for one in ids]
    return gpd.GeoDataFrame(
        {
            "area_id": ids,
            "name": [f"Hexagon {number}" for number in range(1, len(ids) + 1)],
            "district": parent,
            "district_name": [f"Hexagons around {one[3:9]}" for one in parent],
        },
        geometry=outlines,
        crs=4326,
    )


def as_squares(lived: gpd.GeoDataFrame, crs: int) -> gpd.GeoDataFrame:
    """The grid in metres; points become squares as wide as their usual distance."""
    metric = lived.to_crs(crs)
    if (metric.geom_type == "Point").all():
        xy = metric.get_coordinates().to_numpy()
        from scipy.spatial import cKDTree

        apart = float(np.median(cKDTree(xy).query(xy, k=2)[0][:, 1])) if len(xy) > 1 else 250.0
        metric = metric.set_geometry(metric.buffer(max(apart, 1.0) / 2, cap_style="square"))
    return metric[metric["persons"] > 0]


def areas(metric: gpd.GeoDataFrame, city: str) -> gpd.GeoDataFrame:
    """Areas for drawing, EPSG:4326, simplified as one coverage: city, districts, smallest areas."""
    known = metric.assign(area_km2=metric.area / 1e6)
    sized = max(1.0, min(25.0, math.sqrt(float(known.area.median())) / 40))
    try:
        simple = simplify_coverage(known, sized, 1)
    except shapely.GEOSException:  # outlines that are no coverage stay as they are
        simple = known
    districts = simple.dissolve("district", aggfunc={"area_km2": "sum", "district_name": "first"}).reset_index()
    whole = simple.dissolve(aggfunc={"area_km2": "sum"})
    levels = [
        whole.assign(level="city", area_id="0", name=city, parent_id=""),
        districts.assign(
            level="district", area_id=districts["district"], name=districts["district_name"], parent_id="0"
        ),
        simple.assign(level="planning_area", parent_id=simple["district"]),
    ]
    both = (
        gpd.GeoDataFrame(pd.concat(levels, ignore_index=True), crs=metric.crs)
        .to_crs(4326)
        .assign(boundary_version=BOUNDARY_VERSION)
    )
    both.geometry = shapely.transform(both.geometry.array, lambda xy: np.round(xy, 6))
    return both[["boundary_version", "level", "area_id", "name", "parent_id", "area_km2", "geometry"]]


def residents_of_grid(metric: gpd.GeoDataFrame, squares: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Residents by area from a grid (an estimate): a square's persons by the share of it that lies in the area."""
    assert squares is not None
    pieces = gpd.overlay(
        squares.assign(square=squares.area), metric[["area_id", "geometry"]], how="intersection", keep_geom_type=True
    )
    persons = (pieces["persons"] * pieces.area / pieces["square"]).groupby(pieces["area_id"]).sum()
    table = pd.DataFrame({"area_id": metric["area_id"], "persons": metric["area_id"].map(persons).fillna(0.0).round()})
    return table.assign(period=squares["period"].max(), age="0+")


def _few_hidden(people: pd.DataFrame) -> pd.DataFrame:
    """Persons as whole numbers, empty in areas that house fewer than ten: their ages would single people out."""
    sums = people.groupby(["period", "area_id"])["persons"].transform("sum")
    few = sums.between(1, disclosure.THRESHOLD - 1)
    table = people.assign(
        persons=people["persons"].round().astype("Int64").mask(few), boundary_version=BOUNDARY_VERSION
    )
    return table[["period", "boundary_version", "area_id", "age", "persons"]].sort_values(
        ["period", "area_id", "age"], ignore_index=True
    )


def facilities(metric: gpd.GeoDataFrame, found: list[pd.DataFrame]) -> pd.DataFrame:
    """Services and stops, each in the area it stands in; those outside are left out."""
    columns = ["source_id", "kind", "name", "places", "operator", "source", "area_id", "lon", "lat", "x", "y"]
    if not found:
        empty = pd.DataFrame(
            {name: pd.Series(dtype=float if name in ("lon", "lat", "x", "y") else str) for name in columns}
        )
        return empty.astype({"places": "Int64"})
    both = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=4326)
    inside = assign_areas(both, metric)
    inside["places"] = inside["places"].astype("float64").round().astype("Int64")
    return inside[columns].sort_values(["kind", "source_id"], ignore_index=True)


def guarded(counts: pd.DataFrame, tree: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts of the smallest areas at every level, small ones suppressed: period, cut, level, area_id, `by`, persons, suppressed."""
    parts = []
    for (period, what), rows in counts.groupby(["period", by]):
        found = disclosure.suppressed_sums(rows.set_index("area_id")["persons"], tree)
        parts.append(found.assign(period=period, boundary_version=BOUNDARY_VERSION, **{by: what}))
    return pd.concat(parts, ignore_index=True)


def firms(rows: pd.DataFrame) -> pd.DataFrame:
    """Firms by area and activity; employees of cells with fewer than three firms are hidden."""
    few = rows["firms"] < 3
    employees = rows["employees"].round().astype("Int64").mask(few)
    return rows.assign(
        firms=rows["firms"].astype("int64"),
        employees_low=employees,
        employees_high=employees,
        open_ended=0,
        suppressed=few,
    )


def settings(given: Pack, drawn: gpd.GeoDataFrame, crs: int, people: pd.DataFrame, gridded: bool) -> dict[str, Any]:
    """What the app asks of a city (data.City without its key)."""
    whole = drawn[drawn["level"] == "city"]
    west, south, east, north = whole.total_bounds
    width_m = max(
        (east - west) * 111_320 * math.cos(math.radians((south + north) / 2)), (north - south) * 111_320, 500.0
    )
    names = {"city": "City", "district": "District", "planning_area": "Planning area"} | given.city.get(
        "level_names", {}
    )
    note = GRIDDED if gridded else BUILT
    if (people["age"] == "0+").any():
        note = f"{note} {AGELESS}"
    return {
        "name": str(given.city["name"]),
        "country": str(given.city["country"]),
        "region": str(given.city.get("region", "")),
        "region_name": str(given.city.get("region_name") or given.city["name"]),
        "crs": crs,
        "lon": round((west + east) / 2, 5),
        "lat": round((south + north) / 2, 5),
        "zoom": round(math.log2(47_600 * 520 / width_m), 2),
        "boundary_version": BOUNDARY_VERSION,
        "boundary_since": f"{people['period'].min():%Y-%m-%d}",
        "level_names": names,
        "displaced_origins": list(given.city.get("displaced_origins", [])),
        "displaced_origins_why": str(given.city.get("displaced_origins_why", "")),
        "estimate_note": note,
        "walking_network": SAMPLE,
        "walking_network_name": "central Helsinki (OpenStreetMap, 2019)",
    }


def _aim(key: str, wanted: pd.DataFrame | None) -> None:
    """Store the pack's goals that the register does not hold yet."""
    if wanted is None:
        return
    from data import store

    known = store.targets(key)
    held = set(known[["level", "area_id", "indicator", "year"]].itertuples(index=False, name=None))
    for row in wanted.itertuples(index=False):
        area = row.area_id or "0"
        if (row.level, area, row.indicator, int(row.year)) not in held:
            store.add_target(key, row.level, area, row.indicator, float(row.value), int(row.year))
