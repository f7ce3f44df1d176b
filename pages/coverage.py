"""Service coverage: who has which services, how many places, and who lives near one."""

import streamlit as st

from services import access, areas, coverage, names, transit
from views import controls, figure_parts, figures, shell, state
from views.language import _

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Service coverage in {place}", place=areas.place_name(ctx, territory)), ctx, territory)
query = state.read(coverage.Query, coverage.options(ctx), {"level": ctx.levels[-1]})
columns = st.columns(3)
controls.choice(columns[0].selectbox, _("Service"), "service", coverage.services(ctx))
controls.choice(columns[1].selectbox, _("Measure"), "coverage", lambda measure: _(coverage.MEASURES[measure][0]))
controls.choice(columns[2].selectbox, _("Areas"), "level", names.level_names(ctx))
columns = st.columns(3)
controls.choice(columns[0].selectbox, _("Way"), "way", coverage.ways(ctx))
if query.way == "metres":
    controls.choice(columns[1].selectbox, _("Within"), "distance", lambda metres: _("{metres:,} m", metres=metres))
else:
    controls.choice(columns[1].selectbox, _("Within"), "minutes", lambda minutes: _("{m} minutes", m=minutes))
if query.way == "transit":
    controls.choice(columns[2].selectbox, _("Setting out"), "window", transit.window_labels(ctx))
figures.key_figures(coverage.key_figures(ctx, territory, query))
notes = coverage.about(ctx, territory, query), access.limits_note(ctx, query.service, territory)
figure_parts.about(" · ".join(filter(None, notes)))
with shell.section():
    figures.show(coverage.map_figure(ctx, territory, query))
topic = coverage.NEEDS.get(names.facility_kinds(ctx).loc[query.service, "grouping"])
if topic:
    initiatives, sites = state.link("initiatives", topic=topic), state.link("what_if_sites")
    st.markdown(f"[{_('Initiatives that address it')}]({initiatives}) · [{_('Where could new sites go?')}]({sites})")
st.header(_("Districts compared"), anchor=False, divider="gray")
with shell.section():
    figures.show(coverage.districts_figure(ctx, territory, query))
