"""Health and care: the city's atlas by area, and who is there to care for those who need it by age."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics import bridge, coverage
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, hierarchy, in_district, require_period, residents, sums_by_area
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import city_table, entries, require_tables, source

LEAST = 0.9  # of an area's ground that an older area must hold to give it its value
FEWEST = 1000  # residents of an area that is named: hardly more homes than a shelter's or a prison's shift its index
INDICES = {"health_and_social": N_("Health and social index"), "health": N_("Its part on health")}
COLUMNS = by_name(
    Column("index", N_("Standard deviations from the mean of all areas"), digits=2, missing=N_("not known")),
    Column("older_area", N_("Area before the change of areas"), kind="id"),
    Column("persons", N_("People")),
    Column("older", N_("People of 65 and over")),
    Column("doctors", N_("Doctors' practices"), missing=N_("not known")),
    Column("doctors_per_1000", N_("Practices per 1,000 people"), digits=2, missing=N_("not known")),
    Column("older_per_doctor", N_("People of 65 and over to a practice"), digits=0, missing=N_("no practice")),
    Column("care_places", N_("Places in care homes"), missing=N_("not known")),
    Column("care_per_100", N_("Per 100 people of 65 and over"), digits=1, missing=N_("not known")),
)


class Query(ViewState):
    """Which index of the atlas."""

    atlas: Literal["health_and_social", "health"] = "health_and_social"


@cached_numbers
def atlas(ctx: CityContext, indicator: str) -> pd.DataFrame:
    """An index by today's smallest area: area_id, index, older_area; both empty where no older area holds LEAST of it.

    An index is no count: it is never mixed of two older areas.
    """
    values, areas = city_table(ctx, "health_atlas"), city_table(ctx, "areas")
    version = values["boundary_version"].iloc[0]
    values = values[values["indicator"] == indicator].set_index("area_id")["value"]
    result = pd.DataFrame({"area_id": list(hierarchy(ctx).index)})
    if version == ctx.boundary_version:
        return result.assign(index=result["area_id"].map(values), older_area="")
    old = areas[(areas["boundary_version"] == version) & (areas["level"] == ctx.levels[-1])]
    holders = bridge.holders(city_table(ctx, "bridge"), old.set_index("area_id")["area_km2"], LEAST)
    older = result["area_id"].map(holders)
    return result.assign(index=older.map(values), older_area=older.fillna(""))


def atlas_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """The atlas by smallest area, gaps where no older area fits. Raises NothingToShow without an atlas."""
    require_tables(ctx, "health_atlas")
    _, level = ctx.language, ctx.levels[-1]
    rows = atlas(ctx, query.atlas)
    rows["persons"] = rows["area_id"].map(
        residents(ctx, require_period(ctx, territory)).set_index("area_id")["persons"]
    )
    rows = in_district(ctx, rows.assign(name=rows["area_id"].map(area_names(ctx, level))), territory.district)
    rows = rows.assign(value=rows["index"], shown=[_.number(value, 2) for value in rows["index"]])
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _(
            "{index} is lowest in {name}: {shown}", index=_(INDICES[query.atlas]), name=name, shown=shown
        ),
        lambda value: _.number(value, 2),
        subject=_(INDICES[query.atlas]),
        what=level_plurals(ctx)[level],
        largest=False,
        digits=2,
        base="persons",
        min_base=FEWEST,
    ).text
    known = int(rows["index"].notna().sum())
    note = _(
        "Known of {known} of {all} areas; those of fewer than {fewest} people are not named. A place among areas, no "
        "amount: components of published indicators, standardised over areas. Counted in the areas before they were "
        "redrawn: an area of today has the value of the older one that holds {least} or more of its ground, others are "
        "left blank.",
        known=known,
        all=len(rows),
        least=_.percent(LEAST),
        fewest=_.number(FEWEST),
    )
    unit = _("standard deviations from the mean of all areas; higher is better off")
    caption = Caption(
        finding, unit, entries(ctx, "health_atlas")[0].period, source(ctx, "health_atlas", "bridge"), note
    )
    return area_map(ctx, territory, "fit-atlas", caption, rows, level, Shading(1), columns=COLUMNS)


def care_figure(ctx: CityContext, territory: Territory, level: str) -> Figure:
    """Doctors and care homes against those who need them by age, by area.

    Raises NothingToShow where neither ages nor facilities are known.
    """
    require_tables(ctx, "residents", "facilities")
    _, day = ctx.language, require_period(ctx, territory)
    residents, sites = city_table(ctx, "residents"), city_table(ctx, "facilities")
    residents = residents[residents["period"] == day]
    if not coverage.knows_age(residents["age"].unique(), 65, None):
        raise NothingToShow(
            _("How many people are 65 or older is not known here."),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    rows = sums_by_area(ctx, coverage.of_age(residents, None, None), "persons", level).to_frame()
    rows["older"] = sums_by_area(ctx, coverage.of_age(residents, 65, None), "persons", level)
    doctors, homes = (sites[sites["kind"] == kind] for kind in ("doctor", "care_home"))
    rows["doctors"] = sums_by_area(ctx, doctors.assign(count=1), "count", level).fillna(0) if len(doctors) else np.nan
    stated = homes["places"].notna().any()
    rows["care_places"] = sums_by_area(ctx, homes, "places", level).fillna(0) if stated else np.nan
    rows["doctors_per_1000"] = 1000 * rows["doctors"] / rows["persons"].where(rows["persons"] > 0)
    rows["older_per_doctor"] = rows["older"] / rows["doctors"].where(rows["doctors"] > 0)
    rows["care_per_100"] = 100 * rows["care_places"] / rows["older"].where(rows["older"] > 0)
    rows = in_district(
        ctx, rows.reset_index().assign(name=list(area_names(ctx, level).values())), territory.district, level
    )
    finding = ends(
        ctx,
        rows,
        "doctors_per_1000",
        lambda name, shown: _("Fewest doctors' practices for its people: {name}, {shown}", name=name, shown=shown),
        lambda value: _("{value} per 1,000 people", value=_.number(value, 2)),
        subject=_("Practices per 1,000 people"),
        what=level_plurals(ctx)[level],
        largest=False,
        digits=2,
        base="persons",
    ).text
    note = _(
        "Practices are points of the map, of any size and speciality; not all are on it. People also go to doctors and "
        "homes in other areas, and most older people need no home: numbers to compare by, no shortage."
    )
    order = rows["doctors_per_1000"].sort_values(kind="stable").index
    columns = ["area_id", "name", "persons", "older", "doctors", "doctors_per_1000", "older_per_doctor"]
    table = rows.loc[order, [*columns, "care_places", "care_per_100"]].reset_index(drop=True)
    caption = Caption(finding, _("people, practices, places"), _.day(day), source(ctx, "residents", "facilities"), note)
    return figure(ctx, "fit-care", caption, table, columns=COLUMNS)
