"""Colours that colour-blind readers can tell apart, in both themes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from data.translation import Language
from views.language import current

GROUPS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A8A8A", "#7A5195"]
# Lightness runs one way only: away from the ground, in either theme.
AMOUNTS = {
    "light": ["#d6e6ee", "#9fc6d9", "#5f9fbd", "#2b7597", "#004c6d"],
    "dark": ["#23485a", "#33708a", "#4f9bb5", "#86c5d6", "#d0eef2"],
}
MISSING = {"light": "#c9c6c0", "dark": "#55595c"}
HATCH = {"light": "#8f8a82", "dark": "#878c90"}  # lines on that grey: no class has any
INK = {"light": "#2f2d2b", "dark": "#edebe8"}
SELECTED = {"light": "#d55e00", "dark": "#ffb366"}


@dataclass(frozen=True)
class Style:
    """How something is drawn: in which language, on a 'light' or 'dark' ground."""

    language: Language = Language()
    theme: str = "light"


def style() -> Style:
    """The reader's language and theme."""
    return Style(current(), "dark" if st.context.theme.type == "dark" else "light")


def rgb(colour: str, alpha: int = 255) -> list[int]:
    """'#0072B2' -> [0, 114, 178, 255]."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [alpha]


def ramp(classes: int, theme: str) -> list[str]:
    """Colours for a number of ordered classes, light to strong; a lone class is a finding and stands out."""
    colours = AMOUNTS[theme]
    if classes == 1:
        return [colours[3]]
    if classes >= len(colours):
        return colours
    return [colours[round(i * (len(colours) - 1) / max(classes - 1, 1))] for i in range(classes)]
