"""What the pages on social innovation share: names of needs, and the line under their figures."""

from __future__ import annotations

from analytics.indicators import DIMENSIONS
from views.language import N_, _

LABELS = DIMENSIONS | {"environment": N_("Environment")}
CREDIT = N_("register of initiatives on this server; pages read are kept with each fact")


def label(topic: str) -> str:
    """A need's name."""
    return _(LABELS.get(topic, topic.capitalize()))
