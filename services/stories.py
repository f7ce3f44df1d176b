"""Stories as their page shows them: stored ones, a story's file, what a step shows in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from data.context import ViewState
from data.store.stories import StoryView, as_file, from_file, save, show_step, stories, story
from data.translation import Language
from services import background

__all__ = [
    "Query",
    "StoryView",
    "as_file",
    "described",
    "read_file",
    "save",
    "show_step",
    "stories",
    "story",
    "time_since_start",
]


class Query(ViewState):
    """The stored story that is shown, by its code, and whether as the presenter's notes."""

    code: str = ""
    notes: bool = False


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
