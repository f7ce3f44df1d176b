"""A figure on the screen: finding, chart or map, unit, period and source, its table and downloads.

Also the numbers on top of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from data.figures import Chart, Figure, KeyFigure, Map
from views import exports, figure_parts, map_component, maps, picture_files, posters, state
from views.drawing import draw, enlarged
from views.language import _, current
from views.palette import style

HEIGHT = "clamp(420px, calc(100vh - 29rem), 900px)"  # of a map that a page is about
FIRST = "first"  # in an address: the first figure of the page alone
CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def begin() -> None:
    """Forget what was shown before; each run of a page starts with this."""
    st.session_state["_figures"], st.session_state["_key_figures"] = [], []


def shown() -> list[Figure]:
    """The figures that the page has shown so far, in their order; the page's report is made from them."""
    return list(st.session_state.get("_figures", []))


def key_figures_shown() -> list[KeyFigure]:
    """The page's key figures so far."""
    return list(st.session_state.get("_key_figures", []))


def _remember(figure: Figure) -> None:
    """Put a figure into the page's report, once, even where a part of the page draws it again and again."""
    st.session_state["_figures"] = [*(other for other in shown() if other.key != figure.key), figure]


def _is_wanted(figure: Figure) -> bool:
    """Whether the page is shown whole, or this is the figure that it is opened for."""
    frame = st.query_params.get("frame", figure.key)
    return frame in (figure.key, "map") or (frame == FIRST and shown()[0].key == figure.key)


def show(
    figure: Figure, on_point: Callable[[str], None] | None = None, on_row: Callable[[int], None] | None = None
) -> None:
    """Draw a figure with all that stands around it.

    on_point: called with the source_id of a facility that is clicked on a map; on_row: with the number of the row that
    is chosen, where the figure is a table.
    """
    _remember(figure)
    if not _is_wanted(figure):
        return
    drawing = figure.drawing
    with st.container(key=f"figure-{figure.key}", gap="xsmall"):
        figure_parts.head(figure)
        if isinstance(drawing, Map):
            hint = _("Click an area to choose it on every page") if drawing.picks else ""
            if on_point:
                hint += _(", a dot for its catchment")
            if drawing.legend:
                maps.legend(drawing.legend, style(), said=figure.measured, hint=hint)
            _draw_map(figure, drawing, on_point)
        elif drawing is not None:
            picture = draw(drawing, style(), said=figure.measured)
            st.plotly_chart(picture, key=figure.key, config=CONFIG, alt=figure.summary)
        else:
            figure_parts.table(figure, on_row)
        figure_parts.foot(figure)


def _draw_map(figure: Figure, drawing: Map, on_point: Callable[[str], None] | None) -> None:
    if not map_component.is_available():
        # Another place is another map: a new key lets it look there.
        key = f"{figure.key}-{drawing.lon:.3f}-{drawing.lat:.3f}-{drawing.zoom:.1f}"
        maps.show(drawing, style(), key, figure.summary, state.choose, on_point)
        return
    actions: dict[str, Callable[[Any], None]] = {"area": _chooses(drawing)} if drawing.picks else {}
    map_component.show(figure, style(), f"{figure.key}-component", actions | ({"point": on_point} if on_point else {}))


def _chooses(drawing: Map) -> Callable[[Any], None]:
    """What a click on an area does: the choices that belong to it."""

    def choose(area: Any) -> None:
        if area in drawing.picks:
            state.choose(drawing.picks[area])

    return choose


def map_alone(figure: Figure, opacity: float) -> None:
    """A figure's map with its legend and source and nothing else, for the frame of another site."""
    drawing = figure.drawing
    assert isinstance(drawing, Map)
    bare = replace(figure, drawing=replace(drawing, board=None))
    if not map_component.is_available():
        show(bare)
        return
    with st.container(key=f"figure-{figure.key}-alone"):
        _stage(bare, opacity, f"{figure.key}-alone", {})
        st.caption(_("Source: {credit}", credit=figure.source))


