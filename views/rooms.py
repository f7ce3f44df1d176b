"""A room on the screen: the code to join, forms to open it and to ask, the facilitator's buttons, moderation, words."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from data.figures import Figure
from data.store.decisions import Decided
from data.store.runs import Opening
from views import controls, figures, presenting, state
from views.language import KEY as LANGUAGE_KEY
from views.language import _, current, localise_chart, plural
from views.palette import GROUPS, style
from views.room_charts import votes
from views.text import escaped

CHOICES = ("poll", "several", "ranking")  # among lines that are written or saved scenarios
MERGED = ("text", "stage")
MORE_CODES = 50
KEYS = {"n": "room_next", "h": "room_hold", "r": "room_reveal", "v": "room_again"}


class Question(NamedTuple):
    """A new question. lines: options, one a line; limit: how many may be chosen; show: now; hidden: results wait."""

    prompt: str
    lines: str
    limit: int
    show: bool
    hidden: bool


def entrance(code: str, closed: bool, purged: bool, keep_days: int, width: int = 260) -> None:
    """Where phones join: the code as picture and as text, large enough for the last row; or that the room is closed.

    The address is ZONE_ADDRESS where the presenter's own is not the room's.
    """
    if closed:
        st.info(
            _("This room is closed. Its answers are deleted; results stay.")
            if purged
            else _("This room is closed; its answers are deleted after {days} days.", days=keep_days)
        )
        return
    address = f"{state.base()}/join/{code}"
    st.image(_qr_code(address), width=width, alt=_("QR code of {address}", address=address))
    join = address.rsplit("/", 1)[0]
    # A long address breaks before the name of the host or after it.
    broken = join.replace("//", "//\u200b").replace("/join", "\u200b/join")
    st.markdown(_("Or open **{address}** · code", address=f"[{broken}]({join})"))
    # Letters of one width, so that six of them fit whichever they are.
    look = "font:700 min(3rem,22cqi) monospace;letter-spacing:.1em;margin:0"
    st.html(f'<div style="container-type:inline-size"><p style="{look}"><bdi>{code}</bdi></p></div>')


@lru_cache(maxsize=64)
def _qr_code(address: str) -> bytes:
    import qrcode

    out = io.BytesIO()
    qrcode.make(address, box_size=12, border=2).save(out)
    return out.getvalue()


def waiting(labels: Mapping[str, str], key: str, least: int) -> None:
    """The options without answers: the browser has loaded what draws them by the time the first answers come.

    least: people from whom on answers are shown.
    """
    if labels:
        table = pd.DataFrame({"label": list(labels.values()), "votes": 0.0, "share": 0.0}).head(12)
        figure = votes(style(), table, unit="").update_traces(text="").update_xaxes(range=[0, 5], showticklabels=False)
        alt = _("No answers yet: {labels}", labels=", ".join(labels.values()))
        st.plotly_chart(localise_chart(figure, current()), key=key, config={"displayModeBar": False}, alt=alt)
    what = _("Answers are shown from {least} people on.", least=least)
    controls.empty(what, _("So nobody's own answer can be read off."))


def opening_form(runs: Mapping[str, str]) -> Opening | None:
    """What a new room is to be, once it is sent. runs: titles of prepared runs by key."""
    with st.form("open_room", clear_on_submit=True):
        title = st.text_input(_("Title of the room"), max_chars=200)
        run = st.selectbox(_("Begin with a run of questions"), list(runs), format_func=runs.__getitem__)
        with st.expander(_("Groups, run from a file, codes, practice")):
            label = _("Groups to compare, separated by commas (may stay empty)")
            groups = st.text_input(label, placeholder=_("residents, administration, business"))
            file = st.file_uploader(_("A run from a file"), type=["toml"])
            days = st.number_input(_("Days until the answers of a closed room are deleted"), 0, 365, 30)
            codes = st.number_input(_("One-time codes, for a binding vote (0: none needed)"), 0, 2_000, 0)
            practice = st.checkbox(_("A room to practise in: 30 invented voters answer"))
        if not st.form_submit_button(_("Open room"), type="primary"):
            return None
        return Opening(title, groups.split(","), int(days), practice, run, file, int(codes))


def about() -> None:
    """What a room is."""
    st.info(
        _(
            "People join from their phones with a code, without an account; their answers appear here as they come. No "
            "name and no address is kept, one answer counts for each device, and groups below five people are not "
            "shown."
        )
    )


def kind_controls(
    query: Any, kinds: Mapping[str, str], guessable: Callable[[], tuple[Mapping[str, str], Mapping[str, str]]]
) -> bool:
    """The kind of the next question and where its options come from; whether these are to be written.

    guessable: gives indicators and areas by key.
    """
    controls.choice(st.selectbox, _("Kind"), "kind", kinds)
    if query.kind in CHOICES:
        sources = {"lines": _("written below"), "scenarios": _("the city's saved scenarios")}
        controls.choice(st.radio, _("Options"), "options_of", sources, horizontal=True)
        return bool(query.options_of == "lines")
    if query.kind == "estimate":
        indicators, areas = guessable()
        controls.choice(st.selectbox, _("Indicator"), "guess_indicator", indicators)
        controls.choice(st.selectbox, _("Area"), "guess_area", areas)
    return bool(query.kind in ("budget", "scale"))


def question_form(kind: str, usual: str, with_lines: bool, key: str) -> Question | None:
    """A new question, once it is sent. usual: its words where its kind has some; key: of all that these hang on."""
    with st.form("ask", clear_on_submit=True):
        prompt = st.text_input(_("Question"), usual, max_chars=300, key=f"ask_prompt_{key}")
        lines = st.text_area(_("Options, one a line"), key="ask_options") if with_lines else ""
        limited = kind in ("several", "priorities")
        limit = int(st.number_input(_("How many may be chosen"), 1, 30, 3)) if limited else 3
        hidden = st.checkbox(_("Hide the results until I reveal them"))
        with st.container(horizontal=True):
            now = st.form_submit_button(_("Ask"), type="primary")
            later = st.form_submit_button(_("Prepare for later"))
        return Question(prompt, lines, limit, now, hidden) if now or later else None


def buttons(question: Any, shown: int, following: int | None, actions: Mapping[str, Callable[..., Any]]) -> None:
    """What a facilitator does with a question, each also by a key.

    shown: the question on the phones; following: the next one, None after the last.

    actions: show, next, hold, reveal, again, and countdown by its seconds as text.
    """

    def turn(action: str) -> None:
        actions[action]()
        state.forget("question")  # the one that the phones show now is looked at

    with st.container(horizontal=True):
        if shown != question.id and question.kind != "stage":
            st.button(_("Show on the phones"), key="room_show", type="primary", on_click=actions["show"])
        if following is not None:
            st.button(
                _("Next question (N)"), key="room_next", on_click=turn, args=("next",), icon=":material/skip_next:"
            )
        hold = _("Hold answers (H)") if question.open else _("Accept answers again (H)")
        st.button(hold, key="room_hold", on_click=actions["hold"], icon=":material/pan_tool:")
        reveal = _("Reveal the results (R)") if question.hidden else _("Hide the results (R)")
        st.button(reveal, key="room_reveal", on_click=actions["reveal"], icon=":material/visibility:")
        if question.kind not in ("text", "stage", "cloud", "pin"):
            st.button(_("Vote again (V)"), key="room_again", on_click=turn, args=("again",), icon=":material/replay:")
        if "remove" in actions:
            st.button(_("Remove, if nobody has answered"), key="room_remove", on_click=turn, args=("remove",))
        for seconds in filter(str.isdecimal, actions):
            label = _("{seconds} seconds", seconds=int(seconds))
            st.button(label, key=f"room_{seconds}", on_click=actions[seconds], icon=":material/timer:")
    presenting.keys(KEYS)


def board(shown: Any, is_live: bool) -> None:
    """A question's answers with who has answered. shown: a services.room_board.Board. is_live: without tables."""
    clock(shown.seconds)
    if is_live:
        st.subheader(escaped(shown.words), anchor=False)
    counts = _("**{people}** have answered.", people=shown.people)
    if is_live:
        there = {"joined": shown.joined, "here": shown.here, "typing": shown.typing}
        counts += " " + _("Devices that have joined: {joined}; here now: {here}; typing: {typing}.", **there)
    st.markdown(counts)
    if is_live and shown.hidden:
        st.caption(_("The room does not see these results yet."))
    _answers(shown, figures.live if is_live else figures.show)
    for label, page, choices in shown.ways:
        st.link_button(label, state.link(page, **choices), icon=":material/arrow_forward:")


