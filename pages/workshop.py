"""The room: people answer from their phones, their answers appear here as they come, and feed index or scenario."""

import streamlit as st

from services import areas, rooms
from services.rooms import store
from views import controls, figures, shell, state
from views import rooms as room_views
from views.language import _
from views.signing_in import allowed
from views.text import escaped

EVERY_S = 0.3  # the picture is drawn anew as answers come


def opening() -> None:
    """Open a room."""
    st.info(
        _(
            "People join from their phones with a code, without an account; their answers appear here as they come. No "
            "name and no address is kept, one answer counts for each device, and groups below five people are not "
            "shown."
        )
    )
    if form := room_views.opening_form():
        with shell.section():
            state.choose({"room": store.open_room(ctx.key, *form)}, "workshop")
            st.rerun()


def asking(room: store.RoomView) -> None:
    """Put a new question."""
    with st.expander(_("Ask something new"), icon=":material/add:", expanded=not room.shown), shell.section():
        controls.choice(st.radio, _("Kind"), "kind", lambda kind: _(rooms.KINDS[kind]))
        if form := room_views.question_form(query.kind, _(rooms.PROMPTS.get(query.kind, ""))):
            rooms.ask(ctx, room, query.kind, *form)
            state.forget("question")  # the new one is looked at
            st.rerun()


def answers(room: store.RoomView, number: int, is_live: bool) -> None:
    """The answers to a question; while they come without tables, afterwards with them."""
    question = store.question(number)
    if question is None:
        return
    answer = rooms.result(question)
    st.subheader(escaped(rooms.asked(ctx.language, question)), anchor=False)
    voted = answer["people"] if question.result is not None else store.count(number)
    joined = _("Devices that have joined: {joined}.", joined=store.joined(number))
    st.markdown(f"{_('**{people}** have answered.', people=voted)} {joined}")
    if question.kind == "text":
        st.markdown("\n\n".join(f"> {escaped(row['value'])}" for row in answer["rows"]))
    elif not answer["rows"]:
        room_views.waiting(rooms.labels(ctx.language, question), f"room-{number}", store.MIN_PEOPLE)
    for place, figure in enumerate(rooms.figures(ctx, question, answer)):
        (figures.live if is_live else figures.show)(figure)
        if place == 0:
            st.markdown(rooms.disagreement(ctx.language, question, answer))
    for label, page, choices in rooms.follow_ups(ctx, room, question):
        st.link_button(label, state.link(page, **choices), icon=":material/arrow_forward:")


def leading(room: store.RoomView, questions: dict[int, store.QuestionView]) -> None:
    """The question looked at: show it on the phones, hold or take answers, its answers, where they lead."""
    prompts = {number: rooms.asked(ctx.language, question) for number, question in questions.items()}
    controls.choice(st.selectbox, _("Question"), "question", prompts)
    question = questions[query.question]
    if not room.closed:
        with st.container(horizontal=True):
            if room.shown != question.id and st.button(_("Show on the phones"), type="primary"):
                store.show_question(room.code, question.id)
                st.rerun()
            if st.button(_("Hold answers") if question.open else _("Take answers again")):
                store.set_open(question.id, not question.open)
                st.rerun()
    is_live = question.open and not room.closed
    st.fragment(answers, run_every=EVERY_S if is_live else None)(room, question.id, is_live)
    if question.kind == "text" and not room.purged:
        with st.expander(_("Moderate")):
            room_views.moderation(store.answers(question), store.approve_text, store.delete_text)


def show(room: store.RoomView) -> None:
    """A room: its code, the question looked at, the next one, its end."""
    st.header(escaped(room.title), anchor=False, divider="gray")
    questions = {question.id: question for question in store.questions(room.code)}
    left, right = st.columns([1, 3], gap="large")
    with left:
        room_views.entrance(room.code, room.closed, room.purged, room.keep_days)
    with right:
        if questions:
            leading(room, questions)
        else:
            controls.empty(_("Nothing is asked yet."), _("Ask something below."))
    if not room.closed:
        asking(room)
        with st.expander(_("Close the room")):
            days = room.keep_days
            st.markdown(_("Closing is final: results stay, answers are deleted after {days} days.", days=days))
            st.button(_("Close for good"), on_click=rooms.close, args=(room,))


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
store.purge()
shell.title(_("The room answers"), ctx, territory, follows="city")
query = state.read(
    rooms.Query, {"question": lambda chosen: rooms.questions_of(chosen["room"]), "kind": list(rooms.KINDS)}
)
if not allowed("editor"):
    st.page_link(f"{state.base()}/join", label=_("Join a room"))
else:
    if room := store.room(query.room):
        show(room)
    else:
        opening()
    if listed := store.rooms(ctx.key):
        st.header(_("Rooms"), anchor=False, divider="gray")
        room_views.listing(listed[:30])
