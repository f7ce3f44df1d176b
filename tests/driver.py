"""Opens a page of the app as a reader's link does, without a browser."""

from __future__ import annotations

from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

# AppTest takes a folder called pages/ for streamlit's old layout and would run a page without app.py; serve.py says so too.
app_test.PagesManager = type("NavigatedPages", (PagesManager,), {})  # type: ignore[misc]
PagesManager.uses_pages_directory = False
APP = str(Path(__file__).parents[1] / "app.py")


def open_page(page: str, timeout: float = 90, **query: str | list[str]) -> AppTest:
    """The page with the choices of an address; `app` goes on as the reader's session."""
    app = AppTest.from_file(APP, default_timeout=timeout)
    app.run()
    return follow_link(app, page, **query)


def follow_link(app: AppTest, page: str, **query: str | list[str]) -> AppTest:
    """Go to a page by a link with these choices; without any, by the menu."""
    app.query_params.clear()
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"pages/{page}.py").run()
