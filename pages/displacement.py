"""Displacement, world and country: who, from where, to where, since when, how young, how urban, how sure."""

import streamlit as st

from services import areas, displacement
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Displacement, the world and the country"), ctx, territory, follows="world")
names = areas.country_names(ctx) | {"": _("All origins")}
query = state.read(
    displacement.Query,
    {
        "by": lambda values: displacement.breakdowns(values["scope"]),
        "measure": lambda values: displacement.measures(values["scope"]),
        "only_from": lambda values: displacement.origins(
            ctx, territory.country if values["scope"] == "country" else None
        ),
    },
)
scopes = {"world": _("World"), "country": _("Country of asylum")}
controls.choice(st.radio, _("Show"), "scope", scopes, horizontal=True)
place = displacement.place(ctx, territory, query)
st.markdown(displacement.answers(ctx, territory, place))
left, middle, right = st.columns(3)
breakdowns = {name: _(label) for name, label in displacement.BREAKDOWNS.items()}
controls.choice(left.radio, _("Break down by"), "by", breakdowns, horizontal=True)
controls.choice(middle.selectbox, _("Only from"), "only_from", names)
measures = {name: _(measure[0]) for name, measure in displacement.MEASURES.items()}
controls.choice(right.radio, _("Measure"), "measure", measures, horizontal=True)
with shell.section():
    figures.show(displacement.stock_figure(ctx, territory, query, place))
st.header(_("How sure are we?"), anchor=False, divider="gray")
figures.show(displacement.totals_figure(ctx))
st.header(_("How young, how urban, how protected"), anchor=False, divider="gray")
with shell.section():
    figures.show(displacement.ages_figure(ctx, query, place))
with shell.section():
    figures.show(displacement.decisions_figure(ctx, territory, query, place))
