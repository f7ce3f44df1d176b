"""A place on the map put to the test: who lives near it, what is near it, what a new facility there would change."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analytics import access, coverage
from analytics.findings import MIN_BASE
from analytics.scenario import Sites
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services import sites
from services.access import counts_displaced, displaced_in_cells, minutes_to_nearest, people_in_cells
from services.areas import area_names, exact_areas, hierarchy, require_period
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.names import facility_kinds
from services.served import require_served, served_on
from services.tables import city_table, facilities_source, require_tables, source
from services.walks import about_walks, minutes_to_place, spread, travel_matrix

LIMITS = (5, 10, 15)  # minutes on foot
TENS = 10  # people near a place are an estimate, and are said to so many
AGES = {N_("under 6"): (0, 6), N_("6 to 14"): (6, 15), N_("15 to 64"): (15, 65), N_("65 and over"): (65, None)}
EVERYONE, DISPLACED = N_("all residents"), N_("displaced origin")
COLUMNS = by_name(
    Column("group", N_("Group"), kind="name"),
    *(Column(f"within_{limit}", N_("Within {limit} minutes"), N_("people, estimate")) for limit in LIMITS),
    Column("kind", N_("Kind"), kind="name"),
    Column("nearest", N_("Nearest"), kind="text"),
    Column("minutes", N_("Minutes on foot (estimate)"), digits=0, missing=N_("over 15")),
    Column("count", N_("Within 15 minutes")),
    Column("gained", N_("Newly within 15 minutes (estimate)"), N_("people")),
    Column("before", N_("Minutes to the nearest now"), digits=0),
    Column("after", N_("Minutes to the new one"), digits=0),
)


class Spot(NamedTuple):
    """A place: degrees, and metres of the city's reference system."""

    lon: float
    lat: float
    x: float
    y: float


def spot(ctx: CityContext, lon: float, lat: float) -> Spot:
    """A place of the city. Raises NothingToShow where it lies outside of it, or the city lacks the tables."""
    require_tables(ctx, "areas_exact", "cells", "residents")
    exact, _ = exact_areas(ctx), ctx.language
    point = gpd.GeoSeries.from_xy([lon], [lat], crs=4326).to_crs(exact.crs).iloc[0]
    if not exact.geometry.intersects(point).any():
        raise NothingToShow(_("This place lies outside of {city}.", city=ctx.name), _("Click a place inside of it."))
    return Spot(lon, lat, point.x, point.y)


@cached_numbers
def _minutes(ctx: CityContext, place: Spot) -> np.ndarray:
    """Minutes on foot from every cell to the place; infinite where no way can be within the longest limit."""
    farthest = LIMITS[-1] / spread(ctx)[0]  # ways may be shorter than the middle one
    return minutes_to_place(ctx, place.x, place.y, "adult", farthest)


def _groups(ctx: CityContext, period: pd.Timestamp) -> dict[str, np.ndarray]:
    """Residents of every cell by group: all, by age where ages are counted so, and of displaced origin."""
    rows, cells = city_table(ctx, "residents"), city_table(ctx, "cells")
    rows = rows[rows["period"] == period]
    groups = {EVERYONE: people_in_cells(ctx, "", period)}
    for name, ages in AGES.items():
        if coverage.knows_age(rows["age"].unique(), *ages):
            groups[name] = access.people_in_cells(cells, coverage.of_age(rows, *ages))
    return groups | ({DISPLACED: displaced_in_cells(ctx, period)} if counts_displaced(ctx, period) else {})


def _tens(count: float) -> int:
    return int(round(count / TENS) * TENS)


