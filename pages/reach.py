"""Who is served: minutes on foot, places in reach, who is left out and where that clusters."""

from functools import partial

import streamlit as st

from services import access, areas, names, reach, transit
from views import controls, figure_parts, figures, shell, state
from views.language import _


def show_facility(source_id: str) -> None:
    """Open a facility's catchment, after a click on its dot."""
    state.choose({"facility": source_id, "closer": "facilities"}, "reach")


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Who is served in {district}", district=areas.place_name(ctx, territory)), ctx, territory)
query = state.read(reach.Query, reach.options(ctx, territory), {"level": ctx.levels[-1]})
controls.row(access.question_labels(ctx))
figure_parts.about(access.about(ctx, query, territory))
controls.choice(st.selectbox, _("Areas"), "level", names.level_names(ctx))
labelled = partial(controls.choice, st.radio, horizontal=True)
labelled(_("Compare"), "against", lambda code: _(reach.COMPARISONS[code]))
if query.against == "another service":
    controls.choice(st.selectbox, _("With"), "other", access.services(ctx))
with shell.section():
    maps = reach.maps(ctx, territory, query)
    if len(maps) > 1:
        st.header(_("{label}, side by side on one scale", label=_(query.measure.label)), anchor=False, divider="gray")
    for column, figure in zip(st.columns(len(maps)), maps, strict=True):
        with column:
            figures.show(figure, show_facility)
with shell.section():
    figures.show(reach.profile_figure(ctx, territory, query))
with shell.section():
    figures.show(reach.curve_figure(ctx, territory, query))
st.header(_("By bus and train"), anchor=False, divider="gray")
ways = state.read(transit.Query)
controls.row(transit.question_labels(ctx))
with shell.section():
    figures.show(transit.map_figure(ctx, territory, query.service, ways, query.level))
    figures.show(transit.need_figure(ctx, territory, query.service, ways))
labelled(_("Look closer"), "closer", lambda code: _(reach.DETAILS[code]))
with shell.section():
    if query.closer == "hexagons":
        figures.show(reach.hexagon_figure(ctx, territory, query))
    else:
        facilities = reach.facility_names(ctx, territory, query)
        if facilities:
            controls.choice(st.selectbox, _("Facility"), "facility", facilities)
        figures.show(reach.facility_figure(ctx, territory, query))
