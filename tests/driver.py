"""Opens a page of the app as a reader's link does, without a browser; and what the page shows."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from data.figures import Figure
from deploy.warm import APP
from views import state


def menus() -> dict[str, list[list[str]]]:
    """The menus as app.py names them: for each its entries, and of each entry the pages that it joins."""
    tree = ast.parse(APP.read_text(encoding="utf-8"))
    menu = next(node.value for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict))
    names = [key.args[0].value if isinstance(key, ast.Call) else "" for key in menu.keys]  # type: ignore[attr-defined]
    entries: list[Any] = menu.values
    return {name: [_files(entry.args[2]) for entry in part.elts] for name, part in zip(names, entries, strict=True)}


def _files(pages: Any) -> list[str]:
    """The pages that a table of an entry names, without folder and ending."""
    return [Path(file.value).stem for file in pages.keys]


def windows() -> list[str]:
    """Pages that open from an entry and stand in no menu."""
    calls: list[Any] = [node for node in ast.walk(ast.parse(APP.read_text("utf-8"))) if isinstance(node, ast.Call)]
    entries = [call for call in calls if getattr(call.func, "id", "") == "Entry" and len(call.args) > 3]
    return [file for entry in entries for file in _files(entry.args[3])]


def sections() -> list[list[str]]:
    """The pages of each menu."""
    return [[page for entry in entries for page in entry] for entries in menus().values()]


PAGES = [page for section in sections() for page in section]


def open_page(page: str, timeout: float = 90, **query: str | list[str]) -> AppTest:
    """The page with the choices of an address; `app` goes on as the reader's session."""
    return follow_link(AppTest.from_file(str(APP), default_timeout=timeout), page, **query)


def follow_link(app: AppTest, page: str, **query: str | list[str]) -> AppTest:
    """Go to a page by a link with these choices; without any, by the menu."""
    app.query_params.clear()
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{page}.py").run()


def figures(app: AppTest) -> list[Figure]:
    """What the page shows, in its order."""
    return list(app.session_state["_figures"]) if "_figures" in app.session_state else []


def content(figure: Figure) -> tuple[Any, ...]:
    """What two showings of the same figure must share."""
    return figure.key, figure.finding, figure.unit, figure.period, figure.source, figure.rows.to_csv(index=False)


def contents(app: AppTest) -> list[tuple[Any, ...]]:
    """The same of every figure of the page."""
    return [content(figure) for figure in figures(app)]


def words(app: AppTest) -> str:
    """Everything that the page says."""
    parts = [*app.title, *app.header, *app.subheader, *app.info, *app.caption, *app.markdown, *app.warning]
    return " ".join(str(part.value) for part in parts)


def change_choices(app: AppTest, page: str) -> dict[str, Any]:
    """Give each of a page's choices another value than its default, where it may have one; returns what was set."""
    changes: dict[str, Any] = {}
    for key, (listed, usual, field) in app.session_state["_options"].items():
        if not key.startswith(f"{page}."):
            continue
        several = isinstance(usual, (list, tuple))
        least, largest = state.bounds(field)
        if listed:
            others = [option for option in listed if option != usual]
            value = listed[-1:] if several else others[0] if others else usual
        elif isinstance(usual, bool):
            value = not usual
        elif isinstance(usual, (int, float)) and least is not None:
            value = type(usual)(usual + 1 if largest is None or usual + 1 <= largest else least)
        else:
            continue
        changes[key] = value
    for key, value in changes.items():
        app.session_state[key] = value
    app.run()
    return changes
