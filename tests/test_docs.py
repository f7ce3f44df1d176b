"""The documentation's site builds without a warning, asks no other host, and names what the app has."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.driver import PAGES

ROOT = Path(__file__).parents[1]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
LOADING = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "form": "action",
}


class Loaded(HTMLParser):
    """Addresses that a browser asks for by itself; whether the theme would (diagrams, a repository)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.asking: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if address := values.get(LOADING.get(tag, "")):
            self.addresses.append(address)
        self.addresses += re.findall(r"url\(([^)]+)\)", values.get("style", ""))
        if "mermaid" in values.get("class", "").split() or values.get("data-md-component") == "source":
            self.asking.append(tag)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return folder


def test_the_site_asks_no_other_host(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        loaded = Loaded(page.read_text(encoding="utf-8"))
        assert loaded.addresses, page
        assert not [address for address in loaded.addresses if re.match(r"([a-z]+:)?//", address)], page
        assert not loaded.asking, page
    for style in site.rglob("*.css"):
        assert not re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")), style


def test_the_site_has_the_code_s_reference(site: Path) -> None:
    """From docstrings, the command's help, the settings and the registry of indicators."""
    text = (site / "reference" / "analytics.html").read_text(encoding="utf-8")
    assert 'id="analytics.access.e2sfca"' in text
    assert "zone city" in (site / "reference" / "command.html").read_text(encoding="utf-8")
    settings = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    assert "ZONE_RESULTS_MB" in settings
    assert "so that a restart has them" in settings
    assert "Nearest library" in (site / "indicators.html").read_text(encoding="utf-8")
    for decision in (ROOT / "docs" / "decisions").glob("*.md"):
        assert (site / "decisions" / f"{decision.stem}.html").exists()
        assert f"decisions/{decision.name}" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sentences() -> set[str]:
    """Every sentence that the app can say."""
    spec = importlib.util.spec_from_file_location("make_catalogues", ROOT / "docs" / "make_catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    catalogues = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(catalogues)
    return {str(message.id) for message in catalogues.template()}


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_walks_through_pages_and_labels_that_exist(path: Path, sentences: set[str]) -> None:
    """Bold words without a full stop are labels of the app, as its catalogue of sentences has them."""
    text = path.read_text(encoding="utf-8")
    assert 5 <= len(re.findall(r"^\d+\. ", text, re.M)) <= 10
    links = re.findall(r"\[([^\]]+)\]\(http://localhost:8501/(\w+)\)", text)
    assert len(links) > 3
    for title, page in links:
        assert page in PAGES, page
        assert title in sentences, title
    labels = {label for label in re.findall(r"\*\*([^*]+)\*\*", text) if not label.endswith(".")}
    assert labels
    assert not labels - sentences


def test_how_to_links_lead_to_pages_that_exist() -> None:
    for path in (ROOT / "docs").rglob("*.md"):
        for page in re.findall(r"\]\(http://localhost:8501/(\w+)\)", path.read_text(encoding="utf-8")):
            assert page in PAGES, (path, page)
