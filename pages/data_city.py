"""Your city: a pack is uploaded, its columns confirmed, checked finding by finding, built, and one step back kept."""

from functools import partial
from typing import Any

import streamlit as st

from services import packs
from views import controls, figures, progress, shell
from views import packs as drawing
from views.language import _
from views.signing_in import allowed
from views.text import escaped

ctx = shell.context()
ZIP = "application/zip"
WORK = "pack_work"  # under way for the session's upload


def template_section() -> None:
    """The template, and the cities of the app as packs."""
    with st.container(horizontal=True):
        st.download_button(_("Template (ZIP)"), packs.template, "city-pack.zip", ZIP, key="template", on_click="ignore")
        for key, name in packs.cities().items():
            label, make = _("{name} as a pack (ZIP)", name=name), partial(packs.exported, key)
            st.download_button(label, make, f"{key}-pack.zip", ZIP, key=f"pack-{key}", on_click="ignore")
    with st.expander(_("What a pack holds")):
        figures.show(packs.sections_figure(ctx))
        st.caption(
            _(
                "Files may be CSV, XLSX, GeoJSON, GeoPackage, a zipped Shapefile or GeoParquet, "
                "in any coordinate system. docs/cities.md explains each."
            )
        )


def is_busy(upload: packs.Upload) -> bool:
    """Whether work on the pack is under way; shows how far it is, and takes what it brought once it has ended."""
    work = st.session_state.get(WORK)
    if work is None:
        return False
    if not work.done:
        progress.watch(WORK, work, drawing.share_done)
        return True
    del st.session_state[WORK]
    try:
        upload.take(work)
    except RuntimeError as fault:
        st.error(escaped(str(fault)))
    return False


def begin(work: Any) -> None:
    """Let work go on in its own process, and watch it."""
    st.session_state[WORK] = work
    st.rerun()


def upload_section(upload: packs.Upload) -> None:
    """Confirm, check, build."""
    if is_busy(upload):
        return
    chosen = drawing.mapping(upload.mappings, packs.columns)
    left, right = st.columns(2)
    if chosen and left.button(_("Check"), key="check"):
        begin(upload.check(ctx, chosen))
    if upload.findings is None:
        return
    findings = packs.findings_figure(ctx, upload)
    if upload.findings:
        figures.show(findings)
    else:
        st.markdown(findings.finding)
    if upload.errors:
        st.caption(_("Mend the errors in your files and upload the pack again; nothing was changed."))
    elif upload.built:
        st.success(_("The city is in use."))
        label = _("See {name}", name=packs.cities()[upload.built])
        st.page_link("pages/overview.py", label=label, query_params={"city": upload.built})
    elif right.button(_("Build the city"), key="build", type="primary"):
        begin(upload.build(ctx))


shell.title(_("Your city"), ctx)
st.markdown(
    _(
        "Any city can be shown: its areas, residents and services go into a pack. "
        "A check names every fault with file, row, column and mend before anything changes."
    )
)
template_section()
file = st.file_uploader(_("A city pack (ZIP)"), type="zip", key="pack_upload") if allowed("admin") else None
if file is not None:
    if st.session_state.get("pack_sent") != file.file_id:
        st.session_state["pack_sent"] = file.file_id
        if before := st.session_state.pop(WORK, None):
            before.cancel()
        upload = st.session_state["pack"] = packs.receive(file.name, file.getvalue())
        begin(upload.read(ctx))
    with shell.section():
        upload_section(st.session_state["pack"])
st.header(_("Cities on this machine"), anchor=False, divider="gray")
builds = packs.builds()
if not builds:
    controls.empty(
        _("No city was built on this machine yet."), _("Take the template, put your files in, and upload it above.")
    )
for key, build in builds.items():
    drawing.build(key, build, packs.use_city, packs.remove_city)
