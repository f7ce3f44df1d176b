"""The room: people answer from their phones, their answers appear here as they come, and feed the index or a scenario."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.indicators import DIMENSIONS
from data.settings import settings
from data.store import rooms
from pages import room_results as results
from pages import scenario_results
from pages.common import area_names, choices, city, last_current_or_stop
from pages.signing_in import allowed
from views import controls, take_home, text
from views import rooms as look
from views.controls import Territory
from views.language import _, current

KIND_NAMES = {
    "poll": _("Poll: one of several"),
    "budget": _("Budget: share out 100 points over the index's dimensions"),
    "priorities": _("Priorities: up to three districts"),
    "text": _("Free text, moderated"),
}


def address(code: str) -> str:
    """Where phones join: ZONE_ADDRESS where the presenter's own address is not the room's."""
    return f"{settings().address.rstrip('/') or take_home.base()}/join/{code}"


def opening() -> None:
    """Open a room."""
    with st.form("open_room", clear_on_submit=True):
        title = st.text_input(_("Title of the room"), max_chars=200)
        groups = st.text_input(
            _("Groups to compare, separated by commas (may stay empty)"),
            placeholder=_("residents, administration, business"),
        )
        days = st.number_input(_("Days until the answers of a closed room are deleted"), 0, 365, 30)
        if st.form_submit_button(_("Open room"), type="primary"):
            try:
                st.query_params["room"] = rooms.open_room(city().key, title, groups.split(","), int(days))
                st.rerun()
            except rooms.RefusedError as fault:
                st.error(str(fault))


def asking(room: rooms.RoomView) -> None:
    """Put a new question."""
    with st.expander(_("Ask something new"), icon=":material/add:", expanded=not room.shown):
        kind = st.radio(_("Kind"), list(KIND_NAMES), format_func=KIND_NAMES.__getitem__, key="ask_kind")
        with st.form("ask", clear_on_submit=True):
            usual = {
                "budget": _("Which dimensions of inclusion matter most here?"),
                "priorities": _("Where should the city act first?"),
            }
            prompt = st.text_input(_("Question"), usual.get(kind, ""), max_chars=300, key=f"ask_prompt_{kind}")
            lines = st.text_area(_("Options, one a line"), key="ask_options") if kind == "poll" else ""
            if st.form_submit_button(_("Ask"), type="primary"):
                listed = [
                    (str(place), line.strip()[:120])
                    for place, line in enumerate(filter(str.strip, lines.splitlines()), 1)
                ]
                options = {
                    "budget": list(DIMENSIONS.items()),
                    "priorities": list(area_names("district").items()),
                    "text": [],
                }.get(kind, listed)
                try:
                    rooms.add_question(room.code, kind, prompt, options)
                    st.rerun()
                except rooms.RefusedError as fault:
                    st.error(str(fault))


def feeding(room: rooms.RoomView, asked: rooms.QuestionView) -> None:
    """Carry the room's answer on into the index or a scenario."""
    found = results.kept(asked)
    if not found["rows"]:
        return
    if asked.kind == "budget":
        points = {f"points_{row['option']}": str(round(row["mean"])) for row in found["rows"]}
        target = controls.link("inclusion", weights="expert", room=room.code, **points)
        st.link_button(_("Rank areas with the room's weights"), target, icon=":material/diversity_1:")
    if asked.kind == "priorities" and st.button(
        _("Take the room's priorities into the scenario"), icon=":material/group_add:"
    ):
        share = {row["option"]: row["share"] for row in found["rows"]}
        made = scenario_results.draft(last_current_or_stop(chosen))
        own = tuple(float(share.get(area, 0.0)) for area in sorted(area_names("district")))
        scenario_results.open_scenario(
            replace(made, level="district", arrivals=replace(made.arrivals, rule="own table", own=own))
        )
        st.switch_page("pages/what_if_arrivals.py", query_params={"lang": current()})


def moderating(asked: rooms.QuestionView) -> None:
    """Let words through, or delete them."""
    for row in rooms.answers(asked).itertuples():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(text.escaped(str(row.value)))
            if st.button(_("Take back") if row.approved else _("Let through"), key=f"let-{row.id}"):
                rooms.approve_text(int(row.id), not row.approved)
                st.rerun()
            if st.button(_("Delete"), key=f"drop-{row.id}"):
                rooms.delete_text(int(row.id))
                st.rerun()


def leading(room: rooms.RoomView, chosen: Territory) -> None:
    """A room with its questions and the answers to the one shown."""
    st.header(text.escaped(room.title), anchor=False, divider="gray")
    asked = rooms.questions(room.code)
    left, right = st.columns([1, 3], gap="large")
    with left:
        if room.closed:
            st.info(
                _("This room is closed. Its answers are deleted; results stay.")
                if room.purged
                else _("This room is closed; its answers are deleted after {days} days.", days=room.keep_days)
            )
        else:
            look.join(address(room.code), room.code)
    with right:
        if not asked:
            controls.empty(_("Nothing is asked yet."), _("Ask something below."))
        else:
            numbers = [one.id for one in asked]
            words = {one.id: one.prompt for one in asked}
            start = numbers.index(room.shown) if room.shown in numbers else len(numbers) - 1
            number = st.selectbox(
                _("Question"),
                numbers,
                index=start,
                format_func=words.__getitem__,
                key=f"question-{room.code}-{len(numbers)}",
            )
            one = next(one for one in asked if one.id == number)
            if not room.closed:
                with st.container(horizontal=True):
                    if room.shown != number and st.button(_("Show on the phones"), type="primary"):
                        rooms.show_question(room.code, number)
                        st.rerun()
                    if st.button(_("Hold answers") if one.open else _("Take answers again")):
                        rooms.set_open(number, not one.open)
                        st.rerun()
            results.live(room, one)
            feeding(room, one)
            if one.kind == "text" and not room.purged:
                with st.expander(_("Moderate")):
                    moderating(one)
    if not room.closed:
        asking(room)
        with st.expander(_("Close the room")):
            st.markdown(
                _("Closing is final: results stay, answers are deleted after {days} days.", days=room.keep_days)
            )
            if st.button(_("Close for good")):
                rooms.close(room.code, {one.id: results.summary(one) for one in asked})
                st.rerun()


chosen = choices()
rooms.purge()
st.title(_("The room answers"), anchor=False)
room = rooms.room(st.query_params.get("room", ""))
if not allowed("editor"):
    st.page_link(f"{take_home.base()}/join", label=_("Join a room"))
    st.stop()
if room is not None:
    leading(room, chosen)
else:
    st.markdown(
        _(
            "People join from their phones with a code, without an account; their answers appear here as they come. No name and no "
            "address is kept, one answer counts for each device, and groups below five people are not shown."
        )
    )
    opening()
known = rooms.rooms(city().key)
if known:
    st.header(_("Rooms"), anchor=False, divider="gray")
    for one in known[:30]:
        state = _("closed") if one.closed else _("open")
        st.markdown(f"- [{text.escaped(one.title)}]({controls.link('workshop', room=one.code)}) · {one.code} · {state}")
