"""Who the reader is: open, or signed in by OIDC (`st.login`); and the sentence that says what a role is needed for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from data import rights
from views import controls
from views.language import N_, _

ROLE_NAMES = {"viewer": N_("viewer"), "editor": N_("editor"), "admin": N_("administrator")}
EDITORS = N_("Editors can change this.")
ADMINISTRATORS = N_("Administrators can change this.")


def provided() -> bool:
    """Whether this server has a provider to sign in with ([auth] in its secrets)."""
    try:
        return "auth" in st.secrets
    except (FileNotFoundError, OSError, ValueError):
        return False


def account() -> str:
    """The verified address of the signed-in reader, '' without one.

    Only a true `email_verified` counts: people choose `preferred_username` themselves, `sub` may look like an address.
    """
    claims: dict[str, Any] = st.user.to_dict() if provided() else {}
    is_verified = claims.get("is_logged_in") is True and claims.get("email_verified") is True
    return str(claims.get("email") or "") if is_verified else ""


def reader() -> rights.Actor:
    """Who asks: whoever has the page open; nobody outside of any page."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return rights.NOBODY
    name = account()
    stronger = max(rights.open_role(), rights.role_of(name) if name else "none", key=rights.ROLES.index)
    return rights.Actor(name, stronger)


def session() -> tuple[str, Callable[[], bool]]:
    """The reader's session, and whether it is still open."""
    run = get_script_run_ctx(suppress_warning=True)
    if run is None or not exists():
        return "", lambda: True
    return run.session_id, partial(get_instance().is_active_session, run.session_id)


def control() -> None:
    """Sign in or out, at the end of the sidebar; without a provider there is nothing to show."""
    if not provided():
        return
    with st.sidebar:
        person = rights.actor()
        if person.name:
            role = _(ROLE_NAMES.get(person.role, person.role))
            st.caption(_("Signed in as {name} ({role}).", name=person.name, role=role))
            st.button(_("Sign out"), key="sign_out", on_click=st.logout)
        else:
            st.button(_("Sign in"), key="sign_in", on_click=st.login)


def gate() -> None:
    """End the page here for those who must sign in first."""
    if rights.has_role("viewer"):
        return
    st.title(_("Please sign in"), anchor=False)
    controls.empty(
        _("This server is for people who have signed in."),
        _("Sign in with your organisation's account, in the sidebar."),
    )
    st.stop()


def allowed(role: str, *, silent: bool = False) -> bool:
    """Whether the reader has a role; if not the page says who has, and how to become one, unless it is silent."""
    if rights.has_role(role) or silent:
        return rights.has_role(role)
    what = EDITORS if role == "editor" else ADMINISTRATORS
    controls.empty(
        _(what),
        _("Sign in, in the sidebar.")
        if provided()
        else _("This server is open for reading. On a machine of your own, start it with ZONE_ROLE={role}.", role=role),
    )
    return False
