"""Social innovation: the register of initiatives, searched, matched to a need, changed with a history, taken in and out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics import matching
from data.errors import DataError
from data.store import exchange, register, seeds
from data.store.models import KINDS, SECTORS, STAGES, THEMES, TOPICS
from pages.common import choices, city
from pages.initiatives_labels import label
from views import controls, text

SHOWN = ["name", "city", "country", "topic", "stage", "theme", "target_group", "budget_eur", "start", "end", "why"]


def find_section(rows: pd.DataFrame) -> pd.DataFrame:
    """Search, or match to a need; returns what fits."""
    columns = st.columns(3)
    need = columns[0].selectbox(
        "Need",
        ["", *TOPICS],
        format_func=lambda topic: label(topic) if topic else "Any",
        key="topic",
        bind="query-params",
    )
    stage = columns[1].selectbox(
        "Stage", ["", *STAGES], format_func=lambda one: one.capitalize() or "Any", key="stage", bind="query-params"
    )
    place = columns[2].selectbox(
        "City",
        ["", *sorted(rows["city"].unique())],
        format_func=lambda one: one or "Any",
        key="where",
        bind="query-params",
    )
    words = st.text_input("Words", key="words", bind="query-params", placeholder="in name, description or target group")
    by_words = bool(words) and st.checkbox("Also look for likeness of words, in other needs too", key="by_words")
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
    money = "not known" if pd.isna(row["budget_eur"]) else f"{row['budget_eur']:,} EUR"
    reached = "not known" if pd.isna(row["reached"]) else f"{row['reached']:,}"
    st.markdown(f"""
{row["about"] or "No description is on record."}

**{row["kind"].capitalize()}**, {row["stage"]}, {row["theme"]} · {row["city"]}, {row["country"]} · {known(row["start"], "start not known")} to {known(row["end"], "end not known")}

**For** {row["target_group"] or "not known"} · **Languages** {row["languages"] or "not known"} · **Budget** {money}, {row["funding"] or "source not known"} · **Reached** {reached}
""")
    for heading, field in (("Partners", "partners"), ("Results", "outcomes"), ("Evidence", "evidence")):
        st.markdown(f"**{heading}**" if row[field] else f"**{heading}** none on record")
        if row[field]:
            st.dataframe(pd.DataFrame(row[field]), hide_index=True, alt=f"{heading} of {row['name']}")
    with st.expander("Change, history, undo"):
        edit(row)
        st.dataframe(register.history(int(row["id"])), hide_index=True, alt="History, newest first")
        left, right = st.columns(2)
        who = st.session_state.get("who", "")
        if left.button("Undo the last change", key=f"undo-{row['id']}"):
            again(int(row["id"]), lambda: register.undo(int(row["id"]), who or "unnamed"))
        if right.button("Remove", key=f"remove-{row['id']}"):
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
            alt="Their version",
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
            st.columns(3), ("name", "city", "country"), ("Name", "City", "Country (code)"), strict=True
        ):
            given[field] = column.text_input(name, str(old[field]), key=key(field))
        for column, (field, options) in zip(
            st.columns(4), (("kind", KINDS), ("stage", STAGES), ("theme", THEMES), ("topic", TOPICS)), strict=True
        ):
            start = options.index(old[field]) if old[field] in options else 0
            given[field] = column.selectbox(
                {"topic": "Need"}.get(field, field.capitalize()), options, index=start, key=key(field)
            )
        given["about"] = st.text_area("Description", str(old["about"]), key=key("about"))
        for column, field, name in zip(
            st.columns(2), ("target_group", "languages"), ("For whom", "Languages"), strict=True
        ):
            given[field] = column.text_input(name, str(old[field]), key=key(field))
        for column, field, name in zip(st.columns(4), ("budget_eur", "reached", "start", "end"),
                                       ("Budget, EUR", "People reached", "Start (2026-01-31)", "End (2026-12-31)"), strict=True):  # fmt: skip
            given[field] = column.text_input(name, known(old[field], ""), key=key(field))
        given["funding"] = st.text_input("Funding", str(old["funding"]), key=key("funding"))
        given["contact_role"] = st.text_input(
            "Contact: a role, not a person", str(old["contact_role"]), key=key("contact_role")
        )
        for field, how in (
            ("partners", f"name|sector|role; sectors: {', '.join(SECTORS)}"),
            ("outcomes", "indicator|value|unit|date"),
            ("evidence", "address|checked|fact"),
        ):
            given[field] = st.text_area(
                f"{field.capitalize()}: {how}; parted by semicolons",
                exchange.cell(field, old[field]) if old[field] else "",
                key=key(field),
            )
        who = st.text_input("Your name or role, for the history", st.session_state.get("who", ""), key=key("who"))
        sent = st.form_submit_button("Add" if row is None else "Save", type="primary")
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
    given = st.file_uploader(
        "Take in a file (CSV, XLSX or JSON with the columns of an export)", type=list(exchange.KINDS), key="in"
    )
    if given is not None and st.button("Import", key="import"):
        try:
            stored, report = exchange.take_in(
                given.getvalue(), given.name, st.session_state.get("who", "") or "unnamed"
            )
        except DataError as fault:
            st.error(str(fault))
            return
        st.success(
            f"{stored:,} initiatives stored; {report['row'].nunique():,} rows not, each listed with what to mend."
        )
        if len(report):
            st.dataframe(report, hide_index=True, alt="Rows that were not stored")


choices()
st.title("Initiatives of social innovation", anchor=False)
rows = register.everything()
if rows.empty:
    controls.empty(
        "The register is empty.",
        "Add an initiative or take in a file below, or start with European city projects from public pages.",
    )
    if st.button("Start with the European set", type="primary", key="plant"):
        seeds.plant()
        st.rerun()
else:
    found = find_section(rows)
    st.markdown(f"**{len(found)}** of {len(rows)} initiatives")
    if found.empty:
        controls.empty("No initiative fits.", "Choose fewer conditions.")
    else:
        picked = st.dataframe(found[SHOWN].assign(topic=found["topic"].map(label)), hide_index=True, on_select="rerun", selection_mode="single-row", key="picked",
                              alt="Initiatives that fit; choose one to see it", height=min(38 + 35 * len(found), 420))  # fmt: skip
        st.caption(
            "Empty cells are not known. Each fact of the starting set carries the page it was read on and the day. Choose a row to see one."
        )
        chosen_rows = picked.selection.rows
        detail(found.iloc[chosen_rows[0] if chosen_rows and chosen_rows[0] < len(found) else 0])
st.header("Add, take in, take out", anchor=False, divider="gray")
with st.expander("Add an initiative"):
    edit(None)
exchange_section(rows)
st.caption(
    text.day(pd.Timestamp.today())
    + ": the register is this server's own; changes are kept with who made them and when."
)
