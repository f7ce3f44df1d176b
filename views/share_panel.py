"""The end of every page: take it home as a report, share it as a link, cite it, embed it; all from its one view."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Protocol
from urllib.parse import urlencode

import streamlit as st

from data.figures import Figure, KeyFigure
from data.settings import settings
from data.translation import Language
from views import exports, figures, state
from views.brand import Brand
from views.language import _, current, plural

BRIEFS = ("pdf", "pptx", "docx", "html")


class Brief(Protocol):
    """What a brief holds (services.brief.Brief)."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def lines(self) -> list[str]: ...  # noqa: D102
    @property
    def numbers(self) -> list[KeyFigure]: ...  # noqa: D102
    @property
    def sections(self) -> dict[str, list[str]]: ...  # noqa: D102
    @property
    def figures(self) -> list[Figure]: ...  # noqa: D102


def citation(title: str, versions: str, address: str) -> str:
    """How to cite the view, with the version of the data."""
    day = current().day(date.today())
    return _(
        "Zone of Social Creativity ({year}): {title}. Data version {versions}. Seen on {day}. {address}",
        year=date.today().year,
        title=title,
        versions=versions,
        day=day,
        address=address,
    )


def control(page: str, title: str, versions: str, brand: Brand, shorten: Callable[[str, str], str] | None) -> None:
    """Draw the controls below the page's figures. shorten: makes a short link, for those who may."""
    with st.expander(_("Download and share"), icon=":material/ios_share:"):
        view, home = f"{page}?{urlencode(state.query())}", state.base()
        cited = citation(title, versions, f"{home}/{view}")
        if figures.shown():
            _report(title, cited, view, brand)
        else:
            st.caption(_("This page shows no figure that could go into a report."))
        st.markdown(f"**{_('Cite')}**")
        st.code(cited, language=None, wrap_lines=True)
        if shorten and st.button(_("Make a short link"), key="share_make"):
            st.session_state["short"] = (view, shorten(view, title))
        short = st.session_state.get("short")
        if short and short[0] == view:
            st.code(f"{home}/s/{short[1]}", language=None)
        if not settings().embed:  # no other site may show this one in a frame
            return
        st.markdown(f"**{_('Embed')}**")
        kinds = {"embed=true": ""} | ({"embed=true&frame=map": _("The map alone")} if page == "map" else {})
        for kind, label in kinds.items():
            if label:
                st.caption(label)
            frame = html.escape(f"{home}/{view}&{kind}", quote=True)
            st.code(
                f'<iframe src="{frame}" title="{html.escape(title, quote=True)}" width="100%" height="700"></iframe>',
                language="html",
                wrap_lines=True,
            )


def _report(title: str, cited: str, view: str, brand: Brand) -> None:
    """Choose a kind of report, make it with its progress, download it."""
    kinds, shown, language = list(exports.REPORTS), figures.shown(), current()
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    kind = left.radio(
        _("This page as"), kinds, format_func=lambda key: _(exports.REPORTS[key][0]), horizontal=True, key="report_kind"
    )
    if right.button(_("Make report"), key="report_make"):
        with st.status(plural("Drawing {n} figure …", "Drawing {n} figures …", len(shown))) as status:
            bar = st.progress(0.0)
            day = language.day(date.today())
            lines = [plural("Made on {day} · {n} figure", "Made on {day} · {n} figures", len(shown), day=day), cited]
            from views import reports  # its libraries load with the first report

            report = reports.Report(title, lines, figures.key_figures_shown(), shown, brand, language)
            st.session_state["report"] = (view, kind, reports.make(report, kind, bar.progress))
            status.update(label=_("The report is ready."), state="complete")
    ready = st.session_state.get("report")
    if ready and ready[:2] == (view, kind):
        name = f"{exports.file_stem(title)}.{kind}"
        label, mime = _("Download {name}", name=name), exports.REPORTS[kind][1]
        st.download_button(label, ready[2], name, mime, key="report_take", on_click="ignore", type="primary")


def brief(label: str, name: str, build: Callable[[], Brief], brand: Brand, language: Language) -> None:
    """A button a kind of file, after a label: the brief is built and made when it is pressed. name: of the files."""

    def make(kind: str) -> bytes:
        from views import reports  # its libraries load with the first report

        content = build()
        made = reports.Report(
            content.title,
            [*content.lines, language("Made on {day}", day=language.day(date.today()))],
            content.numbers,
            content.figures,
            brand,
            language,
            content.sections,
            brief=True,
        )
        return reports.make(made, kind)

    stem = exports.file_stem(name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{label}**", width="content")
        for kind in BRIEFS:
            title, mime = exports.REPORTS[kind]
            st.download_button(
                title, partial(make, kind), f"{stem}-brief.{kind}", mime, key=f"brief-{kind}", on_click="ignore"
            )
