"""A city comes into the app through the browser: uploaded, checked, mended, built, shown."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from data.city import pack
from tests.browser.conftest import Visit


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def sent_and_checked(seen: Visit, files: dict[str, str]) -> None:
    """Upload a pack, say that its column 'heads' holds the persons, and have it checked."""
    sent = {"name": "pack.zip", "mimeType": "application/zip", "buffer": zipped(files)}
    seen.page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(sent)  # type: ignore[arg-type]
    seen.settle()
    # The file is read in a process of its own: the page may run again while its list is open, which closes it.
    for _ in range(5):
        seen.page.get_by_label("persons (needed)").click()
        try:
            seen.page.get_by_role("option", name="heads").click(timeout=8_000)
            break
        except PlaywrightTimeoutError:
            seen.page.keyboard.press("Escape")
            seen.settle()
    seen.settle()
    seen.page.get_by_role("button", name="Check", exact=True).click()
    seen.page.wait_for_selector("text=/errors?, .* warnings?/")
    seen.settle()


def test_a_broken_pack_is_told_and_a_mended_one_becomes_a_city(visit: Callable[..., Visit]) -> None:
    seen = visit("data_city")
    files = pack.template("Uppsala <img src=x onerror=alert(1)>")
    files["city.toml"] = files["city.toml"].replace('persons = "persons"\n', "", 1)
    files["residents.csv"] = files["residents.csv"].replace("persons", "heads").replace("0-5,100", "0-5,-4")
    sent_and_checked(seen, files)
    expect(seen.page.get_by_text("1 error, 0 warnings")).to_be_visible()
    expect(seen.page.get_by_role("button", name="Build the city")).to_have_count(0)
    files["residents.csv"] = files["residents.csv"].replace("0-5,-4", "0-5,40")
    sent_and_checked(seen, files)
    seen.page.get_by_role("button", name="Build the city").click()
    seen.page.wait_for_selector("text=The city is in use.")
    seen.settle()
    assert seen.page.locator("img[src=x]").count() == 0
    assert seen.errors == []
    shown = visit("coverage?city=uppsala-img-src-x-onerror-alert-1")
    expect(shown.page.locator("h1")).to_contain_text("Uppsala")
    assert shown.page.locator("img[src=x]").count() == 0
    assert shown.errors == []
