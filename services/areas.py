"""The city's areas and the half-years that fit them: names, nesting, shapes, what a territory covers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

import data
from analytics import areas, coverage
from data.city.countries import english_names
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.translation import N_, Language
from services.cache import cached, cached_by_arguments, cached_numbers, shapes
from services.tables import city_table, optional_table, world_table

if TYPE_CHECKING:
    import geopandas as gpd

# km2 from which a country's name is written in so many pixels; smaller ones, islands mostly, are named by their list.
LABEL_SIZES = ((2_000_000, 14), (300_000, 12), (2_000, 10))


@cached_numbers
def area_names(ctx: CityContext, level: str) -> dict[str, str]:
    """Area name by id, at one level of today's areas, in the order of the names; the city's own name for 'city'."""
    rows = _areas(ctx, level).sort_values("name")
    return dict(zip(rows["area_id"], rows["name"], strict=True))


@cached_numbers
def redrawn(ctx: CityContext) -> bool:
    """Whether the city's areas were drawn otherwise before."""
    return bool(city_table(ctx, "areas")["boundary_version"].nunique() > 1)


@cached_numbers
def hierarchy(ctx: CityContext) -> pd.DataFrame:
    """For each smallest area of today the area that holds it at every level; one column a level, indexed by area_id."""
    rows = city_table(ctx, "areas")
    return areas.ancestors(rows[rows["boundary_version"] == ctx.boundary_version], ("city", *ctx.levels))


def sums_by_area(ctx: CityContext, rows: pd.DataFrame, column: str, level: str) -> pd.Series:
    """A column of rows of the smallest areas (area_id) added up by area of a level, in the order of `area_names`.

    Empty where an area has no row, or none that is known.
    """
    sums = rows[column].astype("float64").groupby(rows["area_id"].map(hierarchy(ctx)[level])).sum(min_count=1)
    return sums.reindex(pd.Index(area_names(ctx, level), name="area_id"))


@cached_numbers
def district_of(ctx: CityContext) -> pd.Series:
    """The district of every smallest area of any boundary version, '' where the city has no districts."""
    rows = city_table(ctx, "areas")
    tables = [
        areas.ancestors(version, [level for level in ("city", *ctx.levels) if level in set(version["level"])])
        for _name, version in rows.groupby("boundary_version")
    ]
    return pd.concat(
        [table["district"] if "district" in table else table.iloc[:, 0].map(lambda _: "") for table in tables]
    )


@cached_numbers
def district_by_area(ctx: CityContext, level: str) -> dict[str, str]:
    """The district that holds each area of a level, '' where the city has no districts."""
    above = hierarchy(ctx)
    districts = above["district"] if ctx.has_districts else pd.Series("", above.index)
    return dict(zip(above[level], districts, strict=True))


def in_district(ctx: CityContext, rows: pd.DataFrame, district: str, level: str = "") -> pd.DataFrame:
    """The rows of one district's areas, or all rows where none is chosen.

    level: of today's areas; left out, the rows are of the smallest areas, which may be of any boundary version.
    """
    if not district:
        return rows
    return rows[rows["area_id"].map(district_by_area(ctx, level) if level else district_of(ctx)) == district]


def place_name(ctx: CityContext, territory: Territory) -> str:
    """Name of the chosen district, or of the city."""
    return area_names(ctx, "district").get(territory.district, ctx.name) if ctx.has_districts else ctx.name


def _areas(ctx: CityContext, level: str) -> pd.DataFrame:
    rows = city_table(ctx, "areas")
    return rows[(rows["level"] == level) & (rows["boundary_version"] == ctx.boundary_version)]


def area_shapes(ctx: CityContext, level: str) -> dict[str, Any]:
    """Shapes of one level of today's areas by id, as GeoJSON in EPSG:4326; shared, never write to it."""
    identity = ("areas", ctx.key, level, data.entry("areas", ctx.key).checksum)
    return _shapes(identity, lambda: _areas(ctx, level), "area_id")


def world_shapes(name: str, key: str) -> dict[str, Any]:
    """Shapes of a table of the world by a column of it, as GeoJSON; shared."""
    return _shapes((name, key, data.entry(name).checksum), lambda: world_table(name), key)


def _shapes(identity: tuple[str, ...], rows: Callable[[], pd.DataFrame], key: str) -> dict[str, Any]:
    """GeoJSON geometry by id, made once for all readers."""

    def compute() -> dict[str, Any]:
        table = rows()
        return dict(zip(table[key], (shape.__geo_interface__ for shape in table["geometry"]), strict=True))

    geometry: dict[str, Any] = shapes.get(identity, compute)
    return geometry


def exact_areas(ctx: CityContext) -> gpd.GeoDataFrame:
    """True shapes of today's smallest areas, in the city's metric reference system."""
    import geopandas as gpd

    rows = city_table(ctx, "areas_exact")
    return gpd.GeoDataFrame(rows[rows["boundary_version"] == ctx.boundary_version])


@cached_numbers
def bounds(ctx: CityContext, district: str) -> tuple[float, float, float]:
    """Longitude, latitude and zoom that show the city, or one district."""
    if not district or not ctx.has_districts:
        return ctx.city.lon, ctx.city.lat, ctx.city.zoom
    rows = _areas(ctx, "district")
    west, south, east, north = rows.loc[rows["area_id"] == district, "geometry"].iloc[0].bounds
    return (west + east) / 2, (south + north) / 2, ctx.city.zoom + 1.4


