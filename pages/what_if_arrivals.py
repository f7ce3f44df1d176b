"""What if people arrive: where they would live, what they would need month by month, and what would fall short."""

import streamlit as st

from services import areas, arrivals, names
from views import controls, figures, shell, state
from views.language import _


def edit_weights(query: arrivals.Query) -> None:
    """A table in which the reader gives each area a weight."""
    rows, key = arrivals.own_weights(ctx, query), f"own-{query.level}-{hash(query.own)}"

    def keep() -> None:
        weights = dict(enumerate(rows["weight"]))
        for place, cells in st.session_state[key]["edited_rows"].items():
            weights[int(place)] = max(float(cells.get("weight") or 0), 0.0)
        state.choose({"own": list(weights.values())}, "what_if_arrivals")

    labels = {"area_id": None, "name": _("Name"), "weight": _("Weight")}
    st.data_editor(rows, disabled=["name"], key=key, hide_index=True, column_config=labels, on_change=keep)


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("What if people arrive in {name}?", name=ctx.name), ctx, territory, follows="city")
areas.require_period(ctx, territory)
query = state.read(arrivals.Query, arrivals.options(ctx), arrivals.defaults(ctx))
columns = st.columns(4)
amounts = (_("At least"), _("Most likely"), _("At most"))
for column, label, field in zip(columns, amounts, arrivals.PEOPLE, strict=False):
    controls.number(label, field, 500, column)
controls.number(_("Within months"), "months", place=columns[3])
controls.choice(st.radio, _("Where they live"), "rule", _, horizontal=True)
with st.expander(_("Ages and free places")):
    ages = (_("Under 6"), _("6 to 17"), _("18 to 64"), _("65 and over"))
    for column, label, field in zip(st.columns(4), ages, arrivals.SHARES, strict=True):
        controls.number(f"{label}, %", field, 1.0, column, format="%g")
    *ranges, last = st.columns(4)
    amounts = (_("at least"), _("most likely"), _("at most"))
    for column, label, field in zip(ranges, amounts, arrivals.FREE, strict=True):
        controls.number(_("Day-care places free, {label}, %", label=label), field, 0.5, column, format="%g")
    controls.number(_("Seed"), "seed", place=last)
left, right = st.columns(2)
controls.choice(left.selectbox, _("Service"), "need", lambda need: _(arrivals.NEEDS[need].label))
controls.choice(right.selectbox, _("Areas"), "level", names.level_names(ctx))
if query.rule == "own table":
    edit_weights(query)
with shell.section():
    figures.show(arrivals.map_figure(ctx, territory, query))
    figures.show(arrivals.band_figure(ctx, territory, query))
    st.header(_("In plain words"), anchor=False, divider="gray")
    st.markdown(arrivals.summary(ctx, territory, query))
    st.markdown(f"**{_('Assumptions')}** " + arrivals.assumptions(ctx, query))
