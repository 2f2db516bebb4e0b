"""The purge, every night."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core.db import transaction
from forum.core.jobs import job
from forum.core.logs import log
from forum.privacy.actions import purge


@job(every=timedelta(hours=6))
def purge_nightly(now: datetime) -> int:
    """Erase what has been kept long enough. Nothing is lost when a night is missed: the next one finds it."""
    with transaction() as tx:
        purged = purge(tx, now=now)
    total = sum(purged.values())
    if total:
        log.info("purged", **purged)
    return total
