"""Partnerships: who works with whom across sectors, who brokers, what is missing."""

from __future__ import annotations

import streamlit as st

from analytics import partnerships
from data.store import register
from data.store.models import TOPICS
from pages.common import choices
from pages.labels import REGISTER, need_name
from views import charts, comparisons, controls, text
from views.language import _
from views.palette import GROUPS

COLOURS = {"public": GROUPS[0], "non-profit": GROUPS[2], "private": GROUPS[1]}

choices()
st.title(_("Partnerships"), anchor=False)
rows = register.everything()
topics = controls.linked_many(
    st.multiselect, _("Needs"), TOPICS, default=[], format_func=need_name, key="needs", placeholder=_("All")
)
rows = rows[rows["topic"].isin(topics)] if topics else rows
graph = partnerships.network(rows)
if graph.number_of_nodes() == 0:
    controls.empty(
        _("No partner is on record."), _("Fill the register on the page *Initiatives*, or choose other needs.")
    )
    st.stop()
share = partnerships.tri_sector(rows)
tiles = st.columns(3)
tiles[0].metric(_("Public, non-profit and private together"), text.percent(share["tri_sector"]), border=True)
tiles[1].metric(_("Actors"), f"{graph.number_of_nodes():,}", border=True)
tiles[2].metric(_("Ties"), f"{graph.number_of_edges():,}", border=True)
st.caption(
    _(
        "{known:.0f} of {of:.0f} initiatives have partners on record; a tie is a shared initiative · Source: {credit}",
        known=share["known"],
        of=share["of"],
        credit=_(REGISTER),
    )
)
people = partnerships.actors(graph)
brokers = people[people["brokerage"] > 0]
lead = (
    _("Most in between: {iloc}", iloc=brokers["name"].iloc[0])
    if len(brokers)
    else _("{group} groups of partners, none tied to another", group=people["group"].nunique())
)
places = partnerships.layout(graph).merge(people, on="name")
projects = {node: about["initiatives"] for node, about in graph.nodes(data=True)}
spots = (
    places.assign(text=places["name"].map(lambda name: ", ".join(projects[name])))
    .groupby("place")
    .agg(x=("x", "mean"), y=("y", "min"), text=("text", lambda found: max(found, key=len)))
)
charts.show(
    comparisons.network(
        places, [(one, other) for one, other in graph.edges], COLOURS, spots.assign(y=spots["y"] - 0.2)
    ),
    title=lead,
    unit=_("actors by sector; each group is named by its initiatives, a tie is a shared one"),
    source=_(REGISTER),
    key="network",
    table=people,
)
missing = partnerships.missing_sectors(rows).assign(percent=lambda t: 100 * t["share"])
missing["label"] = [
    f"{need_name(topic)}: {sector}" for topic, sector in zip(missing["topic"], missing["sector"], strict=True)
]
absent = missing[missing["share"] == 0]
charts.show(
    charts.bars(missing, "label", "percent", unit="", digits=0),
    title=_("Missing: {label}", label=", ".join(absent["label"]))
    if len(absent)
    else _("Every sector takes part in every need"),
    unit=_("% of initiatives with partners on record in which a sector takes part"),
    source=_(REGISTER),
    key="missing",
    table=missing.drop(columns=["percent"]),
)
