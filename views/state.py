"""A page's choices as one value: read from the address or from what the reader set, written back to the address.

The address is whole where it names the city: whatever it leaves out then has its default. So a link, a story's step, a
short link and the browser's back button all open the same view. In a menu's link there is nothing: then the page has
the choices that it had when the reader left it, and territory, period, city and language travel along.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

import streamlit as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from data.context import Territory
from data.settings import settings
from data.translation import Language
from views.language import KEY as LANGUAGE_KEY
from views.language import current

Model = TypeVar("Model", bound=BaseModel)
Options = Sequence[Any] | Callable[[dict[str, Any]], Sequence[Any]]
OUTSIDE = ("embed", "embed_options", "frame", "story", "step")  # how a view is shown, no part of it
_MISSING = object()


def begin(page: str) -> None:
    """Start a run of a page: find out whether the address was changed from outside (a link, back, a story's step)."""
    run = st.session_state
    address = {key: value for key, value in st.query_params.items() if key not in OUTSIDE}
    entered = run.get("_page") != page
    outside = entered or (address != run.get("_address") and not _touched())
    run["_page"], run["_choices"], run["_options"], run["_faults"], run["_words"] = page, {}, {}, [], {}
    run["_linked"] = address if outside else {}


def _touched() -> bool:
    """Whether the reader moved a control since the last run: then an address that lags behind is our own older one."""
    run = st.session_state
    values = {
        widget_key(name, scope): value for scope, view in run.get("_views", {}).items() for name, value in view.items()
    }
    return any(run.get(key, values[key]) != values[key] for key in run.get("_options", {}) if key in values)


def page() -> str:
    """The page that runs now, as its address says it."""
    return str(st.session_state["_page"])


def read(
    model: type[Model],
    options: Mapping[str, Options] | None = None,
    defaults: Mapping[str, Any] | None = None,
    *,
    travels: bool = False,
    scope: str = "",
) -> Model:
    """The page's choices, each within its range.

    What an address says wrongly is told in a sentence and has its default.

    options: what a field may be where that depends on the city, as a list or as a function of the fields before it; of
    a field with several values, what each may be. defaults: that differ from the model's, each a value or a function of
    the fields before it. travels: kept from page to page (territory). scope: another page, whose choices this one
    builds on.
    """
    run, values = st.session_state, dict[str, Any]()
    scope = "territory" if travels else scope or page()
    stored = run.setdefault("_views", {}).get(scope, {})
    whole = "city" in run["_linked"] or any(_query_name(model, name) in run["_linked"] for name in model.model_fields)
    for name, field in model.model_fields.items():
        choices = (options or {}).get(name)
        listed = list(choices(values) if callable(choices) else choices) if choices is not None else _literals(field)
        usual = (defaults or {}).get(name, field.get_default(call_default_factory=True))
        usual = usual(values) if callable(usual) else usual
        if listed and not _several(field) and usual not in listed:
            usual = listed[0]
        check = partial(_valid, model, name, listed if listed or choices is not None else None)
        linked, key = run["_linked"].get(_query_name(model, name), _MISSING), widget_key(name, scope)
        if linked is not _MISSING:
            value = _parsed(field, linked, listed)
            if not check(value):
                run["_faults"].append((name, str(linked), listed, usual, field))
                value = usual
        elif whole and (not travels or "city" in run["_linked"]):
            value = usual
        else:
            value = run.get(key, stored.get(name, usual))
            value = value if check(value) else usual
        values[name] = value
        run["_options"][key] = (listed, usual, field)
    result = model.model_validate(values)
    for name, value in result:  # now of the field's own kind: 2 of an address may be 2.0
        values[name] = run[widget_key(name, scope)] = list(value) if isinstance(value, tuple) else value
    run["_views"][scope] = stored | values  # a page may read several models
    run["_choices"] |= {
        _query_name(model, name): (value, run["_options"][widget_key(name, scope)][1]) for name, value in values.items()
    }
    return result


def write_always(*names: str) -> None:
    """Have the address say these choices of the page as they are: what is usual changes with what people store."""
    choices = st.session_state["_choices"]
    for name in names:
        choices[name] = (choices[name][0], _MISSING)


def widget_key(name: str, scope: str = "") -> str:
    """The key of a choice's control: of its page, so that no value strays to another; territory has the same on all."""
    scope = scope or page()
    return name if scope == "territory" else f"{scope}.{name}"


def allowed(name: str) -> tuple[list[Any], FieldInfo]:
    """What a choice of this page may be, and its declaration."""
    listed, _usual, field = st.session_state["_options"][widget_key(name)]
    return listed, field


def stored(scope: str, model: type[Model], defaults: Mapping[str, Any] | None = None) -> Model:
    """Another page's choices as the reader left them, its defaults where it was not opened or they no longer fit."""
    seen = st.session_state.get("_views", {}).get(scope, {})
    values = {**(defaults or {}), **{name: value for name, value in seen.items() if name in model.model_fields}}
    try:
        return model.model_validate(values)
    except ValidationError:
        return model.model_validate(defaults or {})


def choose(changes: Mapping[str, Any], scope: str = "territory") -> None:
    """Set choices from elsewhere (a click on a map, a button's callback), before the controls are drawn again."""
    for name, value in changes.items():
        st.session_state[widget_key(name, scope)] = value
        st.session_state.setdefault("_views", {}).setdefault(scope, {})[name] = value


def forget(*names: str) -> None:
    """Let choices of this page have their defaults again from the next run on."""
    for name in names:
        st.session_state.pop(widget_key(name), None)
        st.session_state["_views"].get(page(), {}).pop(name, None)


def shown_as(key: str, label: str, words: str) -> None:
    """Remember what the control of a choice is called and says."""
    st.session_state["_words"][key] = f"{label}: {words}"


def words() -> str:
    """The choices that differ from their defaults as their controls say them."""
    run = st.session_state
    changed = (
        key for key, (_listed, usual, _field) in run["_options"].items() if _spelled(run.get(key)) != _spelled(usual)
    )
    return " · ".join(run["_words"][key] for key in changed if key in run["_words"])


def write(city: str) -> None:
    """Put the choices into the address bar, at once: one step for the back button. Defaults need no words there."""
    run = st.session_state
    always = {"city": city, LANGUAGE_KEY: current().code}
    query = always | {
        name: _spelled(value)
        for name, (value, usual) in run["_choices"].items()
        if _spelled(value) != _spelled(usual)  # a list and a tuple of the same are the same
    }
    outside = {key: value for key, value in st.query_params.items() if key in OUTSIDE}
    if {**query, **outside} != st.query_params.to_dict():
        st.query_params.from_dict({**query, **outside})
    everything = {name: _spelled(value) for name, (value, _usual) in run["_choices"].items()}
    run["_address"], run["_query"] = query, always | everything


def query() -> dict[str, str]:
    """The whole view in words, defaults too: what a pin, a story's step, a short link and a citation carry."""
    return dict(st.session_state.get("_query", {}))


def base() -> str:
    """The address of the app, without the page."""
    if settings().address:
        return settings().address.rstrip("/")
    address = (st.context.url or "http://localhost:8501/").split("?")[0].rstrip("/")
    return address.removesuffix(f"/{page()}") if page() != "overview" else address


def travelling() -> dict[str, str]:
    """City and territory as an address says them, for a link to another page."""
    choices = st.session_state["_choices"]
    names = {_query_name(Territory, name) for name in Territory.model_fields}
    territory = {name: _spelled(value) for name, (value, usual) in choices.items() if name in names and value != usual}
    return {"city": st.session_state.get("city_chosen", ""), **territory}


def link(address: str, **values: str) -> str:
    """The address of a page of ours ('coverage?service=library') with more choices; territory and language go along."""
    target, _mark, extra = address.partition("?")
    query = travelling() | values | dict(item.split("=", 1) for item in extra.split("&") if item)
    return f"{target}?{urlencode({**query, LANGUAGE_KEY: values.get(LANGUAGE_KEY, current().code)})}"


def faults(language: Language) -> list[str]:
    """What the address asked for that cannot be: one sentence each, with what may be said instead."""
    sentences = []
    for name, value, listed, usual, field in st.session_state["_faults"]:
        span = (
            ", ".join(_spelled(item) for item in listed[:12]) + (" …" if len(listed) > 12 else "")
            or _range(field)
            or language("none")
        )
        sentences.append(
            language(
                "The link asks for {name} = {value}, which cannot be here; {usual} is shown. Possible: {span}.",
                name=name,
                value=value[:60],
                usual=_spelled(usual) or language("all"),
                span=span,
            )
        )
    return sentences


def bounds(field: FieldInfo) -> tuple[Any, Any]:
    """Least and largest value that a choice declares; None where it has no such bound."""
    ends = {key: getattr(rule, key) for rule in field.metadata for key in ("ge", "le") if hasattr(rule, key)}
    return ends.get("ge"), ends.get("le")


def _range(field: FieldInfo) -> str:
    ends = bounds(field)
    if ends == (None, None):
        return str(field.annotation)
    return " – ".join("" if end is None else str(end) for end in ends)


def _query_name(model: type[BaseModel], name: str) -> str:
    return str(model.model_fields[name].validation_alias or name)


def _literals(field: FieldInfo) -> list[Any]:
    return list(typing.get_args(field.annotation)) if typing.get_origin(field.annotation) is typing.Literal else []


def _several(field: FieldInfo) -> bool:
    return typing.get_origin(field.annotation) in (tuple, list)


def _spelled(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _parsed(field: FieldInfo, words: str, listed: list[Any]) -> Any:
    """The value that words of an address stand for; the words themselves where they stand for none."""
    items = [item for item in words.split(",") if item] if _several(field) else [words]
    if listed:
        by_words = {str(item): item for item in listed}
        values = [by_words.get(item, item) for item in items]
    else:
        values = [_number(item) for item in items]
    if _several(field):
        return values
    return words in ("True", "1") if field.annotation is bool else values[0] if field.annotation is not str else words


def _number(words: str) -> Any:
    for kind in (int, float):
        try:
            return kind(words)
        except ValueError:
            continue
    return words


def _valid(model: type[BaseModel], name: str, listed: list[Any] | None, value: Any) -> bool:
    """Whether a value is one of those listed and within its field's own range.

    What holds between fields is not asked here. Where nothing is left to choose from (an empty list) several are none.
    """
    if listed is not None and _several(model.model_fields[name]):
        if not set(value) <= set(listed):
            return False
    elif listed and value not in listed:
        return False
    try:
        _rule(model, name).validate_python(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=512)
def _rule(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    kind: Any = field.annotation
    return TypeAdapter(typing.Annotated[(kind, *field.metadata)] if field.metadata else kind)
