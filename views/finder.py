"""The search: a button in the sidebar or the key `/` opens it on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import streamlit as st

from views import state
from views.language import _, current
from views.text import escaped

ICONS = {
    "page": "article",
    "area": "crop_free",
    "indicator": "query_stats",
    "initiative": "lightbulb",
    "place": "place",
    "street": "signpost",
    "address": "home_pin",
    "facility": "location_on",
}
_KEY = """<script>
if (!window.zoneSearch) {
  window.zoneSearch = true;
  document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input,textarea,select,[contenteditable],[role=combobox]")) return;
    const button = document.querySelector(".st-key-search button");
    if (button) { event.preventDefault(); button.click(); }
  });
  // The dialog takes the focus itself; a reader who searches wants to write.
  new MutationObserver(() => {
    const field = document.querySelector("[role=dialog] .st-key-search_text input");
    if (field && field !== window.zoneSearchField) setTimeout(() => field.focus(), 50);
    window.zoneSearchField = field;
  }).observe(document.body, {childList: true, subtree: true});
}
</script>"""


class Hit(Protocol):
    """What was found (services.finder.Hit)."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def detail(self) -> str: ...  # noqa: D102
    @property
    def page(self) -> str: ...  # noqa: D102
    @property
    def choices(self) -> Mapping[str, str]: ...  # noqa: D102


def control(find: Callable[[str], Sequence[Hit]]) -> None:
    """The button and its key. find: what is like a text."""
    st.html(_KEY, unsafe_allow_javascript=True)
    tip = _("Pages, areas, indicators, streets, facilities, initiatives; key: /")
    if st.sidebar.button(_("Search"), key="search", icon=":material/search:", help=tip, width="stretch"):
        st.dialog(_("Search"), width="medium")(_ask)(find)


def _ask(find: Callable[[str], Sequence[Hit]]) -> None:
    text = st.text_input(
        _("Pages, areas, indicators, streets, facilities, initiatives"), key="search_text", type="search", live=True
    )
    hits = find(text or "")
    for hit in hits:
        label = f"{escaped(hit.label)} · {escaped(hit.detail)}" if hit.detail else escaped(hit.label)
        query = state.travelling() | dict(hit.choices) | {"lang": current().code} if hit.choices else None
        st.page_link(f"pages/{hit.page}.py", label=label, icon=f":material/{ICONS[hit.kind]}:", query_params=query)
    if text and not hits:
        st.markdown(_("Nothing has this name"))
