"""What a page says where this server's own storage fails; its figures stay."""

from __future__ import annotations

import streamlit as st

from data.errors import storage_fault
from views.language import _
from views.text import escaped


def show(error: Exception) -> bool:
    """Draw the banner of a fault of the database or the disk; False, and nothing, where it is another fault."""
    kind = storage_fault(error)
    if kind == "database":
        st.warning(
            _(
                "**The database does not answer.** What people entered cannot be shown or stored for the moment; "
                "nothing that was stored is lost. The figures of the other pages are not affected."
            )
        )
    elif kind == "damaged":
        st.error(
            _(
                "**The database of this server is damaged.** What people entered cannot be shown or stored, and some "
                "of it may be lost; the server's owner must put back a backup. The figures of the other pages are not "
                "affected."
            )
        )
    elif kind == "disk":
        reason = escaped(getattr(error, "strerror", None) or "")
        st.warning(
            _(
                "**The disk of this server does not take what was to be stored** ({fault}). Nothing was changed.",
                fault=reason,
            )
        )
    return bool(kind)
