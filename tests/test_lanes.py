"""The lanes of `make test`: every test is in one, one that fails stops none, and the exit code tells."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]


def words(variable: str) -> list[str]:
    ran = subprocess.run(
        ["make", "--no-print-directory", "-f", "Makefile", "-f", "-", "show"],
        input=f"show:\n\t@echo $({variable})\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


def test_files_that_have_a_lane_of_their_own_exist() -> None:
    for name in words("ABOUT") + words("SERVERS") + words("BUILT"):
        assert (ROOT / name).exists(), name
    assert words("LANES") == ["lint", "project", "fast", "servers", "browser", "container"]


def test_a_lane_that_fails_stops_no_other_and_is_named(tmp_path: Path) -> None:
    """With lanes of its own in place of the real ones."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = text[text.index("test: .venv/dev") : text.index("# Lint and types.")]
    lanes = "LANES = first second third\nfirst:\n\tfalse\nsecond:\n\t@echo second ran\nthird:\n\tfalse\n"
    (tmp_path / "Makefile").write_text(
        lanes + recipe.replace(" .venv/dev .venv/scripts programs", ""), encoding="utf-8"
    )
    ran = subprocess.run(["make", "test"], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode != 0
    assert "second ran" in ran.stdout
    assert "Failed: first third" in ran.stdout
    (tmp_path / "Makefile").write_text(
        (tmp_path / "Makefile").read_text(encoding="utf-8").replace("false", "true"), encoding="utf-8"
    )
    assert subprocess.run(["make", "test"], cwd=tmp_path, capture_output=True).returncode == 0


def test_ci_runs_the_command_that_the_readme_names() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"
    assert "\nmake test " in (ROOT / "README.md").read_text(encoding="utf-8")


def test_no_property_fails_because_the_machine_is_busy() -> None:
    assert settings(max_examples=7).deadline is None
    assert HealthCheck.too_slow in settings(max_examples=7).suppress_health_check
    files = set((ROOT / "tests").rglob("test_*.py")) - {Path(__file__)}
    assert not [path for path in files if "deadline=" in path.read_text(encoding="utf-8")]
