"""The container is built of a Debian mirror and the package registries, starts as nobody special and answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.driver import Reader, free_port, healthy

ROOT = Path(__file__).parents[1]
CAN_BUILD = os.geteuid() == 0 and all(shutil.which(program) for program in ("buildah", "debootstrap"))
pytestmark = pytest.mark.skipif(not CAN_BUILD, reason="no buildah and debootstrap on this machine, or not root")
# What of python:3.11-slim-bookworm the Containerfile needs, for machines that reach no registry of images.
BASE = """
FROM scratch
COPY root /
RUN python3 -m venv /usr/local/python
ENV PATH=/usr/local/python/bin:/usr/sbin:/usr/bin:/sbin:/bin
"""
# A registry that a house answers for itself is trusted by the certificates of the machine.
CERTIFICATES = [
    *("--volume", "/etc/ssl/certs:/etc/ssl/certs:ro"),
    *("--env", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"),
    *("--env", "PIP_CERT=/etc/ssl/certs/ca-certificates.crt"),
]


class Builder:
    """Buildah with its images in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.command = ["buildah", "--root", str(folder / "images"), "--runroot", str(folder / "run")]

    def __call__(self, *words: str) -> str:
        ran = subprocess.run([*self.command, *words], capture_output=True, text=True)
        assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
        return ran.stdout

    def run(self, *words: str) -> list[str]:
        """The command that runs another one in the container."""
        return [*self.command, "run", "--isolation", "chroot", "--env", "HOME=/tmp", "app", "--", *words]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """A builder with a container called app, made by the project's Containerfile."""
    folder = tmp_path_factory.mktemp("container")
    debian = ["debootstrap", "--variant=minbase", "--include=python3-venv,ca-certificates", "bookworm"]
    if subprocess.run([*debian, str(folder / "root")], capture_output=True).returncode:
        pytest.skip("no Debian mirror is reached from here")
    (folder / "Containerfile").write_text(BASE, encoding="utf-8")
    build = Builder(folder)
    build("build", "--isolation", "chroot", "--tag", "base", str(folder))
    file = str(ROOT / "deploy" / "Containerfile")
    base = ["--build-arg", "BASE=localhost/base", *CERTIFICATES]
    build("build", "--isolation", "chroot", *base, "--tag", "zone", "--file", file, str(ROOT))
    build("from", "--name", "app", "localhost/zone")
    yield build
    build("rm", "--all")
    build("rmi", "--all", "--force")
    shutil.rmtree(folder)


def test_the_image_starts_as_its_own_user_and_shows_a_page(builder: Builder) -> None:
    image = json.loads(builder("inspect", "--type", "image", "localhost/zone"))["OCIv1"]["config"]
    port = free_port()
    shell, option, start = image["Cmd"]
    start = f"{start.replace('warm.py', 'warm.py story')} --server.port {port}"  # preparing all pages takes minutes
    server = subprocess.Popen(builder.run(shell, option, start), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        healthy(f"localhost:{port}", within=120)
        reader = Reader(f"localhost:{port}")
        reader.open("coverage")
        assert not reader.faults
        assert any("Service coverage in Berlin" in words for words in reader.words)
    finally:
        server.terminate()
        server.wait(30)


def test_nobody_in_the_container_may_change_the_app(builder: Builder) -> None:
    ran = subprocess.run(builder.run("sh", "-c", "id -u; touch /app/changed"), capture_output=True, text=True)
    assert ran.stdout.split() == ["10001"]
    assert ran.returncode != 0
    drawn = "from views import picture_files; print(picture_files.can_draw())"
    assert subprocess.run(builder.run("python", "-c", drawn), capture_output=True, text=True).stdout.split() == ["True"]
