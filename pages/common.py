"""What every page needs: tables and results, kept once for all readers, and the shared controls."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, ParamSpec, TypeVar

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
import streamlit as st

import data
from analytics import areas, classes, coverage
from data import definitions
from data.errors import UnknownTableError
from views import controls, exports, maps
from views.kept import Kept
from views.language import _, country, current, each

P = ParamSpec("P")
R = TypeVar("R")
_given: ContextVar[str] = ContextVar("city", default="")


def _bytes_of(rows: pd.DataFrame) -> int:
    corners = shapely.get_num_coordinates(rows["geometry"].to_numpy()).sum() if "geometry" in rows else 0
    return int(rows.memory_usage(deep=True).sum() + 16 * corners)


results = Kept(150_000_000, len)
tables = Kept(300_000_000, _bytes_of)
# Numbers in Python take about four times their JSON.
geometries = Kept(100_000_000, lambda made: 4 * len(orjson.dumps(made)))


def table(name: str, place: str = "world") -> pd.DataFrame:
    """A shipped table, read once and shared; never write to it."""
    made: pd.DataFrame = tables.get((name, place, data.entry(name, place).checksum), lambda: data.table(name, place))
    return made


def cached(function: Callable[P, R]) -> Callable[P, R]:
    """Keep a function's results by its name, its arguments, the city, the version of the tables and the reader's language.

    Every reader gets a copy: results are kept as bytes.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        parts = (name, data.version(), city().key, current(), args, kwargs)
        made: R = pickle.loads(results.get(parts, lambda: pickle.dumps(function(*args, **kwargs), protocol=5)))
        return made

    return run


def geometry(
    name: str, place: str = "world", key: str = "area_id", level: str = "", boundary_version: str = ""
) -> dict[str, Any]:
    """Shapes by id, ready for a map."""

    def make() -> dict[str, Any]:
        rows = table(name, place)
        if level:
            rows = rows[(rows["level"] == level) & (rows["boundary_version"] == boundary_version)]
        return maps.features(gpd.GeoDataFrame(rows), key)

    made: dict[str, Any] = geometries.get((name, place, key, level, boundary_version, data.entry(name, place).checksum), make)
    return made


def area_shapes(level: str) -> dict[str, Any]:
    """Shapes of one level of today's boundary_version by id."""
    here = city()
    return geometry("areas", here.key, level=level, boundary_version=here.boundary_version)


def exact_areas() -> gpd.GeoDataFrame:
    """True shapes of today's planning areas."""
    here = city()
    shapes = table("areas_exact", here.key)
    return gpd.GeoDataFrame(shapes[shapes["boundary_version"] == here.boundary_version])


def city() -> data.City:
    """The city shown: the reader's choice, or the first."""
    known = data.cities()
    return known.get(_given.get() or controls.chosen_city(), next(iter(known.values())))


@contextmanager
def shown_city(key: str) -> Iterator[None]:
    """Work on a given city, for what no page asks."""
    before = _given.set(key)
    try:
        yield
    finally:
        _given.reset(before)


def known(*names: str) -> bool:
    """Whether the city has these tables; a city's pack may leave most of them out."""
    return all(data.has(name, city().key) for name in names)


def optional(name: str) -> pd.DataFrame:
    """A table of the city, without rows where it has none: what is made of it is then not known, never zero."""
    return table(name, city().key) if known(name) else data.empty(name)


def missing(*names: str) -> bool:
    """Whether the city lacks one of these tables; then the page says so, and what to do."""
    with where_known():
        for name in names:
            data.entry(name, city().key)
        return False
    return True


def need(*names: str) -> None:
    """End the page here where the city lacks one of these tables."""
    if missing(*names):
        st.stop()


def credit(*names: str) -> str:
    """The line under a figure made of several tables of the city; those it lacks are left out."""
    return "; ".join(source(name, city().key) for name in names if known(name))


@contextmanager
def where_known() -> Iterator[None]:
    """Draw what follows; where the city has no such table the page says so instead, and goes on."""
    try:
        yield
    except UnknownTableError as gap:
        if gap.place not in data.cities():
            raise
        controls.empty(
            _(
                "{city} has no table for this: {table}.",
                city=data.cities()[gap.place].name,
                table=definitions.entry(gap.name).title,
            ),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )


def source(name: str, place: str = "world") -> str:
    """The line under a figure."""
    return data.entry(name, place).source_line


