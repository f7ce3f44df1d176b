"""The controls of a page: each shows and changes one of its choices; the territory in the sidebar; what is said where
nothing is to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from data.context import Territory
from views import state
from views.language import _

ALL = ""  # the whole city


def choice(
    draw: Callable[..., Any],
    label: str,
    name: str,
    labels: Mapping[Any, str] | Callable[[Any], str] | None = None,
    **more: Any,
) -> Any:
    """A selectbox, radio, pills or multiselect (`draw`) for a choice of the page with listed options.

    labels: what each option is called, by code. Returns the chosen option.
    """
    options, _field = state.allowed(name)
    shown = labels.__getitem__ if isinstance(labels, Mapping) else labels
    return draw(label, options, key=state.widget_key(name), **({"format_func": shown} if shown else {}), **more)


def row(fields: Mapping[str, tuple[str, Mapping[Any, str] | Callable[[Any], str]]]) -> None:
    """Selectboxes side by side, by choice of the page: its label, and what its options are called."""
    for column, (name, (label, labels)) in zip(st.columns(len(fields)), fields.items(), strict=True):
        choice(column.selectbox, label, name, labels)


def number(label: str, name: str, step: float = 1, place: Any = st, **more: Any) -> Any:
    """A number field for a choice of the page, within the range that the choice declares."""
    _options, field = state.allowed(name)
    bounds = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "le") if hasattr(rule, key)}
    return place.number_input(label, bounds.get("ge"), bounds.get("le"), step=step, key=state.widget_key(name), **more)


def slider(label: str, name: str, step: float = 1, place: Any = st, **more: Any) -> Any:
    """The same as a slider."""
    _options, field = state.allowed(name)
    bounds = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "le") if hasattr(rule, key)}
    return place.slider(label, bounds["ge"], bounds["le"], step=step, key=state.widget_key(name), **more)


def toggle(label: str, name: str, place: Any = st, **more: Any) -> bool:
    """A switch for a choice that is true or false."""
    return bool(place.toggle(label, key=state.widget_key(name), **more))


def text(label: str, name: str, place: Any = st, **more: Any) -> str:
    """A line of text for a choice of the page."""
    return str(place.text_input(label, key=state.widget_key(name), **more))


def territory(options: Mapping[str, Any], city: str) -> Territory:
    """Draw the shared controls in the sidebar: city, country, district, area, years.

    options: services.areas.territory_options.
    """
    districts, areas, usual = options["district"], options["area"], options["usual"]

    def within(values: dict[str, Any]) -> list[str]:
        district = values["district"]
        return [ALL, *(area for area, (_name, holder) in areas.items() if not district or holder == district)]

    chosen = state.read(
        Territory,
        {
            "country": list(options["country"]),
            "district": [ALL, *districts],
            "area": within,
            "first_year": options["years"],
            "last_year": options["years"],
        },
        usual.model_dump(),
        travels=True,
    )
    cities = options["cities"]
    with st.sidebar:
        st.markdown(_("**Territory and period**"))
        if len(cities) > 1:
            st.session_state["shown_city"] = city
            st.selectbox(
                _("City"), list(cities), key="shown_city", format_func=cities.__getitem__, on_change=_leave_city
            )
        choice_of = _territory_choice
        choice_of(_("Country of asylum"), "country", options["country"])
        if districts:
            every_district = {ALL: _("All of {city}", city=cities[city])} | districts
            choice_of(_("District of {city}", city=cities[city]), "district", every_district)
        every_area = {ALL: _("All planning areas")} | {
            area: f"{name} ({area})" for area, (name, _holder) in areas.items()
        }
        choice_of(_("Planning area"), "area", every_area)
        left, right = st.columns(2)
        choice_of(_("From year"), "first_year", str, left)
        choice_of(_("To year"), "last_year", str, right)
        st.caption(_("The address bar keeps your choice: copy it to share this view."))
    first, last = sorted((chosen.first_year, chosen.last_year))
    return Territory(
        country=chosen.country, district=chosen.district, area=chosen.area, first_year=first, last_year=last
    )


def _territory_choice(label: str, name: str, labels: Mapping[str, str] | Callable[[Any], str], place: Any = st) -> None:
    listed, _usual, _field = st.session_state["_options"][name]
    shown = labels.__getitem__ if isinstance(labels, Mapping) else labels
    place.selectbox(label, listed, key=name, format_func=shown)


def _leave_city() -> None:
    """A district of the city just left means nothing in the next, nor do choices that its tables offered."""
    st.session_state["city_chosen"] = st.session_state["shown_city"]
    for name in ("country", "district", "area"):
        st.session_state.pop(name, None)
    st.session_state["_views"] = {}


def empty(what: str, hint: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.info(f"**{what}** {hint}", icon=":material/info:")
