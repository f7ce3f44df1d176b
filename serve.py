"""Starts the app: `make run`, or `python serve.py` with any of streamlit's own options.

Streamlit finds `app` here: its pages, and beside them the addresses of `web` (the room for phones, short links, the API).
"""

import importlib
import sys
import threading
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App
from streamlit.web import cli

from web import api, links, room

# Streamlit reads a folder called pages/ as its older page layout until app.py has run once, so a deep link opened
# first on a fresh server would miss app.py and its navigation. Said beforehand, every link works from the first visit.
PagesManager.uses_pages_directory = False
app = App("app.py", routes=[*room.ROUTES, *links.ROUTES, *api.ROUTES])

if __name__ == "__main__":
    # The first visitor need not wait for the libraries to load: they load while the browser opens.
    threading.Thread(target=importlib.import_module, args=("pages.common",), daemon=True).start()
    sys.argv = ["streamlit", "run", str(Path(__file__)), *sys.argv[1:]]
    sys.exit(cli.main())
