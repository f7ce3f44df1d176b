"""Goals: a target for an indicator of an area, and whether the trend leads there."""

import streamlit as st

from services import areas, examples, goals, names, profile
from views import controls, figures, shell, state
from views.language import _
from views.signing_in import allowed


def goal_form() -> None:
    """Set a new goal; its value starts at today's whenever indicator or area change."""
    query = state.read(goals.Query, goals.options(ctx, territory), goals.defaults(ctx))
    again = {"on_change": state.forget, "args": ("goal_value",)}
    with st.container(border=True):
        st.subheader(_("Set a goal"), anchor=False)
        left, right = st.columns(2)
        controls.choice(left.selectbox, _("Indicator"), "goal_indicator", goals.indicators(ctx), **again)
        controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx), **again)
        left, middle, right = st.columns(3)
        places = profile.areas_within(ctx, territory, query.level)
        controls.choice(left.selectbox, _("Area"), "goal_area", places, **again)
        controls.number(_("Target"), "goal_value", 1.0, middle)
        controls.choice(right.selectbox, _("By the end of"), "goal_year", str)
        if st.button(_("Store goal"), type="primary", key="goal_store"):
            goals.add(ctx, query)
            st.rerun()


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Goals of {name}", name=areas.place_name(ctx, territory)), ctx, territory, follows="district")
shell.examples(examples.count(), examples.remove_all)
with shell.section():
    labels = goals.indicators(ctx)
    for goal in goals.goals_within(ctx, territory):
        with shell.section():
            with st.spinner(_("Measuring every count …")):
                figure, standing = goals.goal_figure(ctx, goal)
            figures.show(figure)
            st.markdown(standing)
        about = labels.get(goal.indicator)
        if allowed("editor", silent=True) and st.button(_("Remove this goal"), key=f"remove-{goal.id}", help=about):
            goals.remove(goal.id)
            st.rerun()
if allowed("editor"):
    with shell.section():
        goal_form()
