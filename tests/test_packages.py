"""What is needed (pyproject.toml) and what is installed (requirements.txt) agree; `make lock` mends them."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
NEEDED_FOR_WORK = NEEDED + [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
APP = ("app.py", "serve.py", "zone", "pages", "services", "views", "analytics", "data", "web", "deploy")
# Loaded only where somebody makes base maps, chooses another engine or switches instruments on, who installs them.
FOR_DEVELOPERS = {"freestiler", "pyspark", "prometheus-client", "opentelemetry-sdk"}
MEND = "run `make lock`"


def pins(file: str) -> dict[str, list[tuple[Requirement, int]]]:
    """Pinned requirements by name, each with how many hashes it has; some have a version for each kind of machine."""
    result: dict[str, list[tuple[Requirement, int]]] = {}
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            words = re.split(r"\s+(?=--hash=)", line.strip())
            requirement = Requirement(words[0])
            result.setdefault(canonical(requirement.name), []).append((requirement, len(words) - 1))
    return result


def pinned_here(file: str) -> dict[str, str]:
    """The versions for this machine."""
    return {
        name: next(iter(requirement.specifier)).version
        for name, entries in pins(file).items()
        for requirement, _ in entries
        if requirement.marker is None or requirement.marker.evaluate()
    }


def closure(needed: list[Requirement]) -> set[str]:
    """Names of all that is needed in turn on this machine, by what the installed packages say."""
    seen: set[tuple[str, str]] = set()
    here = [item for item in needed if item.marker is None or item.marker.evaluate()]
    waiting = [(canonical(item.name), extra) for item in here for extra in ("", *item.extras)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in metadata.requires(name) or ():
            item = Requirement(line)
            if item.marker is None or item.marker.evaluate({"extra": extra}):
                waiting += [(canonical(item.name), more) for more in ("", *item.extras)]
    return {name for name, _ in seen}


def test_every_package_is_pinned_with_hashes() -> None:
    for file in ("requirements.txt", "requirements-dev.txt"):
        for name, entries in pins(file).items():
            for requirement, hashes in entries:
                assert [part.operator for part in requirement.specifier] == ["=="], (name, MEND)
                assert hashes, (name, MEND)


def test_pins_are_within_the_ranges() -> None:
    for file, needed in (("requirements.txt", NEEDED), ("requirements-dev.txt", NEEDED_FOR_WORK)):
        pinned = pins(file)
        for item in needed:
            versions = [next(iter(pin.specifier)).version for pin, _ in pinned.get(canonical(item.name), [])]
            assert versions, (item.name, file, MEND)
            assert all(item.specifier.contains(version, prereleases=True) for version in versions), (str(item), MEND)


def test_pins_are_all_that_is_needed_in_turn_and_nothing_else() -> None:
    for file, needed in (("requirements.txt", NEEDED), ("requirements-dev.txt", NEEDED_FOR_WORK)):
        pinned = pinned_here(file)
        assert closure(needed) == set(pinned), MEND


def test_both_files_name_the_same_versions_and_these_are_installed() -> None:
    app, work = pinned_here("requirements.txt"), pinned_here("requirements-dev.txt")
    assert app.items() <= work.items(), MEND
    installed = {name: metadata.version(name) for name in work}
    differing = {
        name: (work[name], installed[name]) for name in work if Version(work[name]) != Version(installed[name])
    }
    assert not differing


def test_every_library_that_the_app_imports_is_asked_for() -> None:
    """What only comes with another package leaves when that one changes its mind."""
    named = {canonical(item.name) for item in NEEDED} | FOR_DEVELOPERS
    distributions = metadata.packages_distributions()
    ours = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()} | {"pages"}
    files = [path for part in APP for path in ([ROOT / part] if part.endswith(".py") else (ROOT / part).rglob("*.py"))]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for top in {module.split(".")[0] for module in modules} - ours - set(sys.stdlib_module_names):
                assert {canonical(name) for name in distributions.get(top, ())} & named, (path, top)


def test_the_least_version_of_python_is_the_one_that_code_and_types_are_checked_for() -> None:
    least = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["mypy"]["python_version"] == least
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{least.replace('.', '')}"
    assert f"--python-version {least} " in (ROOT / "Makefile").read_text(encoding="utf-8")
