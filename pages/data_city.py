"""Your city: a pack is uploaded, its columns confirmed, checked finding by finding, built, and one step back kept."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st
from pages.signing_in import allowed

import data
from data import local, rights
from data.city import building, checks, exporting, pack
from data.city.findings import Finding, PackError
from data.errors import DataError
from pages import background
from views import controls, exports, text
from views.language import _


def unpacked(name: str, content: bytes) -> Path:
    """An uploaded pack in a folder of this session; the one before it is removed. Raises PackError."""
    for work in ("pack_check", "pack_build"):
        if (task := st.session_state.pop(work, None)) is not None:
            task.cancel()
        st.session_state.pop(f"{work}_found", None)
    old = st.session_state.pop("pack_folder", None)
    if old:
        shutil.rmtree(old, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix="zone-upload-"))
    st.session_state["pack_folder"] = str(place)
    packed = place / "upload.zip"
    packed.write_bytes(content)
    try:
        with pack.open_pack(packed) as folder:
            shutil.copytree(folder, place / "pack")
    except PackError as fault:
        raise PackError([replace(finding, file=Path(name).name) for finding in fault.findings]) from fault
    return place / "pack"


def template_section() -> None:
    """The template, and the cities of the app as packs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, words in pack.template().items():
            archive.writestr(name, words)
    with st.container(horizontal=True):
        st.download_button(
            _("Template (ZIP)"), out.getvalue(), "city-pack.zip", "application/zip", key="template", on_click="ignore"
        )
        for key, one in data.cities().items():
            st.download_button(
                _("{name} as a pack (ZIP)", name=one.name),
                partial(zipped, key),
                f"{key}-pack.zip",
                "application/zip",
                key=f"pack-{key}",
                on_click="ignore",
            )
    sections = pd.DataFrame(
        [
            {
                _("Section"): name,
                _("Holds"): _(one.holds),
                _("Needs"): ", ".join(one.required),
                _("May have"): ", ".join(one.optional),
            }
            for name, one in pack.SECTIONS.items()
        ]
    )
    with st.expander(_("What a pack holds")):
        st.dataframe(sections, hide_index=True, alt=_("Sections of a pack with their columns"))
        st.caption(
            _(
                "Files may be CSV, XLSX, GeoJSON, GeoPackage, a zipped Shapefile or GeoParquet, "
                "in any coordinate system. docs/cities.md explains each."
            )
        )


def zipped(key: str) -> bytes:
    """A city of the app as a zipped pack."""
    with tempfile.TemporaryDirectory(prefix="zone-export-") as place:
        folder = Path(place) / key
        exporting.export(key, folder)
        return Path(shutil.make_archive(str(Path(place) / "pack"), "zip", folder)).read_bytes()


def mapping_section(folder: Path) -> dict[str, dict[str, str]]:
    """Which of the files' columns is which of ours: guessed, for the reader to confirm."""
    chosen: dict[str, dict[str, str]] = {}
    for name, (columns, known) in checks.mappings(folder).items():
        section = pack.SECTIONS[name]
        with st.expander(_("Columns of {section}", section=name), expanded=not set(section.required) <= set(known)):
            chosen[name] = {}
            for ours, place in zip((*section.required, *section.optional), st.columns(4) * 3, strict=False):
                options = ["", *columns]
                label = _("{column} (needed)", column=ours) if ours in section.required else ours
                chosen[name][ours] = place.selectbox(
                    label,
                    options,
                    index=options.index(known.get(ours, "")),
                    key=f"map-{name}-{ours}",
                    format_func=lambda one: one or _("none"),
                )
    return chosen


def findings_table(findings: list[Finding]) -> None:
    """Every finding: where, what, how to mend."""
    order = {"error": _("error"), "warning": _("warning")}
    rows = pd.DataFrame(
        [
            {
                _("Level"): order[one.level],
                _("File"): one.file,
                _("Row"): text.GAP if one.row is None else str(one.row),
                _("Column"): one.column,
                _("What"): one.what,
                _("How to mend"): one.hint,
            }
            for one in sorted(findings, key=lambda one: one.level)
        ]
    )
    st.dataframe(rows.replace(text.GAP, ""), hide_index=True, alt=_("Findings of the check"))
    st.download_button(
        _("Findings (CSV)"), exports.csv_bytes(rows), "findings.csv", "text/csv", key="findings", on_click="ignore"
    )


