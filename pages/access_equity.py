"""Equity of access: how evenly places are spread over people, who walks further, where the underserved cluster."""

import streamlit as st

from services import access, areas, equity, transit
from views import controls, figure_parts, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Equity of access in {name}", name=ctx.name), ctx, territory, follows="city")
query = state.read(access.Question, {"service": list(access.services(ctx))})
controls.row(access.question_labels(ctx))
figure_parts.about(access.about(ctx, query, territory.changed(district="")))
figures.key_figures(equity.key_figures(ctx, territory, query))
if equity.counts_displaced(ctx, territory):
    st.markdown(equity.gap_sentence(ctx, territory, query))
with shell.section():
    figures.show(equity.lorenz_figure(ctx, territory, query))
st.header(_("Who needs a bus where others walk"), anchor=False, divider="gray")
ways = state.read(transit.Query)
controls.row(transit.question_labels(ctx))
with shell.section():
    figures.show(equity.bus_figure(ctx, territory, query.service, ways))
st.header(_("Where the underserved cluster"), anchor=False, divider="gray")
with shell.section(), st.spinner(_("Permuting neighbours …")):
    figures.show(equity.cluster_figure(ctx, territory, query))
