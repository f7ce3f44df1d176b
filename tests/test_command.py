"""The command `zone`, as a wheel of this checkout installs it beside nothing else of ours."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "backup",
    "build",
    "bundle",
    "check",
    "city",
    "digest",
    "endpoints",
    "firms",
    "lake",
    "mcp",
    "refresh",
    "serve",
    "warm",
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; what it depends on is this one's, as requirements.txt installs it."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "depends.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def run(installed: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The installed command, from a folder that is not the checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZONE_", "PYTHON"))}
    return subprocess.run(
        [str(installed / "bin" / "zone"), *words],
        cwd=installed,
        env=environment | {"HOME": str(installed / "home"), "XDG_DATA_HOME": "", "ZONE_LOCAL": ""} | settings,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_wheel_holds_the_app_under_one_name_and_nothing_of_this_machine(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"zone", "zone_of_social_creativity"}
    assert not [name for name in names if "secrets" in name or "/local/" in name or "/libraries/" in name]
    tracked = subprocess.run(["git", "ls-files", "data/tables"], cwd=ROOT, capture_output=True, text=True).stdout
    tables = [f"zone/app/{name}" for name in tracked.split()]
    assert tables
    assert not set(tables) - set(names)
    assert wheel.stat().st_size < 60_000_000


def test_its_own_folders_are_no_modules_of_other_programs(installed: Path) -> None:
    python = str(installed / "bin" / "python")
    ran = subprocess.run([python, "-c", "import zone, data"], cwd=installed, capture_output=True, text=True)
    assert "No module named 'data'" in ran.stderr


def test_help_names_every_command_and_each_gives_an_example(installed: Path) -> None:
    words = run(installed, "--help").stdout
    assert "zone serve" in words
    for command in COMMANDS:
        assert f"  {command} " in words
        help_of_it = run(installed, command, "--help")
        assert help_of_it.returncode == 0, help_of_it.stderr
        assert f"zone {command}" in help_of_it.stdout.split("xample", 1)[-1], command


def test_the_version_is_the_month_of_the_release(installed: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in run(installed, "--version").stdout
    latest = next(
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    )
    assert latest.split()[1] == version


def test_check_says_what_is_wrong(installed: Path) -> None:
    well = run(installed, "check")
    assert well.returncode == 0, well.stdout + well.stderr
    assert "tables    ok" in well.stdout
    ill = run(installed, "check", ZONE_DATABASE="postgresql+psycopg://127.0.0.1:1/zone?connect_timeout=1")
    assert ill.returncode == 1
    assert "database  does not answer" in ill.stdout
    unfit = run(installed, "check", ZONE_RESULTS_MB="many")
    assert unfit.returncode == 1
    assert "ZONE_RESULTS_MB is 'many'" in unfit.stderr


def test_what_it_makes_is_in_the_home_folder_and_not_in_the_package(installed: Path) -> None:
    (installed / "city").mkdir(exist_ok=True)
    assert run(installed, "city", "new", "city/mine", "--name", "Mine").returncode == 0  # a path of the caller's
    assert (installed / "city" / "mine" / "city.toml").exists()
    built = run(installed, "city", "build", "city/mine")
    assert built.returncode == 0, built.stdout + built.stderr
    assert (installed / "home" / ".local" / "share" / "zone" / "catalogue.json").exists()
    app = next(installed.glob("lib/python*/site-packages/zone/app"))
    assert not (app / "data" / "local").exists()


def test_serve_serves_pages_and_says_that_it_is_well(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZONE_", "PYTHON"))}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(installed / "bin" / "zone"), "serve", "--server.port", str(port)],
            cwd=tmp_path,
            env=environment | {"ZONE_LOCAL": "here"},
            stdout=log,
            stderr=log,
        )
        try:
            for _ in range(240):
                try:
                    with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=10) as answer:
                        assert json.load(answer)["status"] == "ok"
                    break
                except OSError:
                    assert server.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.25)
            else:
                pytest.fail((tmp_path / "log").read_text())
            with urllib.request.urlopen(f"http://localhost:{port}/map", timeout=10) as answer:
                assert b"<title>" in answer.read()
            assert (tmp_path / "here").is_dir()  # a relative path is the caller's
        finally:
            server.terminate()
            server.wait(30)