def facilities_credit() -> str:
    """The line under a figure that sets facilities against residents."""
    here = city()
    return _(
        "{value}; residents: {value_2}", value=source("facilities", here.key), value_2=source("residents", here.key)
    )


@cached
def area_names(level: str) -> dict[str, str]:
    """Area name by id, at one level of today's cut, in the order of the names."""
    here = city()
    rows = table("areas", here.key)
    rows = rows[(rows["level"] == level) & (rows["boundary_version"] == here.boundary_version)].sort_values("name")
    return dict(zip(rows["area_id"], rows["name"], strict=True))


@cached
def country_names() -> dict[str, str]:
    """Country name by ISO code, in the reader's language."""
    rows = table("countries")
    return {code: country(code, name) for code, name in zip(rows["iso3"], rows["name"], strict=True)}


@cached
def _asylum_countries() -> list[str]:
    return sorted(table("displaced")["asylum"].unique())


@cached
def world_years() -> tuple[int, int]:
    """First and last year of the displacement tables."""
    years = table("displaced")["year"]
    return int(years.min()), int(years.max())


@cached
def hierarchy() -> pd.DataFrame:
    """For each planning area of today's cut the area that holds it at every level."""
    here = city()
    rows = table("areas", here.key)
    return areas.ancestors(rows[rows["boundary_version"] == here.boundary_version])


@cached
def cell_groups(level: str) -> pd.Series:
    """The area of a level that each cell lies in."""
    return table("cells", city().key)["area_id"].map(hierarchy()[level])


@cached
def _areas_by_district() -> dict[str, dict[str, str]]:
    names, districts = area_names("planning_area"), hierarchy()["district"]
    return {code: {a: n for a, n in names.items() if districts[a] == code} for code in area_names("district")}


@cached
def district_of() -> pd.Series:
    """The district of every planning area of either cut."""
    rows = table("areas", city().key)
    return pd.concat([areas.ancestors(cut)["district"] for _cut, cut in rows.groupby("boundary_version")])


@cached
def holder(level: str) -> dict[str, str]:
    """The district that holds each area of a level."""
    above = hierarchy()
    return dict(zip(above[level], above["district"], strict=True))


def in_district(rows: pd.DataFrame, district: str, level: str = "") -> pd.DataFrame:
    """The rows of one district's areas, or all rows where none is chosen.

    level: of today's cut; left out, the rows are of planning areas, which may be of either cut.
    """
    if not district:
        return rows
    return rows[rows["area_id"].map(holder(level) if level else district_of()) == district]


def pick_area(level: str) -> Callable[[str], None]:
    """What a click on an area of `level` chooses: its district, and the area itself if it is a planning area."""

    def pick(area: str) -> None:
        controls.choose("district", holder(level)[area])
        controls.choose("area", area if level == "planning_area" else controls.ALL)

    return pick


def choices() -> controls.Territory:
    """The reader's territory and period."""
    here, names = city(), country_names()
    return controls.territory(
        cities={key: one.name for key, one in data.cities().items()},
        city=here.key,
        countries={code: names[code] for code in _asylum_countries()},
        country=here.country,
        districts=area_names("district"),
        areas=_areas_by_district(),
        years=world_years(),
        default_years=(world_years()[1] - 10, world_years()[1]),
    )


def half_years(first_year: int, last_year: int) -> list[pd.Timestamp]:
    """Half-years for which the city counts residents, within the chosen years, oldest first."""
    periods = pd.Series(table("residents", city().key)["period"].unique())
    return sorted(periods[periods.dt.year.between(first_year, last_year)])


def last_current(first_year: int, last_year: int) -> pd.Timestamp | None:
    """The newest chosen half-year that fits today's areas; None if there is none."""
    fitting = [period for period in half_years(first_year, last_year) if period >= pd.Timestamp(city().boundary_since)]
    return fitting[-1] if fitting else None


def last_current_or_stop(chosen: controls.Territory) -> pd.Timestamp:
    """The newest chosen half-year that fits today's areas; where there is none the page says so and ends."""
    period = last_current(chosen.first_year, chosen.last_year)
    if period is None:
        controls.empty(
            _(
                "No count of residents fits today's areas (in force since {boundary_since}) in these years.",
                boundary_since=city().boundary_since,
            ),
            _("Choose years from 2021 on in the sidebar."),
        )
        st.stop()
    return period


@cached
def residents(period: pd.Timestamp) -> pd.DataFrame:
    """All residents by planning area: area_id, persons."""
    rows = table("residents", city().key)
    return coverage.of_age(rows[rows["period"] == period], None, None)


