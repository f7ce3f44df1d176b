"""Where new sites could stand, how far it is to each, and the problem of choosing among them."""

from __future__ import annotations

import h3
import numpy as np
import pandas as pd
from scipy import sparse

from analytics.scenario import Sites
from analytics.siting import SitingProblem
from data.context import CityContext
from data.errors import NothingToShow
from services.areas import area_names, exact_areas
from services.cache import cached_numbers
from services.demand_points import demand_points, minutes_before, people, within
from services.served import require_served
from services.tables import city_table
from services.walks import filled, travel_matrix

CANDIDATE_KINDS = ("school_primary", "school_secondary", "library", "youth_centre", "community_centre", "sports_centre")
FARTHEST = 45  # minutes up to which ways are followed over streets
MOST_WAYS = 20_000_000  # from points to places, all in memory (160 MB); a city of four million has a quarter of that


@cached_numbers
def candidates(
    ctx: CityContext, kind: str, limit: int, period: pd.Timestamp, walker: str = "adult", places: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Where a site may open, one for each H3 cell of resolution 9, those with most people within the limit first.

    Public buildings of other kinds, or the places that are named (latitude;longitude, in the city). The columns of
    facilities and near. Raises NothingToShow where there is none.
    """
    _, rows = ctx.language, city_table(ctx, "facilities")
    rows = _at(ctx, places, rows) if places else rows[rows["kind"].isin(CANDIDATE_KINDS) & (rows["kind"] != kind)]
    if places and rows.empty:
        raise NothingToShow(
            _("None of these places lies in {city}.", city=ctx.name), _("Open *We build* anew, without places.")
        )
    if rows.empty:
        raise NothingToShow(
            _("{city} has no school, library or other public building in which a new site could open.", city=ctx.name),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    rows = rows.assign(cell=[h3.latlng_to_cell(lat, lon, 9) for lat, lon in zip(rows["lat"], rows["lon"], strict=True)])
    rows = rows.drop_duplicates("cell").reset_index(drop=True)
    near = within(ctx, rows, limit, walker) @ people(ctx, kind, period).iloc[:, 0].to_numpy()
    return rows.assign(near=near).sort_values("near", ascending=False, kind="stable", ignore_index=True)


def _at(ctx: CityContext, places: tuple[str, ...], facilities: pd.DataFrame) -> pd.DataFrame:
    """Places as facilities, each called by the smallest area that it lies in; those outside the city are left out."""
    import geopandas as gpd

    from data.placing import assign_areas

    lat, lon = np.array([place.split(";") for place in places], float).T
    named = {"source_id": [f"place-{number}" for number in range(len(places))], "kind": "place"}
    spots = gpd.GeoDataFrame(named, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    inside = assign_areas(spots, exact_areas(ctx))
    rows = inside.assign(name=inside["area_id"].map(area_names(ctx, ctx.levels[-1])))
    return rows.reindex(columns=facilities.columns)


def _minutes(ctx: CityContext, sites: Sites, period: pd.Timestamp, places: pd.DataFrame, longest: float) -> np.ndarray:
    """Minutes from points to places, points × places.

    longest: minutes that anyone needs now; unless people are covered or not, walks up to it count.
    """
    limit = sites.limit if sites.model.endswith("covering") else max(sites.limit, min(round(longest) + 1, FARTHEST))
    walks = reach(ctx, sites.kind, sites.limit, limit, period, sites.walker, sites.places)
    return filled(ctx, demand_points(ctx)[0], places, walks, limit, sites.walker)


@cached_numbers
def reach(
    ctx: CityContext, kind: str, near: int, limit: int, period: pd.Timestamp, walker: str, places: tuple[str, ...] = ()
) -> sparse.csr_matrix:
    """Minutes from points to the candidates (of `near` minutes) within the limit."""
    sites = candidates(ctx, kind, near, period, walker, places)
    return travel_matrix(ctx, demand_points(ctx)[0], sites, walker, limit).minutes


def problem(ctx: CityContext, sites: Sites, period: pd.Timestamp) -> SitingProblem:
    """A scenario's sites as a problem to solve.

    Raises NothingToShow where there is no site, the ages served are not known, or there are too many ways to weigh.
    """
    _ = ctx.language
    require_served(ctx, sites.kind, period)
    places = candidates(ctx, sites.kind, sites.limit, period, sites.walker, sites.places)
    points = len(demand_points(ctx)[0])
    if points * len(places) > MOST_WAYS:
        words = _(
            "{city} is too large for this question: {places} possible sites and {points} places where people live.",
            city=ctx.name,
            places=_.number(len(places)),
            points=_.number(points),
        )
        raise NothingToShow(words, _("Build a part of it, such as one region, as a city of its own, and ask there."))
    before = minutes_before(ctx, sites.kind, sites.closed, sites.walker)
    groups = people(ctx, sites.kind, period).to_numpy(float).T
    return SitingProblem(
        sites.model,
        _minutes(ctx, sites, period, places, float(before[np.isfinite(before)].max(initial=0.0))),
        groups[0],
        groups,
        before,
        min(sites.count, len(places)),
        float(sites.limit),
        sites.room,
    )
