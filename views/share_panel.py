"""The end of every page: take it home as a report, share it as a link, cite it, embed it."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from views import exports, reports
from views.brand import Brand
from views.language import _, day


def citation(title: str, versions: str, address: str) -> str:
    """How to cite the view, with the version of the data."""
    return _(
        "Zone of Social Creativity ({year}): {title}. Data version {versions}. Seen on {day}. {address}",
        year=date.today().year,
        title=title,
        versions=versions,
        day=day(date.today()),
        address=address,
    )


def here(page: str) -> str:
    """The view as page and choices, without what only says how it is shown."""
    asked = {
        key: value for key, value in st.query_params.items() if key not in ("embed", "embed_options", "story", "step")
    }
    return f"{page}?{urlencode(asked)}" if asked else page


def base() -> str:
    """The address of the app, without the page."""
    address = (st.context.url or "http://localhost:8501/").split("?")[0].rstrip("/")
    page = st.session_state.get("page", "")
    return address.removesuffix(f"/{page}") if page else address


def control(page: str, title: str, versions: str, brand: Brand, shorten: Callable[[str, str], str] | None) -> None:
    """Draw the controls below the page's figures. shorten: makes a short link, for those who may."""
    figures = exports.shown()
    with st.expander(_("Take home and share"), icon=":material/ios_share:"):
        view, home = here(page), base()
        cited = citation(title, versions, f"{home}/{view}")
        if figures:
            kinds = list(reports.KINDS)
            left, right = st.columns([3, 1], vertical_alignment="bottom")
            kind = left.radio(
                _("This page as"),
                kinds,
                format_func=lambda one: _(reports.KINDS[one][0]),
                horizontal=True,
                key="report_kind",
            )
            if right.button(_("Make report"), key="report_make"):
                with st.status(_("Drawing {figures} figures …", figures=len(figures))) as status:
                    bar = st.progress(0.0)
                    lines = [_("Made on {day} · {figures} figures", day=day(date.today()), figures=len(figures)), cited]
                    made = reports.make(
                        reports.Report(title, lines, figures, brand), kind, lambda share: bar.progress(share)
                    )
                    st.session_state["report"] = (view, kind, made)
                    status.update(label=_("The report is ready."), state="complete")
            ready = st.session_state.get("report")
            if ready and ready[0] == view:
                name = f"{exports.file_stem(title)}.{ready[1]}"
                st.download_button(
                    _("Download {name}", name=name),
                    ready[2],
                    name,
                    reports.KINDS[ready[1]][1],
                    key="report_take",
                    on_click="ignore",
                    type="primary",
                )
        else:
            st.caption(_("This page shows no figure that could go into a report."))
        st.markdown(f"**{_('Cite')}**")
        st.code(cited, language=None, wrap_lines=True)
        if shorten and st.button(_("Make a short link"), key="share_make"):
            st.session_state["short"] = (view, shorten(view, title))
        short = st.session_state.get("short")
        if short and short[0] == view:
            st.code(f"{home}/s/{short[1]}", language=None)
        st.markdown(f"**{_('Embed')}**")
        joint = "&" if "?" in view else "?"
        frame = html.escape(f"{home}/{view}{joint}embed=true", quote=True)
        st.code(
            f'<iframe src="{frame}" title="{html.escape(title, quote=True)}" width="100%" height="700"></iframe>',
            language="html",
            wrap_lines=True,
        )
