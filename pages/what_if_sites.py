"""What if we build: where the next sites of a service should go, who gains, and what it costs."""

from functools import partial
from typing import Any

import streamlit as st

from services import areas, background, names, sites, walks
from views import controls, figures, progress, shell, state
from views.language import _


def proving(task: background.Task) -> tuple[float, str]:
    """How far the proof is."""
    return task.seconds / 60, _("Proving the optimum: {seconds:.0f} s (at most about a minute)", seconds=task.seconds)


def prove() -> None:
    """Offer the proof of the optimum, watch it, and show it once it is there; the view then says so."""
    question = sites.inputs(query), areas.require_period(ctx, territory)
    task, asked = st.session_state.get("proof", (None, None))
    if task and asked == question and task.done:
        del st.session_state["proof"]
        try:
            sites.end_proof(ctx, task, *question)
        except RuntimeError as fault:
            st.warning(_("No optimum was found. {fault}", fault=fault))
        else:
            state.choose({"proven": True}, "what_if_sites")
            st.rerun()
    elif task and asked == question:
        progress.watch("proof", task, proving)
    elif st.button(_("Find and prove the optimum"), type="primary", key="prove"):
        if task:
            task.cancel()
        st.session_state["proof"] = sites.start_proof(ctx, *question), question
        st.rerun()


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("What if we build in {name}?", name=ctx.name), ctx, territory, follows="city")
areas.require_period(ctx, territory)
services = sites.services(ctx, sites.WITHOUT_DOORS)
query = state.read(sites.Query, sites.options(ctx), sites.defaults(ctx))
# Another question has another optimum, which is not proven yet.
anew: dict[str, Any] = {"on_change": partial(state.choose, {"proven": False}, "what_if_sites")}
columns = st.columns(3)
controls.choice(columns[0].selectbox, _("Service"), "service", services, **anew)
controls.choice(columns[1].selectbox, _("Aim"), "model", lambda aim: f"{_(sites.AIMS[aim])} ({_(aim)})", **anew)
controls.number(_("New sites"), "count", place=columns[2], **anew)
row = st.columns(4)
controls.choice(row[0].selectbox, _("On the way"), "walker", walks.walkers(ctx), **anew)
controls.number(_("Minutes of the way"), "limit", 5, row[1], **anew)
controls.number(_("Cost of a site, EUR"), "cost", 100_000, row[2])
controls.number(_("Room for people, 0 is any number"), "room", 500, row[3], **anew)
controls.choice(
    st.multiselect,
    _("Close first"),
    "closed",
    sites.site_names(ctx, query.service),
    placeholder=_("Existing sites that close"),
    **anew,
)
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
if query.places:
    st.info(_("Sites may stand at {places} places of a workshop only.", places=len(query.places)))
    st.button(
        _("Public buildings again"), on_click=state.choose, args=({"places": (), "proven": False}, "what_if_sites")
    )
with shell.section():
    if not query.proven:
        prove()
    figures.key_figures(sites.key_figures(ctx, territory, query))
    figures.show(sites.map_figure(ctx, territory, query))
    figures.show(sites.groups_figure(ctx, territory, query))
    figures.show(sites.places_figure(ctx, territory, query))
    st.header(_("In plain words"), anchor=False, divider="gray")
    st.markdown(sites.summary(ctx, territory, query))
    st.header(_("How many sites?"), anchor=False, divider="gray")
    with st.spinner(_("Proving the optimum …")):
        frontier = sites.frontier_figure(ctx, territory, query)
    figures.show(frontier)
