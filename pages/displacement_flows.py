"""Displacement flows: from where to where, who came anew, and which origins a change is made of."""

import streamlit as st

from services import areas, displacement, flows
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("From where to where"), ctx, territory, follows="world")
query = state.read(displacement.Scope)
scopes = {"world": _("World"), "country": _("Country of asylum")}
controls.choice(st.radio, _("Show"), "scope", scopes, horizontal=True)
place = displacement.place(ctx, territory, query)
with shell.section():
    figures.show(flows.arcs_figure(ctx, territory, place))
    figures.show(flows.pairs_figure(ctx, territory, place))
    if query.scope == "world":
        figures.show(flows.matrix_figure(ctx, territory))
with shell.section():
    figures.show(flows.movements_figure(ctx, territory, place))
st.header(_("What the change is made of"), anchor=False, divider="gray")
with shell.section():
    figures.show(flows.change_figure(ctx, territory, place))
with shell.section():
    figures.key_figures(flows.diversity_figures(ctx, territory, place))
    st.caption(flows.about_diversity(ctx, territory, place))
# Readers whose system asks for reduced motion step by hand: no play button.
st.html("<style>@media (prefers-reduced-motion: reduce){g.updatemenu-container{display:none}}</style>")
with shell.section():
    figures.show(flows.origins_figure(ctx, territory, place))
