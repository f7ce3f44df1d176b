"""People's words and moments on a page."""

from __future__ import annotations

import re


def escaped(words: str) -> str:
    """People's words as they are: markdown's and HTML's signs lose their meaning."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~$:&-])", r"\\\1", words.replace("\n", " "))


def moment(version: str) -> str:
    """The word of a version as a moment: '2026-11-25T065659.874927' -> '2026-11-25 06:56:59 UTC'."""
    day, _t, time = version.partition("T")
    return f"{day} {time[:2]}:{time[2:4]}:{time[4:6]} UTC" if time else day
