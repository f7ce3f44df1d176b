"""Creative firms in the city, from a chamber's register that this machine has imported."""

from __future__ import annotations

import pandas as pd

from analytics import creative, specialisation
from data import definitions
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure
from data.translation import N_
from services.areas import area_names, hierarchy, in_district, place_name
from services.cache import cached
from services.columns import by_name
from services.creative import scopes
from services.creative_city import COLUMNS as CITY_COLUMNS
from services.creative_city import HELD, hot_areas, location_quotients, over_represented, quotients_chart
from services.figures import Caption, Shading, area_map, chart, figure
from services.findings import ends
from services.names import level_plurals
from services.tables import city_table, entries, has_tables, source, world_table

FEWEST_FIRMS = 100  # below so many a share says nothing
COLUMNS = by_name(
    Column("firms", N_("Firms in scope")),
    Column("all_firms", N_("All firms")),
    Column("submarket", N_("Submarket"), kind="name"),
    Column("weighted", N_("Firms")),
    Column("kind", N_("Submarket"), kind="text"),
    Column("count", N_("Firms")),
    Column("share", N_("Share of the area's firms in scope"), digits=3),
    Column("lq", N_("Location quotient"), digits=2),
    CITY_COLUMNS["p"],
    CITY_COLUMNS["adjusted"],
)


class Query(ViewState):
    """What a reader asks of this page: scope, level of areas, the submarket whose quotients are compared."""

    scope: str = "kkw"
    level: str = ""
    submarket: str = ""


def has_register(ctx: CityContext) -> bool:
    """Whether this machine has imported a register of the city's firms."""
    return has_tables(ctx, "firms")


def without_register(ctx: CityContext) -> str:
    """What a register would show, and for administrators how it comes here."""
    _, can_import = ctx.language, ctx.role == "admin" and ctx.key == definitions.entry("firms").place
    return " ".join(
        [
            _("No register of firms is stored on this machine, so this page shows places that are on the open map."),
            _(
                "Fetch a month of the chamber's open register and run `zone firms FILE --period 2023-03`; "
                "it takes seconds, and this page then shows firms by area for every scope."
            )
            if can_import
            else _("With a chamber's register this page shows firms by area for every scope."),
        ]
    )


def submarkets(scope: str) -> list[str]:
    """The submarkets of a scope."""
    codes = world_table("creative_codes")
    return sorted(codes.loc[codes["scope"] == scope, "submarket"].unique())


def _newest(ctx: CityContext) -> pd.DataFrame:
    """The city's firms on the newest day for which they are counted."""
    rows = city_table(ctx, "firms")
    return rows[rows["period"] == rows["period"].max()]


def _dated(ctx: CityContext) -> tuple[str, str]:
    """That day, or the period as it is stated where there is one day only, and the source line."""
    days = city_table(ctx, "firms")["period"]
    stated = entries(ctx, "firms")[0].period if days.nunique() == 1 else ""
    return stated or ctx.language.day(days.max()), source(ctx, "firms")


def _in_scope(ctx: CityContext, scope: str) -> pd.DataFrame:
    codes = world_table("creative_codes")
    return creative.in_scope(_newest(ctx), codes[codes["scope"] == scope])


@cached
def firms(ctx: CityContext, scope: str, level: str) -> pd.DataFrame:
    """By area and submarket: firms in scope (each once), weighted, all_firms of the area, its area_id and name."""
    rows, groups = _in_scope(ctx, scope), hierarchy(ctx)[level]
    rows = rows.assign(
        area_id=rows["area_id"].map(groups),
        weighted=rows["firms"] * rows["weight"],
        firms=rows["firms"] * rows["share"],
    )
    rows = rows.groupby(["area_id", "submarket"], as_index=False)[["firms", "weighted"]].sum()
    everyone = _newest(ctx)
    every_firm = everyone.groupby(everyone["area_id"].map(groups))["firms"].sum()
    return rows.assign(all_firms=rows["area_id"].map(every_firm), name=rows["area_id"].map(area_names(ctx, level)))


