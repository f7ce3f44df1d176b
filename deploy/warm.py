"""Opens every page of every city once without a browser, so that what takes long is computed before a reader comes.

`make run` does so before it serves; what is there already for these tables and this code is not computed again.
"""

from __future__ import annotations

import functools
import logging
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from streamlit.components.v2 import manifest_scanner  # noqa: E402
from streamlit.runtime.pages_manager import PagesManager  # noqa: E402
from streamlit.testing.v1 import AppTest, app_test  # noqa: E402

import data  # noqa: E402
from services import cache  # noqa: E402

APP = ROOT / "app.py"
WITHIN_S = 300
# AppTest takes a folder called pages/ for streamlit's old layout and would run a page without app.py; serve.py too.
app_test.PagesManager = type("NavigatedPages", (PagesManager,), {})  # type: ignore[misc]
PagesManager.uses_pages_directory = False
# Each run looks through all installed packages for components, which takes longer than most pages.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def open_page(name: str, city: str = "") -> bool:
    """Run a page as a reader's first visit does; whether it ran. city: by its key; "" is the usual one."""
    app = AppTest.from_file(str(APP), default_timeout=WITHIN_S)
    if city:
        app.query_params["city"] = city
    return not app.switch_page(f"pages/{name}.py").run().exception


def main() -> int:
    """Command line: pages, all where none is named; returns the exit code."""
    place = cache.on_disk.place
    if place is None:
        return 0
    names = sys.argv[1:] or sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
    usual, *others = data.cities()  # on this machine there may be cities that somebody has built
    visits = {
        (name, city): place / f"{name}-{city or usual}-of-{data.version(city or usual)}"
        for city in ("", *others)
        for name in names
    }
    visits = {visit: done for visit, done in visits.items() if not done.exists()}
    if not visits:
        return 0
    cache.on_disk.writable = True
    logging.disable(logging.WARNING)  # there is no reader, which streamlit says in each line
    place.mkdir(parents=True, exist_ok=True)
    for number, ((name, city), done) in enumerate(visits.items(), 1):
        print(
            f"\rPreparing pages, once for these tables: {number} of {len(visits)} ", end="", file=sys.stderr, flush=True
        )
        if not open_page(name, city):
            print(f"\n{name} cannot be prepared; it is computed when somebody opens it.", file=sys.stderr)
        done.touch(mode=0o600)
    print(file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
