"""Rents and what share of their income households pay, by district, with the sample's error."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics import sampling
from data.context import CityContext, Territory, ViewState
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import city_table, require_tables, source

# measure -> its name, unit and digits
MEASURES = {
    "burden": (N_("Share of income"), N_("% of households' net income paid for rent with running costs"), 1),
    "rent": (N_("Rent"), N_("EUR a month for rent with running costs"), 0),
}
COLUMNS = by_name(
    Column("year", N_("Year"), kind="id"),
    Column("households", N_("Households that rent")),
    Column("mean", N_("Mean"), digits=1),
    Column("low", N_("Mean, low end"), digits=1),
    Column("high", N_("Mean, high end"), digits=1),
)


class Query(ViewState):
    """Which measure of rents."""

    rents: Literal["burden", "rent"] = "burden"


def by_district(ctx: CityContext, measure: str) -> pd.DataFrame:
    """Means of every year with their 95 % intervals: year, area_id, name, households, mean, error, low, high."""
    rows = city_table(ctx, "housing_costs")
    rows = rows[rows["measure"] == measure].rename(columns={"district": "area_id"})
    error = sampling.standard_error(rows["deviation"].to_numpy(), rows["households"].to_numpy())
    low, high = sampling.interval(rows["mean"].to_numpy(), error)
    names = rows["area_id"].map(area_names(ctx, "district"))
    columns = ["year", "area_id", "name", "households", "mean", "error", "low", "high"]
    return rows.assign(name=names, error=error, low=low, high=high)[columns].reset_index(drop=True)


def _changes(ctx: CityContext, rows: pd.DataFrame) -> str:
    """In how many districts a mean changed between the first year and the last; '' where there is one year."""
    _, years = ctx.language, sorted(rows["year"].unique())
    if len(years) < 2:
        return ""
    before, after = (rows[rows["year"] == year].set_index("area_id") for year in (years[0], years[-1]))
    before = before.reindex(after.index)
    signs = sampling.sure_changes(
        before["mean"].to_numpy(), after["mean"].to_numpy(), (before["error"].to_numpy(), after["error"].to_numpy())
    )
    return _(
        "From {first} to {last} it fell in {fell} of {all} districts and rose in {rose}; of the others the sample "
        "cannot tell (all held to 5 % together).",
        first=years[0],
        last=years[-1],
        fell=int((signs < 0).sum()),
        rose=int((signs > 0).sum()),
        all=len(signs),
    )


def rents_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Means by district in the newest year, with intervals. Raises NothingToShow where the city has none."""
    require_tables(ctx, "housing_costs")
    _, (label, unit, digits) = ctx.language, MEASURES[query.rents]
    every = by_district(ctx, query.rents)
    rows = every[every["year"] == every["year"].max()].reset_index(drop=True)
    year = int(rows["year"].iloc[0])
    finding = ends(
        ctx,
        rows,
        "mean",
        lambda name, shown: _(
            "{measure}: the highest mean is in {name}, {shown}", measure=_(label), name=name, shown=shown
        ),
        lambda value: _.number(value, digits) + (" %" if query.rents == "burden" else " EUR"),
        subject=_(label),
        what=level_plurals(ctx)["district"],
        largest=True,
        digits=digits,
        error="error",
    ).text
    mean = float(np.average(rows["mean"], weights=rows["households"]))
    notes = [_("Mean of the districts, by households: {mean}.", mean=_.number(mean, digits))]
    # Rents were asked of dwellings before and are asked of households now: only shares of income make a series.
    notes += [_changes(ctx, every)] if query.rents == "burden" else []
    notes.append(
        _(
            "A sample of one household in {one}; 95 % intervals, from published bands of rents, with {design} times "
            "the variance of a simple sample (assumed, as whole buildings are drawn).",
            one=round(1 / sampling.FRACTION),
            design=_.number(sampling.DESIGN, 1),
        )
    )
    caption = Caption(finding, _(unit), str(year), source(ctx, "housing_costs"), " ".join(filter(None, notes)))
    drawing = chart(
        "intervals",
        rows,
        name="name",
        value="mean",
        low="low",
        high="high",
        unit=_(unit),
        digits=digits,
        marked=area_names(ctx, "district").get(territory.district, ""),
        reference=mean,
    )
    shown = every if query.rents == "burden" else rows
    table = shown.drop(columns="error").sort_values(["year", "mean"], ascending=False, ignore_index=True)
    return figure(ctx, "fit-rents", caption, table, drawing, COLUMNS)
