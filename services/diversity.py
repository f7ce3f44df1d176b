"""Diverse and divided: mix of origins against segregation, at several scales."""

from __future__ import annotations

import pandas as pd

from analytics import scales
from analytics.findings import relative_change
from data.context import CityContext, Territory, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.areas import area_names, area_shapes, current_half_years, hierarchy, in_district, residents
from services.cache import cached_numbers
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import ends
from services.inclusion import INDICATOR_COLUMNS, measured
from services.names import level_plurals
from services.tables import city_table, require_tables, source

LEAST_H = 0.001  # of Theil's H at the start, from which a change is told in per cent
SCALES = by_name(
    Column("label", N_("Where people live apart"), kind="name"),
    Column("h", N_("Theil's H"), digits=3),
    Column("added", N_("Beyond the scale above"), digits=3),
    Column("share", N_("Share of Theil's H among the smallest areas"), digits=3),
)


class Query(ViewState):
    """What a reader asks of this page: the level of areas whose mix is compared."""

    level: str = ""


@cached_numbers
def segregation(ctx: CityContext, period: pd.Timestamp) -> pd.DataFrame:
    """Theil's H of three groups (no migration background, citizens with one, foreign nationals) at each level of areas.

    Columns as in analytics.scales.decompose_theil_h, largest areas first; the last row is of the smallest areas.
    Raises NothingToShow where either of the two backgrounds is not counted.
    """
    rows = city_table(ctx, "residents_by_background")
    rows = rows[(rows["period"] == period) & (rows["level"] == ctx.levels[-1])]
    wide = rows.pivot(index="area_id", columns="background", values="persons").astype(float).dropna()
    if not {"migration_background", "foreign_nationals"} <= set(wide) or wide.empty:
        _ = ctx.language
        raise NothingToShow(
            _("The three groups need both counts, of foreign nationals and of residents with a migration background."),
            _("Add it to the city's pack and build it on the page *Your city*."),
        )
    everyone = residents(ctx, period).set_index("area_id")["persons"].reindex(wide.index)
    groups = {
        "none": everyone - wide["migration_background"],
        "citizens": wide["migration_background"] - wide["foreign_nationals"],
        "foreign": wide["foreign_nationals"],
    }
    above = {level: hierarchy(ctx)[level] for level in ctx.levels[:-1]}
    return scales.decompose_theil_h(pd.DataFrame(groups).clip(lower=0).dropna(), above)


def scales_figures(ctx: CityContext, territory: Territory) -> list[Figure]:
    """At which scale groups of the whole city live apart and, with two half-years or more, whether that changed."""
    _, plurals = ctx.language, level_plurals(ctx)
    counted = set(city_table(ctx, "residents_by_background")["period"])
    periods = [day for day in current_half_years(ctx, territory.first_year, territory.last_year) if day in counted]
    if not periods:
        raise NothingToShow(_("No figure in these years."), _("Choose later years in the sidebar."))
    levels = [ctx.language("among {areas}", areas=plurals[ctx.levels[0]])]
    levels += _.each("inside, among {areas}", areas=[plurals[level] for level in ctx.levels[1:]])
    rows = segregation(ctx, periods[-1]).drop(columns="scale").assign(label=levels)
    unit = _(
        "% of Theil's H among planning areas ({whole:.3f}; 0 even, 1 wholly apart), three groups",
        whole=rows["h"].iloc[-1],
    )
    words = {
        True: N_("Most of the separation lies {label}: {share}"),
        False: N_("The largest part lies {label}: {share}"),
    }
    most = bool(rows["share"].max() > 0.5)
    finding = ends(
        ctx,
        rows.assign(name=rows["label"]),
        "share",
        lambda label, share: _(words[most], label=label, share=share),
        _.percent,
        subject=_("Where people live apart"),
        what=_("levels of areas"),
        largest=True,
        digits=2,
    ).text
    credit = source(ctx, "residents_by_background", "residents")
    bars = chart("bars", rows.assign(part=100 * rows["share"]), label="label", value="part", unit="", digits=0)
    figures = [figure(ctx, "scales", Caption(finding, unit, _.day(periods[-1]), credit), rows, bars, SCALES)]
    return [*figures, _over_time(ctx, periods, credit, plurals[ctx.levels[-1]])] if len(periods) > 1 else figures


def _over_time(ctx: CityContext, periods: list[pd.Timestamp], credit: str, areas: str) -> Figure:
    """Whether groups live more or less apart than at first. areas: what the smallest are called."""
    _ = ctx.language
    path = [segregation(ctx, period)["h"].iloc[-1] for period in periods]
    over_time = pd.DataFrame({"period": periods, "h": path})
    first, last = _.day(periods[0]), _.day(periods[-1])
    change = relative_change(path[0], path[-1], floor=LEAST_H)
    finding = _("Separation since {day}", day=first)
    if change is not None:
        finding = _("Separation changed by {change} since {periods}", change=_.signed_percent(change), periods=first)
    unit = _(
        "Theil's H of residents without migration background, citizens with one, and foreign nationals, among "
        "today's {areas}",
        areas=areas,
    )
    line = chart("lines", over_time.assign(group=""), x="period", y="h", by="group", unit="", digits=3)
    return figure(ctx, "over-time", Caption(finding, unit, f"{first} – {last}", credit), over_time, line, SCALES)


def mix_figure(ctx: CityContext, territory: Territory, period: pd.Timestamp, level: str) -> Figure:
    """Areas of the city or the chosen district by how mixed they are and how far from the city's composition."""
    require_tables(ctx, "residents_by_origin", "residents_by_background")
    _, rows = ctx.language, measured(ctx, period, level)[["origin_mix", "apart", "residents"]].dropna().reset_index()
    names = area_names(ctx, level)
    rows = in_district(ctx, rows.assign(name=rows["area_id"].map(names)), territory.district, level)
    if len(rows) < 2:
        raise NothingToShow(_("Fewer than two areas have both figures."), _("Choose the whole city or smaller areas."))
    mix, deviation = (float(rows[name].median()) for name in ("origin_mix", "apart"))
    both = int(((rows["origin_mix"] > mix) & (rows["apart"] > deviation)).sum())
    outer = [rows.nlargest(2, "origin_mix"), rows.nsmallest(2, "origin_mix"), rows.nlargest(2, "apart")]
    drawing = chart(
        "scatter",
        rows,
        x="origin_mix",
        y="apart",
        name="name",
        x_unit=_("effective number of origins"),
        y_unit=_("% points apart from the city"),
        across=(mix, deviation),
        labelled=[*pd.concat(outer)["name"]],
        marked=names.get(territory.area or territory.district, ""),
    )
    chance = (rows["origin_mix"] > mix).sum() * (rows["apart"] > deviation).sum() / len(rows)
    finding = _(
        "{both} of {rows} areas are more mixed than the middle and more apart from the city; {chance:.0f} would be if "
        "the two had nothing to do with each other",
        both=both,
        rows=len(rows),
        chance=chance,
    )
    unit = _(
        "mix of origins of residents with a migration background, and distance from the city's composition; dotted: "
        "medians"
    )
    caption = Caption(finding, unit, _.day(period), source(ctx, "residents_by_origin", "residents_by_background"))
    return figure(ctx, "mix", caption, rows, drawing, INDICATOR_COLUMNS, area_shapes(ctx, level))
