"""Lifelong learning: places in courses that the city entered, where they are, and which adults reach one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure, Layer
from data.store.city_tables import Version
from data.translation import N_
from services import own_tables, transit, walks
from services.access import cell_groups
from services.areas import area_names, exact_areas, hierarchy, in_district, place_name, require_period
from services.columns import by_name
from services.figures import Caption, city_map, figure, outline_layer
from services.findings import ends
from services.fit import adults_in_cells
from services.names import level_plurals
from services.tables import source

RIDE = 30  # minutes by bus and train in the evening, or on foot where the city has no timetable
LARGEST = 16.0  # pixels of the largest circle's radius
COLUMNS = by_name(
    Column("kind", N_("Course"), kind="text"),
    Column("level", N_("Level"), kind="text"),
    Column("language", N_("Language"), kind="text"),
    Column("hours", N_("Hours"), missing=N_("not stated")),
    Column("places", N_("Places")),
    Column("start", N_("Start"), kind="text"),
    Column("persons", N_("Adults")),
    Column("per_1000", N_("Places per 1,000 adults"), digits=1),
    Column("reached", N_("Adults who reach a course (estimate)")),
    Column("share", N_("Share of adults who reach a course (estimate)"), digits=3),
)


def map_figure(ctx: CityContext, territory: Territory, version: Version) -> Figure:
    """The courses as circles by their places. Raises NothingToShow where none is in the district."""
    _, level = ctx.language, ctx.levels[-1]
    rows = in_district(ctx, version.rows, territory.district)
    if not len(rows):
        raise NothingToShow(_("No course of the table is here."), _("Choose another district."))
    names = area_names(ctx, level)
    rows = rows.assign(name=rows["area_id"].map(names), hours=pd.to_numeric(rows["hours"]).astype("Int64"))
    shown = [
        _("{kind} {level}: {places:,} places", kind=row.kind, level=row.level, places=int(row.places))
        for row in rows.itertuples()
    ]
    spots = gpd.GeoDataFrame(
        rows.assign(
            shown=shown,
            id=rows["area_id"],
            radius=(LARGEST * np.sqrt(rows["places"] / max(rows["places"].max(), 1))).round(1),
        ),
        geometry=gpd.points_from_xy(rows["lon"], rows["lat"]),
        crs=4326,
    )
    finding = _(
        "{place}: {places:,} places in courses; courses in the table: {n:,}",
        place=place_name(ctx, territory),
        places=int(rows["places"].sum()),
        n=len(rows),
    )
    caption = Caption(
        finding,
        _("places in courses"),
        _period(ctx, rows),
        _("{file}, entered by the city", file=version.name),
        own_tables.saved_words(ctx, version),
    )
    table = rows[["kind", "level", "language", "hours", "places", "start", "name", "lon", "lat"]]
    layers = [outline_layer(ctx, territory), Layer("circles", {"points": spots})]
    return figure(ctx, "courses", caption, table, city_map(ctx, territory, layers, None), COLUMNS)


def _period(ctx: CityContext, rows: pd.DataFrame) -> str:
    """When the courses begin, as far as it is stated."""
    starts = sorted(start for start in rows["start"] if start)
    if not starts:
        return ctx.language("start not stated")
    days = list(dict.fromkeys(ctx.language.day(pd.Timestamp(start)) for start in (starts[0], starts[-1])))
    return "–".join(days)


def _minutes(ctx: CityContext, version: Version) -> np.ndarray:
    """Minutes from every cell to the nearest course: in the evening by bus and train, else on foot."""
    spots = gpd.GeoSeries.from_xy(version.rows["lon"], version.rows["lat"], crs=4326).to_crs(exact_areas(ctx).crs)
    sites = pd.DataFrame({"x": spots.x, "y": spots.y})
    if transit.has_timetable(ctx):
        return transit.minutes_to_sites(ctx, sites, "evening")[0]
    return walks.minutes_from_cells(ctx, sites, "adult")


def reach_figure(ctx: CityContext, territory: Territory, version: Version) -> Figure:
    """Places per adult and adults who reach a course, by the city's largest areas.

    Raises NothingToShow where its ages do not tell adults.
    """
    _, period, level = ctx.language, require_period(ctx, territory), ctx.largest_level
    people = adults_in_cells(ctx, period)
    if people is None:
        raise NothingToShow(_("How many adults live here is not known."), _("Add ages to the city's pack."))
    groups = cell_groups(ctx, level).to_numpy()
    reached = np.where(_minutes(ctx, version) <= RIDE, people, 0)
    rows = pd.DataFrame({"persons": people, "reached": reached}).groupby(groups).sum().rename_axis("area_id")
    largest = version.rows["area_id"].map(hierarchy(ctx)[level])
    rows["places"] = version.rows.groupby(largest)["places"].sum().reindex(rows.index).fillna(0).astype(int)
    rows["per_1000"] = 1000 * rows["places"] / rows["persons"].where(rows["persons"] > 0)
    rows["share"] = rows["reached"] / rows["persons"].where(rows["persons"] > 0)
    rows = rows.reset_index().assign(name=lambda own: own["area_id"].map(area_names(ctx, level)))
    finding = ends(
        ctx,
        rows,
        "per_1000",
        lambda name, shown: _("Fewest places in courses for its adults has {name}, {shown}", name=name, shown=shown),
        lambda value: _("{value} per 1,000", value=_.number(value, 1)),
        subject=_("places in courses"),
        what=level_plurals(ctx)[level],
        largest=False,
        digits=1,
        base="persons",
    ).text
    how = _("within {minutes} minutes on foot", minutes=RIDE)
    if transit.has_timetable(ctx):
        how = _("within {minutes} minutes by bus and train in the evening", minutes=RIDE)
    note = _("Reached: {how}. Adults may take a course in another area.", how=how)
    credit = "; ".join([_("{file}, entered by the city", file=version.name), source(ctx, "residents", *transit.TABLES)])
    caption = Caption(finding, _("adults, places"), f"{_.day(period)}, {_period(ctx, version.rows)}", credit, note)
    rows = rows[["area_id", "name", "persons", "places", "per_1000", "reached", "share"]]
    return figure(ctx, "courses-reach", caption, rows, columns=COLUMNS)
