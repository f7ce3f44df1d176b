"""What initiatives on record cost and achieved, and a social return whose every assumption is open."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from analytics import impact
from data.context import CityContext, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure
from data.translation import N_
from services.columns import by_name
from services.figures import Caption, chart, figure
from services.findings import names_at_end
from services.initiatives import COLUMNS as REGISTER_COLUMNS
from services.initiatives import register_caption, written_day

SHARES = {
    "deadweight": N_("would have happened anyway"),
    "others": N_("is others' doing"),
    "drop_off": N_("lost each year"),
    "discount": N_("discount rate"),
}
ASSUMPTIONS = SHARES | {
    "people": N_("people who gain"),
    "value_eur": N_("value a person and year"),
    "years": N_("years it lasts"),
    "cost_eur": N_("cost"),
}
COLUMNS = by_name(
    Column("assumption", N_("Assumption"), kind="name"),
    Column("at_low", N_("Gain for each euro where it is 30 % lower"), "EUR", digits=2),
    Column("at_high", N_("Gain for each euro where it is 30 % higher"), "EUR", digits=2),
    Column("swing", N_("Distance between the two"), "EUR", digits=2),
)


class Query(ViewState):
    """Assumptions of a social return: people who gain, EUR a person and year, EUR of cost, years; shares in %.

    The defaults are an example.
    """

    people: int = Field(default=100, ge=1, le=1_000_000)
    value_eur: int = Field(default=2_000, ge=0, le=1_000_000)
    cost_eur: int = Field(default=250_000, ge=1, le=1_000_000_000)
    years: int = Field(default=3, ge=1, le=30)
    deadweight: float = Field(default=25.0, ge=0.0, le=100.0)
    others: float = Field(default=25.0, ge=0.0, le=100.0)
    drop_off: float = Field(default=20.0, ge=0.0, le=100.0)
    discount: float = Field(default=3.0, ge=0.0, le=100.0)


def cost_figure(ctx: CityContext, initiatives: pd.DataFrame) -> Figure:
    """Budget for each person reached. Raises NothingToShow where no initiative states both."""
    _, rows = ctx.language, impact.cost_per_person(initiatives)
    if rows.empty:
        raise NothingToShow(
            _("No initiative has both a budget and people reached on record."),
            _("Add what you know on the page *Initiatives*; an unknown stays empty."),
        )
    known = initiatives[initiatives["name"].isin(rows["name"])]
    cheapest = names_at_end(rows, "name", "per_person", largest=False)
    finding = _("From {per_person:,.0f} EUR a person, {name}", per_person=rows["per_person"].min(), name=cheapest)
    unit = _("EUR of budget for each person reached; initiatives differ in what they do for a person")
    bars = chart("bars", rows, label="name", value="per_person", unit="", digits=0)
    return figure(ctx, "cost", register_caption(ctx, finding, unit, rows=known), rows, bars, REGISTER_COLUMNS)


def outcomes_figure(ctx: CityContext, initiatives: pd.DataFrame) -> Figure | None:
    """Every result on record with its value, unit and day; None where there is none."""
    _ = ctx.language
    rows = pd.DataFrame(
        [
            {"initiative": initiative["name"], "city": initiative["city"], **outcome}
            | {"date": written_day(ctx, outcome["date"])}
            for initiative in initiatives.to_dict("records")
            for outcome in initiative["outcomes"]
        ]
    )
    if rows.empty:
        return None
    finding = _.plural("{n} result is on record", "{n} results are on record", len(rows))
    caption = register_caption(ctx, finding, rows=initiatives[initiatives["outcomes"].map(bool)])
    return figure(ctx, "outcomes", caption, rows.where(rows != "", None), None, REGISTER_COLUMNS)


def return_figure(ctx: CityContext, query: Query) -> Figure:
    """The social return, and what it depends on."""
    _ = ctx.language
    shares = {name: getattr(query, name) / 100 for name in SHARES}
    assumptions = impact.Assumptions(**{**query.model_dump(), **shares})
    value, rows = impact.social_return(assumptions), impact.tornado(assumptions)
    rows["assumption"] = rows["assumption"].map(ASSUMPTIONS).map(_)
    finding = _(
        "{back:.2f} EUR of gain for each euro (estimate), {low:.2f} to {high:.2f} if one assumption is off by 30 %",
        back=value,
        low=rows[["at_low", "at_high"]].min(axis=None),
        high=rows[["at_low", "at_high"]].max(axis=None),
    )
    is_example = query == Query()
    caption = Caption(
        _("Example: {finding}", finding=finding) if is_example else finding,
        _("present value of gains for each euro spent; each assumption alone 30 % lower or higher"),
        "",
        _("example assumptions of nobody's initiative; put in your own") if is_example else _("your assumptions above"),
    )
    options = {"label": "assumption", "low": "at_low", "high": "at_high", "base_value": value, "unit": ""}
    return figure(ctx, "tornado", caption, rows, chart("tornado", rows, **options), COLUMNS)
