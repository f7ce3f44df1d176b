"""What surrounds every page: its context, title and faults, pinning it to a story, presenting a story, sharing it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

import data
from data import rights
from data.context import CityContext, Territory
from data.errors import DataError, NothingToShow, UnknownTableError, storage_fault
from data.translation import Language
from views import controls, faults, figures, finder, pins, presenting, share_panel, signing_in, state, uploads
from views.brand import Brand
from views.language import _, current
from views.run_lock import RunLock
from views.text import escaped

if TYPE_CHECKING:
    from data.store.stories import StoryView
    from views.menu import Menu

_log = logging.getLogger("zone.pages")
SURVIVING = ("lang", "pinned", "story_title", "city_chosen")  # what a change of step leaves alone
ALONE = ("story", "workshop_screen")  # pages of no view that could be pinned or taken home
LOOK = Path(__file__).with_name("page.css")
RUNS = RunLock(longest_s=0.5)


class Surroundings(Protocol):
    """What the shell asks of services (services.surroundings is it), so that views need none."""

    def explain(self, language: Language, fault: UnknownTableError) -> NothingToShow | None: ...  # noqa: D102
    def look(self) -> dict[str, Any]: ...  # noqa: D102
    def set_reader_provider(self, provider: Callable[[], tuple[str, Callable[[], bool]]]) -> None: ...  # noqa: D102
    def catalogue_fault(self) -> str: ...  # noqa: D102
    def find(self, ctx: CityContext, text: str, pages: Mapping[str, str]) -> Sequence[finder.Hit]: ...  # noqa: D102
    def story(self, code: str, language: Language) -> StoryView | None: ...  # noqa: D102
    def turn_to(self, code: str, step: int) -> None: ...  # noqa: D102
    def shorten(self, target: str, title: str) -> str: ...  # noqa: D102


def context() -> CityContext:
    """The city chosen or linked (else the first), its data, the reader's language and role."""
    cities = data.cities()
    key = str(st.session_state["_linked"].get("city") or st.session_state.get("city_chosen"))
    city = cities.get(key, next(iter(cities.values())))
    st.session_state["city_chosen"] = city.key
    return CityContext(city, data.version(city.key), current(), rights.actor().role)


def is_map_alone() -> bool:
    """Whether the page *Map* is shown as its map alone (frame=map)."""
    return st.query_params.get("frame") == "map"


def is_framed() -> bool:
    """Whether the page is shown without what surrounds it: in another site's frame, or one figure of it alone."""
    return st.context.is_embedded or "frame" in st.query_params


def title(text: str, ctx: CityContext, territory: Territory | None = None, follows: str = "area") -> None:
    """The page's title. follows: the finest choice that its figures follow ('area', 'district', 'city' or 'world').

    Where the reader has chosen something finer the page says in one line that it is about more.
    """
    st.session_state["_title"] = text
    st.title(text, anchor=False)
    chosen = (territory.area, territory.district) if territory else ("", "")
    finer = chosen[0] if follows == "district" else any(chosen)
    if finer and follows in ("city", "district"):
        st.caption(
            _("This page is about the whole city; the area chosen in the sidebar does not change it.")
            if follows == "city"
            else _("This page is about districts; the area chosen in the sidebar does not change it.")
        )
    st.session_state["_notices"] = st.container()


@contextmanager
def section() -> Iterator[None]:
    """Draw what follows; where there is nothing to show or it fails the page says so instead, and goes on."""
    try:
        yield
    except NothingToShow as gap:
        controls.empty(gap.what, gap.hint)
    except DataError as fault:
        surroundings, is_gap = st.session_state["_surroundings"], isinstance(fault, UnknownTableError)
        if is_gap and (missing := surroundings.explain(current(), fault)):
            controls.empty(missing.what, missing.hint)
        else:
            st.error(escaped(current()(fault.sentence)))


def brand() -> Brand:
    """The city's look; where its file is wrong the page says so and takes ours."""
    try:
        return Brand(**st.session_state["_surroundings"].look())
    except DataError as fault:
        st.warning(escaped(current()(fault.sentence)))
        return Brand()