def people_figure(ctx: CityContext, territory: Territory, lon: float, lat: float) -> Figure:
    """Who lives within 5, 10 and 15 minutes on foot, by age and origin; estimates to the nearest ten."""
    _, period, place = ctx.language, require_period(ctx, territory), spot(ctx, lon, lat)
    minutes = _minutes(ctx, place)
    rows = pd.DataFrame(
        [
            {"group": _(name), **{f"within_{limit}": _tens(people[minutes <= limit].sum()) for limit in LIMITS}}
            for name, people in _groups(ctx, period).items()
        ]
    )
    shortest, longest = spread(ctx)
    everyone = people_in_cells(ctx, "", period)
    low, high = (_tens(everyone[minutes * factor <= LIMITS[-1]].sum()) for factor in (longest, shortest))
    finding = _(
        "About {count:,} residents live within 15 minutes on foot of this place", count=rows["within_15"].iloc[0]
    )
    if low < high:
        finding = _(
            "About {low:,} to {high:,} residents live within 15 minutes on foot of this place", low=low, high=high
        )
    note = _("to the nearest ten; areas whose count of a group is suppressed add none to it")
    caption = Caption(
        finding,
        _("people within so many minutes on foot (estimate)"),
        _.day(period),
        source(ctx, "residents", "residents_by_origin", "cells"),
        f"{note} · {about_walks(ctx)}",
    )
    columns = {
        name: column
        if not name.startswith("within_")
        else Column(name, _("Within {limit} minutes", limit=int(name.split("_")[1])), _("people, estimate"))
        for name, column in COLUMNS.items()
    }
    return figure(ctx, "site-people", caption, rows, columns=columns)


def near_figure(ctx: CityContext, territory: Territory, lon: float, lat: float) -> Figure:
    """The nearest facility of every kind, and how many are within 15 minutes."""
    _, place, kinds = ctx.language, spot(ctx, lon, lat), facility_kinds(ctx)
    require_tables(ctx, "facilities")
    table = city_table(ctx, "facilities").reset_index(drop=True)
    point = pd.DataFrame([{"x": place.x, "y": place.y}])
    travel = travel_matrix(ctx, point, table, "adult", LIMITS[-1]).minutes.tocoo()
    reached = table.iloc[travel.col].assign(minutes=travel.data)
    rows = []
    for kind, labels in kinds.iterrows():
        own = reached[reached["kind"] == kind].sort_values("minutes")
        nearest = own.iloc[0] if len(own) else None
        rows.append(
            {
                "kind": labels["label"],
                "nearest": "" if nearest is None else str(nearest["name"] or _("without a name")),
                "minutes": np.nan if nearest is None else float(nearest["minutes"]),
                "count": len(own),
            }
        )
    result = pd.DataFrame(rows).sort_values(["minutes", "kind"], ignore_index=True)
    none = result.loc[result["count"] == 0, "kind"]
    finding = _(
        "{count} of {all} kinds of facility are within 15 minutes on foot", count=len(rows) - len(none), all=len(rows)
    )
    caption = Caption(
        finding, _("minutes on foot (estimate)"), _("newest record"), facilities_source(ctx), about_walks(ctx)
    )
    return figure(ctx, "site-near", caption, result, columns=COLUMNS)


def change_figure(ctx: CityContext, territory: Territory, lon: float, lat: float, kind: str) -> Figure:
    """Whom a new facility of a kind would bring within 15 minutes, by area, beside the best single site."""
    _, place = ctx.language, spot(ctx, lon, lat)
    period = require_served(ctx, kind, require_period(ctx, territory))
    people, now, then = people_in_cells(ctx, kind, period), minutes_to_nearest(ctx, kind, "adult"), _minutes(ctx, place)
    limit = LIMITS[-1]
    gained = np.where((now > limit) & (then <= limit), people, 0)
    label = facility_kinds(ctx).loc[kind, "label"]
    total, best = _tens(gained.sum()), _best(ctx, kind, period)
    areas = city_table(ctx, "cells")["area_id"]
    rows = pd.DataFrame(
        {
            "area_id": areas,
            "gained": gained,
            "before": np.where(np.isfinite(now), now, np.nan) * gained,
            "after": np.where(np.isfinite(then), then, 0) * gained,
        }
    )
    rows = rows.groupby("area_id", as_index=False).sum()
    rows = rows[rows["gained"] >= TENS].sort_values("gained", ascending=False, ignore_index=True)
    for name in ("before", "after"):
        rows[name] = rows[name] / rows["gained"]
    rows["gained"] = [_tens(count) for count in rows["gained"]]
    rows.insert(1, "name", rows["area_id"].map(area_names(ctx, ctx.levels[-1])))
    served = served_on(ctx, kind, period)
    if not total:
        finding = _("{kind}: everyone within 15 minutes of this place already has one as near", kind=label)
    elif best:
        finding = _(
            "{kind} here: about {total:,} people would have one within 15 minutes for the first time; the best single "
            "site would reach about {best:,}",
            kind=label,
            total=total,
            best=_tens(best),
        )
    else:
        finding = _(
            "{kind} here: about {total:,} people would have one within 15 minutes for the first time",
            kind=label,
            total=total,
        )
    caption = Caption(
        finding,
        _("people newly within 15 minutes on foot (estimate)"),
        _.day(period),
        facilities_source(ctx),
        _("of {served}; to the nearest ten · {walks}", served=served, walks=about_walks(ctx)),
    )
    bars = rows.head(12).iloc[::-1]
    drawing = chart("bars", bars, label="name", value="gained", unit=_("people"), digits=0) if len(bars) else None
    return figure(ctx, "site-change", caption, rows, drawing, COLUMNS)


