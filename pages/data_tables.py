"""Data: what there is and whose, how fresh, a preview, downloads; new versions with what they say otherwise, and one step back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import data
from analytics import differences
from data import definitions, local, refresh, rights
from data.catalogue import Entry
from data.errors import DataError
from pages.common import country_names, table
from pages.signing_in import allowed
from views import catalogue_views, controls, exports, text
from views.language import _

# What a reader wants to hear of a new version: added up over these columns.
HEADLINES = {
    "displaced": ["asylum", "year", "category"],
    "asylum_applications": ["asylum", "year"],
    "asylum_decisions": ["asylum", "year"],
    "solutions": ["asylum", "year", "solution"],
    "facilities": ["kind"],
    "firms": ["activity"],
}


def compared(before: Entry, after: Entry) -> pd.DataFrame:
    """Differences between two versions of a table, countries by name."""
    columns = definitions.contract(after.name).columns
    keys = HEADLINES.get(after.name, [key for key in definitions.definition(after.name).key if key != "flag"])
    numbers = [
        name
        for name in columns
        if name not in keys and name in ("persons", "applied", "recognised", "thousand_persons", "million_pps", "firms")
    ]
    value = "" if after.name == "facilities" or not numbers else numbers[0]
    rows = differences.compare(data.opened(before), data.opened(after), keys, value)
    names = country_names()
    for column in ("asylum", "origin"):
        if column in rows:
            rows[column] = rows[column].map(names).fillna(rows[column])
    return rows


def offers_section() -> None:
    """New versions that wait, each with its differences and two buttons."""
    for offer in local.offers():
        used = data.entry(offer.name, offer.place) if data.has(offer.name, offer.place) else None
        st.subheader(_("New: {title}", title=offer.title), anchor=False)
        if used is None:
            st.markdown(
                _("{rows:,} rows, {period}. There was no such table before.", rows=offer.rows, period=offer.period)
            )
        else:
            rows = compared(used, offer)
            if len(rows):
                st.markdown(catalogue_views.headline(rows))
            exports.downloads(
                rows,
                _("Differences: {title}", title=offer.title),
                offer.source_line,
                f"diff-{offer.place}-{offer.name}",
                unit=offer.unit,
            )
        if not rights.has_role("admin"):
            continue
        with st.container(horizontal=True):
            if st.button(_("Use the new version"), key=f"use-{offer.place}-{offer.name}", type="primary"):
                local.use(offer.place, offer.name, offer.version)
                st.rerun()
            if st.button(_("Take it away"), key=f"reject-{offer.place}-{offer.name}"):
                local.reject(offer.place, offer.name)
                st.rerun()


def refresh_section() -> None:
    """Ask the publishers; what is new is offered above."""
    if not allowed("admin"):
        return
    names = refresh.sources()
    wanted = st.multiselect(_("Tables to ask for"), list(names), key="refresh_what", placeholder=_("All of them"))
    if st.button(_("Ask the publishers"), key="refresh"):
        asked = wanted or list(names)
        with st.status(_("Asking for {asked} tables …", asked=len(asked))) as status:
            bar = st.progress(0.0)
            for number, what in enumerate(asked, 1):
                try:
                    found = refresh.offer(what)
                    st.markdown(
                        _("{what}: nothing new", what=what)
                        if found is None
                        else _("{what}: a new version waits", what=what)
                    )
                except DataError as fault:
                    st.markdown(_("{what} stays as it was. {fault}", what=what, fault=text.escaped(str(fault))))
                bar.progress(number / len(asked))
            status.update(label=_("The publishers were asked."), state="complete")
    st.caption(_("On a schedule: `python -m data.refresh --accept`. Without a network everything stays as it is."))


def table_section(entry: Entry) -> None:
    """One table: provenance, contract, preview, downloads, versions."""
    st.subheader(entry.title, anchor=False)
    st.markdown(catalogue_views.about(entry))
    rows = table(entry.name, entry.place)
    st.dataframe(
        catalogue_views.contract(definitions.contract(entry.name), rows),
        hide_index=True,
        alt=_("Columns of: {title}", title=entry.title),
    )
    catalogue_views.downloads(rows, entry)
    st.caption(
        _(
            "The same over HTTP, read-only: {address}",
            address=f"`/api/tables/{entry.place}/{entry.name}?format=parquet`",
        )
    )
    kept = local.versions(entry.place, entry.name)
    if len(kept) > 1:
        st.dataframe(catalogue_views.versions(kept), hide_index=True, alt=_("Versions of: {title}", title=entry.title))
        if rights.has_role("admin") and st.button(_("Go back one version"), key="back"):
            try:
                local.go_back(entry.place, entry.name)
            except DataError as fault:
                st.warning(str(fault))
            else:
                st.rerun()


st.title(_("Data"), anchor=False)
st.markdown(
    _("Every figure comes from one of these tables. Each line under a figure names the version, such as v2026-11-24.")
)
entries = {f"{place}/{name}": entry for (place, name), entry in sorted(data.catalogue().items())}
offers_section()
st.header(_("Tables"), anchor=False, divider="gray")
catalogue_views.overview(list(entries.values()))
chosen = controls.linked(
    st.selectbox, _("Table"), list(entries), format_func=lambda key: f"{entries[key].title} ({key})", key="table"
)
table_section(entries[chosen])
st.header(_("Ask for newer figures"), anchor=False, divider="gray")
refresh_section()
st.header(_("Use from elsewhere"), anchor=False, divider="gray")
st.markdown(
    _(
        "Tables and indicators are open to other tools, read-only: `/api/openapi.json` describes every address; "
        "`/api/indicators/{city}?level=district&format=csv` opens in a spreadsheet, "
        "`/api/tables/{city}/areas?format=geojson` in QGIS.",
        city=next(iter(data.cities())),
    )
)
