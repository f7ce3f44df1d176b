"""The controls of a page: each shows and changes one of its choices.

Also the territory in the sidebar, and what is said where nothing is to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from data import glossary
from data.context import Territory
from views import state
from views.language import _, current

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
    # A function's words are taken now, in this reader's language, not whenever the widget asks again.
    texts = {option: labels(option) for option in options} if callable(labels) else labels
    shown: dict[str, Any] = {} if texts is None else {"format_func": texts.__getitem__}
    if draw.__name__ == "multiselect":
        shown["placeholder"] = more.pop("placeholder", _("none"))

    if terms := glossary.explained(" · ".join([label, *map(str, (texts or {}).values())][:30]), current(), True):
        more.setdefault("help", "\n\n".join(f"**{term}**: {meaning}" for term, meaning in terms.items()))

    def words(chosen: Any) -> str:
        items = chosen if isinstance(chosen, (list, tuple)) else [] if chosen is None else [chosen]
        return ", ".join(str(item if texts is None else texts[item]) for item in items)

    return _drawn(draw, label, name, options, words=words, **shown, **more)


def _drawn(
    draw: Callable[..., Any], label: str, name: str, *more: Any, words: Callable[[Any], str] = str, **named: Any
) -> Any:
    """Draw the control of a choice and remember what it says, for the steps of a story."""
    key = state.widget_key(name)
    value = draw(label, *more, key=key, **named)
    state.shown_as(key, label, words(value))
    return value


def row(fields: Mapping[str, tuple[str, Mapping[Any, str] | Callable[[Any], str]]]) -> None:
    """Selectboxes side by side, by choice of the page: its label, and what its options are called."""
    for column, (name, (label, labels)) in zip(st.columns(len(fields)), fields.items(), strict=True):
        choice(column.selectbox, label, name, labels)


def number(label: str, name: str, step: float = 1, place: Any = st, **more: Any) -> Any:
    """A number field for a choice of the page, within the range that the choice declares."""
    _options, field = state.allowed(name)
    return _drawn(place.number_input, label, name, *state.bounds(field), step=step, **more)


def slider(label: str, name: str, step: float = 1, place: Any = st, **more: Any) -> Any:
    """The same as a slider."""
    _options, field = state.allowed(name)
    return _drawn(place.slider, label, name, *state.bounds(field), step=step, **more)


def turned_on_phones(key: str) -> Any:
    """A container whose parts stand in the opposite order on a phone, so that a map comes before its choices."""
    st.html(f"<style>@media (max-width:640px){{.st-key-{key}{{flex-direction:column-reverse}}}}</style>")
    return st.container(key=key)


def toggle(label: str, name: str, place: Any = st, **more: Any) -> bool:
    """A switch for a choice that is true or false."""
    return bool(_drawn(place.toggle, label, name, words=lambda on: _("yes") if on else _("no"), **more))


def text(label: str, name: str, place: Any = st, **more: Any) -> str:
    """A line of text for a choice of the page."""
    return str(_drawn(place.text_input, label, name, **more))


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
        every_area = {ALL: _("All areas")} | {area: f"{name} ({area})" for area, (name, _holder) in areas.items()}
        choice_of(options["area_level"], "area", every_area)
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
    state.shown_as(name, label, shown(place.selectbox(label, listed, key=name, format_func=shown)))


def _leave_city() -> None:
    """A district of the city just left means nothing in the next, nor do choices that its tables offered."""
    if "shown_city" not in st.session_state:  # a step of a story has taken the page's choices away meanwhile
        return
    st.session_state["city_chosen"] = st.session_state["shown_city"]
    for name in ("country", "district", "area"):
        st.session_state.pop(name, None)
    st.session_state["_views"] = {}


def empty(what: str, hint: str) -> None:
    """Say that there is nothing to show, and what to do about it."""
    st.info(f"**{what}** {hint}", icon=":material/info:")
