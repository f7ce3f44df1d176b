"""What if something breaks: services close, budgets shrink, arrivals double; who falls below the floor, how it ends."""

import streamlit as st

from services import areas, arrivals, closures, names, shock, transit
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("What if something breaks in {name}?", name=ctx.name), ctx, territory, follows="city")
areas.require_period(ctx, territory)
services = shock.services(ctx, shock.LEFT_OUT)
query = state.read(shock.Query, shock.options(ctx), shock.defaults(ctx))
# What the reader set on the page *People arrive* goes into this page's address too.
arriving = state.read(arrivals.Assumed, arrivals.options(ctx), arrivals.defaults(ctx), scope="what_if_arrivals")
columns = st.columns(3)
controls.choice(columns[0].selectbox, _("Service"), "service", services)
controls.number(_("Minutes on foot"), "limit", 5, columns[1])
controls.number(_("Floor, % of people served"), "floor", 1.0, columns[2], format="%g")
controls.choice(st.multiselect, _("Close all sites in"), "districts", areas.area_names(ctx, ctx.largest_level))
columns = st.columns(3)
controls.number(_("Budget lost, %"), "budget", 5.0, columns[0], format="%g")
controls.number(_("Arrivals times"), "arrivals", 0.5, columns[1], format="%g")
controls.number(_("Sites reopened a year"), "reopened", place=columns[2])
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
with shell.section():
    figures.key_figures(shock.key_figures(ctx, territory, query))
    figures.show(shock.map_figure(ctx, territory, query))
    st.header(_("How resilient is the service?"), anchor=False, divider="gray")
    st.markdown(shock.resilience_score(ctx, territory, query))
    figures.key_figures(shock.resilience_parts(ctx, territory, query))
    recovery = shock.recovery_figure(ctx, territory, query)
    if recovery:
        figures.show(recovery)
    st.markdown(shock.readiness_sentence(ctx))
    st.header(_("In plain words"), anchor=False, divider="gray")
    st.markdown(shock.summary(ctx, territory, query, arriving))
ways = closures.kinds(ctx)
if ways:
    st.header(_("Close a bridge, a line or a station"), anchor=False, divider="gray")
    closing = state.read(closures.Query, closures.options(ctx))
    columns = st.columns(3)
    controls.choice(columns[0].selectbox, _("Close"), "closing", {name: _(closures.KINDS[name]) for name in ways})
    names_of = {name: name for name in closures.closable(ctx, closing.closing)}
    controls.choice(columns[1].multiselect, _("Which"), "closed_ways", names_of)
    if closing.closing != "bridge":
        controls.choice(columns[2].selectbox, _("Setting out"), "window", transit.window_labels(ctx))
    with shell.section():
        figures.show(closures.map_figure(ctx, territory, closing, query.service, query.level))
