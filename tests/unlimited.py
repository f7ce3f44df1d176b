"""A client of the addresses beside the pages that asks for everything: without the limits of one reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import web
from web import api, guard
from web.rates import Rates


@contextmanager
def unlimited(base_url: str = "http://testserver") -> Iterator[TestClient]:
    """The client, under the address that answers are to name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "SECONDS", Rates(1e9, 1e9))
        patch.setattr(guard, "DELAY_S", 0.0)
        yield TestClient(Starlette(routes=web.ROUTES), base_url=base_url)
