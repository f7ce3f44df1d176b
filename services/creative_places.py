"""Places of the creative economy that stand open to the public: what the open map shows where no register is stored."""

from __future__ import annotations

import pandas as pd

from analytics import creative
from analytics.coverage import supply
from data.context import CityContext, Territory
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, hierarchy, in_district, place_name, require_period, residents
from services.cache import cached_numbers
from services.columns import by_name
from services.creative import scopes
from services.creative_city import COLUMNS as CITY_COLUMNS
from services.creative_city import HELD, SETTLED_RESIDENTS, location_quotients, over_represented, quotients_chart
from services.figures import Caption, Shading, area_map, chart, figure
from services.findings import ends
from services.firms import Query
from services.names import level_plurals
from services.tables import entries, optional_table, source, world_table

ACTIVITIES = {"museum": "91020", "theatre": "90042", "cinema": "59140"}  # of facilities, as digits of NACE
TABLES = ("creative_shops", "facilities")
ON_THE_MAP = N_(
    "Only places open to the public that are on the map: shops, galleries, museums, theatres, cinemas. Offices, "
    "studios and workshops are missing, so this is not a count of firms."
)
COLUMNS = by_name(
    Column("facilities", N_("Places open to the public")),
    Column("per_10000", N_("Places per 10,000 residents"), digits=2),
    Column("persons", N_("Residents")),
    Column("submarket", N_("Submarket"), kind="name"),
    Column("kind", N_("Submarket"), kind="name"),
    Column("places", N_("Places open to the public"), missing=N_("not mapped")),
    Column("count", N_("Places open to the public")),
    *(CITY_COLUMNS[name] for name in ("share", "lq", "p", "adjusted")),
)


@cached_numbers
def _places(ctx: CityContext) -> pd.DataFrame:
    """Every place whose activity is known: activity (digits of NACE), name, area_id, lon, lat."""
    facilities = optional_table(ctx, "facilities")
    facilities = facilities.assign(activity=facilities["kind"].map(ACTIVITIES)).dropna(subset="activity")
    parts = [part for part in (facilities, optional_table(ctx, "creative_shops")) if len(part)]
    columns = ["activity", "name", "area_id", "lon", "lat"]
    return pd.concat(parts)[columns].reset_index(drop=True) if parts else pd.DataFrame(columns=columns)


@cached_numbers
def places(ctx: CityContext, scope: str) -> pd.DataFrame:
    """Places of a scope by submarket, with the number of the place; one of two submarkets has two rows."""
    codes = world_table("creative_codes")
    return creative.in_scope(_places(ctx).rename_axis("place").reset_index(), codes[codes["scope"] == scope])


def require_places(ctx: CityContext) -> None:
    """Raises NothingToShow where nothing is mapped of the creative economy in this city."""
    if _places(ctx).empty:
        _ = ctx.language
        raise NothingToShow(
            _("No place of the creative economy is mapped in {city}.", city=ctx.name),
            _("With a chamber's register this page shows firms by area for every scope."),
        )


def submarkets(ctx: CityContext, scope: str) -> list[str]:
    """The submarkets of a scope of which places are mapped."""
    return sorted(places(ctx, scope)["submarket"].unique())


def _dated(ctx: CityContext) -> tuple[str, str]:
    """Periods and source line of the tables that the places are from."""
    periods = [entry.period for entry in entries(ctx, *TABLES) if entry.period]
    return "; ".join(dict.fromkeys(periods)), source(ctx, *TABLES)


def _chosen(ctx: CityContext, territory: Territory, scope: str) -> pd.DataFrame:
    """Places of the chosen district, or of the city. Raises NothingToShow where there is none."""
    _, rows = ctx.language, in_district(ctx, places(ctx, scope), territory.district)
    if rows.empty:
        raise NothingToShow(
            _("No place of this scope is mapped in {place}.", place=place_name(ctx, territory)),
            _("Choose another scope or the whole city."),
        )
    return rows


