"""What maps ask this server for: scripts, the library as it was fetched, shapes by version, places by name."""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
import io
import json
import tarfile
from pathlib import Path
from types import ModuleType

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

import data
import web
from data.ground import SCRIPTS
from views.map_component import is_available, scripts_version
from web.guard import Guard

ROOT = Path(__file__).parents[2]
FOREVER = "public, max-age=31536000, immutable"
VERSION = data.entry("areas", "berlin").checksum[:12]


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return TestClient(Starlette(routes=web.ROUTES, middleware=[Middleware(Guard)]))


@pytest.fixture
def fetching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The set-up's script, with a folder of the test's own that holds our lock file."""
    spec = importlib.util.spec_from_file_location("fetch_scripts", ROOT / "deploy" / "fetch_scripts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "package-lock.json").write_bytes((SCRIPTS / "package-lock.json").read_bytes())
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    return module


def package(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def test_each_script_of_ours_is_served_with_an_address_that_changes_with_it(browser: TestClient) -> None:
    for file in SCRIPTS.glob("*.js"):
        answer = browser.get(f"/maps/scripts/{scripts_version()}/{file.name}")
        assert answer.content == file.read_bytes()
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == FOREVER
    for name in ("component.css", "package.json", "../maps.py", "..%2fmaps.py"):
        assert browser.get(f"/maps/scripts/x/{name}").status_code == 404


def test_shapes_are_of_one_version(browser: TestClient) -> None:
    answer = browser.get(f"/maps/shapes/berlin/district/{VERSION}.json")
    features = answer.json()["features"]
    assert {feature["properties"]["id"] for feature in features} == {f"{number:02}" for number in range(1, 13)}
    assert answer.headers["cache-control"] == FOREVER
    for path in (f"berlin/street/{VERSION}", "berlin/district/000000000000", f"atlantis/district/{VERSION}"):
        assert browser.get(f"/maps/shapes/{path}.json").status_code == 404


def test_places_are_answered_in_the_readers_language(browser: TestClient) -> None:
    hits = browser.get("/maps/search/berlin", params={"q": "Neukölln", "lang": "de"}).json()
    assert (hits[0]["label"], hits[0]["detail"], hits[0]["key"]) == ("Neukölln", "Bezirk", "08")
    assert browser.get("/maps/search/berlin", params={"q": "Neukölln", "lang": "../xx"}).status_code == 200
    assert browser.get("/maps/search/berlin").json() == []
    assert browser.get("/maps/search/atlantis", params={"q": "a"}).status_code == 404


def test_what_is_not_the_package_of_the_lock_file_is_not_unpacked(
    fetching: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = package(dict.fromkeys(fetching.FILES["maplibre-gl"], b"forged"))
    monkeypatch.setattr(fetching.urllib.request, "urlopen", lambda *_args, **_named: io.BytesIO(forged))
    assert fetching.main() == 1
    assert "is not what package-lock.json says" in capsys.readouterr().err
    assert not list(fetching.FOLDER.glob("libraries/*/*"))


def test_the_package_of_the_lock_file_is_unpacked_once(fetching: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {file: file.encode() for file in fetching.FILES["maplibre-gl"]}
    content, asked = package(files), list[str]()
    lock = json.loads((fetching.FOLDER / "package-lock.json").read_text())
    entry = lock["packages"]["node_modules/maplibre-gl"]
    entry["integrity"] = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    (fetching.FOLDER / "package-lock.json").write_text(json.dumps(lock))

    def answer(address: str, **_named: object) -> io.BytesIO:
        asked.append(address)
        return io.BytesIO(content)

    monkeypatch.setattr(fetching.urllib.request, "urlopen", answer)
    assert fetching.main() == fetching.main() == 0
    assert asked == [f"https://registry.npmjs.org/maplibre-gl/-/maplibre-gl-{entry['version']}.tgz"]
    kept = fetching.FOLDER / "libraries" / f"maplibre-gl-{entry['version']}"
    assert gzip.decompress((kept / "maplibre-gl.mjs.gz").read_bytes()) == b"dist/maplibre-gl.mjs"


@pytest.mark.skipif(not is_available(), reason="the map's library was not fetched on this machine")
def test_the_library_is_served_packed(browser: TestClient) -> None:
    folder = next((SCRIPTS / "libraries").iterdir()).name
    for name in ("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"):
        answer = browser.get(f"/maps/libraries/{folder}/{name}")
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["cache-control"] == FOREVER
    assert browser.get(f"/maps/libraries/{folder}/LICENSE.txt").status_code == 404
    assert browser.get("/maps/libraries/other/maplibre-gl.mjs").status_code == 404
