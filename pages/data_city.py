"""Your city: a pack or plain files are uploaded, looked at, mapped, checked, built; one step back is kept."""

from functools import partial
from typing import Any

import streamlit as st

from services import areas, packs
from views import controls, figures, shell
from views import packs as drawing
from views.language import _
from views.signing_in import allowed

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
                "Files may be CSV, XLSX, GeoJSON, TopoJSON, KML, GeoPackage, FlatGeobuf, a zipped Shapefile, Parquet, "
                "a GTFS feed or an extract of OpenStreetMap, in any coordinate system. docs/cities.md explains each."
            )
        )


def begin(work: Any) -> None:
    """Let work go on in its own process, and watch it."""
    st.session_state[WORK] = work
    st.rerun()


def confirm_section(upload: packs.Upload, is_pack: bool, files: list[Any]) -> None:
    """See each file, say what its columns are, and have all of them checked."""
    remembered = next((file.remembered for file in files if file.remembered), "")
    built = {key: build.name for key, build in packs.builds().items()}
    renewed, city = ("", {}) if is_pack else drawing.city(built, areas.country_names(ctx), remembered)
    parts = dict[str, Any]()
    for number, file in enumerate(files):
        with st.container(border=True):
            with shell.section():
                figures.show(packs.preview_figure(ctx, number, file))
            parts |= drawing.confirmed(file, packs, packs.cities(), is_pack)
    if not (is_pack or renewed or all(city.values())):
        controls.empty(_("The city has no name or country yet."), _("Fill both in above."))
    elif parts and st.button(_("Check"), key="check"):
        begin(upload.check_pack(ctx, parts) if is_pack else upload.check_files(ctx, city, renewed, parts))


def upload_section(upload: packs.Upload) -> None:
    """Confirm, check, build."""
    if drawing.is_busy(WORK, upload):
        return
    if upload.contents and not upload.built:
        confirm_section(upload, *upload.contents)
    if upload.findings is None:
        return
    findings = packs.findings_figure(ctx, upload)
    if upload.findings:
        figures.show(findings)
    else:
        st.markdown(findings.finding)
    if upload.errors:
        st.caption(_("Correct the errors in your files and upload them again; nothing was changed."))
    elif upload.built:
        st.success(_("The city is in use."))
        label = _("See {name}", name=packs.cities()[upload.built])
        st.page_link("pages/overview.py", label=label, query_params={"city": upload.built})
    elif st.button(_("Build the city"), key="build", type="primary"):
        begin(upload.build(ctx))


shell.title(_("Your city"), ctx)
st.markdown(
    _(
        "Any city can be shown: send its areas, residents and services as they were published, or as a pack. "
        "A check names every fault with file, row, column and mend before anything changes."
    )
)
template_section()
label = _("A city pack (ZIP), or plain files as publishers offer them")
sent = st.file_uploader(label, packs.SUFFIXES, True, key="pack_upload") if allowed("admin") else []
if sent:
    if st.session_state.get("pack_sent") != (ids := [file.file_id for file in sent]):
        st.session_state["pack_sent"] = ids
        if before := st.session_state.pop(WORK, None):
            before.cancel()
        st.session_state["pack"] = packs.receive({file.name: file.getvalue() for file in sent})
        begin(st.session_state["pack"].read(ctx))
    with shell.section():
        upload_section(st.session_state["pack"])
st.header(_("Cities on this machine"), anchor=False, divider="gray")
builds = packs.builds()
if not builds:
    controls.empty(
        _("No city was built on this machine yet."), _("Download the template, put your files in, and upload it above.")
    )
for key, build in builds.items():
    drawing.build(key, build, packs.use_city, packs.remove_city)
