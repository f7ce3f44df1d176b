"""Starts the app: `make run`, or `python serve.py` with any of streamlit's own options.

Streamlit reads a folder called pages/ as its older page layout until app.py has run once, so a deep link opened
first on a fresh server would miss app.py and its navigation. Said beforehand, every link works from the first visit.
"""

import importlib
import sys
import threading
from pathlib import Path

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web import cli

PagesManager.uses_pages_directory = False
# The first visitor need not wait for the libraries to load: they load while the browser opens.
threading.Thread(target=importlib.import_module, args=("pages.common",), daemon=True).start()
sys.argv = ["streamlit", "run", str(Path(__file__).parent / "app.py"), *sys.argv[1:]]
sys.exit(cli.main())
