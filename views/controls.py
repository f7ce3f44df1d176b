"""What the reader chooses once and every page keeps: country, district, area, years; all in the address bar."""

from __future__ import annotations

from dataclasses import dataclass

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
    with st.sidebar:
        st.markdown("**Territory and period**")
        codes = sorted(countries, key=lambda code: countries[code])
        chosen_country = st.selectbox("Country of asylum", codes, index=codes.index(country),
                                      format_func=countries.__getitem__, key="country", bind="query-params")  # fmt: skip
        district = st.selectbox(f"District of {city}", [ALL, *districts], key="district", bind="query-params",
                                format_func=lambda code: districts.get(code, f"All of {city}"))  # fmt: skip
        within = areas[district] if district else {code: name for part in areas.values() for code, name in part.items()}
        if st.session_state.get("area", ALL) not in [ALL, *within]:
            st.session_state["area"] = ALL
        area = st.selectbox("Planning area", [ALL, *within], key="area", bind="query-params",
                            format_func=lambda code: f"{within[code]} ({code})" if code else "All planning areas")  # fmt: skip
        first, last = st.slider("Years", *years, value=default_years, key="years", bind="query-params")
        st.caption("The address bar keeps your choice: copy it to share this view.")
    return Territory(chosen_country, district, area, first, last)


def empty(what: str, mend: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.info(f"**{what}** {mend}", icon=":material/info:")
