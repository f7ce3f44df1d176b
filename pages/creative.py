"""Creative economy in Europe: what counts, how common cultural work is, what it consists of."""

import streamlit as st

from services import areas, creative
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Creative economy in Europe"), ctx, territory, follows="world")
scopes = creative.scopes(ctx)
query = state.read(creative.Query, {"scope": list(scopes)})
st.markdown(
    _(
        "Figures on this page follow the scope **{scope}**: people in a cultural activity or a cultural occupation.",
        scope=_(creative.SCOPE),
    )
)
st.header(_("How common is cultural work?"), anchor=False, divider="gray")
with shell.section():
    for figure in creative.country_figures(ctx, territory):
        figures.show(figure)
st.header(_("What it consists of in the EU"), anchor=False, divider="gray")
with shell.section():
    figures.show(creative.activities_figure(ctx))
    figures.key_figures(creative.union_key_figures(ctx))
    st.caption(creative.union_source(ctx))
with shell.section():
    figures.show(creative.age_and_education_figure(ctx))
st.header(_("What counts: four scopes"), anchor=False, divider="gray")
controls.choice(st.radio, _("Scope"), "scope", scopes, horizontal=True)
with shell.section():
    figures.show(creative.codes_figure(ctx, query))
