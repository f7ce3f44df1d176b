"""The register of initiatives: searched, matched to a need, changed with a history, taken in and out."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from services import areas, examples, initiatives
from views import controls, figure_parts, figures, shell, state
from views import initiatives as drawing
from views.language import _
from views.signing_in import allowed

ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
shell.title(_("Initiatives of social innovation"), ctx, territory, follows="world")
shell.examples(examples.count(), examples.remove_all)
everything = initiatives.all_initiatives()
query = state.read(initiatives.Query, initiatives.options(ctx, everything))
state.write_always("initiative")  # the first of the list is another one as soon as somebody adds one
labels, names = initiatives.form_labels(ctx), initiatives.code_names(ctx)


def search() -> None:
    """What is looked for: need, stage, city, words."""
    every = {"": _("Any")}
    cities = every | {city: city for city in everything["city"]}
    controls.row(
        {
            "topic": (_("Need"), every | names["topic"]),
            "stage": (_("Stage"), every | names["stage"]),
            "where": (_("City"), cities),
        }
    )
    controls.text(_("Words"), "words", placeholder=_("in name, description or target group"))
    if query.words:
        controls.toggle(_("Also look for likeness of words, in other needs too"), "by_words")


def look_closely(initiative: Mapping[str, Any]) -> None:
    """One initiative with its partners, results, evidence and history, and how to change it."""
    number, version = int(initiative["id"]), int(initiative["version"])
    drawing.describe(initiatives.title(ctx, initiative), initiatives.description(ctx, initiative))
    for heading, records in initiatives.record_figures(ctx, initiative).items():
        if records is None:
            st.markdown(_("**{heading}** none on record", heading=heading))
        else:
            figures.show(records)
    with st.expander(_("Change, history, undo")):
        if not allowed("editor"):
            return
        texts = initiatives.form_texts(initiative)
        drawing.edit(number, version, texts, labels, names, initiatives.save)
        figure_parts.table(initiatives.history_figure(ctx, number))
        left, right = st.columns(2)
        if left.button(_("Undo the last change"), key=f"undo-{number}"):
            drawing.attempt(number, partial(initiatives.undo, number, drawing.author()), labels)
        if right.button(_("Remove"), key=f"remove-{number}"):
            drawing.attempt(number, partial(initiatives.remove, number, version, drawing.author()), labels)


def take_in() -> None:
    """Initiatives from a file."""
    file = st.file_uploader(
        _("Import a file (CSV, XLSX or JSON with the columns of an export)"),
        type=list(initiatives.FILE_KINDS),
        key="in",
    )
    if file is not None and st.button(_("Import"), key="import"):
        with shell.section():
            words, report = initiatives.import_file(ctx, file.getvalue(), file.name, drawing.author())
            st.success(words)
            if report:
                figure_parts.table(report)


if everything.empty:
    controls.empty(
        _("The register is empty."),
        _("Add an initiative or import a file below, or start with European city projects from public pages."),
    )
    if allowed("editor", silent=True) and st.button(_("Start with the European set"), type="primary", key="plant"):
        initiatives.start_set()
        st.rerun()
else:
    search()
    matches = initiatives.matches(ctx, everything, query)
    if matches.empty:
        controls.empty(_("No initiative fits."), _("Choose fewer conditions."))
    else:
        ids = matches["id"].tolist()
        figures.show(
            initiatives.list_figure(ctx, matches, len(everything)),
            on_row=lambda row: state.choose({"initiative": ids[row]}, "initiatives"),
        )
        look_closely(matches.set_index("id", drop=False).loc[query.initiative])
st.header(_("Add, import, export"), anchor=False, divider="gray")
if allowed("editor"):
    with st.expander(_("Add an initiative")):
        drawing.edit(None, 0, {}, labels, names, initiatives.save)
with st.container(horizontal=True):
    for kind in initiatives.FILE_KINDS:
        make = partial(initiatives.export, everything, kind)
        st.download_button(kind.upper(), make, f"initiatives.{kind}", key=f"out-{kind}", on_click="ignore")
if allowed("editor", silent=True):
    take_in()
st.caption(_("The register is this server's own; changes are kept with who made them and when."))
