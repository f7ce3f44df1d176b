"""Stories: views pinned from any page, put in order, presented, shared."""

from typing import Any

import streamlit as st

from services import examples, stories, surroundings
from views import controls, exports, shell, state
from views.language import _
from views.signing_in import allowed
from views.text import escaped


def edit(steps: list[dict[str, Any]]) -> None:
    """The steps in order, each with its note; up, down, out."""
    for place, step in enumerate(steps):
        with st.container(border=True):
            key = f"{place}-{len(steps)}"
            step["title"] = st.text_input(_("Title of step {step}", step=place + 1), step["title"], key=f"title-{key}")
            for field, label in (("note", _("Notes, seen by the presenter only")), ("text", _("Text for readers"))):
                step[field] = st.text_area(label, step.get(field, ""), key=f"{field}-{key}", height=80)
            st.caption(escaped(stories.described(step, st.session_state["_pages"])))
            with st.container(horizontal=True):
                moves = ((_("Up"), "up", place - 1), (_("Down"), "down", place + 1), (_("Take out"), "out", None))
                for label, name, target in moves:
                    if st.button(label, key=f"{name}-{place}", disabled=target in (-1, len(steps))):
                        move(steps, place, target)


def move(steps: list[dict[str, Any]], place: int, target: int | None) -> None:
    """Put a step in another place, or take it out; the fields then show the steps in their new order."""
    for key in [key for key in st.session_state if str(key).startswith(("title-", "note-", "text-"))]:
        del st.session_state[key]
    step = steps.pop(place)
    if target is not None:
        steps.insert(target, step)
    st.rerun()


@st.fragment(run_every=1)
def notes(code: str) -> None:
    """The presenter's window: note, what comes next, time; it can turn the page."""
    story = stories.story(code, ctx.language)
    if story is None:
        return
    step, steps = story.steps[story.step], len(story.steps)
    minutes, seconds = stories.time_since_start(story)
    left, right = st.columns(2)
    left.metric(_("Step"), _("{step} of {steps}", step=story.step + 1, steps=steps), border=True)
    right.metric(_("Time since the start"), f"{minutes}:{seconds:02d}", border=True)
    st.subheader(escaped(step["title"]), anchor=False)
    st.markdown(step["note"] or _("No notes for this step."))
    for following in story.steps[story.step + 1 :][:1]:
        st.caption(_("Next: {title}", title=escaped(following["title"])))
    if allowed("editor", silent=True):
        with st.container(horizontal=True):
            for label, key, target in ((_("Back"), "back", story.step - 1), (_("Next"), "next", story.step + 1)):
                if st.button(label, key=f"notes_{key}", disabled=not 0 <= target < steps):
                    stories.show_step(code, target)
                    st.rerun(scope="fragment")


def stored(code: str) -> None:
    """A stored story: its link, its file, present it, edit a copy."""
    story = stories.story(code, ctx.language)
    if story is None:
        what = _("There is no story with the code {code}.", code=escaped(code))
        return controls.empty(what, _("Check the link, or choose a story below."))
    st.header(escaped(story.title), anchor=False, divider="gray")
    st.code(f"{state.base()}/story?code={story.code}", language=None)
    with st.container(horizontal=True):
        if st.button(_("Present"), type="primary", icon=":material/slideshow:"):
            if allowed("editor", silent=True):
                stories.show_step(story.code, 0, start=True)
            shell.show_step(story, 0, surroundings)
        st.link_button(_("Presenter's notes (second window)"), state.link("story", code=story.code, notes="1"))
        st.link_button(_("To scroll through"), state.link(f"s/{story.code}/read"), icon=":material/article:")
        file, name = stories.as_file(story.title, story.steps), f"{exports.file_stem(story.title)}.story.json"
        st.download_button(_("Story as a file"), file, name, "application/json")
        if st.button(_("Edit a copy")):
            st.session_state["pinned"] = [dict(step) for step in story.steps]
            state.forget("code")
            st.rerun()
    st.markdown("\n".join(f"{place}. {escaped(step['title'])}" for place, step in enumerate(story.steps, 1)))


def own(pinned: list[dict[str, Any]]) -> None:
    """The reader's own story: what is pinned, stored under a title; or a file of one."""
    if pinned:
        edit(pinned)
        title = st.text_input(_("Title of the story"), key="story_title").strip()
        if allowed("editor") and st.button(_("Store story"), type="primary", disabled=not title):
            state.choose({"code": stories.save(title, pinned)}, "story")
            st.rerun()
    else:
        controls.empty(_("Nothing is pinned yet."), _("Open a page, choose what it shows and press *Pin this view*."))
    file = st.file_uploader(_("Open a story's file"), type=["json"]) if allowed("editor", silent=True) else None
    if file is not None and st.session_state.get("story_file") != file.file_id:
        st.session_state["story_file"] = file.file_id
        name, steps = stories.read_file(ctx.language, file.getvalue(), file.name, set(st.session_state["_pages"]))
        state.choose({"code": stories.save(name, steps)}, "story")
        st.rerun()


ctx = shell.context()
st.title(_("Story"), anchor=False)  # of no territory: the sidebar is left to the language
shell.examples(examples.count(), examples.remove_all)
query = state.read(stories.Query)
if query.notes and query.code:
    notes(query.code)
else:
    if query.code:
        stored(query.code)
    st.header(_("Your story"), anchor=False, divider="gray")
    with shell.section():
        own(st.session_state.setdefault("pinned", []))
    if known := list(stories.listed(ctx.language).items())[:50]:
        st.header(_("Stories stored here"), anchor=False, divider="gray")
        st.markdown("\n".join(f"- [{escaped(name)}]({state.link('story', code=code)})" for code, name in known))
