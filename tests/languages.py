"""Whether what is wrong is said to readers in their own language."""

from __future__ import annotations

from collections.abc import Iterable

from data.translation import LANGUAGES, Language

OTHERS = [Language(code) for code in LANGUAGES if code != "en"]


def in_english_only(sentences: Iterable[str]) -> set[tuple[str, str]]:
    """Each sentence that a reader of another language is told in English, with that language."""
    return {(said, language.code) for said in sentences if said for language in OTHERS if language(said) == said}
