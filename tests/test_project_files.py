"""What a newcomer is told to run exists, and the files about the project agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
TEXTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_and_target_in_the_texts_exists(name: str) -> None:
    text = read(name)
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or (ROOT / link).exists(), link
    targets = set(re.findall(r"^([.\w/]+):", read("Makefile"), re.M))
    assert set(re.findall(r"`make ([.\w/]+)", text)) <= targets


def test_the_citation_names_the_release() -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert f"{citation['date-released']}"[:7].replace("-", ".") == ".".join(project["version"].split(".")[:2])


def test_hooks_find_a_fault_without_a_network(tmp_path: Path) -> None:
    """In a repository of its own with this configuration and this environment's tools."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        (tmp_path / name).write_text(read(name), encoding="utf-8")
    (tmp_path / "bad.py").write_text('"""Bad."""\nimport os\nx = 1 if True else  2\n', encoding="utf-8")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "HTTPS_PROXY": "http://127.0.0.1:1"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True)

    run("git", "init", "-q")
    run("git", "add", "bad.py", ".pre-commit-config.yaml", "pyproject.toml")
    for hook, says in (("lint", "F401"), ("format", "1 file reformatted")):
        ran = run(sys.executable, "-m", "pre_commit", "run", hook, "--files", "bad.py")
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert says in ran.stdout