def _best(ctx: CityContext, kind: str, period: pd.Timestamp) -> float:
    """How many the best of the buildings in which one could open would newly reach; 0 where the city names none."""
    if kind in sites.WITHOUT_DOORS:
        return 0.0
    try:
        return sites.quick(ctx, Sites(kind=kind, count=1, limit=LIMITS[-1]), period).value
    except NothingToShow:
        return 0.0


def outline_figure(ctx: CityContext, territory: Territory, ring: tuple[float, ...]) -> Figure:
    """An area that the reader drew beside its city: residents by group and facilities. ring: lon, lat, lon, lat, ...

    Raises NothingToShow where fewer than MIN_BASE people are estimated to live in it.
    """
    require_tables(ctx, "areas_exact", "cells", "residents")
    _, period, cells = ctx.language, require_period(ctx, territory), city_table(ctx, "cells")
    shape = shapely.make_valid(shapely.Polygon(list(zip(ring[::2], ring[1::2], strict=True))))
    metric = gpd.GeoSeries([shape], crs=4326).to_crs(exact_areas(ctx).crs).iloc[0]
    inside = shapely.contains_xy(metric, cells["x"].to_numpy(), cells["y"].to_numpy())
    groups = _groups(ctx, period)
    here, everyone = float(groups[EVERYONE][inside].sum()), float(groups[EVERYONE].sum())
    if here < MIN_BASE:
        raise NothingToShow(
            _("Fewer than {least} residents are estimated to live in the area that was drawn.", least=MIN_BASE),
            _("Draw a larger one."),
        )
    rows = [{"measure": _(EVERYONE), "unit": _("people, estimate"), "here": _tens(here), "city": everyone}]
    share = _("% of residents, estimate")
    for name, people in list(groups.items())[1:]:
        rows.append(
            {
                "measure": _(name),
                "unit": share,
                "here": 100 * float(people[inside].sum()) / here,
                "city": 100 * float(people.sum()) / everyone,
            }
        )
    facilities = (
        city_table(ctx, "facilities") if len(facility_kinds(ctx)) else pd.DataFrame({"kind": [], "x": [], "y": []})
    )
    within = facilities[shapely.contains_xy(metric, facilities["x"].to_numpy(float), facilities["y"].to_numpy(float))]
    for kind, labels in facility_kinds(ctx).iterrows():
        count, every = int((within["kind"] == kind).sum()), int((facilities["kind"] == kind).sum())
        per = {"here": 10_000 * count / here, "city": 10_000 * every / everyone}
        unit = _("per 10,000 residents ({count} here)", count=count)
        rows.append({"measure": labels["plural"], "unit": unit, **per})
    areas = hierarchy(ctx).loc[cells.loc[inside, "area_id"].unique(), ctx.largest_level].unique()
    names = [area_names(ctx, ctx.largest_level)[area] for area in areas]
    finding = _("About {count:,} residents live in the area that was drawn", count=_tens(here))
    note = _(
        "in {districts}; residents are spread over the cells of their area, and a suppressed count adds none",
        districts=_.listed(names),
    )
    columns = by_name(
        Column("measure", _("Measure"), kind="name"),
        Column("unit", _("Unit"), kind="text"),
        Column("here", _("Drawn area"), digits=1),
        Column("city", ctx.name, digits=1),
    )
    caption = Caption(
        finding, "", _.day(period), source(ctx, "residents", "residents_by_origin", "facilities", "cells"), note
    )
    return figure(ctx, "drawn-area", caption, pd.DataFrame(rows), columns=columns)
