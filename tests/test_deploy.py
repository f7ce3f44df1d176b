"""What is in deploy/: linted and read, not built here."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def test_the_container_file_passes_hadolint() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([str(hadolint), str(DEPLOY / "Containerfile")], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout
    text = (DEPLOY / "Containerfile").read_text()
    assert "USER 10001" in text
    assert "/healthz" in text


def test_the_unit_starts_the_app_as_nobody_special() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "zone.service")
    service = unit["Service"]
    assert service["ExecStart"].split()[1] == "serve.py"
    assert service["User"] == "zone"
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")


def test_the_proxy_limits_what_one_address_asks_and_says_who_it_is() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    for part in ("/api", "/join", "/_stcore/upload_file/"):
        assert "limit_req zone=" in text.split(f"location {part} {{")[1].split("}")[0]
    assert "limit_conn open" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text  # the app counts by it
    assert "proxy_add_x_forwarded_for" not in text  # which would let readers choose whom they are


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("no nginx on this machine")
    ran = subprocess.run(
        ["nginx", "-t", "-p", str(tmp_path), "-c", str(DEPLOY / "nginx.conf")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
