"""Data: what there is and whose, how fresh, a preview, downloads.

New versions with what they say otherwise, and one step back.
"""

import streamlit as st

from services import catalogue, releases
from views import controls, figures, shell, state
from views.language import _
from views.signing_in import allowed
from views.text import escaped

ctx = shell.context()


def offers_section() -> None:
    """New versions that wait, each with its differences and two buttons."""
    for offer in catalogue.offers():
        st.subheader(_("New: {title}", title=_(offer.title)), anchor=False)
        rows, name = catalogue.compared(ctx, offer), f"{offer.place}-{offer.name}"
        st.markdown(catalogue.headline(ctx, offer, rows))
        if rows is not None and len(rows):
            figures.show(catalogue.differences_figure(ctx, offer, rows))
        if allowed("admin", silent=True):
            with st.container(horizontal=True):
                if st.button(_("Use the new version"), key=f"use-{name}", type="primary"):
                    catalogue.accept(offer)
                    st.rerun()
                if st.button(_("Take it away"), key=f"reject-{name}"):
                    catalogue.reject(offer)
                    st.rerun()


def table_section(key: str) -> None:
    """One table: provenance, contract, preview, downloads, versions."""
    entry = entries[key]
    about = catalogue.about(ctx, entry)
    st.markdown(" · ".join(f"**{label}** {escaped(text)}" for label, text in about.items()))
    if days := catalogue.days(key):
        every_day = {"": _("All days")} | {day: day for day in days}
        controls.choice(st.selectbox, _("Day"), "day", every_day)
    figures.show(catalogue.table_figure(ctx, entry, query.day))
    address = f"`/api/tables/{key}?format=parquet`"
    st.caption(_("The same over HTTP, read-only: {address}", address=address))
    figures.show(catalogue.contract_figure(ctx, entry))
    if versions := catalogue.versions_figure(ctx, entry):
        figures.show(versions)
        if allowed("admin", silent=True) and st.button(_("Go back one version"), key="back"):
            with shell.section():
                catalogue.go_back(entry)
                st.rerun()


def refresh_section() -> None:
    """Ask the publishers; what is new is offered above."""
    if not allowed("admin"):
        return
    controls.choice(st.multiselect, _("Tables to check"), "sources", placeholder=_("All of them"))
    if st.button(_("Ask the publishers"), key="refresh"):
        sources = query.sources or catalogue.sources()
        with st.status(_("Checking {asked} tables …", asked=len(sources))) as status:
            bar = st.progress(0.0)
            for number, source in enumerate(sources, 1):
                st.markdown(escaped(catalogue.ask(ctx, source)))
                bar.progress(number / len(sources))
            status.update(label=_("The publishers' sites were checked."), state="complete")
    st.caption(_("On a schedule: `zone refresh --accept`. Without a network everything stays as it is."))


entries = catalogue.entries(ctx)
query = state.read(
    catalogue.Query,
    {
        "table": list(entries),
        "day": lambda values: ["", *catalogue.days(values["table"])],
        "sources": catalogue.sources(),
    },
)
shell.title(_("Data"), ctx)
st.markdown(
    _("Every figure comes from one of these tables. Each line under a figure names the version, such as v2026-11-24.")
)
offers_section()
st.header(_("Tables"), anchor=False, divider="gray")
figures.show(catalogue.overview_figure(ctx))
controls.choice(st.selectbox, _("Table"), "table", {key: f"{_(entry.title)} ({key})" for key, entry in entries.items()})
table_section(query.table)
st.header(_("Calendar of releases"), anchor=False, divider="gray")
figures.show(releases.calendar_figure(ctx))
st.caption(_("For a calendar program: {address}", address=f"`/api/releases.ics?lang={ctx.language.code}`"))
st.header(_("Check for newer figures"), anchor=False, divider="gray")
refresh_section()
st.header(_("Use from elsewhere"), anchor=False, divider="gray")
st.markdown(
    _(
        "Tables and indicators are open to other tools, read-only: `/api/openapi.json` describes every address; "
        "`/api/indicators/{city}?level=district&format=csv` opens in a spreadsheet, "
        "`/api/tables/{city}/areas?format=geojson` in QGIS.",
        city=ctx.key,
    )
)
