"""What the reader chooses once and every page keeps: country, district, area, years; all in the address bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

ALL = ""  # the whole city


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
        linked = next((value for value in options[key] if str(value) == st.query_params.get(key)), default)
        value = st.session_state.get(key, kept.get(key, linked))
        # Set even where it is set already: only so does it outlive the widgets of the page just left.
        st.session_state[key] = value if value in options[key] else default


def _remember(defaults: dict[str, Any]) -> None:
    """Keep the choice for the next page and write it to the address bar; a default needs no words there."""
    st.session_state["kept"] = {key: st.session_state[key] for key in defaults}
    for key, default in defaults.items():
        if st.session_state[key] != default:
            st.query_params[key] = str(st.session_state[key])
        elif key in st.query_params:
            del st.query_params[key]


def territory(
    *,
    city: str,
    countries: dict[str, str],
    country: str,
    districts: dict[str, str],
    areas: dict[str, dict[str, str]],
    years: tuple[int, int],
    default_years: tuple[int, int],
) -> Territory:
    """Draw the shared controls in the sidebar. countries, districts: name by code; areas: the same by district."""
    defaults = {"country": country, "district": ALL, "area": ALL, "from": default_years[0], "to": default_years[1]}
    every_year = list(range(years[1], years[0] - 1, -1))
    everywhere = {code: name for part in areas.values() for code, name in part.items()}
    options: dict[str, list[Any]] = {"country": sorted(countries, key=lambda code: countries[code]), "district": [ALL, *districts],
               "area": [ALL, *everywhere], "from": every_year, "to": every_year}  # fmt: skip
    _recall(defaults, options)
    within = areas.get(st.session_state["district"], everywhere)
    if st.session_state["area"] not in within:
        st.session_state["area"] = ALL
    with st.sidebar:
        st.markdown("**Territory and period**")
        st.selectbox("Country of asylum", options["country"], key="country", format_func=countries.__getitem__)
        st.selectbox(f"District of {city}", options["district"], key="district",
                     format_func=lambda code: districts.get(code, f"All of {city}"))  # fmt: skip
        st.selectbox("Planning area", [ALL, *within], key="area",
                     format_func=lambda code: f"{within[code]} ({code})" if code else "All planning areas")  # fmt: skip
        left, right = st.columns(2)
        left.selectbox("From year", every_year, key="from")
        right.selectbox("To year", every_year, key="to")
        st.caption("The address bar keeps your choice: copy it to share this view.")
    _remember(defaults)
    first, last = sorted((st.session_state["from"], st.session_state["to"]))
    state = st.session_state
    return Territory(state["country"], state["district"], state["area"], first, last)


def empty(what: str, mend: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.info(f"**{what}** {mend}", icon=":material/info:")
