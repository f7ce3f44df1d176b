"""The audit log: who changed what and when. Kept for ZONE_AUDIT_DAYS (365), then deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
from sqlalchemy import delete, select
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


def lines(limit: int = 500) -> pd.DataFrame:
    """The newest lines: at, who (account, '' without sign-in), role, action, what."""
    columns = [Audit.at, Audit.who, Audit.role, Audit.action, Audit.what]
    with Session(engine()) as session:
        rows = session.execute(select(*columns).order_by(Audit.id.desc()).limit(limit)).all()
    return pd.DataFrame(rows, columns=[column.key for column in columns])