@cached
def residents_served(kind: str, period: pd.Timestamp) -> pd.DataFrame:
    """Residents of the ages that a kind of facility serves, by planning area: area_id, persons."""
    row, rows = table("facility_kinds").set_index("kind").loc[kind], table("residents", city().key)
    ages = (None, None) if pd.isna(row["age_from"]) else (int(row["age_from"]), int(row["age_to"]))
    return coverage.of_age(rows[rows["period"] == period], *ages)


@cached
def metres_to(kind: str) -> np.ndarray:
    """Straight line from every cell of the city to the nearest facility of a kind, metres."""
    facilities = optional("facilities")
    return coverage.nearest_m(table("cells", city().key), facilities[facilities["kind"] == kind])


def dots(facilities: pd.DataFrame, district: str) -> pd.DataFrame:
    """Facilities of the city or of one district, with the text their dots show: their places."""
    found = in_district(facilities, district)
    return found.assign(
        shown=pd.Series(
            each("{n:,} places", n=found["places"].fillna(0).tolist()), index=found.index, dtype=object
        ).where(found["places"].notna(), _("places not stated"))
    )


def area_map(
    rows: pd.DataFrame,
    *,
    level: str,
    title: str,
    unit: str,
    credit: str,
    key: str,
    chosen: controls.Territory,
    digits: int = 0,
    suffix: str = "",
    factor: float = 1,
    points: pd.DataFrame | None = None,
    note: str = "",
    scheme: str = "quantiles",
    on_site: Callable[[str], None] | None = None,
) -> None:
    """A figure with a map of the city: finding, legend, areas by class, source, table. A click chooses the area.

    rows: area_id, name, value (what is coloured; empty where not known), shown (its text). factor: from value to the
    legend's unit. points: facilities drawn on top.
    """
    rows = rows.reset_index(drop=True)
    grouped = classes.classify(rows["value"], scheme=scheme)
    st.subheader(title, anchor=False)
    ranges = maps.ranges(grouped, digits, suffix, factor)
    maps.legend(unit, grouped, ranges, "" if points is None else _("{points:,} facilities", points=len(points)))
    outline, shapes = area_shapes("district"), area_shapes(level)
    selected = chosen.area if level == "planning_area" else chosen.district
    layers = [
        maps.area_layer(shapes, rows, grouped, key="area_id", selected=selected),
        maps.outline_layer({chosen.district: outline[chosen.district]} if chosen.district else outline),
    ]
    if points is not None:
        layers.append(maps.point_layer(points.assign(id=points["area_id"].map(hierarchy()[level]))))
    lon, lat, zoom = view_of(chosen.district)
    maps.show(
        layers,
        lon=lon,
        lat=lat,
        zoom=zoom,
        key=f"{key}-{level}-{chosen.district}",
        summary=_("Map: {title}. {unit}.", title=title, unit=unit),
        on_pick=pick_area(level),
        on_site=on_site,
    )
    hint = _("Click an area to choose it on every page") + (_(", a dot for its catchment") if on_site else "")
    st.caption(" · ".join(part for part in (unit, note, hint, _("Source: {credit}", credit=credit)) if part))
    exports.downloads(
        rows.drop(columns=["shown", "value"]),
        title,
        credit,
        key,
        partial(maps.picture, shapes, rows, grouped, "area_id", ranges),
    )


@cached
def view_of(district: str) -> tuple[float, float, float]:
    """Longitude, latitude and zoom that show the city, or one district."""
    here = city()
    if not district:
        return here.lon, here.lat, here.zoom
    rows = table("areas", here.key)
    shape = rows[
        (rows["level"] == "district")
        & (rows["area_id"] == district)
        & (rows["boundary_version"] == here.boundary_version)
    ]
    west, south, east, north = gpd.GeoDataFrame(shape).total_bounds
    return (west + east) / 2, (south + north) / 2, here.zoom + 1.4


def middle_level() -> str:
    """Areas of a size that reads well in a list: the level above the smallest, unless that is the district."""
    levels = [level for level in city().level_names if level not in ("city", "district")]
    return levels[-2] if len(levels) > 1 else levels[-1]


def level_control(default: str = "") -> str:
    """Which areas to report by, kept in the address bar; the middle ones where the page does not say."""
    names = {level: _(name) for level, name in city().level_names.items()}
    levels = [level for level in names if level != "city"]
    default = default or middle_level()
    return controls.linked(
        st.selectbox, _("Areas"), levels, index=levels.index(default), format_func=names.__getitem__, key="level"
    )
