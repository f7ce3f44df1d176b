"""Entries that came with the app: how they are marked where they are listed, and how they go."""

from __future__ import annotations

from data.store import examples
from data.store.examples import count, marked
from data.translation import N_, Language

__all__ = ["count", "label", "labels", "marked", "remove_all"]
MARK = N_("Example")


def label(language: Language, title: str) -> str:
    """An example's title, marked and in the reader's language."""
    return language("Example: {finding}", finding=language(title))


def labels(language: Language, kind: str, titles: dict[int, str]) -> dict[int, str]:
    """Titles by number as they are listed: those of examples are marked."""
    ours = marked(kind)
    return {number: label(language, title) if number in ours else title for number, title in titles.items()}


def remove_all() -> None:
    """Remove every example. Raises NotAllowedError."""
    examples.remove_all("examples")
