"""Pinning: a view with all its choices, or one figure of it, becomes a step of the reader's story."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views import state
from views.language import _, plural


def pinned() -> list[dict[str, Any]]:
    """The steps of the reader's story so far."""
    steps: list[dict[str, Any]] = st.session_state.setdefault("pinned", [])
    return steps


def add(title: str, note: str = "", figure: str = "") -> None:
    """Pin what is shown now. figure: the key of the only figure that the step shows, '' for the whole page."""
    query = {name: value for name, value in state.query().items() if name != "lang"}
    if figure:
        query["frame"] = figure
    step = {"page": state.page(), "query": query, "title": title, "note": note, "words": state.words()}
    pinned().append(step)


def control(title: str) -> None:
    """The button in the sidebar that pins the whole page, and how much is pinned."""
    steps = pinned()
    with st.sidebar:
        st.markdown(f"**{_('Story')}**")
        note = st.text_input(_("Note for this view"), key=f"pin_note_{len(steps)}")
        if st.button(_("Pin this view"), key="pin", icon=":material/push_pin:"):
            add(title, note)
            st.rerun()
        if steps:
            st.caption(
                plural(
                    "{n} view pinned; the page *Story* puts views in order.",
                    "{n} views pinned; the page *Story* puts them in order.",
                    len(steps),
                )
            )