def _chosen(ctx: CityContext, territory: Territory, query: Query) -> pd.DataFrame:
    """Those of the chosen district, or of the city. Raises NothingToShow where there is none."""
    _, rows = ctx.language, in_district(ctx, firms(ctx, query.scope, query.level), territory.district, query.level)
    if rows.empty:
        raise NothingToShow(
            _("No firm of this scope is in {place}.", place=place_name(ctx, territory)),
            _("Choose another scope or the whole city."),
        )
    return rows


@cached
def employees(ctx: CityContext, scope: str) -> dict[str, float]:
    """Bounds of the employees of a scope's firms, of cells large enough to show; and how many firms those are."""
    rows = _in_scope(ctx, scope)
    stated = rows.dropna(subset=["employees_low"])
    low, high = ((stated[f"employees_{side}"].astype(float) * stated["share"]).sum() for side in ("low", "high"))
    counted, every_firm = (float((part["firms"] * part["share"]).sum()) for part in (stated, rows))
    return {
        "low": low,
        "high": high,
        "firms": counted,
        "all": every_firm,
        "open_ended": float(stated["open_ended"].sum()),
    }


def key_figures(ctx: CityContext, territory: Territory, query: Query) -> list[KeyFigure]:
    """Firms in scope and their share of all firms."""
    _, rows = ctx.language, _chosen(ctx, territory, query)
    count, every_firm = rows["firms"].sum(), rows.drop_duplicates("area_id")["all_firms"].sum()
    return [
        KeyFigure(_("Firms in scope"), _.number(count)),
        KeyFigure(_("Share of all firms"), _.percent(count / every_firm, 1)),
    ]


def employees_sentence(ctx: CityContext, query: Query) -> str:
    """Employees of the city's firms in scope as an interval."""
    bounds = employees(ctx, query.scope)
    return ctx.language(
        "Each firm states a size band, so the employees of the city's firms in scope are an interval: "
        "**{low:,.0f} to {high:,.0f} (estimate)**. Owners without employees count as none.",
        low=bounds["low"],
        high=bounds["high"],
    )


