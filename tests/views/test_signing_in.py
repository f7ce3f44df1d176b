"""Who a reader is by what the provider says, and who is asked outside of any page."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest
import streamlit as st

from data import rights
from views import signing_in

HEAD = "head@city.example"


def claim(monkeypatch: pytest.MonkeyPatch, claims: Mapping[str, object]) -> None:
    monkeypatch.setattr(signing_in, "provided", lambda: True)
    monkeypatch.setattr(st, "user", SimpleNamespace(to_dict=lambda: {"is_logged_in": True, **claims}))


@pytest.mark.parametrize("verified", [None, "false", "true", "False", 1, 0, False, [], {}])
def test_only_a_true_email_verified_makes_an_account(monkeypatch: pytest.MonkeyPatch, verified: object) -> None:
    claim(monkeypatch, {"email": HEAD, "email_verified": verified})
    assert signing_in.account() == ""
    claim(monkeypatch, {"email": HEAD})
    assert signing_in.account() == ""
    claim(monkeypatch, {"email": HEAD, "email_verified": True, "is_logged_in": "yes"})
    assert signing_in.account() == ""
    claim(monkeypatch, {"email": HEAD, "email_verified": True})
    assert signing_in.account() == HEAD


@pytest.mark.parametrize("name", ["preferred_username", "sub", "upn", "name"])
def test_names_that_people_choose_make_no_account(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    claim(monkeypatch, {name: HEAD, "email_verified": True})
    assert signing_in.account() == ""


@pytest.mark.parametrize("role", ["none", "viewer", "editor", "admin"])
def test_outside_of_a_page_there_is_nobody(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("ZONE_ROLE", role)
    assert signing_in.reader() == rights.NOBODY
