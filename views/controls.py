"""What the reader chooses once and every page keeps: country, district, area, years; all in the address bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from views.language import _, current

ALL = ""  # the whole city
_NOTHING = object()


@dataclass(frozen=True)
class Territory:
    """The reader's choice. district and area are ids, or '' for the whole city."""

    country: str
    district: str
    area: str
    first_year: int
    last_year: int


def choose(key: str, value: str) -> None:
    """Set a choice from elsewhere (a click on a map), before the controls are drawn again."""
    st.session_state[key] = value


def _recall(defaults: dict[str, Any], options: dict[str, list[Any]]) -> None:
    """Set each control that has no value yet: from the last page, else from the link, else to its default.

    Widgets bound to the address bar by streamlit forget a value that came with the link when the page changes, so
    the shared controls keep theirs here. Nonsense in a link is passed over.
    """
    kept = st.session_state.get("kept", {})
    for key, default in defaults.items():
        value = st.session_state.get(key, kept.get(key, _NOTHING))
        if value is _NOTHING:
            asked = st.query_params.get(key)
            value = next((one for one in options[key] if str(one) == asked), default)
        # Set even where it is set already: only so does it outlive the widgets of the page just left.
        st.session_state[key] = value if value in options[key] else default


def _remember(defaults: dict[str, Any]) -> None:
    """Keep the choice for the next page and write it to the address bar; a default needs no words there."""
    st.session_state["kept"] = {key: st.session_state[key] for key in defaults}
    for key, default in defaults.items():
        _write(key, st.session_state[key], default, str)


def chosen_city() -> str:
    """The key of the city that the reader or the link asks for; '' where nobody reads or asks."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    state = st.session_state
    return str(state.get("shown_city") or state.get("city_kept") or st.query_params.get("city", ""))


def _another_city() -> None:
    """A district of the city just left means nothing in the next."""
    for key in ("country", "district", "area"):
        st.session_state.pop(key, None)
        st.session_state.get("kept", {}).pop(key, None)
        st.query_params.pop(key, None)


def territory(
    *,
    cities: dict[str, str],
    city: str,
    countries: dict[str, str],
    country: str,
    districts: dict[str, str],
    areas: dict[str, dict[str, str]],
    years: tuple[int, int],
    default_years: tuple[int, int],
) -> Territory:
    """Draw the shared controls in the sidebar. cities, countries, districts: name by code; areas: the same by district."""
    defaults = {"country": country, "district": ALL, "area": ALL, "from": default_years[0], "to": default_years[1]}
    every_year = list(range(years[1], years[0] - 1, -1))
    everywhere = {code: name for part in areas.values() for code, name in part.items()}
    options: dict[str, list[Any]] = {
        "country": sorted(countries, key=lambda code: countries[code]),
        "district": [ALL, *districts],
        "area": [ALL, *everywhere],
        "from": every_year,
        "to": every_year,
    }
    _recall(defaults, options)
    within = areas.get(st.session_state["district"], everywhere)
    if st.session_state["area"] not in within:
        st.session_state["area"] = ALL
    with st.sidebar:
        st.markdown(_("**Territory and period**"))
        if len(cities) > 1:
            st.session_state["shown_city"] = city
            st.selectbox(
                _("City"), list(cities), key="shown_city", format_func=cities.__getitem__, on_change=_another_city
            )
        st.selectbox(_("Country of asylum"), options["country"], key="country", format_func=countries.__getitem__)
        st.selectbox(
            _("District of {city}", city=cities[city]),
            options["district"],
            key="district",
            format_func=lambda code: districts.get(code, _("All of {city}", city=cities[city])),
        )
        st.selectbox(
            _("Planning area"),
            [ALL, *within],
            key="area",
            format_func=lambda code: f"{within[code]} ({code})" if code else _("All planning areas"),
        )
        left, right = st.columns(2)
        left.selectbox(_("From year"), every_year, key="from")
        right.selectbox(_("To year"), every_year, key="to")
        st.caption(_("The address bar keeps your choice: copy it to share this view."))
    _remember(defaults)
    st.session_state["city_kept"] = city
    _write("city", city, next(iter(cities)), str)
    first, last = sorted((st.session_state["from"], st.session_state["to"]))
    state = st.session_state
    return Territory(state["country"], state["district"], state["area"], first, last)


def linked(
    draw: Callable[..., Any], label: str, options: Iterable[Any], *, key: str, index: int = 0, **more: Any
) -> Any:
    """A selectbox or radio whose choice the address bar keeps by its code, whatever the language; nonsense there is passed over."""
    codes = list(options)
    if st.session_state.get(key, _NOTHING) not in codes:
        st.session_state[key] = next((one for one in codes if str(one) == st.query_params.get(key)), codes[index])
    chosen = draw(label, codes, key=key, **more)
    _write(key, chosen, codes[index], str)
    return chosen


def link(address: str, **asked: str) -> str:
    """The address of a page of ours ('coverage?service=library') with more choices by code; the language goes along."""
    page, _mark, known = address.partition("?")
    return f"{page}?{urlencode({**asked, **dict(parse_qsl(known)), 'lang': current()})}"


def linked_many(
    draw: Callable[..., Any], label: str, options: Iterable[Any], *, key: str, default: Iterable[Any] = (), **more: Any
) -> list[Any]:
    """A multiselect whose choice the address bar keeps by its codes, joined by commas."""
    codes, usual = list(options), list(default)
    if not set(st.session_state.get(key, [_NOTHING])) <= set(codes):
        asked = st.query_params.get(key)
        st.session_state[key] = usual if asked is None else [one for one in codes if str(one) in asked.split(",")]
    chosen = draw(label, codes, key=key, **more)
    _write(key, chosen, usual, lambda many: ",".join(map(str, many)))
    return list(chosen)


def _write(key: str, chosen: Any, usual: Any, spell: Callable[[Any], str]) -> None:
    """Put a choice into the address bar; a usual one needs no words there."""
    if chosen != usual:
        st.query_params[key] = spell(chosen)
    elif key in st.query_params:
        del st.query_params[key]


def empty(what: str, mend: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.info(f"**{what}** {mend}", icon=":material/info:")
