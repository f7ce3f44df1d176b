"""What surrounds every page: pinning it to a story, presenting a story, taking the page home."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import streamlit as st

import data
from data import brand, rights
from data.catalogue import local_fault
from data.errors import DataError
from pages import signing_in
from pages.common import where_known
from pages.turns import Turns
from views import exports, presenting, take_home, text
from views.brand import Brand
from views.language import _, current

if TYPE_CHECKING:
    from data.store import stories

_log = logging.getLogger("zone.pages")
OWN = ("story", "step")
KEPT = ("lang", "pinned", "story_title")  # what a change of step leaves alone
WITHOUT = {"story"}  # pages that are no view of data
TURNS = Turns(longest_s=0.5)


def told() -> tuple[stories.StoryView, int] | None:
    """The story and step that the link asks to present; None where there is no such step."""
    step = st.query_params.get("step", "")
    if not step.isdigit():
        return None
    from data.store import stories  # the database's libraries load with the first story, not with the first page

    story = stories.story(st.query_params.get("story", ""))
    return (story, int(step)) if story is not None and int(step) < len(story.steps) else None


def look() -> Brand:
    """The city's look; where its file is wrong the page says so and takes ours."""
    try:
        return Brand(**brand.load())
    except DataError as fault:
        st.warning(str(fault))
        return Brand()


def turn_to(story: stories.StoryView, step: int) -> None:
    """Show a step of a story: its page with its choices, and nothing kept from the page before."""
    from data.store import stories

    step = max(0, min(step, len(story.steps) - 1))
    if rights.has_role("editor"):  # a reader turns the pages of a story for oneself only
        stories.show_step(story.code, step)
    for key in [key for key in st.session_state if key not in KEPT]:
        del st.session_state[key]
    asked = story.steps[step]
    query: dict[str, Any] = {**asked["query"], "lang": current(), "story": story.code, "step": str(step)}
    st.switch_page(f"pages/{asked['page']}.py", query_params=query)


def present(story: stories.StoryView, step: int) -> None:
    """Draw the bar of a presentation and follow its keys."""
    presenting.dress()
    pressed = presenting.bar(story.steps[step]["title"] or story.title, step, len(story.steps))
    if pressed == "end":
        st.switch_page("pages/story.py", query_params={"story": story.code, "lang": current()})
    if pressed:
        turn_to(story, step + (1 if pressed == "next" else -1))
    if st.session_state.pop("story_moved", None) is not None:
        turn_to(story, story.step)
    if rights.has_role("editor"):
        _follow(story.code, step)


@st.fragment(run_every=1)
def _follow(code: str, step: int) -> None:
    """Follow the window with the notes, which may turn the page too."""
    from data.store import stories

    story = stories.story(code)
    if story is not None and story.step != step:
        st.session_state["story_moved"] = story.step
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


def run(page: Any, shown: tuple[stories.StoryView, int] | None, names: set[str]) -> None:
    """Run a page with what surrounds it. shown: the story and step that is presented; names: of all pages, for stories from a file."""
    name = page.url_path or "overview"
    st.session_state["page"], st.session_state["pages"] = page.url_path, names
    exports.begin()
    rights.set_actor_provider(signing_in.reader)
    signing_in.gate()
    if local_fault():
        st.warning(
            _(
                "The catalogue of this server's own tables cannot be read; the tables that came with the app are shown instead."
            )
        )
    if shown:
        present(*shown)
    try:
        with TURNS.turn(), where_known():
            page.run()
    except DataError as fault:
        st.error(text.escaped(str(fault)))
    except _database_faults() as fault:
        _log.error("the database does not answer: %s", type(fault).__name__)
        st.warning(
            _(
                "**The database does not answer.** What people entered cannot be shown or stored for the moment; nothing that was "
                "stored is lost. The figures of the other pages are not affected."
            )
        )
    except OSError as fault:
        _log.error("a file could not be written or read: %s", fault.strerror)
        st.warning(
            _(
                "**The disk of this server does not take what was to be stored** ({fault}). Nothing was changed.",
                fault=fault.strerror or "",
            )
        )
    signing_in.control()
    if shown or name in WITHOUT or st.context.is_embedded:
        return
    pin(name, page.title)
    take_home.control(
        page.url_path, _heading(page.title), data.version()[:12], look(), _shorten if rights.has_role("editor") else None
    )


def _database_faults() -> type[Exception]:
    """What a database raises; its library loads with the first fault or the first page that needs it."""
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError


def _shorten(target: str, title: str) -> str:
    from data.store import stories

    return stories.shorten(target, title)


def _heading(title: str) -> str:
    """The page's name with the territory shown."""
    figures = exports.shown()
    return f"{title}: {figures[0].title}" if figures else title