def _answers(shown: Any, show: Callable[[Figure], None]) -> None:
    if shown.kind == "cloud" and show is not figures.show:
        word_flow(shown.rows)
    elif shown.kind in ("text", "stage") and show is not figures.show:
        quotations(shown.rows)
    elif not shown.figures:
        waiting(shown.labels, shown.key, shown.least)
    else:
        for place, drawn in enumerate(shown.figures):
            show(drawn)
            if place == 0 and shown.apart:
                st.markdown(shown.apart)


def screen(room: Any, shown: Any) -> None:
    """The projector: question, countdown, answers unless they are hidden, and the code in a corner."""
    wide, side = st.columns([4, 1], gap="large")
    with side:
        entrance(room.code, room.closed, room.purged, room.keep_days, width=200)
        clock(shown.seconds)
        st.markdown(_("**{people}** have answered.", people=shown.people))
    with wide:
        st.title(escaped(shown.words), anchor=False)
        if room.practice:
            st.caption(_("A room to practise in: most of its answers are invented."))
        if shown.hidden:
            st.html(f'<p style="font-size:5rem;font-weight:700;margin:2rem 0">{shown.people}</p>')
            st.markdown(_("have answered; the results are shown later."))
        else:
            _answers(shown, partial(figures.live, is_far=True))


