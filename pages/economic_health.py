"""Inclusion and economic health: a question put to data, with neighbours, intervals and influence."""

import streamlit as st

from services import areas, economic_health
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Inclusion and economic health"), ctx, territory, follows="city")
st.header(_("Areas of {name}", name=ctx.name), anchor=False, divider="gray")
with shell.section():
    outcomes = economic_health.measures(ctx, territory, economic_health.OUTCOMES)
    terms = economic_health.measures(ctx, territory, economic_health.TERMS)
    options = {"outcome": list(outcomes), "terms": list(terms)}
    query = state.read(economic_health.Query, options, {"terms": tuple(terms)})
    controls.choice(st.selectbox, _("Economic health as"), "outcome", outcomes)
    controls.choice(st.multiselect, _("Beside"), "terms", terms)
    with st.spinner(_("Fitting with neighbours …")):
        figure, explanation = economic_health.areas_figure(ctx, territory, query)
    figures.show(figure)
    st.markdown(explanation)
st.header(_("Regions of Europe"), anchor=False, divider="gray")
figure, explanation = economic_health.regions_figure(ctx)
figures.show(figure)
st.markdown(explanation)
