"""A sample of small changes to our own code (mutants): no more than before go unnoticed by its tests.

`make mutants` looks at all of them, which takes hours; docs/trust.md says which survive and why.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

ROOT = Path(__file__).parents[1]
# File: its tests, and how many of its mutants went unnoticed when they were last looked at.
SAMPLE = {
    "views/text.py": ("tests/views/test_text.py", 0),
    "data/rights.py": ("tests/data/test_rights.py", 9),
    # 43, and three for those that only time tells apart.
    "data/connectors/http_cache.py": ("tests/data/test_fetch.py", 46),
}


def copy_project(folder: Path) -> dict[str, Any]:
    """Copy to a folder what mutants are made from and run with; its project's settings."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mutmut = settings["tool"]["mutmut"]
    for name in [*mutmut["source_paths"], *mutmut["also_copy"], "tests"]:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return settings


@pytest.mark.parametrize("file", SAMPLE)
def test_no_more_mutants_than_before_go_unnoticed(file: str, tmp_path: Path) -> None:
    tests, unnoticed = SAMPLE[file]
    settings = copy_project(tmp_path)
    settings["tool"]["mutmut"] |= {"only_mutate": [file], "pytest_add_cli_args_test_selection": [tests]}
    (tmp_path / "pyproject.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "ZONE_"))}
    for words in (["run", "--max-children", "2"], ["export-cicd-stats"]):
        ran = subprocess.run([mutmut, *words], cwd=tmp_path, env=surroundings, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    counts = json.loads((tmp_path / "mutants" / "mutmut-cicd-stats.json").read_text())
    assert counts["killed"] > 10
    assert counts["total"] - counts["killed"] - counts["timeout"] <= unnoticed, counts
