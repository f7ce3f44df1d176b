"""One origin on the map of the city: counts, rates, quotients, growth, and how mixed areas are."""

from __future__ import annotations

import pandas as pd

from analytics import displacement, diversity
from analytics.findings import MIN_BASE
from data.context import CityContext, Territory
from data.figures import Figure
from data.translation import N_, SUPPRESSED
from services import reception
from services.areas import area_names, country_names, in_district, place_name
from services.cache import cached
from services.figures import Caption, Shading, area_map
from services.findings import ends
from services.names import level_plurals
from services.origins import (
    COLUMNS,
    GROWTH_BASE,
    LARGEST_BASE,
    MEASURES,
    Query,
    all_hidden,
    close_to_top,
    map_period,
    residents_by_area,
)
from services.tables import city_table, source


@cached
def by_area(
    ctx: CityContext, period: pd.Timestamp, origin: str, level: str, measure: str, since: pd.Timestamp
) -> pd.DataFrame:
    """One measure of one origin by area, in a column of its name; value and shown are for the map.

    since: where growth starts. Returns also area_id, name, persons, suppressed, residents, per_1000.
    """
    _, rows = ctx.language, city_table(ctx, "residents_by_origin")
    now, of_origin = rows[(rows["period"] == period) & (rows["level"] == level)], rows[rows["origin"] == origin]
    result = now[now["origin"] == origin][["area_id", "persons", "suppressed"]].reset_index(drop=True)
    result.insert(0, "name", result["area_id"].map(area_names(ctx, level)))
    result["residents"] = result["area_id"].map(residents_by_area(ctx, period, level))
    result["per_1000"] = displacement.per_1000(result["persons"], result["residents"])
    if measure == "quotient":
        city = of_origin.loc[of_origin["period"].eq(period) & of_origin["level"].eq("city"), "persons"].sum()
        everyone = float(residents_by_area(ctx, period, level).sum())
        result[measure] = diversity.location_quotient(result["persons"], result["residents"], float(city), everyone)
    elif measure == "growth":
        before = of_origin[of_origin["period"].eq(since) & of_origin["level"].eq(level)]
        before = result["area_id"].map(before.set_index("area_id")["persons"]).astype("Float64")
        result[measure] = 100 * (result["persons"].astype("Float64") / before.where(before >= GROWTH_BASE) - 1)
    elif measure == "diversity":
        result[measure] = result["area_id"].map(100 * now.groupby("area_id")["persons"].agg(diversity.simpson))
    result["value"] = result[measure].astype("float64").where(result["residents"].fillna(0) > 0)
    _name, unit, digits, suffix = MEASURES[measure]
    after = suffix or f" {_(unit)}"
    result["shown"] = [
        _(SUPPRESSED) if hidden and measure != "diversity" else f"{_.number(value, digits)}{after}"
        for value, hidden in zip(result["value"], result["suppressed"], strict=True)
    ]
    return result


def map_figure(ctx: CityContext, territory: Territory, query: Query) -> Figure:
    """Where they live: counts, rates, quotient, growth or diversity. Raises NothingToShow where all is hidden."""
    _, period, since = ctx.language, map_period(ctx, territory), pd.Timestamp(query.since)
    rows = by_area(ctx, period, query.origin, query.level, query.map_measure, since)
    chosen = in_district(ctx, rows, territory.district, query.level)
    hidden = int(chosen["value"].isna().sum())
    if hidden == len(chosen):
        raise all_hidden(ctx)
    _name, unit, digits, suffix = MEASURES[query.map_measure]
    finding = _finding(ctx, chosen, query)
    grey = _("{value} of {rows} areas suppressed or unknown (grey)", value=hidden, rows=len(chosen))
    if query.map_measure == "growth":
        unit = _("% change since {since}", since=_.day(since))
        grey += " · " + _("no growth from fewer than {count} people", count=GROWTH_BASE)
    known = reception.areas(ctx) if query.level == ctx.levels[-1] else {}
    here = {area: name for area, name in known.items() if area in set(chosen["area_id"])}
    marked = rows["area_id"].isin(here)
    rows = rows.assign(shown=rows["shown"].where(~marked, rows["shown"] + " · " + _("holds a reception centre")))
    note = " · ".join(filter(None, [place_name(ctx, territory), grey, reception.words(ctx, here)]))
    caption = Caption(finding, _(unit), _.day(period), source(ctx, "residents_by_origin", "residents"), note)
    shading = Shading(digits, suffix)
    return area_map(ctx, territory, "origins-map", caption, rows, query.level, shading, columns=COLUMNS)


def _finding(ctx: CityContext, chosen: pd.DataFrame, query: Query) -> str:
    """Where a measure is highest, and who is as near to it as nobody can tell. chosen: as of `by_area`."""
    _, (name, unit, digits, suffix) = ctx.language, MEASURES[query.map_measure]
    origin, after = country_names(ctx).get(query.origin, ""), suffix or f" {_(unit)}"
    near = close_to_top(chosen, "value", "residents") if query.map_measure == "diversity" else []
    if len(near) > 1:
        top = float(chosen.loc[chosen["name"].isin(near), "value"].max())
        return _(
            "{count} areas are the most mixed, less than a percentage point apart, at up to {shown}",
            count=len(near),
            shown=_.number(top, 1, suffix=after),
        )
    if query.map_measure == "growth":
        since = pd.Timestamp(query.since)
        earlier = by_area(ctx, since, query.origin, query.level, "persons", since).set_index("area_id")["persons"]
        chosen = chosen.assign(before=chosen["area_id"].map(earlier))
    counts = chosen.drop_duplicates("name").set_index("name")

    def highest(area: str, shown: str) -> str:
        if query.map_measure == "diversity":
            return _("Most mixed: {area}, {shown}", area=area, shown=shown)
        if query.map_measure != "growth":
            sentence = N_("{origin}, {measure}: highest in {area}, {shown}")
            return _(sentence, origin=origin, measure=_.inside(_(name)), area=area, shown=shown)
        return _(
            "{origin} since {since}: highest growth in {area}, {shown}, from {first} to {last}",
            origin=origin,
            since=_.day(pd.Timestamp(query.since)),
            area=area,
            shown=shown,
            first=_.number(counts.loc[area, "before"]),
            last=_.number(counts.loc[area, "persons"]),
        )

    base = {"persons": "", "growth": "before"}.get(query.map_measure, "residents")
    return ends(
        ctx,
        chosen,
        "value",
        highest,
        lambda value: f"{_.number(value, digits)}{after}",
        largest=True,
        digits=digits,
        base=base,
        min_base=LARGEST_BASE if base == "before" else MIN_BASE,
        subject=": ".join(filter(None, [origin if query.map_measure != "diversity" else "", _(name)])),
        what=level_plurals(ctx)[query.level],
    ).text
