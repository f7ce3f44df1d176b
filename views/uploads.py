"""Uploads are taken where the reader's page has a place for them, and no more at once than memory has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

MAX_BYTES, MAX_SESSION_BYTES = 300_000_000, 110_000_000  # of all sessions together, and of one
_places: set[str] = set()  # sessions whose page has an uploader
_coming: dict[str, int] = {}  # bytes under way, by session
_lock = Lock()


def note() -> None:
    """Say, at the end of a page, whether it has an uploader; its session's files go where it has none."""
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx is None:
        return
    fields = ctx.session_state._state._new_widget_state.widget_metadata
    drawn = ctx.shared.widget_ids_this_run.snapshot() & fields.keys()
    has_place = any(fields[widget].value_type == "file_uploader_state_value" for widget in drawn)
    with _lock:
        (_places.add if has_place else _places.discard)(ctx.session_id)
    if not has_place:
        ctx.uploaded_file_mgr.remove_session_files(ctx.session_id)


def read_once(file: Any, key: str, read: Callable[[str, bytes], Any]) -> Any:
    """What `read` makes of an uploaded file's name and bytes, in this session read once for each file."""
    seen = st.session_state.get(key)
    if seen is None or seen[0] != file.file_id:
        seen = file.file_id, read(file.name, file.getvalue())
        st.session_state[key] = seen
    return seen[1]


@contextmanager
def accepted(session: str, length: int) -> Iterator[str]:
    """Take an upload of so many bytes in: '' where it may come, else why not; its bytes count while it comes."""
    manager = get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    with _lock:
        _places.intersection_update(session for session in set(_places) if get_instance().is_active_session(session))
        stored = {key: sum(len(file.data) for file in files.values()) for key, files in [*manager.file_storage.items()]}
        mine = stored.get(session, 0) + _coming.get(session, 0) + length
        if session not in _places:
            fault = "This page takes no files."
        elif length < 0:
            fault = "An upload says how long it is."
        elif mine > MAX_SESSION_BYTES or sum(stored.values()) + sum(_coming.values()) + length > MAX_BYTES:
            fault = "There is no room for more files at the moment. Take one out, or try again in a few minutes."
        else:
            fault = ""
            _coming[session] = _coming.get(session, 0) + length
    try:
        yield fault
    finally:
        with _lock:
            if not fault and (left := _coming.pop(session) - length):
                _coming[session] = left
