"""The house keeps its rooms apart, knows no city by name, slices no id, and ships nobody else's files."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.driver import PAGES, windows

ROOT = Path(__file__).parents[1]
ROOMS = ("zone", "pages", "web", "services", "views", "analytics", "data")
# What a room may reach, by whatever way its imports lead.
MAY_REACH = {
    "zone": {"zone", "web", "services", "views", "analytics", "data"},
    "pages": {"pages", "services", "views", "analytics", "data"},
    "web": {"web", "services", "views", "analytics", "data"},
    "services": {"services", "analytics", "data"},
    "views": {"views", "data"},
    "analytics": {"analytics"},
    "data": {"data"},
}
MAY_IMPORT = MAY_REACH | {
    "zone": {"zone", "web", "services", "data"},
    "pages": {"services", "views"},
    "web": {"web", "services", "views", "data"},
}
# What views know of data: types, words and what they mean, the errors they show, the base map, the reader's role, what
# a register's form may hold.
DATA_FOR_VIEWS = {
    "data",
    "data.cache",
    "data.context",
    "data.errors",
    "data.figures",
    "data.files",
    "data.glossary",
    "data.ground",
    "data.rights",
    "data.settings",
    "data.store.decisions",
    "data.store.models",
    "data.store.runs",
    "data.store.stories",
    "data.translation",
}
FOREIGN = {
    "zone": {"streamlit", "plotly", "pydeck"},
    "analytics": {"streamlit", "plotly", "pydeck", "httpx", "requests", "duckdb"},
    "services": {"streamlit", "plotly", "pydeck", "httpx", "requests"},
    "pages": {"pandas", "numpy", "plotly", "pydeck", "httpx", "geopandas"},
    "web": {"streamlit", "httpx"},
    "views": {"httpx", "requests", "scipy.stats"},
    "data": {"streamlit", "plotly", "pydeck"},
}
MAX_LINES, MAX_PAGE_LINES, MAX_FUNCTION_LINES, MAX_PARAMETERS = 400, 120, 50, 8
# Longer or with more parameters, and why.
REASONS = {
    "services.figures.area_map": "each parameter is one thing that a map shows",
    "views.charts.lines": "options of a chart, by name only",
    "views.comparisons.scatter": "options of a chart, by name only",
    "views.comparisons.intervals": "options of a chart, by name only",
    "views.comparisons.slope": "options of a chart, by name only",
    "data.city.fetching.fetch": "options of a command, by name only",
    "data.store.migrations.versions.0001_first_tables.upgrade": "a list of tables",
    "data.store.migrations.versions.0002_rooms_stories_short_links.upgrade": "a list of tables",
}


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> set[str]:
    """Modules a file imports, those for type checkers left out."""
    checked = {
        id(child)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.walk(node)
    }
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if id(node) in checked:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@cache
def graph() -> dict[str, set[str]]:
    """Our modules, and which of them each imports."""
    ours = {module_name(path): path for path in modules(*ROOMS)}
    return {name: {used for used in imports(path) if used in ours} for name, path in ours.items()}


def reached(start: str) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for name in graph()[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way_directly_and_by_whatever_leads_there(room: str) -> None:
    for path in modules(room):
        used = imports(path)
        rooms = {name.split(".")[0] for name in used} & set(ROOMS)
        assert rooms <= MAY_IMPORT[room], path
        assert not {name.split(".")[0] for name in used} & FOREIGN[room], path
        beyond = {name for name in reached(module_name(path)) if name.split(".")[0] not in MAY_REACH[room]}
        assert not beyond, (path, beyond)
        if room == "views":
            assert {name for name in used if name in graph() and name.startswith("data")} <= DATA_FOR_VIEWS, path


def test_pages_are_what_the_app_names_and_nothing_else() -> None:
    assert sorted(path.stem for path in modules("pages")) == sorted([*PAGES, *windows()])


def functions(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, lines below the docstring and parameters of each function."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            count = len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs)
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            yield f"{module_name(path)}.{node.name}", (node.end_lineno or 0) - first.lineno + 1, count


def test_pages_stay_thin_modules_readable_and_functions_short() -> None:
    for path in modules(*ROOMS):
        length = len(path.read_text(encoding="utf-8").splitlines())
        assert length <= (MAX_PAGE_LINES if path.parent.name == "pages" else MAX_LINES), path
        for name, lines, parameters in functions(path):
            assert name in REASONS or (lines <= MAX_FUNCTION_LINES and parameters <= MAX_PARAMETERS), name


def test_no_line_is_kept_from_the_formatter() -> None:
    for path in modules(*ROOMS, "bench", "docs"):
        assert "fmt: " + "skip" not in path.read_text(encoding="utf-8"), path


def test_no_code_slices_an_id() -> None:
    """An id says nothing about what it is part of; areas.parent_id does. A connector may, of its publisher's scheme."""
    for path in modules(*ROOMS, "bench"):
        if path.parent.name == "connectors":
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
                text = ast.unparse(node.value)
                # NACE codes do nest by their digits, and firms come by them; a list of several is no id.
                is_id = re.search(r"(_id|area|district|nuts|cell)(\]|['\"]\])?(\.str)?$", text)
                assert not is_id, (path, node.lineno, text)
                # Rows of codes are cut by connectors and, of NACE, by analytics alone.
                assert not (text.endswith(".str") and path.parent.name in ("pages", "services", "views", "web")), path


def test_services_read_no_session_and_no_module_state() -> None:
    """What a service gives depends on its arguments alone."""
    for path in modules("services"):
        names = {ast.unparse(node) for node in ast.walk(parsed(path)) if isinstance(node, (ast.Attribute, ast.Name))}
        assert not [name for name in names if "session_state" in name or "ContextVar" in name], path
        assert not [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Global)], path


def test_no_superlative_is_made_but_by_findings() -> None:
    """The end of a ranking has ties, small bases and errors: analytics.findings says them."""
    for path in modules("pages", "services", "views"):
        used = {node.attr for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)}
        assert not used & {"idxmax", "idxmin", "argmax", "argmin"}, path


def test_no_city_is_named_outside_its_own_data() -> None:
    words = ("berlin", "helsinki", "kreuzberg", "de30", "25833", "lor_")
    for path in modules("pages", "services", "views", "analytics"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path


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