def entrance_alone(room: Any) -> None:
    """Before the first question and between two: the title and how to join."""
    st.title(escaped(room.title), anchor=False)
    entrance(room.code, room.closed, room.purged, room.keep_days, width=420)


def windows(room: Any, run: str) -> None:
    """A room's other windows, and its questions as a file."""
    with st.container(horizontal=True):
        links = {_("Projector"): "workshop_screen", _("Minutes"): "workshop_minutes"}
        for label, page in links.items():
            # The minutes are in the room's language, whoever opens them.
            language = {LANGUAGE_KEY: room.language} if page == "workshop_minutes" else {}
            st.link_button(label, state.link(page, room=room.code, **language), icon=":material/open_in_new:")
        if run:
            label = _("Run of questions as a file")
            st.download_button(label, run, f"{room.code}.run.toml", "application/toml", on_click="ignore")
    if room.practice:
        st.caption(_("A room to practise in: most of its answers are invented."))


def not_asked(sentences: Sequence[str]) -> None:
    """Which questions of a run could not be asked here, and why."""
    for sentence in sentences:
        st.warning(_("This question could not be asked here: {words}", words=escaped(sentence)))


def about_minutes(room: Any, day: str) -> None:
    """When the room met, who was there, and what its answers are."""
    parts = [day, _("code {code}", code=room.code), plural("{n} device joined", "{n} devices joined", room.joined)]
    if room.practice:
        parts.append(_("A room to practise in: most of its answers are invented."))
    if not room.closed:
        parts.append(_("the room is still open: answers may change"))
    st.caption(" · ".join(parts))


def clock(seconds: int | None) -> None:
    """The countdown, large; nothing where there is none."""
    if seconds is not None:
        text = f"{seconds // 60}:{seconds % 60:02d}"
        st.html(f'<p role="timer" style="font-size:2.6rem;font-weight:700;margin:0" dir="ltr">{text}</p>')


def word_flow(rows: Sequence[Mapping[str, Any]]) -> None:
    """Words, larger where more people wrote them; each script as browsers write it."""
    most = max((row["votes"] for row in rows), default=1)
    spans = (
        f'<span title="{row["votes"]}" style="font-size:{1.1 + 2.2 * (row["votes"] / most) ** 0.5:.2f}rem;'
        f'color:{GROUPS[place % len(GROUPS)]};line-height:1.2">{html.escape(str(row["label"]))}'
        f'<small style="font-size:.8rem"> {row["votes"]}</small></span>'
        for place, row in enumerate(rows)
    )
    flow = "display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;justify-content:center;align-items:center"
    st.html(f'<div dir="auto" style="{flow}">{"".join(spans)}</div>')


def quotations(rows: Sequence[Mapping[str, Any]]) -> None:
    """Texts that were let through, each with the people behind it."""
    for row in rows:
        st.markdown(f"> {escaped(str(row['value']))} · **{row['people']}**")


