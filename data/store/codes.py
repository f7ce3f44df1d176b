"""Short codes that people can read aloud and type: no letters or digits that look alike."""

from __future__ import annotations

import secrets

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def typed(code: str) -> str:
    """A code as people type it, in our letters; '' where it cannot be one."""
    letters = code.strip().upper()
    return letters if len(letters) <= 12 and set(letters) <= set(ALPHABET) else ""


def random_code(length: int = 6) -> str:
    """A code at random; 6 characters make 900 million."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
