"""What the server's owner sets, by environment variables that begin with ZONE_ (`local` is ZONE_LOCAL, and so on)."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import NonNegativeInt, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.errors import DataError


class Settings(BaseSettings):
    """Every setting with its default. An empty variable is as good as none."""

    model_config = SettingsConfigDict(env_prefix="ZONE_", frozen=True)

    local: Path = Path(__file__).parent / "local"  # the folder of tables and cities made on this machine
    database: str = ""  # SQLAlchemy's address of the database; zone.db in the local folder if empty
    role: str = "viewer"  # what people may do who have not signed in: none, viewer, editor or admin
    roles: Path | None = None  # the file with the roles of accounts; roles.toml in the local folder if empty
    audit_days: NonNegativeInt = 365  # days that lines of the audit log stay
    brand: Path | None = None  # the theme file; brand.toml in the local folder if empty
    address: str = ""  # where people reach the server: of short links, their previews and the room; else a reader's own
    embed: str = ""  # sites that may show pages in a frame, such as "https://city.example", separated by spaces
    engine: str = "duckdb"  # where heavy aggregation runs: duckdb, pyspark, or an address that Ibis connects to
    secret: Path | None = None  # the file with the secret of suppression; disclosure.key in the local folder if empty
    lake: str = ""  # a folder or an address of object storage with the tables as partitioned Parquet
    results_mb: NonNegativeInt = (
        500  # of computed results kept in the local folder, so that a restart has them; 0: none
    )
    processes: NonNegativeInt = 0  # that run pages, beside one for phones and the API; 0: as many as cores, up to 4
    examples: bool = True  # whether a new server starts with examples (data.store.examples)
    hosts: str = ""  # more hosts that data may be fetched from, separated by spaces
    grid: str = ""  # where Eurostat's grid of the census lies, if its address has changed
    metrics: bool = False  # whether /metrics tells Prometheus how much is asked and how long it takes, of nobody
    traces: str = ""  # where traces are sent (OpenTelemetry's OTLP over HTTP), such as http://127.0.0.1:4318
    smtp: str = ""  # the server that digests go out by: smtp://host:25, starttls://user@host:587, smtps://user@host:465
    smtp_password: Path | None = None  # the file with its password, where it needs one
    sender: str = ""  # whose address digests come from
    digest: Path | None = None  # the file of those who get digests; digest.toml in the local folder if empty
    log: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"  # the least level that is logged

    @field_validator("*", mode="before")
    @classmethod
    def _default_if_empty(cls, value: Any, info: ValidationInfo) -> Any:
        """The role alone is taken as it stands: one that names no role opens nothing."""
        field = info.field_name or ""
        return cls.model_fields[field].default if value == "" and field != "role" else value

    @field_validator("embed")
    @classmethod
    def _only_sites(cls, value: str) -> str:
        """They go into a header: nothing but origins."""
        for site in value.split():
            if not re.fullmatch(r"https?://(\*\.)?[\w.-]+(:\d+)?", site, re.ASCII):
                raise ValueError(f"'{site}' is no site; write https://city.example")
        return value


def settings() -> Settings:
    """The settings of this moment. Raises DataError that names the variable whose value does not fit."""
    return _read(tuple(os.environ.get(f"ZONE_{name.upper()}") for name in Settings.model_fields))


@lru_cache(maxsize=8)
def _read(_environment: tuple[str | None, ...]) -> Settings:
    """Reading takes 0.3 ms, so it is done again only where the environment has changed."""
    try:
        return Settings()
    except ValidationError as error:
        problem = error.errors()[0]
        name = f"ZONE_{str(problem['loc'][0]).upper()}"
        raise DataError(f"{name} is '{problem['input']}': {problem['msg']}.") from None
