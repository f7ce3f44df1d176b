"""A small picture of every page of a running server, for docs/pages.md: python docs/page_pictures.py ADDRESS FOLDER."""

from __future__ import annotations

import io
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, TimeoutError, sync_playwright

PAGES = Path(__file__).parent.parent / "pages"
WINDOW = {"width": 1280, "height": 1600}
KEPT_WIDTH, QUALITY = 640, 60
QUIET = "() => !document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')"


def settle(page: Page) -> None:
    """Wait until a page stands and nothing moves any more."""
    page.wait_for_selector("[data-testid=stMain] h1", timeout=90_000)
    with suppress(TimeoutError):  # a map may load on; what stands there is the picture
        page.wait_for_function(QUIET, timeout=8_000)
    page.wait_for_timeout(3_000)


def main(address: str, folder: Path) -> None:
    """Write one WebP a page into a folder. address: of a server, such as http://localhost:8501."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for script in sorted(set(PAGES.glob("*.py")) - {PAGES / "workshop_screen.py"}):  # empty without a room
            page = browser.new_page(viewport=WINDOW)
            page.goto(f"{address}/{'' if script.stem == 'overview' else script.stem}")
            settle(page)
            picture = Image.open(io.BytesIO(page.screenshot()))
            size = (KEPT_WIDTH, KEPT_WIDTH * picture.height // picture.width)
            picture.convert("RGB").resize(size).save(folder / f"{script.stem}.webp", quality=QUALITY)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
