"""Who works with whom on the initiatives on record, who stands in between, which sectors are missing."""

from __future__ import annotations

import pandas as pd

from analytics import partnerships
from analytics.findings import Finding, extreme
from data.context import CityContext, ViewState
from data.errors import NothingToShow
from data.figures import Column, Figure, KeyFigure
from data.store.models import TOPICS
from data.translation import N_
from services.columns import by_name
from services.figures import chart, figure
from services.initiatives import COLUMNS as REGISTER_COLUMNS
from services.initiatives import all_initiatives, credit, register_caption
from services.names import topic_name

MIN_BROKERAGE = 0.05  # share of pairs of others that meet through an actor, for it to be called in between
MOST_BROKERS = 3  # who share the first place; more of them do not stand out
COLUMNS = REGISTER_COLUMNS | by_name(
    Column("initiatives", N_("Initiatives")),
    Column("ties", N_("Ties")),
    Column("brokerage", N_("Brokerage (betweenness, 0 to 1)"), digits=3),
    Column("sectors_bridged", N_("Other sectors tied to")),
    Column("group", N_("Group"), kind="id"),
    Column("percent", N_("Initiatives that the sector takes part in"), "%"),
    Column("of", N_("Initiatives with partners on record")),
)


class Query(ViewState):
    """Needs whose initiatives are counted; none chosen: all."""

    needs: tuple[str, ...] = ()


def needs(ctx: CityContext) -> dict[str, str]:
    """Name of each need."""
    return {topic: topic_name(ctx.language, topic) for topic in TOPICS}


def initiatives(ctx: CityContext, query: Query) -> pd.DataFrame:
    """Initiatives of the chosen needs. Raises NothingToShow where none has a partner on record."""
    rows, _ = all_initiatives(), ctx.language
    rows = rows[rows["topic"].isin(query.needs)] if query.needs else rows
    if not rows["partners"].map(bool).any():
        raise NothingToShow(
            _("No partner is on record."), _("Fill the register on the page *Initiatives*, or choose other needs.")
        )
    return rows


def key_figures(ctx: CityContext, rows: pd.DataFrame) -> list[KeyFigure]:
    """Share of initiatives with all three sectors, how many actors, how many ties."""
    _, graph = ctx.language, partnerships.network(rows)
    return [
        KeyFigure(_("Public, non-profit and private together"), _.percent(partnerships.tri_sector(rows)["tri_sector"])),
        KeyFigure(_("Actors"), _.number(graph.number_of_nodes())),
        KeyFigure(_("Ties"), _.number(graph.number_of_edges())),
    ]


def about(ctx: CityContext, rows: pd.DataFrame) -> str:
    """Of how many initiatives partners are known, and from where."""
    share, _ = partnerships.tri_sector(rows), ctx.language
    return _(
        "{known:.0f} of {of:.0f} initiatives have partners on record; a tie is a shared initiative · Source: {credit}",
        known=share["known"],
        of=share["of"],
        credit=credit(ctx, rows),
    )


def network_figure(ctx: CityContext, rows: pd.DataFrame) -> Figure:
    """Actors tied by the initiatives they share; those clearly in between are named."""
    _, graph = ctx.language, partnerships.network(rows)
    actors = partnerships.actors(graph)
    places = partnerships.layout(graph).merge(actors, on="name")
    initiatives_of = {node: about["initiatives"] for node, about in graph.nodes(data=True)}
    labels = places.assign(text=places["name"].map(lambda name: ", ".join(initiatives_of[name])))
    labels = labels.groupby("place").agg(
        x=("x", "mean"), y=("y", "min"), text=("text", lambda texts: max(texts, key=len))
    )
    labels["y"] -= 0.2
    finding = _brokers(ctx, actors).text
    unit = _("actors by sector; each group is named by its initiatives, a tie is a shared one")
    drawing = chart(
        "network",
        places,
        ties=list(graph.edges),
        labels=labels,
        sectors={code: _(code) for code in partnerships.SECTORS},
    )
    table = actors.assign(sector=actors["sector"].map(_), group=actors["group"] + 1)
    return figure(ctx, "network", register_caption(ctx, finding, unit, rows=rows), table, drawing, COLUMNS)


def _brokers(ctx: CityContext, actors: pd.DataFrame) -> Finding:
    """Who stands in between, if a fair share of all pairs of other actors meet through one actor and no other."""
    _, others = ctx.language, len(actors) - 1
    pairs = others * (others - 1) / 2
    most = extreme(actors, "brokerage", largest=True)
    if most is None or most.value == 0:
        groups = actors["group"].nunique()
        words = _.plural("{n} group of partners", "{n} groups of partners, none tied to another", groups)
        return Finding("", False, words)
    return Finding(
        _("Most in between: {iloc}", iloc=_.listed(most.names)),
        len(most.names) <= MOST_BROKERS and most.value >= MIN_BROKERAGE,
        _(
            "No actor stands out in between: at most {joined} of {pairs} pairs of others meet through one",
            joined=_.number(most.value * pairs),
            pairs=_.number(pairs),
        ),
    )


def missing_figure(ctx: CityContext, rows: pd.DataFrame) -> Figure:
    """In how many initiatives of each need each sector takes part."""
    _, shares = ctx.language, partnerships.missing_sectors(rows)
    names = needs(ctx)
    table = pd.DataFrame(
        {
            "topic": shares["topic"].map(names),
            "sector": shares["sector"].map(_),
            "percent": 100 * shares["share"],
            "of": shares["of"],
        }
    )
    bars = table.assign(label=table["topic"] + ": " + table["sector"])
    absent = [f"{row.label} (0/{row.of})" for row in bars[bars["percent"] == 0].itertuples()]
    finding = _("Missing: {label}", label=", ".join(absent)) if absent else _("Every sector takes part in every need")
    unit = _("% of initiatives with partners on record in which a sector takes part")
    drawing = chart("bars", bars, label="label", value="percent", unit="", digits=0)
    return figure(ctx, "missing", register_caption(ctx, finding, unit, rows=rows), table, drawing, COLUMNS)
