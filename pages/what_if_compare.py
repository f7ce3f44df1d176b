"""Scenarios: the choices of the what-if pages, named, saved, copied, compared side by side, shared by link and file."""

from functools import partial

import streamlit as st

from services import areas, examples, scenarios
from views import controls, exports, figures, shell, state, text
from views.language import _

UPLOAD = "what_if_compare.upload"


def open_scenario(content: bytes, name: str) -> None:
    """Give the what-if pages a scenario's choices, or say why it cannot be opened."""
    try:
        opened = scenarios.load(ctx, content, name)
    except ValueError as fault:
        st.session_state["scenario_fault"] = f"{name}: {fault}"
        return
    for page, choices in scenarios.choices(opened).items():
        state.choose(choices, page)


def open_upload() -> None:
    """The same with a file of the reader's."""
    file = st.session_state[UPLOAD]
    if file is not None:
        open_scenario(file.getvalue(), file.name)


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Scenarios"), ctx, territory, follows="city")
shell.examples(examples.count(), examples.remove_all)
saved, may_edit = scenarios.saved(ctx), ctx.role in ("editor", "admin")
query = state.read(scenarios.Query, {"compare": list(saved)}, {"compare": tuple(saved)[:2]})
if saved:
    state.write_always("compare")  # a link must not show others once somebody has saved one
views = {
    page: state.stored(page, service.Query, service.defaults(ctx))
    for page, (_part, _title, service) in scenarios.PARTS.items()
}
st.subheader(_("The scenario you are working on"), anchor=False)
with shell.section():
    working = scenarios.build(ctx, territory, query.name, views)
    controls.text(_("Name"), "name", max_chars=80, placeholder=working.name)
    changed, usual = scenarios.parts_set(ctx, working)
    st.caption(_("Set by you: {changed}. As usual in this city: {usual}.", changed=changed, usual=usual))
    with st.container(horizontal=True):
        if may_edit and st.button(_("Save"), type="primary", key="save-scenario"):
            number = scenarios.save(ctx, working)
            st.toast(_("Saved as number {number}", number=number))
            state.choose({"compare": [number, *query.compare][: scenarios.MOST]}, "what_if_compare")
            st.rerun()
        file = f"{exports.file_stem(working.name)}.toml"
        content = scenarios.dump(working)
        st.download_button(_("Scenario file (TOML)"), content, file, "application/toml", key="toml", on_click="ignore")
st.file_uploader(_("Open a scenario file"), type="toml", key=UPLOAD, on_change=open_upload)
if fault := st.session_state.pop("scenario_fault", ""):
    st.error(text.escaped(fault))
if not saved:
    controls.empty(_("No scenario is saved yet."), _("Set one up on the three what-if pages, then save it here."))
else:
    st.subheader(_("Saved scenarios"), anchor=False)
for number, (name, words) in saved.items():
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{number}** {text.escaped(name)}")
        st.button(_("Open"), key=f"open-{number}", on_click=partial(open_scenario, words.encode(), name))
        if may_edit and st.button(_("Copy"), key=f"copy-{number}"):
            scenarios.copy(ctx, words)
            st.rerun()
        if may_edit and st.button(_("Remove"), key=f"drop-{number}"):
            scenarios.remove(number)
            st.rerun()
if saved:
    st.header(_("Side by side"), anchor=False, divider="gray")
    labels = {number: f"{number}: {name}" for number, (name, _words) in saved.items()}
    controls.choice(st.multiselect, _("Compare"), "compare", labels, max_selections=scenarios.MOST)
if query.compare:
    with shell.section(), st.spinner(_("Rerunning the scenarios …")):
        comparison = scenarios.comparison(ctx, query.compare)
        figures.show(comparison)
    st.caption(
        _(
            "Each scenario is rerun from its saved inputs and seed, so the numbers are the same whenever and by "
            "whomever it is opened. The address bar keeps the choice: copy it to share the comparison on this "
            "server; the file carries a scenario anywhere."
        )
    )
