"""One archive with all that a laptop without internet needs: wheels, maps' library, data and an installer."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
from pathlib import Path

INSTALLER = """\
#!/bin/sh
# Installs Zone of Social Creativity from this folder alone, without a network: sh install.sh [FOLDER], else ~/zone
set -e
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-$HOME/zone}
python=${PYTHON:-python@MINOR@}
if ! command -v "$python" >/dev/null; then
    echo "Python @MINOR@ is needed and $python is not here. Name it: PYTHON=/path/to/python sh install.sh" >&2
    exit 1
fi
if [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != "@MINOR@" ]; then
    echo "This bundle is for Python @MINOR@; $python is another." >&2
    exit 1
fi
cd "$here"
sha256sum --check --quiet SHA256SUMS || { echo "The bundle is damaged: copy it again." >&2; exit 1; }
"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps wheels/*.whl
app=$("$target/bin/python" -c 'import zone; print(zone.__path__[0])')/app
mkdir -p "$app/web/map_scripts/libraries"
cp -R maps/. "$app/web/map_scripts/libraries/"
echo "Installed. Start it with: $target/bin/zone warm && $target/bin/zone serve"
"""


def make(root: Path, folder: Path, requirements: Path) -> Path:
    """Write the archive of a checkout into a folder, for this version of Python on this kind of machine; returns it.

    requirements: the pinned packages to put in; those that are published as source are built. Raises
    subprocess.CalledProcessError where pip cannot get or build one.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    minor = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"zone-{version}-python{minor}-{sysconfig.get_platform()}"
    with tempfile.TemporaryDirectory() as draft:
        place = Path(draft) / name
        (place / "maps").mkdir(parents=True)
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--wheel-dir", str(place / "wheels"), "--requirement", str(requirements)], check=True)
        subprocess.run([*pip, "--wheel-dir", str(place / "wheels"), "--no-deps", str(root)], check=True)
        libraries = root / "web" / "map_scripts" / "libraries"
        if libraries.is_dir():
            shutil.copytree(libraries, place / "maps", dirs_exist_ok=True)
        (place / "install.sh").write_text(INSTALLER.replace("@MINOR@", minor), encoding="utf-8")
        (place / "SHA256SUMS").write_text(_sums(place), encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.tar"  # wheels are packed already
        with tarfile.open(target, "w") as archive:
            archive.add(place, name)
    return target


def _sums(place: Path) -> str:
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(place)}\n" for path in files)
