"""The projector: code, question and its answers as they come, and nothing else; for everybody who knows the code."""

import streamlit as st

from services import room_board, room_plan, rooms
from services.rooms import store
from views import controls, figures, presenting, shell, state
from views import rooms as room_views
from views.language import _

EVERY_S = 0.3  # the picture is drawn anew as answers come


@st.fragment(run_every=EVERY_S)
def screen(code: str) -> None:
    """What the room shows now; the question that the facilitator shows is followed."""
    room = store.room(code)
    if room is None:
        return controls.empty(_("There is no room with this code."), _("Open the projector's view from the room."))
    question = store.question(room.shown) if room.shown and not room.closed else None
    if question is None:
        room_views.entrance_alone(room)
        if earlier:
            figures.table_alone(earlier)
        return None
    room_views.screen(room, room_board.board(ctx, room, question))
    return None


ctx = shell.context()
presenting.bare()
presenting.dress()
query = state.read(rooms.RoomQuery)
earlier = room_plan.decisions_figure(ctx, room_plan.decisions_of(ctx))  # asked for once: it measures every goal
screen(query.room)
