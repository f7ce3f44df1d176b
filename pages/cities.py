"""Cities side by side: indicators of the same definition of two to four cities, and what cannot be compared."""

import streamlit as st

from services import areas, cities
from views import controls, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Cities side by side"), ctx, territory, follows="city")
names = cities.others(ctx)
query = state.read(cities.Query, {"cities": list(names)}, {"cities": tuple(names)[:1]})
if names:
    controls.choice(
        st.multiselect,
        _("Beside {city}", city=ctx.name),
        "cities",
        names,
        max_selections=cities.MOST,
        placeholder=_("Choose up to three"),
    )
else:
    what = _("There is no other city in the app to set beside this one.")
    controls.empty(what, _("Build the pack of a second city on the page *Your city*; then it can be chosen here."))
left, right = st.columns(2)
controls.choice(left.selectbox, _("Topic"), "topic", {topic: _(name) for topic, name in cities.TOPICS.items()})
if query.topic not in cities.OF_NOW:
    controls.choice(right.selectbox, _("Dates"), "days", {days: _(name) for days, name in cities.DAYS.items()})
with shell.section():
    figures.show(cities.table_figure(ctx, territory, query))
    if query.cities:
        figures.show(cities.panels_figure(ctx, territory, query))
