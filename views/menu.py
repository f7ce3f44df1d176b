"""The menu: entries by question, and the tabs of an entry that joins several pages.

Each tab is a page with an address of its own: only the open one is computed, and every link to it opens it, whatever
entry it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st


@dataclass(frozen=True)
class Entry:
    """An entry of the menu: title, icon (of Material Symbols), and its pages by their files, with what each tab says.

    The first is the page that the menu opens. windows: pages that open from it, by their files, with their names.
    """

    title: str
    icon: str
    tabs: Mapping[str, str]
    windows: Mapping[str, str] = field(default_factory=dict)
    default: bool = False


class Menu:
    """What st.navigation is given, and where each page stands in it."""

    def __init__(self, sections: Mapping[str, Iterable[Entry]]) -> None:
        """sections: entries by what their menu says, '' for those that stand in no menu."""
        self.sections: dict[str, list[Any]] = {}
        self._tabs: dict[str, list[tuple[Any, str]]] = {}
        for section, entries in sections.items():
            self.sections[section] = [page for entry in entries for page in self._pages(entry)]

    def _pages(self, entry: Entry) -> list[Any]:
        """An entry's pages; only the first is seen in the menu."""
        pages = []
        for number, (file, label) in enumerate(entry.tabs.items()):
            title = label if number and label else entry.title
            visibility: Any = "hidden" if number else "visible"
            icon = f":material/{entry.icon}:"
            page: Any = st.Page(file, title=title, icon=icon, default=entry.default, visibility=visibility)
            pages.append(page)
        labelled = [(page, label or entry.title) for page, label in zip(pages, entry.tabs.values(), strict=True)]
        self._tabs |= {_name(page): labelled for page in pages}
        for file, name in entry.windows.items():
            window: Any = st.Page(file, title=name, visibility="hidden")
            self._tabs[_name(window)] = [(window, name)]
            pages.append(window)
        return pages

    def names(self) -> dict[str, str]:
        """What each page is called, by its name in addresses."""
        return {_name(page): label for tabs in self._tabs.values() for page, label in tabs}

    def draw_tabs(self, name: str) -> None:
        """The pages that are joined with this one, as links; none where it stands alone."""
        tabs = self._tabs.get(name, [])
        if len(tabs) < 2:
            return
        with st.container(key="tabs", horizontal=True, gap="small"):
            for page, label in tabs:
                key = "tab-open" if _name(page) == name else f"tab-{_name(page)}"
                st.container(key=key, width="content").page_link(page, label=label)


def _name(page: Any) -> str:
    return page.url_path or "overview"
