"""The archive for a laptop without internet, installed in a network that has no route."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from zone import bundle

ROOT = Path(__file__).parents[1]
# With the loopback alone: no other machine can be reached, whatever a proxy or a name says.
NO_ROUTE = ["unshare", "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
SERVE = """
cd "$1"; export ZONE_LOCAL="$1/made-here" HOME="$1"
bin/zone serve --server.port 8765 >log 2>&1 & server=$!
for _ in $(seq 120); do sleep 0.5; bin/python -c "
import urllib.request
print(urllib.request.urlopen('http://localhost:8765/healthz', timeout=9).read().decode())" 2>/dev/null && break; done
kill $server
"""


def may_unshare() -> bool:
    return (
        shutil.which("unshare") is not None and subprocess.run([*NO_ROUTE, "true"], capture_output=True).returncode == 0
    )


def without_network(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*NO_ROUTE, *words], capture_output=True, text=True, timeout=580)


def unpacked(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    (place,) = folder.iterdir()
    return place


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose only library is the one that the command needs to say its help."""
    folder = tmp_path_factory.mktemp("bundle")
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    found = re.search(r"^click==.*?(?=^\w)", text, re.M | re.S)
    assert found is not None
    (folder / "requirements.txt").write_text(found.group(0), encoding="utf-8")
    try:
        return bundle.make(ROOT, folder, folder / "requirements.txt")
    except subprocess.CalledProcessError:
        pytest.skip("the package registry is not reached from here")


@pytest.mark.skipif(not may_unshare(), reason="no network namespace may be made here")
def test_it_installs_where_no_other_machine_can_be_reached(small: Path, tmp_path: Path) -> None:
    place = unpacked(small, tmp_path / "stick")
    ran = without_network("sh", str(place / "install.sh"), str(tmp_path / "laptop"))
    assert ran.returncode == 0, ran.stderr
    assert "zone serve" in ran.stdout
    assert "serve" in without_network(str(tmp_path / "laptop" / "bin" / "zone"), "--help").stdout
    app = next((tmp_path / "laptop").glob("lib/python*/site-packages/zone/app"))
    assert (app / "data" / "tables" / "catalogue.json").exists()
    assert {path.name for path in (app / "web" / "map_scripts" / "libraries").iterdir()} == {
        path.name for path in (ROOT / "web" / "map_scripts" / "libraries").glob("*")
    }


def test_a_damaged_bundle_and_another_python_are_refused_in_a_sentence(small: Path, tmp_path: Path) -> None:
    place = unpacked(small, tmp_path / "stick")
    install = ["sh", str(place / "install.sh"), str(tmp_path / "laptop")]
    other = subprocess.run(
        install, env={"PATH": "/usr/bin:/bin", "PYTHON": "no-python"}, capture_output=True, text=True
    )
    assert other.returncode == 1
    assert "is needed and no-python is not here" in other.stderr
    wheel = next((place / "wheels").glob("click-*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"x")
    damaged = subprocess.run(install, capture_output=True, text=True)
    assert damaged.returncode == 1
    assert "The bundle is damaged" in damaged.stderr
    assert not (tmp_path / "laptop").exists()


@pytest.mark.skipif(not may_unshare(), reason="no network namespace may be made here")
def test_the_whole_app_is_well_without_a_network(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("minutes; run with --long")
    place = unpacked(bundle.make(ROOT, tmp_path / "dist", ROOT / "requirements.txt"), tmp_path / "stick")
    ran = without_network("sh", str(place / "install.sh"), str(tmp_path / "laptop"))
    assert ran.returncode == 0, ran.stderr
    served = without_network("sh", "-c", SERVE, "sh", str(tmp_path / "laptop"))
    assert '"status":"ok"' in served.stdout.replace(" ", ""), served.stdout + served.stderr
