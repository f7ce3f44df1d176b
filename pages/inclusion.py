"""Inclusion index: every choice of its making open, every rank with its range."""

import streamlit as st

from services import areas, inclusion, indicator_days, names
from views import controls, figure_parts, figures, shell, state
from views.language import _
from views.text import escaped

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
place = areas.place_name(ctx, territory)
shell.title(_("Inclusion index of {district}", district=place), ctx, territory, follows="district")
query = state.read(inclusion.Query, {"level": list(ctx.levels)}, {"level": ctx.largest_level})
period = areas.require_period(ctx, territory)
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
for column, (name, label) in zip([*st.columns(3), *st.columns(2)], inclusion.CHOICES.items(), strict=True):
    controls.choice(column.selectbox, _(label), name, lambda option: _(inclusion.OPTIONS[option]))
if query.weights == "expert":
    st.markdown(_("Share out points: a dimension with twice the points counts twice."))
    if query.room:
        st.info(_("The room's weights: mean points of room {code}, rounded.", code=escaped(query.room)))
    dimensions = names.dimensions(ctx.language)
    for column, (key, label) in zip(st.columns(len(dimensions)), dimensions.items(), strict=True):
        controls.number(label, f"points_{key}", place=column)
figure_parts.about(f"{indicator_days.about(ctx, period)} · {indicator_days.caveats(ctx, period)}")
with shell.section():
    with st.spinner(_("Ranking under 2,048 combinations of choices …")):
        index_map = inclusion.map_figure(ctx, territory, period, query)
    figures.show(index_map)
    figures.show(inclusion.ranks_figure(ctx, territory, period, query))
    if query.expert is not None and query.concentration:
        figures.show(inclusion.room_figure(ctx, territory, period, query))
    with shell.section():
        figures.show(inclusion.sobol_figure(ctx, period, query))
    st.header(_("How it is made: the Handbook's ten steps"), anchor=False, divider="gray")
    st.markdown(inclusion.steps(ctx, period, query))
    figures.show(inclusion.correlations_figure(ctx, period, query))
figures.show(inclusion.indicators_figure(ctx, territory, period, query.level))
