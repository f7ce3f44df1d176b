"""Social innovation: the register of initiatives, searched, matched to a need, changed with a history, taken in and out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics import matching
from data import rights
from data.errors import DataError
from data.store import exchange, register, seeds
from data.store.models import KINDS, SECTORS, STAGES, THEMES, TOPICS
from pages.common import choices, city
from pages.labels import need_name
from pages.signing_in import allowed
from views import controls, text
from views.language import _

SHOWN = ["name", "city", "country", "topic", "stage", "theme", "target_group", "budget_eur", "start", "end", "why"]


def find_section(rows: pd.DataFrame) -> pd.DataFrame:
    """Search, or match to a need; returns what fits."""
    columns = st.columns(3)
    need = controls.linked(
        columns[0].selectbox,
        _("Need"),
        ["", *TOPICS],
        format_func=lambda topic: need_name(topic) if topic else _("Any"),
        key="topic",
    )
    stage = controls.linked(
        columns[1].selectbox,
        _("Stage"),
        ["", *STAGES],
        format_func=lambda one: _(one.capitalize()) or _("Any"),
        key="stage",
    )
    place = controls.linked(
        columns[2].selectbox,
        _("City"),
        ["", *sorted(rows["city"].unique())],
        format_func=lambda one: one or _("Any"),
        key="where",
    )
    words = st.text_input(
        _("Words"), key="words", bind="query-params", placeholder=_("in name, description or target group")
    )
    by_words = bool(words) and st.checkbox(_("Also look for likeness of words, in other needs too"), key="by_words")
    if stage:
        rows = rows[rows["stage"] == stage]
    if place:
        rows = rows[rows["city"] == place]
    if words and not by_words:
        hay = rows["name"] + " " + rows["about"] + " " + rows["target_group"]
        rows = rows[hay.str.contains(words, case=False, regex=False)]
    if need:
        return matching.match(rows, need, city().name, words, by_words)
    # What is known best comes first, else by name.
    return rows.assign(why="", partnered=rows["partners"].map(len)).sort_values(
        ["partnered", "name"], ascending=[False, True]
    )


def known(value: object, gap: str) -> str:
    """A value, or the words for its gap."""
    return gap if text.is_gap(value) or value == "" else str(value)


def detail(row: pd.Series) -> None:
    """One initiative with its partners, results, evidence and history, and how to change it."""
    st.subheader(row["name"], anchor=False)
    money = _("not known") if pd.isna(row["budget_eur"]) else f"{row['budget_eur']:,} EUR"
    reached = _("not known") if pd.isna(row["reached"]) else f"{row['reached']:,}"
    st.markdown(
        _(
            "\n{value}\n\n**{kind}**, {stage}, {theme} · {city}, {country} · {start} to {end}\n\n**For** {value_2} · "
            "**Languages** {value_3} · **Budget** {money}, {value_4} · **Reached** {reached}\n",
            value=row["about"] or _("No description is on record."),
            kind=row["kind"].capitalize(),
            stage=row["stage"],
            theme=row["theme"],
            city=row["city"],
            country=row["country"],
            start=known(row["start"], _("start not known")),
            end=known(row["end"], _("end not known")),
            value_2=row["target_group"] or _("not known"),
            value_3=row["languages"] or _("not known"),
            money=money,
            value_4=row["funding"] or _("source not known"),
            reached=reached,
        )
    )
    for heading, field in ((_("Partners"), "partners"), (_("Results"), "outcomes"), (_("Evidence"), "evidence")):
        st.markdown(f"**{heading}**" if row[field] else _("**{heading}** none on record", heading=heading))
        if row[field]:
            st.dataframe(
                pd.DataFrame(row[field]),
                hide_index=True,
                alt=_("{heading} of {name}", heading=heading, name=row["name"]),
            )
    with st.expander(_("Change, history, undo")):
        if not allowed("editor"):
            return
        edit(row)
        st.dataframe(register.history(int(row["id"])), hide_index=True, alt=_("History, newest first"))
        left, right = st.columns(2)
        who = st.session_state.get("who", "")
        if left.button(_("Undo the last change"), key=f"undo-{row['id']}"):
            again(int(row["id"]), lambda: register.undo(int(row["id"]), who or "unnamed"))
        if right.button(_("Remove"), key=f"remove-{row['id']}"):
            again(int(row["id"]), lambda: register.remove(int(row["id"]), int(row["version"]), who or "unnamed"))


def attempt(work: Callable[[], object]) -> bool:
    """Do it, or say in one sentence why not."""
    try:
        work()
    except register.ConflictError as fault:
        st.error(str(fault))
        st.dataframe(
            pd.DataFrame([fault.theirs]).drop(columns=["removed"], errors="ignore"),
            hide_index=True,
            alt=_("Their version"),
        )
    except DataError as fault:
        st.error(str(fault))
    else:
        return True
    return False


def again(number: int, work: Callable[[], object]) -> None:
    """Do it and draw anew."""
    if attempt(work):
        forget(number)
        st.rerun()


def forget(number: object) -> None:
    """Let a form start afresh from what is stored."""
    for key in [one for one in st.session_state if str(one).startswith(f"edit-{number}-")]:
        del st.session_state[key]


def edit(row: pd.Series | None) -> None:
    """A form for one initiative; empty means unknown. It keeps the version that its reader saw, so a later one is never overwritten unseen."""
    number = "new" if row is None else int(row["id"])
    old = {field: "" if row is None else row[field] for field in register.FIELDS}
    seen = st.session_state.setdefault(f"edit-{number}-version", 0 if row is None else int(row["version"]))

    def key(field: str) -> str:
        return f"edit-{number}-{field}"

    with st.form(f"form-{number}"):
        given: dict[str, object] = {"area_id": old["area_id"]}
        for column, field, name in zip(
            st.columns(3), ("name", "city", "country"), (_("Name"), _("City"), _("Country (code)")), strict=True
        ):
            given[field] = column.text_input(name, str(old[field]), key=key(field))
        for column, (field, options) in zip(
            st.columns(4), (("kind", KINDS), ("stage", STAGES), ("theme", THEMES), ("topic", TOPICS)), strict=True
        ):
            start = options.index(old[field]) if old[field] in options else 0
            given[field] = column.selectbox(
                _({"topic": "Need"}.get(field, field.capitalize())), options, index=start, key=key(field), format_func=_
            )
        given["about"] = st.text_area(_("Description"), str(old["about"]), key=key("about"))
        for column, field, name in zip(
            st.columns(2), ("target_group", "languages"), (_("For whom"), _("Languages")), strict=True
        ):
            given[field] = column.text_input(name, str(old[field]), key=key(field))
        for column, field, name in zip(
            st.columns(4),
            ("budget_eur", "reached", "start", "end"),
            (_("Budget, EUR"), _("People reached"), _("Start (2026-01-31)"), _("End (2026-12-31)")),
            strict=True,
        ):
            given[field] = column.text_input(name, known(old[field], ""), key=key(field))
        given["funding"] = st.text_input(_("Funding"), str(old["funding"]), key=key("funding"))
        given["contact_role"] = st.text_input(
            _("Contact: a role, not a person"), str(old["contact_role"]), key=key("contact_role")
        )
        for field, how in (
            ("partners", _("name|sector|role; sectors: {sectors}", sectors=", ".join(SECTORS))),
            ("outcomes", "indicator|value|unit|date"),
            ("evidence", "address|checked|fact"),
        ):
            given[field] = st.text_area(
                _("{field}: {how}; parted by semicolons", field=field.capitalize(), how=how),
                exchange.cell(field, old[field]) if old[field] else "",
                key=key(field),
            )
        who = st.text_input(_("Your name or role, for the history"), st.session_state.get("who", ""), key=key("who"))
        sent = st.form_submit_button(_("Add") if row is None else _("Save"), type="primary")
    if not sent:
        return
    st.session_state["who"] = who
    if attempt(
        lambda: (
            register.add(given, who or "unnamed")
            if row is None
            else register.change(int(number), seen, given, who or "unnamed")
        )
    ):
        forget(number)
        st.rerun()
    elif row is not None:
        st.session_state[key("version")] = int(
            row["version"]
        )  # they have seen the other version now; saving again is their choice


def exchange_section(rows: pd.DataFrame) -> None:
    """Take initiatives in and out as files."""
    with st.container(horizontal=True):
        for kind in exchange.KINDS:
            st.download_button(
                kind.upper(), exchange.export(rows, kind), f"initiatives.{kind}", key=f"out-{kind}", on_click="ignore"
            )
    if not rights.has_role("editor"):
        return
    given = st.file_uploader(
        _("Take in a file (CSV, XLSX or JSON with the columns of an export)"), type=list(exchange.KINDS), key="in"
    )
    if given is not None and st.button(_("Import"), key="import"):
        try:
            stored, report = exchange.import_file(
                given.getvalue(), given.name, st.session_state.get("who", "") or "unnamed"
            )
        except DataError as fault:
            st.error(str(fault))
            return
        st.success(
            _(
                "{stored:,} initiatives stored; {row:,} rows not, each listed with what to mend.",
                stored=stored,
                row=report["row"].nunique(),
            )
        )
        if len(report):
            st.dataframe(report, hide_index=True, alt=_("Rows that were not stored"))


choices()
st.title(_("Initiatives of social innovation"), anchor=False)
rows = register.everything()
if rows.empty:
    controls.empty(
        _("The register is empty."),
        _("Add an initiative or take in a file below, or start with European city projects from public pages."),
    )
    if rights.has_role("editor") and st.button(_("Start with the European set"), type="primary", key="plant"):
        seeds.fill_register()
        st.rerun()
else:
    found = find_section(rows)
    st.markdown(_("**{found}** of {rows} initiatives", found=len(found), rows=len(rows)))
    if found.empty:
        controls.empty(_("No initiative fits."), _("Choose fewer conditions."))
    else:
        picked = st.dataframe(
            found[SHOWN].assign(topic=found["topic"].map(need_name)),
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key="picked",
            alt=_("Initiatives that fit; choose one to see it"),
            height=min(38 + 35 * len(found), 420),
        )
        st.caption(
            _(
                "Empty cells are not known. Each fact of the starting set carries the page it was read on and the "
                "day. Choose a row to see one."
            )
        )
        chosen_rows = picked.selection.rows
        detail(found.iloc[chosen_rows[0] if chosen_rows and chosen_rows[0] < len(found) else 0])
st.header(_("Add, take in, take out"), anchor=False, divider="gray")
if allowed("editor"):
    with st.expander(_("Add an initiative")):
        edit(None)
exchange_section(rows)
st.caption(
    text.day(pd.Timestamp.today())
    + _(": the register is this server's own; changes are kept with who made them and when.")
)
