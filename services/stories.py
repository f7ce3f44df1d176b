"""Stories as their page shows them: stored ones, a story's file, what a step shows in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from data.context import ViewState
from data.store import stories as store
from data.store.examples import marked, story_codes
from data.store.stories import StoryView, as_file, from_file, save, show_step
from data.translation import Language
from services import background, examples

__all__ = [
    "Query",
    "StoryView",
    "as_file",
    "described",
    "listed",
    "read_file",
    "save",
    "show_step",
    "story",
    "time_since_start",
]


class Query(ViewState):
    """The stored story that is shown, by its code, and whether as the presenter's notes."""

    code: str = ""
    notes: bool = False


def listed(language: Language) -> dict[str, str]:
    """Title by code of the stories stored, newest first; an example's is marked."""
    ours = story_codes()
    titles = store.stories().items()
    return {code: examples.label(language, title) if code in ours else title for code, title in titles}


def story(code: str, language: Language) -> StoryView | None:
    """A stored story, None where there is none; an example in the reader's language, marked."""
    story = store.story(code)
    if story is None or story.id not in marked("story"):
        return story
    steps = [step | {field: language(step[field]) for field in ("title", "note")} for step in story.steps]
    return replace(story, title=examples.label(language, story.title), steps=steps)


def read_file(language: Language, content: bytes, name: str, pages: set[str]) -> tuple[str, list[dict[str, Any]]]:
    """Title and steps of a story's file, read in a process of its own. pages: those that exist. Raises DataError."""
    title, steps = background.run(language, from_file, content, name, pages)
    return title, steps


def described(step: dict[str, Any], page_names: dict[str, str]) -> str:
    """The name of a step's page and what was chosen there, in words."""
    name = page_names.get(step["page"], step["page"])
    return f"{name} · {step['words']}" if step.get("words") else name


def time_since_start(story: StoryView) -> tuple[int, int]:
    """Minutes and seconds since a presentation began; 0 where it has not."""
    return divmod(int((datetime.now(UTC) - story.started).total_seconds()) if story.started else 0, 60)
