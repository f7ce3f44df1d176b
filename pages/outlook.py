"""Outlook and early signals: what next, how sure, and where a change stands outside its own history."""

import streamlit as st

from services import areas, names, outlook
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Outlook and early signals: {place}", place=place), ctx, territory, follows="district")
query = state.read(outlook.Query, outlook.options(ctx, territory), outlook.defaults(ctx, territory))
origins = outlook.origins(ctx)
left, middle, right = st.columns(3)
controls.choice(left.selectbox, _("Whose future"), "subject", outlook.subjects(ctx, territory))
if query.in_city:
    controls.choice(middle.selectbox, _("Origin"), "outlook_origin", origins)
step = outlook.step_name(ctx, territory, query)
controls.choice(right.selectbox, _("Horizon ({step})", step=step), f"horizon_{query.subject}", str)
with shell.section():
    with st.spinner(_("Testing each model on the past …")):
        figure = outlook.forecast_figure(ctx, territory, query)
    figures.show(figure)
    st.markdown(outlook.reliability(ctx, territory, query))
    figures.show(outlook.backtest_figure(ctx, territory, query))
st.header(_("Early signals"), anchor=False, divider="gray")
with shell.section():
    if origins:
        left, right = st.columns(2)
        controls.choice(left.selectbox, _("Origin"), "signal_origin", origins)
        controls.choice(right.selectbox, _("Areas"), "signal_level", names.level_names(ctx))
    figures.show(outlook.signals_figure(ctx, territory, query))
