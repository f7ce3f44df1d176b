"""Minutes of a workshop: every question with its answers, words that passed moderation, what was decided."""

import streamlit as st

from services import room_board, room_plan, rooms
from services.rooms import store
from views import controls, figures, shell, state
from views import rooms as room_views
from views.language import _
from views.text import escaped

ctx = shell.context()
query = state.read(rooms.RoomQuery)
room = store.room(query.room)
if room is None:
    shell.title(_("Minutes"), ctx)
    controls.empty(_("There is no room with this code."), _("Open the minutes from the room."))
else:
    shell.title(_("Minutes: {title}", title=escaped(room.title)), ctx)
    room_views.about_minutes(room, ctx.language.day(room.created))
    shown = room_board.boards(ctx, room)
    if not shown:
        controls.empty(_("Nobody has answered yet."), _("Results that are hidden come in when the room is closed."))
    for board in shown:
        st.header(escaped(board.words), anchor=False, divider="gray")
        room_views.board(board, False)
    if decided := room_plan.decisions_figure(ctx, room_plan.decisions_of(ctx, room)):
        st.header(_("What was decided"), anchor=False, divider="gray")
        figures.show(decided)
