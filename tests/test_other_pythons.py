"""The app on the other versions of Python that it promises: what is pinned installs, every page opens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def interpreter(version: str) -> str:
    """A Python of a version on this machine: on the path, or among pyenv's, which answer there only if chosen."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *map(str, folder.glob(f"{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        says = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(says, capture_output=True, text=True).stdout.strip() == version:
            return candidate
    pytest.skip(f"no Python {version} on this machine")


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_every_page_opens(version: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if version != "3.13" and not request.config.getoption("--long"):
        pytest.skip("between the least version, which runs all tests, and the newest: run with --long")
    python, uv = tmp_path / "bin" / "python", Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--python", interpreter(version), tmp_path], check=True)
    pins = ["--require-hashes", "--requirement", ROOT / "requirements.txt"]
    install = [uv, "pip", "install", "--quiet", "--python", python, *pins]
    subprocess.run(install, check=True, timeout=600)
    settings = {"ZONE_LOCAL": str(tmp_path / "local"), "ZONE_RESULTS_MB": "200"}
    opened = subprocess.run(
        [python, "deploy/warm.py"], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=600
    )
    assert opened.returncode == 0, opened.stderr
    count = len(list((ROOT / "pages").glob("*.py")))
    assert f"{count} of {count}" in opened.stderr
    assert "cannot be prepared" not in opened.stderr, opened.stderr
