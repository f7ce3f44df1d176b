"""How one initiative reads, and the form that changes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.errors import DataError
from views.language import _
from views.signing_in import account
from views.text import escaped

ROWS = (
    ("name", "city", "country"),
    ("kind", "stage", "theme", "topic"),
    ("about",),
    ("target_group", "languages"),
    ("budget_eur", "reached", "start", "end"),
    ("funding",),
    ("contact_role",),
    ("partners",),
    ("outcomes",),
    ("evidence",),
)
PLACEHOLDERS = {"start": "2026-01-31", "end": "2026-12-31"}
LONG = ("about", "partners", "outcomes", "evidence")


def describe(name: str, texts: Mapping[str, str]) -> None:
    """What is on record of an initiative, field by field in words."""
    fields = {field: escaped(text) for field, text in texts.items()}
    st.subheader(escaped(name), anchor=False)
    st.markdown(
        _(
            "\n{value}\n\n**{kind}**, {stage}, {theme} · {city}, {country} · {start} to {end}\n\n**For** {value_2} "
            "· **Languages** {value_3} · **Budget** {money}, {value_4} · **Reached** {reached}\n",
            value=fields.pop("about"),
            value_2=fields.pop("target_group"),
            value_3=fields.pop("languages"),
            value_4=fields.pop("funding"),
            money=fields.pop("budget_eur"),
            kind=fields.pop("kind").capitalize(),
            **fields,
        )
    )


def attempt(number: int | None, work: Callable[[], object], labels: Mapping[str, str]) -> None:
    """Do it and draw anew, or say in one sentence why not; shows the version of whoever was faster."""
    try:
        work()
    except DataError as fault:
        st.error(escaped(_(fault.sentence)))
        if theirs := getattr(fault, "theirs", {}):
            theirs = {labels[field]: str(value) for field, value in theirs.items() if field in labels}
            st.dataframe(pd.Series(theirs, name=_("Their version")), alt=_("Their version"))
        return
    for key in [key for key in st.session_state if str(key).startswith(f"edit-{number}-")]:
        del st.session_state[key]  # the form starts afresh from what is stored
    st.rerun()


def author() -> str:
    """The name that was typed last; the register takes the account's where someone has signed in."""
    return str(st.session_state.get("who", ""))


def edit(
    number: int | None,
    version: int,
    texts: Mapping[str, str],
    labels: Mapping[str, str],
    options: Mapping[str, Mapping[str, str]],
    save: Callable[[int | None, int, dict[str, Any], str], None],
) -> None:
    """A form for one initiative (number None: a new one).

    It keeps the version that its reader saw, so that a later one is never overwritten unseen.

    texts: its fields as they are typed. options: of fields with codes, what each is called.
    """
    start = f"edit-{number}"
    seen = st.session_state.setdefault(f"{start}-version", version)
    values: dict[str, Any] = {"area_id": texts.get("area_id", "")}
    with st.form(f"form-{number}"):
        for fields in ROWS:
            for place, field in zip(st.columns(len(fields)), fields, strict=True):
                text, key = texts.get(field, ""), f"{start}-{field}"
                if field in options:
                    codes = list(options[field])
                    index = codes.index(text) if text in codes else 0
                    names = options[field].__getitem__
                    values[field] = place.selectbox(labels[field], codes, index, names, key)
                else:
                    draw = place.text_area if field in LONG else place.text_input
                    values[field] = draw(labels[field], text, key=key, placeholder=PLACEHOLDERS.get(field))
        if not account():
            typed = st.text_input(_("Your name or role, for the history"), author(), key=f"{start}-who")
        sent = st.form_submit_button(_("Add") if number is None else _("Save"), type="primary")
    if not sent:
        return
    if not account():
        st.session_state["who"] = typed
    attempt(number, lambda: save(number, seen, values, author()), labels)
    # Here it was refused; they have seen the other version now, and saving again is their choice.
    st.session_state[f"{start}-version"] = version