# UNHCR's codes of origins that are no country by any standard, so no locale has their names.
NO_COUNTRIES = {"UNK": N_("Unknown"), "XXA": N_("Stateless"), "TIB": N_("Tibetan"), "AB9": N_("Abyei Area")}


def _names_of_countries(language: Language) -> dict[str, str]:
    rows = world_table("countries")
    names = english_names() | dict(zip(rows["iso3"], rows["name"], strict=True))
    return {code: language.country(code, name) for code, name in names.items()} | {
        code: language(name) for code, name in NO_COUNTRIES.items()
    }


@cached
def country_names(ctx: CityContext) -> dict[str, str]:
    """Country name by ISO code, in the reader's language."""
    return _names_of_countries(ctx.language)


@cached_by_arguments
def country_labels(language: Language) -> list[dict[str, Any]]:
    """Names of countries for a map: name, lon, lat of the middle of its largest part, size in pixels by its ground."""
    import geopandas as gpd

    shapes = gpd.GeoDataFrame(world_table("country_shapes")).explode()
    shapes["km2"] = shapes.to_crs(6933).area / 1e6  # cylindrical equal area
    largest = shapes[shapes["km2"] >= LABEL_SIZES[-1][0]].sort_values("km2", ascending=False).drop_duplicates("iso3")
    names, middles = _names_of_countries(language), largest.geometry.representative_point()
    return [
        {
            "name": names.get(code) or language.country(code, code),
            "lon": round(spot.x, 3),
            "lat": round(spot.y, 3),
            "size": next(size for least, size in LABEL_SIZES if km2 >= least),
        }
        for code, spot, km2 in zip(largest["iso3"], middles, largest["km2"], strict=True)
    ]


@cached_numbers
def world_years(ctx: CityContext) -> tuple[int, int]:
    """First and last year of the displacement tables."""
    years = world_table("displaced")["year"]
    return int(years.min()), int(years.max())


def territory_options(ctx: CityContext) -> dict[str, Any]:
    """What a reader may choose: cities, countries, districts and areas (names by id), years, the usual choice."""
    return _options_in(ctx) | {"cities": {key: city.name for key, city in data.cities().items()}}


@cached
def _options_in(ctx: CityContext) -> dict[str, Any]:
    countries = country_names(ctx)
    asylum = sorted(world_table("displaced")["asylum"].unique(), key=lambda code: countries[code])
    names, districts = area_names(ctx, "planning_area"), district_by_area(ctx, "planning_area")
    first, last = world_years(ctx)
    counted = [period.year for period in half_years(ctx)]
    recent = last - 10
    if counted and counted[-1] < recent:
        recent = counted[-1]  # a city whose counts end earlier shows them, too
    return {
        "country": {code: countries[code] for code in asylum},
        "district": area_names(ctx, "district") if ctx.has_districts else {},
        "area": {area: (name, districts[area]) for area, name in names.items()},
        "area_level": ctx.language(ctx.city.level_names[ctx.levels[-1]]),
        "years": list(range(last, first - 1, -1)),
        "usual": Territory(country=ctx.city.country, first_year=max(first, recent), last_year=last),
    }


@cached_numbers
def half_years(ctx: CityContext, first_year: int = 0, last_year: int = 9999) -> list[pd.Timestamp]:
    """Half-years for which the city counts residents, within these years, oldest first."""
    periods = pd.Series(optional_table(ctx, "residents")["period"].unique())
    return sorted(periods[periods.dt.year.between(first_year, last_year)]) if len(periods) else []


def current_half_years(ctx: CityContext, first_year: int = 0, last_year: int = 9999) -> list[pd.Timestamp]:
    """Those of them that fit today's areas."""
    since = pd.Timestamp(ctx.city.boundary_since)
    return [period for period in half_years(ctx, first_year, last_year) if period >= since]


def latest_period(ctx: CityContext, territory: Territory) -> pd.Timestamp | None:
    """The newest chosen half-year that fits today's areas; None if there is none."""
    fitting = current_half_years(ctx, territory.first_year, territory.last_year)
    return fitting[-1] if fitting else None


def require_period(ctx: CityContext, territory: Territory) -> pd.Timestamp:
    """The newest chosen half-year that fits today's areas. Raises NothingToShow where there is none."""
    period = latest_period(ctx, territory)
    if period is not None:
        return period
    _, years = ctx.language, [day.year for day in current_half_years(ctx)]
    fits = N_("No count of residents fits today's areas (in force since {boundary_since}) in these years.")
    counts = N_("{name} counts no residents in these years.")
    raise NothingToShow(
        _(fits if redrawn(ctx) else counts, boundary_since=ctx.city.boundary_since, name=ctx.name),
        _("Choose years from {first} to {last} in the sidebar.", first=years[0], last=years[-1])
        if years
        else _("Add it to the city's pack and build it on the page *Your city*."),
    )


@cached_numbers
def residents(ctx: CityContext, period: pd.Timestamp) -> pd.DataFrame:
    """All residents by smallest area: area_id, persons."""
    rows = city_table(ctx, "residents")
    return coverage.of_age(rows[rows["period"] == period], None, None)