def at_work(task: background.Task) -> tuple[float, str]:
    """How far the check or the build is."""
    what, share = task.told
    return share, _("At work: {what} ({seconds:.0f} s)", what=what, seconds=task.seconds)


def under_way(key: str) -> bool:
    """Show work on the pack that goes on in a process of its own; take what it found once it is done."""
    task = st.session_state.get(key)
    if task is None:
        return False
    if not task.done:
        background.watch(key, task, at_work)
        return True
    del st.session_state[key]
    try:
        found = st.session_state[f"{key}_found"] = task.result()
        if key == "pack_build":
            st.session_state["city_kept"] = found[0]
    except PackError as fault:
        st.session_state["pack_check_found"] = fault.findings
    except RuntimeError as fault:
        st.error(text.escaped(str(fault)))
    return False


def check_section(folder: Path) -> None:
    """Confirm, check, build."""
    chosen = mapping_section(folder)
    left, right = st.columns(2)
    if under_way("pack_check") or under_way("pack_build"):
        return
    if left.button(_("Check"), key="check"):
        checks.confirm(folder, chosen)
        st.session_state["pack_check"] = background.start(checks.findings, folder)
        st.rerun()
    found = st.session_state.get("pack_check_found")
    if found is None:
        return
    errors = sum(one.level == "error" for one in found)
    st.markdown(_("{errors} errors, {warnings} warnings.", errors=errors, warnings=len(found) - errors))
    if found:
        findings_table(found)
    built = st.session_state.get("pack_build_found")
    if errors:
        st.caption(_("Mend the errors in your files and upload the pack again; nothing was changed."))
    elif built:
        st.success(_("The city is in use."))
        st.page_link(
            "pages/overview.py",
            label=_("See {name}", name=data.cities()[built[0]].name),
            query_params={"city": built[0]},
        )
    elif right.button(_("Build the city"), key="build", type="primary"):
        st.session_state["pack_build"] = background.start(building.build, folder)
        st.rerun()


def builds_section() -> None:
    """Cities of this machine with their builds; one click back."""
    mine = {key: local.builds(key) for key in data.cities() if local.builds(key)}
    if not mine:
        controls.empty(
            _("No city was built on this machine yet."), _("Take the template, put your files in, and upload it above.")
        )
    for key, kept in mine.items():
        with st.container(border=True):
            st.markdown(
                _(
                    "**{name}**, in use: {version} · builds kept: {builds}",
                    name=text.escaped(data.cities()[key].name),
                    builds=len(kept),
                    version=text.moment(data.entry("areas", key).version),
                )
            )
            older = [one for one in kept if one < data.entry("areas", key).version]
            if not rights.has_role("admin"):
                continue
            with st.container(horizontal=True):
                if older and st.button(
                    _("Go back to {version}", version=text.moment(older[0])), key=f"build-back-{key}"
                ):
                    local.use_city(key, older[0])
                    st.rerun()
                if st.button(_("Take {name} out of the app", name=data.cities()[key].name), key=f"build-remove-{key}"):
                    local.remove_city(key)
                    st.session_state.pop("city_kept", None)
                    st.rerun()


st.title(_("Your city"), anchor=False)
st.markdown(
    _(
        "Any city can be shown: its areas, residents and services go into a pack. "
        "A check names every fault with file, row, column and mend before anything changes."
    )
)
template_section()
sent = st.file_uploader(_("A city pack (ZIP)"), type="zip", key="pack_upload") if allowed("admin") else None
if sent is not None:
    try:
        if st.session_state.get("pack_sent") != sent.file_id:
            st.session_state["pack_sent"] = sent.file_id
            unpacked(sent.name, sent.getvalue())
        check_section(Path(st.session_state["pack_folder"]) / "pack")
    except DataError as fault:
        st.error(text.escaped(str(fault)))
st.header(_("Cities on this machine"), anchor=False, divider="gray")
builds_section()
