"""Homes: residents per dwelling and room, and how many years of building newcomers take."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, half_years, in_district
from services.areas import residents as all_residents
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, Shading, area_map, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import city_table, optional_table, require_tables, source

FEWEST = 300  # dwellings that an area needs to be ranked: of fewer, shelters may house most people
COLUMNS = by_name(
    Column("persons", N_("People"), missing=N_("not known")),
    Column("dwellings", N_("Dwellings"), missing=N_("not known")),
    Column("rooms", N_("Rooms"), missing=N_("not known")),
    Column("per_dwelling", N_("Residents per dwelling"), digits=2, missing=N_("not known")),
    Column("per_room", N_("Residents per room"), digits=2, missing=N_("not known")),
    Column("completed", N_("Dwellings completed a year"), digits=0),
    Column("backlog", N_("Permitted, not completed")),
)


class Query(ViewState):
    """How many newcomers come, and how many of them share a home."""

    newcomers: int = Field(default=10_000, ge=0, le=500_000)
    household: float = Field(default=2.0, ge=1.0, le=8.0)


def newest_year(ctx: CityContext) -> int:
    """The newest year of dwellings in today's areas, 0 without one."""
    rows = optional_table(ctx, "dwellings")
    rows = rows[rows["boundary_version"] == ctx.boundary_version]
    return int(rows["year"].max()) if len(rows) else 0


@cached_numbers
def by_area(ctx: CityContext) -> pd.DataFrame | None:
    """Residents, dwellings and rooms by smallest area at the end of the newest year that has them; None without."""
    year = newest_year(ctx)
    day = pd.Timestamp(year=max(year, 1900), month=12, day=31)
    if not year or day not in half_years(ctx):
        return None
    rows = city_table(ctx, "dwellings")
    rows = rows[rows["year"] == year][["area_id", "dwellings", "rooms"]]
    table = all_residents(ctx, day).merge(rows, on="area_id", how="left")
    table["per_dwelling"] = table["persons"] / table["dwellings"].where(table["dwellings"] > 0)
    table["per_room"] = table["persons"] / table["rooms"].where(table["rooms"] > 0)
    return table


def map_figure(ctx: CityContext, territory: Territory) -> Figure:
    """Residents per room by smallest area, gaps where dwellings are unknown. Raises NothingToShow without dwellings."""
    _, homes = ctx.language, by_area(ctx)
    if homes is None:
        raise NothingToShow(
            _("{city} has no count of dwellings.", city=ctx.name),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    level = ctx.levels[-1]
    rows = in_district(ctx, homes.assign(name=homes["area_id"].map(area_names(ctx, level))), territory.district)
    rows = rows.assign(value=rows["per_room"])
    rows["shown"] = [
        _("{room} residents per room, {dwelling} per dwelling", room=_.number(room, 2), dwelling=_.number(dwelling, 2))
        for room, dwelling in zip(rows["per_room"], rows["per_dwelling"], strict=True)
    ]
    finding = ends(
        ctx,
        rows,
        "value",
        lambda name, shown: _("Homes are fullest in {name}, {shown}", name=name, shown=shown),
        lambda value: _("{value} residents per room", value=_.number(value, 2)),
        subject=_("residents per room"),
        what=level_plurals(ctx)[level],
        largest=True,
        digits=2,
        base="dwellings",
    ).text
    unknown = int(rows["value"].isna().sum())
    note = _(
        "Not known for {unknown} of {all} areas, which are left blank. Residents of shelters count, their rooms do "
        "not: areas with fewer than {few} dwellings are not ranked. Kitchens count as rooms.",
        unknown=unknown,
        all=len(rows),
        few=FEWEST,
    )
    year = _("end of {year}", year=newest_year(ctx))
    caption = Caption(finding, _("residents per room"), year, source(ctx, "residents", "dwellings"), note)
    return area_map(ctx, territory, "fit-homes", caption, rows, level, Shading(2, scheme="jenks"), columns=COLUMNS)


def building_figure(ctx: CityContext, query: Query) -> Figure:
    """How many years of building newcomers take. Raises NothingToShow where completions are not known."""
    require_tables(ctx, "dwellings_completed")
    _, rows = ctx.language, city_table(ctx, "dwellings_completed")
    years = sorted(rows["year"].unique())
    mean = rows.groupby("district")["completed"].mean()
    newest = rows[rows["year"] == years[-1]].set_index("district")["backlog"]
    homes = by_area(ctx)
    result = pd.DataFrame({"completed": mean, "backlog": newest}).rename_axis("area_id").reset_index()
    result["name"] = result["area_id"].map(area_names(ctx, "district"))
    needed, total = query.newcomers / query.household, float(mean.sum())
    finding = _(
        "{people} newcomers, {household} to a home, need {needed} dwellings: {years} years of what {city} completes",
        people=_.number(query.newcomers),
        household=_.number(query.household, 1),
        needed=_.number(needed),
        years=_.number(needed / total, 1),
        city=ctx.name,
    )
    note = _(
        "Completed: mean of {first} to {last}, works on existing buildings included. Backlog: permitted and not "
        "completed at the end of {last}. Homes that fall empty, and people who already wait, are not counted.",
        first=years[0],
        last=years[-1],
    )
    if homes is not None:
        per_dwelling = homes["persons"][homes["dwellings"].notna()].sum() / homes["dwellings"].sum()
        note = f"{note} " + _(
            "Now {value} residents share a dwelling where both are known.", value=_.number(per_dwelling, 1)
        )
    span = f"{years[0]}–{years[-1]}"
    caption = Caption(finding, _("dwellings"), span, source(ctx, "dwellings_completed", "dwellings"), note)
    result = result[["area_id", "name", "completed", "backlog"]].sort_values("completed", ascending=False)
    return figure(ctx, "fit-building", caption, result.reset_index(drop=True), columns=COLUMNS)