def presented_story(surroundings: Surroundings) -> tuple[StoryView, int] | None:
    """The story and step that the link asks to present; None where there is no such step."""
    step = st.query_params.get("step", "")
    if not step.isascii() or not step.isdigit():
        return None
    try:
        story = surroundings.story(st.query_params.get("story", ""), current())
    except Exception as fault:
        if not faults.show(fault):
            raise
        return None  # its page is shown as if it were opened by itself
    return (story, int(step)) if story is not None and int(step) < len(story.steps) else None


def show_step(story: StoryView, step: int, surroundings: Surroundings) -> None:
    """Show a step of a story: its page with its choices, and nothing of the page before."""
    step = max(0, min(step, len(story.steps) - 1))
    if rights.has_role("editor"):  # a reader turns the pages of a story for oneself only
        surroundings.turn_to(story.code, step)
    for key in [key for key in st.session_state if key not in SURVIVING]:
        del st.session_state[key]
    view = story.steps[step]
    query: dict[str, Any] = {**view["query"], "lang": current().code, "story": story.code, "step": str(step)}
    st.switch_page(f"pages/{view['page']}.py", query_params=query)


def _present(story: StoryView, step: int, surroundings: Surroundings) -> None:
    """Draw the bar of a presentation and follow its keys."""
    presenting.dress()
    pressed = presenting.bar(story.steps[step]["title"] or story.title, step, len(story.steps))
    if pressed == "end":
        st.switch_page("pages/story.py", query_params={"code": story.code, "lang": current().code})
    if pressed:
        show_step(story, step + (1 if pressed == "next" else -1), surroundings)
    if rights.has_role("editor") and presenting.follow(story.code, step) and story.step != step:
        show_step(story, story.step, surroundings)


def run(page: Any, story: tuple[StoryView, int] | None, surroundings: Surroundings, menu: Menu) -> None:
    """Run a page with what surrounds it. story: the one that is presented, and its step."""
    name = page.url_path or "overview"
    st.session_state["_surroundings"], st.session_state["_title"] = surroundings, page.title
    st.session_state["_notices"] = None
    rights.set_actor_provider(signing_in.reader)
    surroundings.set_reader_provider(signing_in.session)
    state.begin(name)
    figures.begin()
    signing_in.gate()
    if surroundings.catalogue_fault():
        st.warning(
            _(
                "The catalogue of this server's own tables cannot be read; the tables that came with the app are shown "
                "instead."
            )
        )
    st.html(LOOK)
    if is_framed():
        presenting.bare()
    if story:
        _present(*story, surroundings)
    elif not is_framed():
        menu.draw_tabs(name)
        finder.control(lambda text: surroundings.find(context(), text, menu.names()))
    try:
        run = get_script_run_ctx(suppress_warning=True)
        place = st.container(key="alone") if "frame" in st.query_params else nullcontext()
        with RUNS.hold(run.session_id if run else ""), place, section():
            page.run()
    except Exception as fault:
        if not faults.show(fault):
            raise
        _log.error("storage fails: %s", storage_fault(fault), extra={"fault": type(fault).__name__})
    uploads.note()
    state.write(st.session_state.get("city_chosen", ""))
    for sentence in state.faults(current()):
        (st.session_state["_notices"] or st).warning(escaped(sentence))
    signing_in.control()
    if "frame" in st.query_params and not story and not st.context.is_embedded:
        st.page_link(page, label=_("The whole page"), icon=":material/arrow_forward:", query_params=state.query())
    if story or name in ALONE or is_framed():
        return
    heading = st.session_state["_title"]
    pins.control(heading)
    shorten = surroundings.shorten if rights.has_role("editor") else None
    share_panel.control(page.url_path, heading, data.version()[:12], brand(), shorten)


def examples(count: int, remove: Callable[[], None]) -> None:
    """Say that entries are examples, and let editors remove them all at once."""
    if count:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("What is marked *Example* came with the app and shows what a page can do."))
            if signing_in.allowed("editor", silent=True):
                st.button(_("Remove all examples"), on_click=remove, key="remove-examples", type="tertiary")
