"""Long work watched from its page: where it stands in the queue, how far it is, a button that ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from views.language import _


class Work(Protocol):
    """What is watched (services.background.Task is it)."""

    done: Any
    position: Any

    def cancel(self) -> None: ...  # noqa: D102


@st.fragment(run_every=1.0)
def watch(key: str, work: Work, progress: Callable[[Any], tuple[float, str]]) -> None:
    """Progress of the work that the session keeps under `key`. progress: how far it is, 0 to 1, and in words."""
    if work.done:
        st.rerun()
    if work.position:
        st.progress(0.0, text=_("Waiting for a free place: number {position} in the queue", position=work.position))
    else:
        share, words = progress(work)
        st.progress(min(share, 1.0), text=words)
    if st.button(_("Cancel"), key=f"cancel-{key}"):
        work.cancel()
        del st.session_state[key]
        st.rerun()
