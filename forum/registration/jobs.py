"""What registration does by itself: offers lapse, what is free is offered or given, invitations end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from forum.core.db import Transaction, db, transaction
from forum.core.jobs import job
from forum.registration import actions, queries
from forum.registration.queries import seat_queue
from forum.registration.queries.questions import expired_reserves

AT_A_TIME = 50


class Work(Protocol):
    """An action on one row that tells how much it did."""

    def __call__(self, tx: Transaction, row_id: int, /, *, now: datetime) -> int:
        """Do it."""


def each_by_itself(ids: Sequence[int], work: Work, *, now: datetime) -> int:
    """Do the same for several rows, each in a transaction of its own, so that nobody waits for all of them."""
    db.session.rollback()  # nobody decides on what was read before
    done = 0
    for row_id in ids:
        with transaction() as tx:
            done += work(tx, row_id, now=now)
    return done


@job(every=timedelta(seconds=15))
def lapse_offers(now: datetime) -> int:
    """End the offers whose hour has passed, each in a transaction of its own; the next in the queue is served."""
    lapsed = list(queries.lapsed_offers(db.session(), now, most=AT_A_TIME))
    return each_by_itself(lapsed, actions.lapse, now=now)


@job(every=timedelta(seconds=30))
def serve_waiting_lists(now: datetime) -> int:
    """Offer what is still free: a long list goes on, and what a group saved up in vain is given on."""
    categories = list(queries.categories_to_serve(db.session()))
    return each_by_itself(categories, actions.serve_category, now=now)


@job(every=timedelta(seconds=15))
def lapse_seat_offers(now: datetime) -> int:
    """End the offers of seats whose hour has passed, each in a transaction of its own; the next one is served."""
    lapsed = list(seat_queue.lapsed_seat_offers(db.session(), now, most=AT_A_TIME))
    return each_by_itself(lapsed, actions.lapse_seat_offer, now=now)


@job(every=timedelta(seconds=30))
def serve_sessions(now: datetime) -> int:
    """Give seats that are still free to those who wait for one: a session that is shown again, a long list."""
    sessions = list(seat_queue.sessions_to_serve(db.session(), now))
    return each_by_itself(sessions, actions.serve_session, now=now)


@job(every=timedelta(minutes=1))
def close_expired_invitations(now: datetime) -> int:
    """Give back the places that are kept for invitations which are over, each in a transaction of its own."""
    over = expired_reserves(db.session(), now)
    for invitation_id in over:
        with transaction() as tx:
            ended = actions.end_invitation(tx, invitation_id, now=now)
            actions.serve_category(tx, ended.category_id, now=now)
    return len(over)
