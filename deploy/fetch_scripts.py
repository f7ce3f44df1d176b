"""The JavaScript that maps are drawn with, from the npm registry: `python deploy/fetch_scripts.py`, once at set-up.

What is fetched is what package-lock.json names, by its version and its SHA-512. No Node.js is needed, as the library's
own build is one file for browsers. Without it maps are drawn by pydeck.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "web" / "map_scripts"
REGISTRY = os.environ.get("NPM_CONFIG_REGISTRY", "https://registry.npmjs.org").rstrip("/")
FILES = {"maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt")}


def fetch(name: str, version: str, integrity: str) -> bytes:
    """A package of the registry. Raises ValueError if it is not what the lock file says."""
    address = f"{REGISTRY}/{name}/-/{name.split('/')[-1]}-{version}.tgz"
    with urllib.request.urlopen(address, timeout=60) as answer:
        content: bytes = answer.read()
    kind, _, checksum = integrity.partition("-")
    if hashlib.new(kind, content).digest() != base64.b64decode(checksum):
        raise ValueError(f"{address} is not what package-lock.json says")
    return content


def unpack(package: bytes, files: tuple[str, ...], target: Path) -> None:
    """Put files of a package into a folder, packed once here and not for each reader."""
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        for file in files:
            content = archive.extractfile(f"package/{file}")
            if content is None:
                raise ValueError(f"the package has no file {file}")
            packed = gzip.compress(content.read(), mtime=0)
            draft = target / f"{Path(file).name}.gz.tmp"
            draft.write_bytes(packed)
            draft.replace(draft.with_suffix(""))


def main() -> int:
    """Fetch what is not there yet; returns the exit code."""
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, files in FILES.items():
        entry = lock[f"node_modules/{name}"]
        target = FOLDER / "libraries" / f"{name}-{entry['version']}"
        if all((target / f"{Path(file).name}.gz").exists() for file in files):
            continue
        try:
            unpack(fetch(name, entry["version"], entry["integrity"]), files, target)
        except (OSError, ValueError, KeyError, tarfile.TarError) as fault:
            print(f"{name} was not fetched ({fault}); maps are drawn more plainly.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
