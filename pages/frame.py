"""What surrounds every page: pinning it to a story, presenting a story, taking the page home."""

from __future__ import annotations

from typing import Any

import streamlit as st

import data
from data import brand
from data.errors import DataError
from data.store import stories
from views import exports, presenting, take_home
from views.brand import Brand
from views.language import _, current

OWN = ("story", "step")
KEPT = ("lang", "pinned", "story_title")  # what a change of step leaves alone
WITHOUT = {"story"}  # pages that are no view of data


def is_presenting() -> bool:
    """Whether a story's step is shown full screen."""
    return "step" in st.query_params and "story" in st.query_params


def look() -> Brand:
    """The city's look; ours where its file is wrong (the page Story says so)."""
    try:
        return Brand(**brand.fields())
    except DataError:
        return Brand()


def turn_to(told: stories.Told, step: int) -> None:
    """Show a step of a story: its page with its choices, and nothing kept from the page before."""
    step = max(0, min(step, len(told.steps) - 1))
    stories.turn_to(told.code, step)
    for key in [key for key in st.session_state if key not in KEPT]:
        del st.session_state[key]
    asked = told.steps[step]
    query: dict[str, Any] = {**asked["query"], "lang": current(), "story": told.code, "step": str(step)}
    st.switch_page(f"pages/{asked['page']}.py", query_params=query)


def present() -> bool:
    """Draw the bar of a presentation and follow its keys; False where there is no such story."""
    told = stories.story(st.query_params.get("story", ""))
    asked = st.query_params.get("step", "")
    if told is None or not asked.isdigit() or int(asked) >= len(told.steps):
        return False
    step = int(asked)
    presenting.dress()
    pressed = presenting.bar(told.steps[step]["title"] or told.title, step, len(told.steps))
    if pressed == "end":
        for key in OWN:
            del st.query_params[key]
        st.switch_page("pages/story.py", query_params={"story": told.code, "lang": current()})
    if pressed:
        turn_to(told, step + (1 if pressed == "next" else -1))
    if st.session_state.pop("story_moved", None) is not None:
        turn_to(told, told.step)
    _follow(told.code, step)
    return True


@st.fragment(run_every=1)
def _follow(code: str, step: int) -> None:
    """Follow the window with the notes, which may turn the page too."""
    told = stories.story(code)
    if told is not None and told.step != step:
        st.session_state["story_moved"] = told.step
        st.rerun()


def pin(page: str, title: str) -> None:
    """The button that adds the view to the reader's story."""
    pinned: list[dict[str, Any]] = st.session_state.setdefault("pinned", [])
    with st.sidebar:
        st.markdown(f"**{_('Story')}**")
        note = st.text_input(_("Note for this view"), key=f"pin_note_{len(pinned)}")
        if st.button(_("Pin this view"), key="pin", icon=":material/push_pin:"):
            query = {key: value for key, value in st.query_params.items() if key not in (*OWN, "lang", "embed")}
            pinned.append({"page": page, "query": query, "title": title, "note": note})
            st.rerun()
        if pinned:
            st.caption(_("{pinned} views pinned; the page *Story* puts them in order.", pinned=len(pinned)))


def run(page: Any) -> None:
    """Run a page with what surrounds it."""
    name = page.url_path or "overview"
    st.session_state["page"] = page.url_path
    exports.begin()
    shown = is_presenting() and present()
    page.run()
    if shown or name in WITHOUT:
        return
    pin(name, page.title)
    take_home.control(page.url_path, _heading(page.title), data.version()[:12], look(), stories.shorten)


def _heading(title: str) -> str:
    """The page's name with the territory shown."""
    figures = exports.shown()
    return f"{title}: {figures[0].title}" if figures else title
