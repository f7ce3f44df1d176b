"""The reader's language on the page: `_` for its sentences, its control, the direction of page and charts."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from data.translation import LANGUAGES, N_, Language, preferred, separators

__all__ = ["N_", "_", "control", "current", "localise_chart", "plural"]
KEY = "lang"


def current() -> Language:
    """The language of whoever reads this page; English where nobody does."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return Language()
    return Language(str(st.session_state.get(KEY, "en")))


def _(sentence: str, /, **values: object) -> str:
    """A sentence in the reader's language, its {named} values filled in."""
    return current()(sentence, **values)


def plural(one: str, other: str, n: int, /, **values: object) -> str:
    """A sentence for a count in the reader's language, {n} and its other {named} values filled in."""
    return current().plural(one, other, n, **values)


def localise_chart(figure: go.Figure, language: Language) -> go.Figure:
    """Write a chart's numbers by locale and, from right to left, mirror it: axes, legend, titles, named ends."""
    figure.update_layout(separators="".join(separators(language.code)))
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(minexponent=6)  # 50,000 and not 50k, which is no number in most languages
    if not language.is_right_to_left:
        return figure
    for axis in figure.select_xaxes():
        if axis.range:
            axis.update(range=list(axis.range)[::-1])
        else:
            axis.update(autorange=None if axis.autorange == "reversed" else "reversed")
    figure.update_yaxes(side="right")
    for note in figure.layout.annotations:
        _mirror_note(note)
    for trace in figure.select_traces({"type": "scatter"}):
        sides = trace.textposition
        if sides is not None:
            trace.textposition = _mirrored(sides) if isinstance(sides, str) else [_mirrored(side) for side in sides]
    margin = figure.layout.margin
    figure.update_layout(
        margin={"l": margin.r, "r": margin.l},
        title={"x": 1, "xanchor": "right"},
        legend={"x": 1, "xanchor": "right", "traceorder": "reversed"},
    )
    return figure


def _mirrored(side: str) -> str:
    """'middle left' -> 'middle right'."""
    first, _space, last = side.partition(" ")
    return f"{first} { {'left': 'right', 'right': 'left'}.get(last, last) }".strip()


def _mirror_note(note: go.layout.Annotation) -> None:
    sides = {"left": "right", "right": "left"}
    # On the paper, and in a panel of it, the place is mirrored; in data it moves with the axis.
    if note.xref == "paper" or str(note.xref).endswith("domain"):
        note.update(x=1 - note.x)
    note.update(xanchor=sides.get(note.xanchor, note.xanchor), align=sides.get(note.align, note.align))
    if note.xshift:
        note.update(xshift=-note.xshift)


def control() -> None:
    """Choose the language, first in the sidebar; the link keeps it, else the browser's is taken."""
    linked = st.query_params.get(KEY, "")
    if linked in LANGUAGES and linked != st.session_state.get("_address", {}).get(KEY):
        st.session_state[KEY] = linked  # from a link, a story's step or the back button
    elif KEY not in st.session_state:
        st.session_state[KEY] = preferred(st.context.locale)
    st.session_state[KEY] = st.session_state[KEY]  # set again, so that it outlives a page without the control
    st.sidebar.selectbox(_("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=KEY)
    language = current()
    if language.is_right_to_left:  # plotly and maps place their letters by themselves, measured from the left
        # Streamlit slides a closed sidebar out to the left, from where it stands on the right: most of it stays over
        # the page on a phone.
        st.html(
            "<style>[data-testid=stSidebar][data-collapsed=true],[data-testid=stSidebar][data-collapsed=true] *"
            "{visibility:hidden!important}"
            "[data-testid=stPlotlyChart],[data-testid=stDeckGlJsonChart],#js-plotly-tester{direction:ltr}"
            "[data-testid=stMarkdownContainer] *,[data-testid=stHeading] *,[data-testid=stCaptionContainer],"
            "[data-testid=stCaptionContainer] *{text-align:start!important}</style>"
        )
    # Screen readers take the language of the page from here; the browser mirrors the layout by itself.
    direction = "rtl" if language.is_right_to_left else "ltr"
    st.html(
        f"<script>document.documentElement.lang='{language.code}';document.documentElement.dir='{direction}'</script>",
        unsafe_allow_javascript=True,
    )
