"""The house keeps its rooms apart, knows no city by name, and ships nobody else's files."""

from __future__ import annotations

import ast
import hashlib
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("pages", "web", "views", "analytics", "data")
MAY_IMPORT = {
    "pages": {"pages", "views", "analytics", "data"},
    "web": {"web", "pages", "views", "analytics", "data"},
    "views": {"views", "analytics"},
    "analytics": {"analytics"},
    "data": {"data"},
}
FOREIGN = {
    "analytics": {"streamlit", "plotly", "pydeck", "httpx", "requests", "duckdb"},
    "web": {"streamlit", "httpx"},
    "views": {"httpx", "requests"},
    "data": {"streamlit", "plotly", "pydeck"},
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    for path in modules(room):
        used = imports(path)
        assert used & set(ROOMS) <= MAY_IMPORT[room], path
        assert not used & FOREIGN.get(room, set()), path


def test_no_city_is_named_outside_its_own_data() -> None:
    words = ("berlin", "helsinki", "kreuzberg", "de30", "25833", "lor_")
    for room in ("pages", "views", "analytics"):
        for path in modules(room):
            text = path.read_text(encoding="utf-8").lower()
            assert not [word for word in words if word in text], path


def test_pages_stay_thin_and_modules_readable() -> None:
    for room in ROOMS:
        for path in modules(room):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


def test_no_source_file_is_in_the_repository() -> None:
    sources = ROOT.parent / "shared"
    if not sources.exists():
        pytest.skip("no shared folder beside this checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    ours = {
        hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in listed.split("\0") if (ROOT / name).is_file()
    }
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in sources.rglob("*") if path.is_file()}
    assert ours
    assert theirs
    assert not ours & theirs
