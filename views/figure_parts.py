"""What stands around every figure, in one order (docs/design.md): finding, subtitle; source line, actions, table."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data import glossary
from data.figures import Column, Figure
from data.settings import settings
from views import exports, pins, state
from views.language import _, current
from views.text import escaped

ROWS = 1_000  # of a table on the screen
MARKUP = re.compile(r"[\[\]`<>$\\*_]|https?:|^\d+[.)] ")  # '31. Dezember' would begin a list
SHORT = 150  # letters of a subtitle with which a note may still stand beside unit and date


def head(figure: Figure) -> None:
    """Finding, then what is measured, unit and date, with a note that is short; terms are explained by hovering."""
    words = glossary.explained(f"{figure.finding} {figure.measured}", current(), methods_only=True)
    terms = "\n\n".join(f"**{escaped(term)}**: {escaped(meaning)}" for term, meaning in words.items())
    title, aside = figure.headline
    st.subheader(_as_words(title), anchor=False, help=terms or None)
    below = " · ".join(part for part in (aside, figure.subtitle if _is_short(figure) else figure.measured) if part)
    if below:
        st.caption(_as_words(below))


def _as_words(text: str) -> str:
    """Words that people wrote are no links and no markup where a finding names them."""
    return escaped(text) if MARKUP.search(text) else text


def _is_short(figure: Figure) -> bool:
    return len(figure.subtitle) <= SHORT


def about(text: str, key: str = "page") -> None:
    """What key figures are of, in one quiet line; the rest of the text, after its first ' · ', opens from it."""
    first, *more = [part for part in text.split(" · ") if part]
    with st.container(key=f"about-{key}", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_as_words(first), width="content")
        if more:
            with st.popover(_("Notes and source"), type="tertiary"):
                st.markdown("\n".join(f"- {note}" for note in more))


@st.fragment
def foot(figure: Figure, more: Callable[[], None] | None = None) -> None:
    """The source line that opens, the actions, and the table once it is asked for; nothing of it is made before.

    more: draws further downloads.
    """
    key = f"{figure.key}-table-open"
    with st.container(key=f"foot-{figure.key}", horizontal=True, vertical_alignment="center", gap="xxsmall"):
        _source(figure)
        if figure.drawing is not None:
            is_open = bool(st.session_state.get(key))
            tip = _("Hide the table") if is_open else _("Show the table")
            st.button(
                _("Table"),
                key=f"{figure.key}-show-table",
                icon=":material/table:",
                type="tertiary",
                help=tip,
                on_click=lambda: st.session_state.update({key: not is_open}),
            )
        downloads = _opener(figure, "download", _("Download"), _("Download table or picture"), ":material/download:")
        if downloads.open:
            with downloads:
                exports.buttons(figure)
                if more:
                    more()
        if not st.query_params.get("frame") and not st.query_params.get("story"):
            _passing_on(figure)
    if figure.drawing is not None and st.session_state.get(key):
        table(figure)


def _opener(figure: Figure, part: str, label: str, tip: str, icon: str) -> Any:
    """An icon that opens; its label is there for those who do not see it."""
    return st.popover(label, type="tertiary", icon=icon, help=tip, key=f"{figure.key}-{part}-more", on_change="rerun")


def _source(figure: Figure) -> None:
    """The quiet line: whose the figures are; all the rest when it is opened."""
    said = _("Source: {credit}", credit=figure.publishers)
    label = said if _is_short(figure) else _("Notes · {source}", source=said)
    with st.container(key=f"source-{figure.key}", width="stretch"):
        opener = st.popover(escaped(label), type="tertiary", key=f"{figure.key}-source-more", on_change="rerun")
    if not opener.open:
        return
    with opener:
        st.markdown(f"**{_('What it shows')}**  \n{escaped(figure.measured)}")
        if figure.note:
            st.markdown(f"**{_('Notes')}**")
            st.markdown("\n".join(f"- {escaped(note)}" for note in figure.note.split(" · ")))
        st.markdown(f"**{_('Source: publisher, period, licence, version')}**")
        st.markdown("\n".join(f"- {escaped(line)}" for line in figure.sources))
        if terms := glossary.explained(" ".join((figure.finding, figure.subtitle, *figure.headings())), current()):
            st.markdown(f"**{_('Terms')}**")
            st.markdown("\n".join(f"- **{escaped(term)}**: {escaped(words)}" for term, words in terms.items()))


def _passing_on(figure: Figure) -> None:
    """Pin the figure to the story, its link, the lines that show it in another site."""
    if st.button(
        _("Pin"), key=f"{figure.key}-pin", icon=":material/push_pin:", type="tertiary", help=_("Pin to your story")
    ):
        pins.add(figure.finding, figure=figure.key)
        st.toast(_("Pinned to your story"))
        st.rerun()
    link = _opener(figure, "link", _("Link"), _("Link to this figure"), ":material/link:")
    name = "" if state.page() == "overview" else state.page()
    choices = {key: value for key, value in state.query().items() if value}
    address = f"{state.base()}/{name}?{urlencode({**choices, 'frame': figure.key})}"
    if link.open:
        with link:
            st.code(address, language=None, wrap_lines=True)
    if not settings().embed:  # no other site may show this one in a frame
        return
    embed = _opener(figure, "embed", _("Embed"), _("Show this figure in another site"), ":material/code:")
    if embed.open:
        frame, title = (html.escape(part, quote=True) for part in (f"{address}&embed=true", figure.finding))
        with embed:
            st.code(
                f'<iframe src="{frame}" title="{title}" width="100%" height="640"></iframe>',
                language="html",
                wrap_lines=True,
            )


def table(figure: Figure, on_row: Callable[[int], None] | None = None) -> None:
    """All columns and the first ROWS rows of a figure, in the reader's words."""
    columns, key = dict[str, Any](), f"{figure.key}-table"

    def pick() -> None:
        for row in st.session_state[key].selection.rows:
            on_row(row)  # type: ignore[misc]  # asked only where there is one

    select: dict[str, Any] = {"on_select": pick, "selection_mode": "single-row"} if on_row else {}
    for column in figure.columns:
        cells, heading = figure.rows[column.name], column.heading
        if column.kind == "number" and pd.api.types.is_numeric_dtype(cells):
            width = _width(column, figure.rows)
            columns[column.name] = st.column_config.NumberColumn(heading, format="localized", width=width)
        elif column.kind == "day" and pd.api.types.is_datetime64_any_dtype(cells):
            columns[column.name] = st.column_config.DateColumn(heading, format="localized")
        else:
            columns[column.name] = st.column_config.Column(heading)
    rows = figure.rows[[column.name for column in figure.columns]].head(ROWS)
    rounded = {column.name: column.digits for column in figure.columns if column.kind == "number"}
    numeric = {name: digits for name, digits in rounded.items() if pd.api.types.is_float_dtype(rows[name])}
    st.dataframe(
        rows.round(numeric),
        hide_index=True,
        height=min(38 + 35 * max(len(rows), 1), 320),
        column_config=columns,
        placeholder="–",
        alt=_("Table: {title}", title=figure.finding),
        key=key,
        **select,
    )
    if len(figure.rows) > ROWS:
        st.caption(_("The first 1,000 of {rows:,} rows are shown; the downloads hold all.", rows=len(figure.rows)))


def _width(column: Column, rows: pd.DataFrame) -> int:
    """Pixels that a column's heading and longest number need: the browser measures them without their separators."""
    numbers = rows[column.name].dropna().astype(float)
    longest = max((len(f"{value:,.{column.digits}f}") for value in (numbers.min(), numbers.max())), default=0)
    return min(max(8 * longest + 24, 7 * len(column.heading) + 24, 60), 420)
