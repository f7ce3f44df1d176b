"""Reception centres: which areas hold one, and what figures on displaced people are without these areas."""

from __future__ import annotations

import pandas as pd

from analytics import displacement, diversity
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_, SUPPRESSED
from services import own_tables
from services.access import displaced_by_area
from services.areas import area_names, country_names, in_district, place_name
from services.columns import by_name
from services.figures import Caption, figure
from services.origins import map_period, residents_by_area
from services.tables import require_tables, source

COLUMNS = by_name(
    Column("origin", N_("Origin"), kind="text"),
    Column("persons", N_("People of that origin, published by area"), missing=SUPPRESSED),
    Column("without", N_("Without areas with a reception centre"), missing=SUPPRESSED),
    Column("per_1000", N_("Per 1,000 residents"), digits=1),
    Column("per_1000_without", N_("Per 1,000 residents, without"), digits=1),
    Column("dissimilarity", N_("Dissimilarity, %"), digits=1),
    Column("dissimilarity_without", N_("Dissimilarity, without, %"), digits=1),
)


def areas(ctx: CityContext) -> dict[str, str]:
    """Smallest areas that hold a reception centre, as far as known: its name by area; what the city entered counts."""
    known = {area: name for area, name in ctx.city.reception_areas.items() if area in area_names(ctx, ctx.levels[-1])}
    version = own_tables.newest(ctx, "reception")
    if version is not None and len(version.rows):
        known |= version.rows.groupby("area_id")["name"].agg(", ".join).to_dict()
    return known


def words(ctx: CityContext, known: dict[str, str]) -> str:
    """The areas in words, '' where none is known."""
    names = area_names(ctx, ctx.levels[-1])
    listed = ctx.language.listed(f"{names[area]} ({name})" for area, name in known.items())
    return ctx.language("Areas with a reception centre: {areas}.", areas=listed) if known else ""


def _measures(rows: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """By origin: persons, per_1000, dissimilarity, over areas with a published count."""
    published = rows.dropna(subset="persons")
    sums = published.groupby("origin")["persons"].sum(min_count=1).rename("persons").to_frame()
    sums["per_1000"] = displacement.per_1000(sums["persons"], pd.Series(float(residents.sum()), sums.index))
    uneven = diversity.unevenness(rows, residents).set_index("origin")["dissimilarity"]
    sums["dissimilarity"] = 100 * uneven.reindex(sums.index).astype("float64")
    return sums


def comparison_figure(ctx: CityContext, territory: Territory) -> Figure:
    """What counts, rates and unevenness of displaced origins are with and without areas that hold a reception centre.

    Raises NothingToShow where no such area is known here.
    """
    require_tables(ctx, "residents_by_origin")
    _, level, period = ctx.language, ctx.levels[-1], map_period(ctx, territory)
    known = areas(ctx)
    rows = in_district(ctx, displaced_by_area(ctx, period, level), territory.district, level)
    residents = residents_by_area(ctx, period, level)
    residents = residents[residents.index.isin(rows["area_id"])]
    here = {area: name for area, name in known.items() if area in set(rows["area_id"])}
    if not here:
        raise NothingToShow(
            _("No area with a reception centre is known here."), _("Enter the city's reception centres above.")
        )
    every = _measures(rows, residents)
    rest = _measures(rows[~rows["area_id"].isin(here)], residents[~residents.index.isin(here)])
    table = every.join(rest.rename(columns=lambda name: f"{name}_without")).rename(
        columns={"persons_without": "without"}
    )
    table = table.sort_values("persons", ascending=False).reset_index()
    table["origin"] = table["origin"].map(country_names(ctx))
    most = table.iloc[0]
    finding = _(
        "{place}, {origin}: {persons:,} people, {without:,} without areas that hold a reception centre",
        place=place_name(ctx, territory),
        origin=most["origin"],
        persons=int(most["persons"]),
        without=int(most["without"]),
    )
    hidden = _("Over areas whose count is published; others are left out of both numbers.")
    note = f"{words(ctx, here)} {hidden}"
    unit = _("persons, per 1,000 residents, dissimilarity index in %")
    caption = Caption(finding, unit, _.day(period), source(ctx, "residents_by_origin", "residents"), note)
    columns = [name for name in COLUMNS if name in table]
    return figure(ctx, "reception", caption, table[columns], columns=COLUMNS)
