"""A tour of two minutes, in a dialog: what the front page shows, how figures are read, what can be asked and taken."""

from __future__ import annotations

import streamlit as st

from views.language import N_, _

STEP = "tour_step"
STEPS = (  # title, words, the page to see it on
    (
        N_("The city on one page"),
        N_(
            "The map shows one indicator by area. The six figures beside it say who comes, who is served and who "
            "creates. A click on an area chooses it for every page."
        ),
        "overview",
    ),
    (
        N_("Choose once"),
        N_(
            "City, district and years stand at the side. They stay as you go from page to page, and the address keeps "
            "them: copy it, and others see the same."
        ),
        "coverage",
    ),
    (
        N_("Read a figure"),
        N_(
            "The bold line is the finding. The grey one says what was counted, and when. The line below opens to "
            "source and licence. The icons give the table, files, a pin and a link."
        ),
        "displacement",
    ),
    (
        N_("Ask what if"),
        N_("Let people arrive, build sites, close some. Each page counts again and says how sure it is."),
        "what_if_arrivals",
    ),
    (
        N_("Talk about it"),
        N_(
            "Pinned views become a story to present. In a room people answer by phone, and what they decide goes into "
            "the plan. Every page ends with a report to take along."
        ),
        "workshop",
    ),
    (
        N_("Trust it"),
        N_(
            "Estimates say that they are estimates. What is not known stays empty. Small counts of people are hidden. "
            "Each table with its publisher and licence is on the last page."
        ),
        "data_tables",
    ),
)


def offer() -> None:
    """The button that opens the tour at its beginning."""
    if st.button(_("Two-minute tour"), key="tour", icon=":material/tour:", type="tertiary"):
        st.session_state[STEP] = 0
        st.dialog(_("Two-minute tour"))(_walk)()


def _walk() -> None:
    place = st.session_state[STEP]
    title, words, page = STEPS[place]
    st.subheader(_(title), anchor=False)
    st.markdown(_(words))
    st.page_link(f"pages/{page}.py", label=_("Look there"), icon=":material/arrow_forward:")
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, key, target in ((_("Back"), "tour_back", place - 1), (_("Next"), "tour_next", place + 1)):
            off = not 0 <= target < len(STEPS)
            st.button(label, key=key, disabled=off, on_click=st.session_state.update, args=({STEP: target},))
        st.caption(_("{step} of {steps}", step=place + 1, steps=len(STEPS)))
