"""Impact: cost per person reached, results with their days, and a social return whose every assumption is open."""

import streamlit as st

from services import areas, examples, impact, initiatives
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Impact"), ctx, territory, follows="world")
shell.examples(examples.count(), examples.remove_all)
query = state.read(impact.Query)
rows = initiatives.all_initiatives()
with shell.section():
    figures.show(impact.cost_figure(ctx, rows))
if outcomes := impact.outcomes_figure(ctx, rows):
    figures.show(outcomes)
st.header(_("Social return on investment"), anchor=False, divider="gray")
columns = st.columns(4)
controls.number(_("People who gain"), "people", place=columns[0])
controls.number(_("Value a person and year, EUR"), "value_eur", 100, columns[1])
controls.number(_("Cost, EUR"), "cost_eur", 1_000, columns[2])
controls.number(_("Years it lasts"), "years", place=columns[3])
for column, (name, label) in zip(st.columns(4), impact.SHARES.items(), strict=True):
    controls.number(f"{_(label).capitalize()}, %", name, 1.0, column)
figures.show(impact.return_figure(ctx, query))
st.caption(
    _(
        "A social return adds up what people set as the value of a gain; it says nothing without its "
        "assumptions and does not compare different kinds of gain."
    )
)
