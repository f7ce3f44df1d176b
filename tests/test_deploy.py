"""What is in deploy/: linted and read, not built here."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from data.settings import Settings

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


def test_the_containers_share_database_and_tables_and_only_the_proxy_is_reached(tmp_path: Path) -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert services["app1"] == services["app2"]
    app = services["app1"]
    assert (app["read_only"], app["cap_drop"], app["volumes"]) == (True, ["ALL"], ["local:/data"])
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert services["proxy"]["ports"] == ["127.0.0.1:8080:8080"]
    assert "${ZONE_DB_PASSWORD:?" in app["environment"]["ZONE_DATABASE"]  # there is no usual password
    for name in app["environment"]:
        assert name.removeprefix("ZONE_").lower() in Settings.model_fields
    # The proxy's command, with the file where it lies here.
    command = (
        services["proxy"]["command"][2].split("&&")[0].replace("/nginx.conf >/tmp", f"{DEPLOY}/nginx.conf >{tmp_path}")
    )
    subprocess.run(["sh", "-c", command], check=True)
    text = (tmp_path / "nginx.conf").read_text(encoding="utf-8")
    upstream = text.split("upstream zone {")[1].split("}")[0]
    assert upstream.split() == ["hash", "$reader", "consistent;", "server", "app1:8501;", "server", "app2:8501;"]
    assert "listen 8080;" in text
