"""What registration does by itself: places kept for invitations that are over are free again."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.registration import actions
from forum.registration.queries.questions import expired_reserves


@job(every=timedelta(minutes=1))
def close_expired_invitations(now: datetime) -> int:
    """Give back the places that are kept for invitations which are over, each in a transaction of its own."""
    over = expired_reserves(db.session(), now)
    for invitation_id in over:
        with transaction() as tx:
            actions.end_invitation(tx, invitation_id, now=now)
    return len(over)