def submarkets_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Places by submarket, with the submarkets of the scope of which nothing is mapped."""
    _, rows, codes = ctx.language, _chosen(ctx, territory, query.scope), world_table("creative_codes")
    of_scope = codes.loc[codes["scope"] == query.scope, "submarket"].unique()
    counts = rows.groupby("submarket").size().reindex(of_scope).astype("Int64").rename_axis("submarket")
    table = counts.rename("places").reset_index().sort_values("places", ascending=False, ignore_index=True)
    table["submarket"] = table["submarket"].map(_)
    unseen = list(table.loc[table["places"].isna(), "submarket"])
    caption = Caption(
        _(
            "{n:,} places of the creative economy stand open to the public in {place}",
            n=rows["place"].nunique(),
            place=place_name(ctx, territory),
        ),
        _("places by submarket; one of two submarkets is in both (scope: {label})", label=scopes(ctx)[query.scope]),
        *_dated(ctx),
        " ".join(
            [_(ON_THE_MAP), _("Nothing is mapped for: {names}.", names=", ".join(unseen)) if unseen else ""]
        ).strip(),
    )
    bars = chart("bars", table.dropna(), label="submarket", value="places", unit=_("places"))
    return figure(ctx, "open-submarkets", caption, table, bars, COLUMNS)


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Places per 10,000 residents by area, with the places on top."""
    _, level, period = ctx.language, query.level, require_period(ctx, territory)
    points = _chosen(ctx, territory, query.scope).drop_duplicates("place")
    everywhere = places(ctx, query.scope).drop_duplicates("place").assign(places=pd.NA)
    rows = supply(everywhere, residents(ctx, period), hierarchy(ctx)[level])
    rows = rows.assign(name=rows["area_id"].map(area_names(ctx, level)), value=rows["per_10000"])
    rows = in_district(ctx, rows, territory.district, level).sort_values("value", ascending=False)
    rows["shown"] = [
        _.plural(
            "{rate} per 10,000 residents ({n} place)",
            "{rate} per 10,000 residents ({n} places)",
            n,
            rate=_.number(rate, 1),
        )
        for rate, n in zip(rows["per_10000"], rows["facilities"], strict=True)
    ]
    shown = dict(zip(rows["name"], rows["shown"], strict=True))
    errors = 10_000 * rows["facilities"].astype(float) ** 0.5 / rows["persons"].astype(float)  # of counts (Poisson)
    densest = ends(
        ctx,
        rows.assign(error=errors),
        "value",
        lambda name, _rate: _("Densest in {name}: {shown}", name=name, shown=shown[name]),
        lambda rate: _.number(rate, 1),
        largest=True,
        base="persons",
        min_base=SETTLED_RESIDENTS,
        error="error",
        subject=_("Places per 10,000 residents"),
        what=level_plurals(ctx)[level],
    )
    stated, credit = _dated(ctx)
    caption = Caption(
        densest.text,
        _("places open to the public per 10,000 residents (scope: {label})", label=scopes(ctx)[query.scope]),
        _("places {stated}; residents {day}", stated=stated, day=_.day(period)),
        "; ".join([credit, source(ctx, "residents")]),
        _(ON_THE_MAP),
    )
    labels = world_table("creative_codes").drop_duplicates("submarket")["submarket"]
    points = points.assign(shown=points["submarket"].map({name: _(name) for name in labels}))
    rows = rows[["area_id", "name", "facilities", "persons", "per_10000", "value", "shown"]]
    return area_map(ctx, territory, "open-map", caption, rows, level, Shading(1), points=points, columns=COLUMNS)


def quotients_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """In which of the largest areas a submarket is over-represented among the places. Raises NothingToShow."""
    _, rows = ctx.language, places(ctx, query.scope)
    groups = [rows["area_id"].map(hierarchy(ctx)[ctx.largest_level]).rename("area"), rows["submarket"].rename("kind")]
    counts = rows.groupby(groups).size().rename("count").reset_index()
    market = _(query.submarket)
    rows = location_quotients(ctx, counts, query.submarket).assign(kind=market)
    above = over_represented(rows)
    caption = Caption(
        _("{kind}: clearly over-represented in {sure}", kind=market, sure=", ".join(above))
        if len(above)
        else _("{kind}: no area is clearly above the city's share", kind=market),
        _("location quotient of '{kind}' among places open to the public, city = 1, exact 95 % interval", kind=market),
        *_dated(ctx),
        " ".join([_(HELD) + ".", _(ON_THE_MAP)]),
    )
    return figure(ctx, "open-quotients", caption, rows, quotients_chart(ctx, territory, rows), COLUMNS)