def _stage(
    figure: Figure, opacity: float, key: str, actions: Mapping[str, Callable[[Any], None]], search: str = ""
) -> None:
    """A figure's map with its legend, as high as the window."""
    drawing = figure.drawing
    assert isinstance(drawing, Map)
    _remember(figure)
    if drawing.legend:
        maps.legend(drawing.legend, style(), opacity, said=figure.measured)
    map_component.show(figure, style(), key, actions, opacity=opacity, search=search, height=HEIGHT)


def workplace(
    figure: Figure, opacity: float, actions: Mapping[str, Callable[[Any], None]] | None = None, search: str = ""
) -> None:
    """A figure whose map is what the page is about, as high as the window.

    actions: of views.map_component.show, beside the choice of an area.
    """
    drawing = figure.drawing
    assert isinstance(drawing, Map)
    if not map_component.is_available():
        show(figure)
        return
    every = {"area": _chooses(drawing), **(actions or {})}
    with st.container(key=f"figure-{figure.key}", gap="xsmall"):
        figure_parts.head(figure)
        _stage(figure, opacity, f"{figure.key}-component", every, search)
        figure_parts.foot(figure, partial(_poster, figure))


def _poster(figure: Figure) -> None:
    """The map on paper, made when the button is pressed."""
    if not picture_files.can_draw():
        return
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    paper = left.selectbox(_("Size of paper"), list(posters.PAPERS), key=f"{figure.key}-paper")
    name, language = f"{exports.file_stem(figure.finding)}-{paper}.pdf", current()
    right.download_button(
        _("Poster (PDF)"),
        partial(posters.pdf_bytes, figure, language, paper),
        name,
        "application/pdf",
        key=f"{figure.key}-poster",
        on_click="ignore",
        icon=":material/print:",
    )


def key_figures(numbers: Iterable[KeyFigure]) -> None:
    """The numbers on top of a page, side by side; they go into its report too."""
    numbers = list(numbers)
    st.session_state.setdefault("_key_figures", []).extend(numbers)
    for column, number in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(
            number.label, number.value, number.delta or None, delta_color="off", help=number.help or None, border=True
        )


def tile(number: KeyFigure, figure: Figure) -> None:
    """One number in a box: label, value, change since, its path, what it is and whose, and the way to its page.

    figure: its path as a chart, for the page's report.
    """
    st.session_state.setdefault("_key_figures", []).append(number)
    _remember(figure)
    first = None if number.values is None else number.values.index[0]
    with st.container(key=f"tile-{figure.key}", border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{number.label}**")
        st.metric(
            number.label,
            number.value,
            number.delta or None,
            delta_color="off",
            delta_description=_("since {first}", first=getattr(first, "year", first)) if number.delta else None,
            label_visibility="collapsed",
        )
        if number.values is not None and len(number.values) > 1:
            path = draw(Chart("sparkline", number.values), style())
            st.plotly_chart(path, key=figure.key, config={"displayModeBar": False}, alt=figure.finding)
        figure_parts.about(number.note, figure.key)
        if number.link:
            st.page_link(number.link, label=_("Look closer"), icon=":material/arrow_forward:", help=number.label)


def table_alone(figure: Figure) -> None:
    """A figure's finding and table, without downloads, for a projector."""
    figure_parts.head(figure)
    figure_parts.table(figure)


def live(figure: Figure, is_far: bool = False) -> None:
    """A figure that is drawn again and again under what it answers.

    Finding, picture, unit and source, without the table that would be sent each time. is_far: it is read from the last
    row.
    """
    _remember(figure)
    figure_parts.head(replace(figure, note=""))
    if figure.drawing is None:
        figure_parts.table(figure)
    elif isinstance(figure.drawing, Map):
        _draw_map(figure, figure.drawing, None)
    else:
        picture = draw(figure.drawing, style(), said=figure.measured)
        if is_far:
            picture = enlarged(picture)
        st.plotly_chart(picture, key=figure.key, config={"displayModeBar": False}, alt=figure.summary)
    st.caption(_("Source: {credit}", credit=figure.publishers))
