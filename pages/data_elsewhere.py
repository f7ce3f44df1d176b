"""Data from elsewhere: data packages, SDMX, DCAT catalogues and feeds of others, read with their faults, and saved."""

from functools import partial
from typing import Any

import streamlit as st

from services import inbound
from views import controls, figures, shell, state, uploads
from views.language import _
from views.signing_in import allowed
from views.text import escaped

ctx = shell.context()
ASKED = "elsewhere_asked"  # what a server answered in this session


def received_section(received: Any, key: str) -> None:
    """What came: in a sentence, its faults, its tables (each can be saved), datasets or notices."""
    st.markdown(escaped(inbound.headline(ctx, received)))
    for figure in (inbound.findings_figure(ctx, received), inbound.notices_figure(ctx, received)):
        if figure is not None:
            figures.show(figure)
    if received.datasets:
        figures.show(inbound.datasets_figure(ctx, received))
    for number, table in enumerate(received.tables):
        figures.show(inbound.table_figure(ctx, table, f"{key}-{number}"))
        if st.button(_("Save this table"), key=f"save-{key}-{number}", type="primary"):
            with shell.section():
                inbound.save(ctx, table)
                st.success(_("Saved. It stands below, with its source."))


def sending_section() -> None:
    """A file, or the address of a server on the list."""
    left, right = st.columns(2)
    with left:
        file = st.file_uploader(_("A file of one of these standards"), inbound.SUFFIXES, key="elsewhere-file")
    with right:
        address = st.text_input(_("Or an address on the server's list"), key="elsewhere-address", max_chars=500)
        st.caption(_("A DCAT catalogue, a data package or a query for SDMX data. Hosts are listed in ZONE_HOSTS."))
        asks = st.button(_("Ask"), key="elsewhere-ask", disabled=not address.strip())
    with shell.section():
        if asks:
            st.session_state[ASKED] = None
            st.session_state[ASKED] = inbound.from_address(ctx, address)
        if file is not None:
            received_section(uploads.read_once(file, "elsewhere-read", partial(inbound.receive, ctx)), "file")
        elif st.session_state.get(ASKED) is not None:
            received_section(st.session_state[ASKED], "asked")


def saved_section() -> None:
    """The saved table that is chosen, and one step back."""
    saved = inbound.saved(ctx)
    query = state.read(inbound.Query, {"saved": list(saved)})
    if not saved:
        hint = _("An editor can read and save one on this page.")
        controls.empty(_("No table from elsewhere was saved for {city} yet.", city=ctx.name), hint)
        return
    names = {kind: version.table.title for kind, version in saved.items()}
    controls.choice(st.selectbox, _("Table"), "saved", names)
    chosen = saved.get(query.saved) or next(iter(saved.values()))
    figures.show(inbound.table_figure(ctx, chosen.table, "saved-table"))
    st.caption(escaped(inbound.saved_words(ctx, chosen)))
    if allowed("editor", silent=True) and st.button(_("Take this version back"), key="elsewhere-back"):
        with shell.section():
            inbound.take_back(chosen.version)
            st.rerun()


shell.title(_("Data from elsewhere"), ctx)
st.markdown(
    _(
        "Other publishers describe their data in standards, and these are read here: data packages (Frictionless, CSV "
        "on the Web), SDMX, DCAT catalogues, and timetables (GTFS) with what a validator finds in them."
    )
)
if allowed("editor"):
    sending_section()
st.header(_("Saved tables"), anchor=False, divider="gray")
with shell.section():
    saved_section()
