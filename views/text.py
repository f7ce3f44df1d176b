"""People's words on a page."""

from __future__ import annotations

import re


def escaped(words: str) -> str:
    """People's words as they are: markdown's and HTML's signs lose their meaning."""
    return re.sub(r"([\\`*_{}\[\]()#+.!|<>~$:&-])", r"\\\1", words.replace("\n", " "))
