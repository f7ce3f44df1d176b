"""How an uploaded city pack is mapped to our columns, how far work on it is, and how a city's builds are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from views.language import _, current
from views.signing_in import allowed
from views.text import escaped


def mapping(
    mappings: Mapping[str, tuple[list[str], dict[str, str]]], columns: Callable[[str], dict[str, bool]]
) -> dict[str, dict[str, str]]:
    """Which of the files' columns is which of ours: guessed, for the reader to confirm.

    mappings: for each section its file's columns, and guesses. columns: of a section, and whether each is needed.
    """
    chosen: dict[str, dict[str, str]] = {}
    for section, (theirs, guesses) in mappings.items():
        ours, options = columns(section), ["", *theirs]
        lacks = any(needed and name not in guesses for name, needed in ours.items())
        with st.expander(_("Columns of {section}", section=section), expanded=lacks):
            chosen[section] = {}
            for (name, needed), place in zip(ours.items(), st.columns(4) * 3, strict=False):
                chosen[section][name] = place.selectbox(
                    _("{column} (needed)", column=name) if needed else name,
                    options,
                    options.index(guesses.get(name, "")),
                    lambda column: column or _("none"),
                    f"map-{section}-{name}",
                )
    return chosen


def share_done(work: Any) -> tuple[float, str]:
    """How far the work is, and what it is at."""
    what, share = work.progress
    return share, _("At work: {what} ({seconds:.0f} s)", what=what, seconds=work.seconds)


def build(key: str, build: Any, use: Callable[[str, str], None], remove: Callable[[str], None]) -> None:
    """A city of this machine with its builds; one click back, or out of the app."""
    with st.container(border=True):
        name, version = escaped(build.name), current().moment(build.version)
        st.markdown(
            _("**{name}**, in use: {version} · builds kept: {builds}", name=name, version=version, builds=build.count)
        )
        if not allowed("admin", silent=True):
            return
        with st.container(horizontal=True):
            back = _("Go back to {version}", version=current().moment(build.before))
            if build.before and st.button(back, key=f"build-back-{key}"):
                use(key, build.before)
                st.rerun()
            if st.button(_("Take {name} out of the app", name=build.name), key=f"build-remove-{key}"):
                remove(key)
                st.rerun()
