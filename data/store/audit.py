"""The audit log: who changed what and when. Kept for ZONE_AUDIT_DAYS (365), then deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from data.settings import settings
from data.store.database import engine
from data.store.models import Audit


def record(who: str, role: str, action: str, what: str) -> None:
    """Add a line, and let lines go that are older than the days set."""
    now = datetime.now(UTC)
    days = settings().audit_days
    with Session(engine()) as session, session.begin():
        session.add(Audit(at=now, who=who, role=role, action=action, what=what))
        session.execute(delete(Audit).where(Audit.at < now - timedelta(days=days)))
