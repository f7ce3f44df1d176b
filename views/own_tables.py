"""A table that a city fills itself: what it holds, a file to send, what is wrong with it, saving and taking back."""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

import streamlit as st

from data.context import CityContext
from views import controls, figures, shell, uploads
from views.language import _
from views.signing_in import allowed


def section(ctx: CityContext, kind: str, tables: ModuleType) -> Any:
    """Draw what the city has saved of a kind, and for editors what renews it. tables: services.own_tables.

    Returns the version that counts, None without one.
    """
    version = tables.newest(ctx, kind)
    with st.expander(_(tables.LABELS[kind])):
        if version is None:
            controls.empty(
                _("The city has not filled this table yet."),
                _("Download the template, fill it in and upload it below."),
            )
        else:
            st.markdown(tables.saved_words(ctx, version))
        st.download_button(
            _("Template (CSV)"),
            tables.template(kind),
            f"{kind}.csv",
            "text/csv",
            key=f"{kind}-template",
            on_click="ignore",
        )
        if allowed("editor"):
            with shell.section():
                _renew(ctx, kind, tables, version)
    return version


def _renew(ctx: CityContext, kind: str, tables: ModuleType, version: Any) -> None:
    if version is not None and st.button(_("Take this version back"), key=f"{kind}-back"):
        tables.take_back(version)
        st.rerun()
    file = st.file_uploader(_("A new version as CSV, Excel or Parquet"), tables.SUFFIXES, key=f"{kind}-file")
    if file is None:
        return
    upload = uploads.read_once(file, f"{kind}-read", partial(tables.receive, ctx, kind))
    figures.show(tables.report_figure(ctx, upload))
    saved = st.session_state.get(f"{kind}-saved") == file.file_id
    if saved:
        st.success(_("Saved. It counts from now on."))
    elif len(upload.rows) and st.button(_("Save these rows"), key=f"{kind}-save", type="primary"):
        tables.save(ctx, kind, upload)
        st.session_state[f"{kind}-saved"] = file.file_id
        st.rerun()
