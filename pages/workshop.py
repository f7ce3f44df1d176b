"""The facilitator's console: open a room, ask, hold, reveal, moderate, decide; answers appear as they come."""

from functools import partial

import streamlit as st

from services import areas, examples, room_board, room_plan, room_results, room_runs, rooms
from services.rooms import devices, store, texts
from views import controls, figures, shell, state
from views import rooms as room_views
from views.language import _
from views.signing_in import allowed
from views.text import escaped

EVERY_S = 0.3  # the picture is drawn anew as answers come
MODERATED_S = 2.0


def opening() -> None:
    """Open a room, with a run of questions where one is chosen; what earlier ones decided."""
    room_views.about()
    if form := room_views.opening_form(room_runs.library(ctx)):
        with shell.section():
            code, *notes = room_runs.open_room(ctx, form)
            st.session_state["room_notes"] = {code: notes}
            state.choose({"room": code}, "workshop")
            st.rerun()
    if earlier := room_plan.decisions_figure(ctx, room_plan.decisions_of(ctx)):
        figures.show(earlier)


def asking(room: store.RoomView) -> None:
    """Put a new question, or prepare it."""
    with st.expander(_("Ask something new"), icon=":material/add:", expanded=not room.shown), shell.section():
        written = room_views.kind_controls(query, rooms.kinds(ctx), partial(rooms.guessable, ctx))
        key = "-".join((query.kind, query.options_of, query.guess_indicator, query.guess_area))
        if form := room_views.question_form(query.kind, rooms.usual_prompt(ctx, query), written, key):
            rooms.ask(ctx, room, query, **form._asdict())
            if form.show:
                state.forget("question")  # the new one is looked at
            st.rerun()


def answers(code: str, number: int, is_live: bool) -> None:
    """The answers to a question; while they come without tables, afterwards with them."""
    room, question = store.room(code), store.question(number)
    if room and question:
        room_views.board(room_board.board(ctx, room, question), is_live)


def moderating(question: store.QuestionView) -> None:
    """Words as they come in, to be let through."""
    room_views.moderation(question.kind, texts.texts(question.id), texts.approve, texts.remove, texts.merge)


def leading(room: store.RoomView, questions: dict[int, store.QuestionView]) -> None:
    """The question looked at: its buttons, its answers, words to moderate, what was decided."""
    prompts = {number: rooms.asked(ctx, question) for number, question in questions.items()}
    controls.choice(st.selectbox, _("Question"), "question", prompts)
    question = questions[query.question]
    following = rooms.following(question, list(questions.values()))
    if not room.closed:
        room_views.buttons(question, room.shown, following, rooms.actions(room, question, following))
    is_live = question.open and not room.closed
    st.fragment(answers, run_every=EVERY_S if is_live else None)(room.code, question.id, is_live)
    if question.kind in rooms.MODERATED and not room.purged:
        with st.expander(_("Moderate"), expanded=True):
            st.fragment(moderating, run_every=MODERATED_S if is_live else None)(question)
    decision = st.expander(_("Write down a decision"), on_change="rerun", key="decision")
    if not decision.open:
        return
    with decision, shell.section():
        vote = room_plan.vote_in_words(ctx, question, room_results.result(ctx, question))
        room_views.decided(room_plan.decisions_of(ctx, room), room_plan.take_back)
        if decided := room_views.decision_form(*room_plan.form_choices(ctx), vote):
            room_plan.decide(ctx, room, decided, vote, question.id)
            st.rerun()


def show(room: store.RoomView) -> None:
    """A room: its code, its other windows, the question looked at, the next one, its end."""
    st.header(escaped(room.title), anchor=False, divider="gray")
    room_views.windows(room, room_runs.as_file(ctx, room))
    codes, left_out = st.session_state.get("room_notes", {}).get(room.code, ([], []))
    room_views.not_asked(left_out)
    if room.needs_code:
        room_views.tickets(room.code, codes, *devices.tickets(room.code), devices.make_tickets)
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
            st.button(_("Close for good"), on_click=room_results.close, args=(ctx, room))


ctx = shell.context()
territory = controls.territory(areas.territory_options(ctx), ctx.key)
store.purge()
shell.title(_("The room answers"), ctx, territory, follows="city")
shell.examples(examples.count(), examples.remove_all)
query = state.read(rooms.Query, rooms.choices(ctx))
if not allowed("editor"):
    st.page_link(f"{state.base()}/join", label=_("Join a room"))
else:
    if room := rooms.room(ctx, query.room):
        show(room)
    else:
        opening()
    room_views.listing(rooms.listed(ctx))
