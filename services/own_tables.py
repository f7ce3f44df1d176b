"""Tables that a city fills itself: read apart, placed, reported, saved in versions."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from data.city import own_tables
from data.city.findings import Finding, as_table
from data.context import CityContext
from data.figures import Column, Figure
from data.placing import assign_areas
from data.store import city_tables
from data.store.city_tables import Version
from data.translation import N_
from services import background, search
from services.areas import exact_areas
from services.columns import by_name
from services.figures import Caption, figure
from services.tables import optional_table

SUFFIXES = ["csv", "xlsx", "parquet"]
LABELS = {
    "courses": N_("Places in courses: a table of your own"),
    "capacities": N_("How many pupils schools can take: a table of your own"),
    "reception": N_("Reception centres: a table of your own"),
}
COLUMNS = by_name(
    Column("row", N_("Row"), kind="id"),
    Column("column", N_("Column"), kind="text"),
    Column("what", N_("What is wrong"), kind="text"),
    Column("hint", N_("How to correct it"), kind="text"),
)
UNPLACED = "Write street and number as the city does, or give lon and lat; the row was left out"


class Upload(NamedTuple):
    """A file that was read: its name, the rows that can be saved, and what is wrong with the others."""

    name: str
    rows: pd.DataFrame
    findings: list[Finding]


def receive(ctx: CityContext, kind: str, name: str, content: bytes) -> Upload:
    """Read a file in a process of its own and match it with the city. Raises DataError with what to mend."""
    table = background.run(ctx.language, own_tables.read, content, name, kind)
    match = _of_schools if kind == "capacities" else _placed
    rows, findings = match(ctx, kind, name, table.rows)
    return Upload(name, rows.drop(columns="row"), [*table.findings, *findings])


def _placed(ctx: CityContext, kind: str, name: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Places with lon, lat and the smallest area that they lie in; those without a place in the city are named."""
    findings = []
    for label in rows.index[rows[["lon", "lat"]].isna().any(axis=1)]:
        hit = search.locate(ctx, rows.at[label, "address"])
        if hit is None:
            what = N_("the address '{at}' is not known", at=rows.at[label, "address"][:60])
            findings.append(Finding("warning", name, what, UNPLACED, int(rows.at[label, "row"]), "address"))
        else:
            rows.loc[label, ["lon", "lat"]] = hit.lon, hit.lat
    rows = rows.dropna(subset=["lon", "lat"])
    points = gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    points = points.assign(source_id=[str(n) for n in rows.index], kind=kind)
    inside = assign_areas(points, gpd.GeoDataFrame(exact_areas(ctx)))
    kept = rows.index.intersection(inside["source_id"].astype(int))
    for label in rows.index.difference(kept):
        what = N_("{at:g}, {at_2:g} does not lie in the city", at=rows.at[label, "lon"], at_2=rows.at[label, "lat"])
        findings.append(Finding("warning", name, what, UNPLACED, int(rows.at[label, "row"]), "lon"))
    areas = pd.Series(inside["area_id"].to_numpy(), index=inside["source_id"].astype(int))
    return rows.loc[kept].assign(area_id=areas.reindex(kept)).reset_index(drop=True), findings


def _of_schools(ctx: CityContext, _kind: str, name: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Capacities of schools that the city has, each once; others are named."""
    schools = optional_table(ctx, "schools")
    known = rows["school"].isin(schools["source_id"] if len(schools) else [])
    twice = rows["school"].duplicated() & known
    findings = []
    for label in rows.index[~known | twice]:
        what = (
            N_("the school '{at}' stands twice", at=rows.at[label, "school"][:60])
            if twice[label]
            else N_("there is no school '{at}'", at=rows.at[label, "school"][:60])
        )
        hint = N_("Write the number that the table of schools has, once; the row was left out")
        findings.append(Finding("warning", name, what, hint, int(rows.at[label, "row"]), "school"))
    return rows[known & ~twice].reset_index(drop=True), findings


def report_figure(ctx: CityContext, upload: Upload) -> Figure:
    """What can be saved, and every row that cannot."""
    _ = ctx.language
    table = as_table(upload.findings, _)[["row", "column", "what", "hint"]]
    words = _(
        "{file}: rows that can be saved: {good}; rows with faults: {bad}",
        file=upload.name,
        good=len(upload.rows),
        bad=table["row"].nunique(),
    )
    return figure(ctx, "own-table-report", Caption(words, "", "", upload.name), table, None, COLUMNS)


def save(ctx: CityContext, kind: str, upload: Upload) -> None:
    """Store the good rows as the newest version. Raises NotAllowedError."""
    rows = upload.rows.astype(object).where(upload.rows.notna(), None)
    city_tables.save(ctx.key, kind, upload.name, rows.to_dict("records"))


def newest(ctx: CityContext, kind: str) -> Version | None:
    """The version that counts."""
    return city_tables.newest(ctx.key, kind)


def take_back(version: Version) -> None:
    """Let the version before this one count again. Raises NotAllowedError."""
    city_tables.take_back(version.id)


def saved_words(ctx: CityContext, version: Version) -> str:
    """Whose table it is, and of when."""
    return ctx.language(
        "{file}, saved by {who} on {day}, rows: {n}",
        file=version.name,
        who=version.who,
        day=ctx.language.day(pd.Timestamp(version.entered).tz_localize(None)),
        n=len(version.rows),
    )


def template(kind: str) -> bytes:
    """An empty table with one row that shows what it holds."""
    return own_tables.template(kind)
