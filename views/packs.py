"""How uploaded files are mapped to our columns, how far work on them is, and how a city's builds are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import streamlit as st

from data.translation import N_
from views import progress
from views.language import _, current
from views.signing_in import allowed
from views.text import escaped

CATEGORIES = {
    "residents": N_("age"),
    "origins": N_("country of origin"),
    "background": N_("group of residents"),
    "social": N_("indicator"),
}
CREDIT = {
    "period": N_("Day of the figures, where no column says it"),
    "publisher": N_("Publisher"),
    "licence": N_("Licence"),
    "attribution": N_("How the publisher wants to be named"),
}


class Preview(Protocol):
    """A file before it is part of a pack (data.city.previews.Preview is it)."""

    file: Any
    sections: Any
    columns: Any
    parts: Any
    words: Any
    remembered: Any
    fault: Any


class Sections(Protocol):
    """What may be asked of a pack's sections (services.packs is it)."""

    def sections(self) -> dict[str, str]: ...  # noqa: D102
    def columns(self, section: str) -> dict[str, bool]: ...  # noqa: D102
    def facility_kinds(self) -> dict[str, str]: ...  # noqa: D102


def city(cities: Mapping[str, str], countries: Mapping[str, str], usual: str) -> tuple[str, dict[str, str]]:
    """Which city of this machine gets the files ('': a new one), and a new one's name and country.

    cities: those that were built on this machine.
    """
    left, middle, right = st.columns(3)
    usual = usual if usual in cities else ""
    options = ["", *cities]
    label, place = _("What the files are for"), options.index(usual)
    renewed = left.selectbox(label, options, place, lambda key: cities[key] if key else _("A new city"), "pack_city")
    if renewed:
        st.caption(_("The files take the place of the city's present ones of the same kind; the others stay."))
        return renewed, {}
    name = middle.text_input(_("Name of the city"), key="pack_name", max_chars=80)
    codes = sorted(countries, key=lambda code: countries[code])
    country = right.selectbox(_("Country"), codes, None, lambda code: countries[code], "pack_country")
    return "", {"name": name.strip(), "country": country or ""}


def confirmed(preview: Preview, ours: Sections, names: Mapping[str, str], is_pack: bool) -> dict[str, dict[str, Any]]:
    """The settings of each section that a file holds: guessed, stated or remembered, for the reader to confirm.

    names: of cities by key. is_pack: its manifest says which sections a file holds.
    """
    if preview.remembered:
        name = names.get(preview.remembered, preview.remembered)
        st.caption(_("Read as the last file of this form of {city} was.", city=escaped(name)))
    if preview.fault:
        return {}
    holds, sections = ours.sections(), preview.sections
    if not is_pack and preview.columns:
        options, label = [name for name in holds if ours.columns(name)], _("What the file holds")
        sections = st.multiselect(
            label, options, sections, lambda name: f"{name}: {_(holds[name])}", key=f"holds-{preview.file}"
        )
    return {section: _section(preview, section, ours, f"{preview.file}-{section}") for section in sections}


def _section(preview: Preview, section: str, ours: Sections, key: str) -> dict[str, Any]:
    """A section's settings as they are confirmed."""
    part, needs = {"file": preview.file, **preview.parts.get(section, {})}, ours.columns(section)
    mapped, category = part.get("columns", {}), CATEGORIES.get(section, "")
    lacks = any(needed and name not in mapped for name, needed in needs.items()) and "wide" not in part
    with st.expander(_("Columns of {section}", section=section), expanded=lacks or not part.get("period")):
        if preview.columns:
            part["columns"] = _columns(needs, preview.columns, mapped, key)
        if category:
            part["wide"] = _wide(preview.columns, part.get("wide", {}), section, key)
        if section == "services" and (theirs := part["columns"].get("kind")):
            part["kinds"] = _kinds(preview.words.get(theirs, []), part.get("kinds", {}), ours.facility_kinds(), key)
        places = st.columns(4)
        for place, (name, label) in zip(places, CREDIT.items(), strict=True):
            part[name] = place.text_input(_(label), part.get(name, ""), key=f"{name}-{key}", max_chars=200)
    return part


def _columns(needs: Mapping[str, bool], theirs: Sequence[str], mapped: Mapping[str, str], key: str) -> dict[str, str]:
    """Which column is which of ours."""
    chosen, options = dict[str, str](), ["", *theirs]
    for (name, needed), place in zip(needs.items(), st.columns(4) * 3, strict=False):
        guess = mapped.get(name, "")
        chosen[name] = place.selectbox(
            _("{column} (needed)", column=name) if needed else name,
            options,
            options.index(guess) if guess in options else 0,
            lambda column: column or _("none"),
            f"map-{key}-{name}",
        )
    return {name: column for name, column in chosen.items() if column}


def _wide(theirs: Sequence[str], guessed: Mapping[str, str], section: str, key: str) -> dict[str, str]:
    """Columns whose heading is itself an age, a country or the like, and what each stands for."""
    label = _("Columns of which each is one {category}", category=_(CATEGORIES[section]))
    chosen = st.multiselect(label, theirs, [*guessed], key=f"wide-{key}")
    places = st.columns(4) * (1 + len(chosen) // 4)
    return {
        column: place.text_input(column, guessed.get(column, ""), key=f"wide-{key}-{column}", max_chars=60)
        for column, place in zip(chosen, places, strict=False)
    }


def _kinds(words: Sequence[str], mapped: Mapping[str, str], kinds: Mapping[str, str], key: str) -> dict[str, str]:
    """What the file's words for services are called here; '' leaves those services out."""
    unknown, options = [word for word in words if word not in kinds], ["", *kinds]
    if unknown:
        st.caption(_("The file's words for kinds of service, and which of ours each is."))
    places = st.columns(4) * (1 + len(unknown) // 4)
    return {
        word: place.selectbox(
            word,
            options,
            options.index(mapped.get(word, "")),
            lambda kind: _(kinds[kind]) if kind else _("left out"),
            f"kind-{key}-{word}",
        )
        for word, place in zip(unknown, places, strict=False)
    }


def is_busy(key: str, upload: Any) -> bool:
    """Whether work on an upload is under way, kept in the session by `key`.

    Shows how far it is, and takes what it brought once it has ended.
    """
    work = st.session_state.get(key)
    if work is None:
        return False
    if not work.done:
        progress.watch(key, work, _share_done)
        return True
    del st.session_state[key]
    try:
        upload.take(work)
    except RuntimeError as fault:
        st.error(escaped(str(fault)))
    return False


def _share_done(work: Any) -> tuple[float, str]:
    """How far the work is, and what it is at."""
    what, share = work.progress
    return share, _("Working: {what} ({seconds:.0f} s)", what=what, seconds=work.seconds)


def build(key: str, build: Any, use: Callable[[str, str], None], remove: Callable[[str], None]) -> None:
    """A city of this machine with its builds; one click back, or out of the app."""
    with st.container(border=True):
        name, version = escaped(build.name), current().moment(build.version)
        st.markdown(
            _("**{name}**, in use: {version} · builds kept: {builds}", name=name, version=version, builds=build.count)
        )
        if not allowed("admin", silent=True):
            return
        with st.container(horizontal=True):
            back = _("Go back to {version}", version=current().moment(build.before))
            if build.before and st.button(back, key=f"build-back-{key}"):
                use(key, build.before)
                st.rerun()
            if st.button(_("Remove {name} from the app", name=build.name), key=f"build-remove-{key}"):
                remove(key)
                st.rerun()