def moderation(
    kind: str,
    texts: pd.DataFrame,
    approve: Callable[[list[int], bool], None],
    remove: Callable[[int], None],
    merge: Callable[[int, int], None],
) -> None:
    """Let words through, merge them, or delete them. kind: of the question; texts: id, value, approved, people."""
    waiting = [int(number) for number in texts.loc[~texts["approved"].astype(bool), "id"]]
    if waiting:
        label = _("Approve all that wait ({texts})", texts=len(waiting))
        st.button(label, key="let-all", on_click=approve, args=(waiting, True))
    names = {int(row.id): str(row.value)[:60] for row in texts.itertuples()}
    for row in texts.itertuples():
        number = int(row.id)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{escaped(str(row.value))} · {row.people}")
            label = _("Take back") if row.approved else _("Let through")
            st.button(label, key=f"let-{number}", on_click=approve, args=([number], not row.approved))
            st.button(_("Delete"), key=f"drop-{number}", on_click=remove, args=(number,))
            if kind in MERGED and len(names) > 1:
                others = [other for other in names if other != number]
                with st.popover(_("Same as …")):
                    into = st.selectbox(_("Count it with"), others, format_func=names.__getitem__, key=f"into-{number}")
                    st.button(_("Merge"), key=f"merge-{number}", on_click=merge, args=(into, number))


def decision_form(
    becomes: Mapping[str, str], indicators: Mapping[str, str], areas: Mapping[str, str], vote: str
) -> Decided | None:
    """What was decided, what was said against it, and what it becomes; once it is written down."""
    if vote:
        st.caption(_("Vote: {vote}", vote=escaped(vote)))
    what = st.text_input(_("What was decided"), max_chars=300, key="decided_what")
    against = st.text_area(
        _("What was said against it (may stay empty)"), max_chars=600, key="decided_against", height=80
    )
    kinds = [kind for kind in becomes if kind != "goal" or indicators]
    kind = st.radio(_("It becomes"), kinds, format_func=becomes.__getitem__, key="decided_becomes", horizontal=True)
    goal = None
    if kind == "goal":
        columns = st.columns(4)
        indicator = columns[0].selectbox(_("Indicator"), list(indicators), format_func=indicators.__getitem__)
        area = columns[1].selectbox(_("Area"), list(areas), format_func=areas.__getitem__)
        value = columns[2].number_input(_("Target"), value=0.0)
        year = columns[3].selectbox(_("By the end of"), range(date.today().year, date.today().year + 15), index=4)
        goal = (indicator, area, float(value), int(year))
    if not st.button(_("Write down"), type="primary", key="decided_store"):
        return None
    return Decided(what, against, kind, goal)


def decided(entries: Sequence[Any], take_back: Callable[[int], None]) -> None:
    """What the room has decided so far, each to be taken back. entries: with id, what."""
    for entry in entries:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(escaped(entry.what))
            st.button(_("Take back"), key=f"decided-{entry.id}", on_click=take_back, args=(entry.id,))


def tickets(code: str, codes: Sequence[str], total: int, used: int, make: Callable[[str, int], list[str]]) -> None:
    """One-time codes: how many were used; new ones to print or send, once. make: more of them."""

    def more() -> None:
        st.session_state["room_notes"] = {code: (make(code, MORE_CODES), [])}

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("{used} of {total} codes were used.", used=used, total=total))
        st.button(_("{codes} more codes", codes=MORE_CODES), key="more_codes", on_click=more)
    if codes:
        st.warning(_("These codes are shown once. Print or send them now; nobody can read them later."))
        address = f"{state.base()}/join"
        lines = "\r\n".join(["code,address", *(f"{code},{address}" for code in codes)])
        st.download_button(_("Codes (CSV)"), lines.encode(), "codes.csv", "text/csv", on_click="ignore")
        st.code("\n".join(codes), language=None, height=200)


def listing(rooms: list[Any]) -> None:
    """Rooms with their codes, a link to each, under a heading. rooms: with title, code, closed."""
    if rooms:
        st.header(_("Rooms"), anchor=False, divider="gray")
    for room in rooms:
        link = f"[{escaped(room.title)}]({state.link('workshop', room=room.code)})"
        parts = [
            link,
            room.code,
            _("closed") if room.closed else _("open"),
            *([_("a room to practise in")] if room.practice else []),
        ]
        st.markdown(f"- {' · '.join(parts)}")