def about(ctx: CityContext, query: Query) -> str:
    """What is counted, what is left out, and from where."""
    return ctx.language(
        "Scope: {label}; codes in several submarkets count once. Employees of {firms:,.0f} of {all:,.0f} "
        "firms, the rest are in cells too small to show; {open_ended:,.0f} firms have no upper band · "
        "Source: {credit}",
        label=scopes(ctx)[query.scope],
        credit=source(ctx, "firms"),
        **employees(ctx, query.scope),
    )


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Share of firms in scope by area."""
    _, rows = ctx.language, _chosen(ctx, territory, query)
    rows = rows.groupby(["area_id", "name"], as_index=False).agg({"firms": "sum", "all_firms": "first"})
    rows = rows.assign(value=rows["firms"] / rows["all_firms"]).sort_values("value", ascending=False)
    rows["shown"] = _.each("{share:.1f} % of firms ({n:,.0f})", share=100 * rows["value"], n=rows["firms"])
    shown = dict(zip(rows["name"], rows["shown"], strict=True))
    most = ends(
        ctx,
        rows.assign(error=(rows["value"] * (1 - rows["value"]).clip(lower=0) / rows["all_firms"]) ** 0.5),
        "value",
        lambda name, _share: _("Most creative by share of firms: {name}, {shown}", name=name, shown=shown[name]),
        lambda share: _.percent(share, 1),
        subject=_("Share of firms in scope"),
        what=level_plurals(ctx)[query.level],
        largest=True,
        base="all_firms",
        min_base=FEWEST_FIRMS,
        error="error",
    )
    caption = Caption(
        most.text, _("% of all member firms (scope: {label})", label=scopes(ctx)[query.scope]), *_dated(ctx)
    )
    return area_map(ctx, territory, "firms-map", caption, rows, query.level, Shading(1, " %", 100), columns=COLUMNS)


@cached
def _hot_spots(ctx: CityContext, scope: str) -> pd.DataFrame:
    return hot_areas(ctx, firms(ctx, scope, ctx.levels[-1]).groupby("area_id")["firms"].sum())


def hot_spots_sentence(ctx: CityContext, query: Query) -> str:
    """How many of the smallest areas are hot spots of firms, and some of them by name."""
    _, rows = ctx.language, _hot_spots(ctx, query.scope)
    hot = rows[rows["kind"] == "hot"]
    hottest = hot.sort_values("z", ascending=False).head(8)["area_id"].map(area_names(ctx, ctx.levels[-1]))
    return _(
        "**Hot spots** (Getis-Ord Gi*, false discoveries held to 5 %): {value} planning areas and their "
        "neighbours hold unusually many firms",
        value=len(hot),
    ) + (_(", among them {hottest}.", hottest=", ".join(hottest)) if len(hot) else ".")


def submarkets_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Firms in scope by submarket."""
    _, rows = ctx.language, _chosen(ctx, territory, query)
    rows = rows.groupby("submarket", as_index=False)["weighted"].sum().sort_values("weighted", ascending=False)
    rows["submarket"] = rows["submarket"].map(_)
    largest = ends(
        ctx,
        rows.rename(columns={"submarket": "name"}),
        "weighted",
        lambda name, _count: _(
            "{submarket} is the largest submarket: {weighted:,.0f} firms",
            submarket=name,
            weighted=rows["weighted"].max(),
        ),
        lambda count: _.plural("{n:,} firm", "{n:,} firms", round(count)),
        subject=_("Largest submarket"),
        what=_("submarkets"),
        largest=True,
        digits=0,
    )
    caption = Caption(
        largest.text,
        _("firms by submarket; a firm in two submarkets is in both (scope: {label})", label=scopes(ctx)[query.scope]),
        *_dated(ctx),
    )
    drawing = chart("treemap", rows, group="submarket", value="weighted", unit=_("firms"))
    return figure(ctx, "submarkets", caption, rows, drawing, COLUMNS)


def quotients_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """In which of the largest areas a submarket is over-represented among the firms in scope."""
    _, counts = ctx.language, firms(ctx, query.scope, ctx.largest_level)[["area_id", "submarket", "weighted"]]
    counts = counts.set_axis(["area", "kind", "count"], axis=1)
    market = _(query.submarket)
    rows = location_quotients(ctx, counts, query.submarket).assign(kind=market)
    caption = Caption(
        _(
            "{market}: {value} of {shown} areas clearly above the city's share",
            market=market,
            value=len(over_represented(rows)),
            shown=len(rows),
        ),
        _(
            "location quotient of {market} among firms in scope, city = 1, exact 95 % interval (scope: {label})",
            market=market,
            label=scopes(ctx)[query.scope],
        ),
        *_dated(ctx),
        " · ".join([_(HELD), _concentration(ctx, counts)]),
    )
    return figure(ctx, "firm-quotients", caption, rows, quotients_chart(ctx, territory, rows), COLUMNS)


def _concentration(ctx: CityContext, counts: pd.DataFrame) -> str:
    """In which of the largest areas submarkets are most evenly mixed. counts: area, kind, count."""
    _, rows = ctx.language, specialisation.herfindahl(counts)
    rows = rows.assign(name=rows["area"].map(area_names(ctx, ctx.largest_level)))
    even = ends(
        ctx,
        rows,
        "herfindahl",
        lambda name, index: _("submarkets are most evenly mixed in {name} ({index})", name=name, index=index),
        lambda index: _.number(index, 3),
        what=level_plurals(ctx)[ctx.largest_level],
        largest=False,
        base="count",
        min_base=FEWEST_FIRMS,
        error="error",
    )
    return _("Herfindahl index: {finding}", finding=even.text)
