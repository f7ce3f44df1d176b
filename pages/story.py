"""Stories: views pinned from any page, put in order, presented, shared."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from data import rights
from data.errors import DataError
from data.store import stories
from pages import frame
from pages.signing_in import allowed
from views import controls, exports, take_home, text
from views.language import _


def edit(steps: list[dict[str, object]]) -> None:
    """The steps in order, each with its note; up, down, out."""
    for place, step in enumerate(steps):
        with st.container(border=True):
            step["title"] = st.text_input(
                _("Title of step {step}", step=place + 1), str(step["title"]), key=f"title-{place}-{len(steps)}"
            )
            step["note"] = st.text_area(
                _("Notes, seen by the presenter only"), str(step["note"]), key=f"note-{place}-{len(steps)}", height=80
            )
            chosen = ", ".join(f"{key} = {value}" for key, value in dict(step["query"]).items())  # type: ignore[call-overload]
            st.caption(f"{step['page']} · {chosen}" if chosen else str(step["page"]))
            with st.container(horizontal=True):
                if st.button(_("Up"), key=f"up-{place}", disabled=place == 0):
                    steps[place - 1], steps[place] = steps[place], steps[place - 1]
                    forget(len(steps))
                if st.button(_("Down"), key=f"down-{place}", disabled=place == len(steps) - 1):
                    steps[place + 1], steps[place] = steps[place], steps[place + 1]
                    forget(len(steps))
                if st.button(_("Take out"), key=f"out-{place}"):
                    del steps[place]
                    forget(len(steps) + 1)


def forget(count: int) -> None:
    """Let the fields show the steps in their new order."""
    for place in range(count):
        for field in ("title", "note"):
            st.session_state.pop(f"{field}-{place}-{count}", None)
    st.rerun()


@st.fragment(run_every=1)
def notes(code: str) -> None:
    """The presenter's window: note, what comes next, time; it can turn the page."""
    told = stories.story(code)
    if told is None:
        return
    step = told.steps[told.step]
    left, right = st.columns(2)
    left.metric(_("Step"), _("{step} of {steps}", step=told.step + 1, steps=len(told.steps)), border=True)
    seconds = int((datetime.now(UTC) - told.started).total_seconds()) if told.started else 0
    right.metric(_("Time since the start"), f"{seconds // 60}:{seconds % 60:02d}", border=True)
    st.subheader(step["title"], anchor=False)
    st.markdown(step["note"] or _("No notes for this step."))
    if told.step + 1 < len(told.steps):
        st.caption(_("Next: {title}", title=told.steps[told.step + 1]["title"]))
    if not rights.has_role("editor"):
        return
    with st.container(horizontal=True):
        if st.button(_("Back"), key="notes_back", disabled=told.step == 0):
            stories.show_step(code, told.step - 1)
            st.rerun(scope="fragment")
        if st.button(_("Next"), key="notes_next", disabled=told.step + 1 >= len(told.steps)):
            stories.show_step(code, told.step + 1)
            st.rerun(scope="fragment")


def stored(code: str) -> None:
    """A stored story: its link, its file, present it, edit a copy."""
    told = stories.story(code)
    if told is None:
        controls.empty(
            _("There is no story with the code {code}.", code=code), _("Check the link, or choose a story below.")
        )
        return
    st.header(told.title, anchor=False, divider="gray")
    st.code(f"{take_home.base()}/story?story={told.code}", language=None)
    with st.container(horizontal=True):
        if st.button(_("Present"), type="primary", icon=":material/slideshow:"):
            if rights.has_role("editor"):
                stories.show_step(told.code, 0, start=True)
            frame.turn_to(told, 0)
        st.link_button(_("Presenter's notes (second window)"), controls.link("story", story=told.code, notes="1"))
        st.download_button(
            _("Story as a file"),
            stories.as_file(told.title, told.steps),
            f"{exports.file_stem(told.title)}.story.json",
            "application/json",
        )
        if st.button(_("Edit a copy")):
            st.session_state["pinned"] = [dict(step) for step in told.steps]
            del st.query_params["story"]
            st.rerun()
    for place, step in enumerate(told.steps, 1):
        st.markdown(f"{place}. {step['title']}")


choices_code = st.query_params.get("story", "")
st.title(_("Story"), anchor=False)
if choices_code and st.query_params.get("notes"):
    notes(choices_code)
    st.stop()
if choices_code:
    stored(choices_code)
st.header(_("Your story"), anchor=False, divider="gray")
pinned = st.session_state.setdefault("pinned", [])
if not pinned:
    controls.empty(
        _("Nothing is pinned yet."), _("Open a page, set its filters and press *Pin this view* in the sidebar.")
    )
else:
    edit(pinned)
    title = st.text_input(_("Title of the story"), key="story_title")
    if allowed("editor") and st.button(_("Store story"), type="primary", disabled=not title.strip()):
        st.query_params["story"] = stories.save(title.strip(), pinned)
        st.rerun()
given = st.file_uploader(_("Open a story's file"), type=["json"]) if rights.has_role("editor") else None
if given is not None and st.session_state.get("story_file") != given.file_id:
    st.session_state["story_file"] = given.file_id
    try:
        name, steps = stories.from_file(given.getvalue(), given.name, st.session_state["pages"])
        st.query_params["story"] = stories.save(name, steps)
        st.rerun()
    except DataError as fault:
        st.error(str(fault))
known = stories.stories()
if known:
    st.header(_("Stories stored here"), anchor=False, divider="gray")
    for code, name in list(known.items())[:50]:
        st.markdown(f"- [{text.escaped(name)}]({controls.link('story', story=code)})")
