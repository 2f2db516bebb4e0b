"""Tasks on many people, and those whom they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from forum.core.refusals import NotFound
from forum.lists.models import LeftOut, ListTask
from forum.lists.queries.searching import in_order
from forum.lists.rules import KEPT, UNANSWERED_KEPT
from forum.registration.models import Registration


def task_with_key(session: Database, edition_id: int, key: str) -> ListTask:
    """Return a task of an edition. Raises `NotFound`."""
    task = session.scalar(select(ListTask).where(ListTask.edition_id == edition_id, ListTask.key == key))
    if task is None:
        raise NotFound
    return task


def next_task(session: Database, now: datetime, task_id: int | None = None) -> ListTask | None:
    """Return the oldest task that nobody works on (or this one), locked; what another worker takes is passed over."""
    is_free = (ListTask.state == "waiting") | (
        ListTask.state.in_(("reading", "running")) & (ListTask.leased_until.is_(None) | (ListTask.leased_until < now))
    )
    statement = select(ListTask).where(is_free).order_by(ListTask.id).limit(1)
    if task_id is not None:
        statement = statement.where(ListTask.id == task_id)
    return session.scalar(statement.with_for_update(skip_locked=True, of=ListTask))


def recent_tasks(session: Database, edition_id: int, *, limit: int = 5) -> Sequence[ListTask]:
    """Return the newest tasks of an edition that somebody agreed to."""
    agreed = ListTask.state.in_(("waiting", "running", "ready", "stopped", "failed"))
    statement = select(ListTask).where(ListTask.edition_id == edition_id, agreed).order_by(ListTask.id.desc())
    return session.scalars(statement.limit(limit)).all()


def left_out_of(session: Database, task_id: int, *, limit: int | None = None) -> Sequence[LeftOut]:
    """Return for whom a task could do nothing, in order."""
    statement = select(LeftOut).where(LeftOut.task_id == task_id).order_by(LeftOut.place, LeftOut.id).limit(limit)
    return session.scalars(statement).all()


def count_left_out(session: Database, task_id: int) -> int:
    """Return for how many a task could do nothing."""
    return session.scalar(select(func.count(LeftOut.id)).where(LeftOut.task_id == task_id)) or 0


def old_task_ids(session: Database, now: datetime) -> Sequence[int]:
    """Return the tasks that ended long ago, or that nobody agreed to."""
    unanswered = (ListTask.state == "asked") & (ListTask.asked_at < now - UNANSWERED_KEPT)
    return session.scalars(select(ListTask.id).where((ListTask.finished_at < now - KEPT) | unanswered)).all()


def states_of(session: Database, ids: Sequence[int]) -> dict[str, int]:
    """Return how many of some registrations are in each state."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), 5_000):
        some = Registration.id.in_(ids[start : start + 5_000])
        statement = select(Registration.state, func.count()).where(some).group_by(Registration.state)
        for state, many in session.execute(statement):
            found[state] = found.get(state, 0) + many
    return found


def names_of(session: Database, ids: Sequence[int], *, limit: int = 12) -> list[str]:
    """Return the first names of those chosen."""
    return [each.person.name for each in in_order(session, ids[:limit])]


def ids_in(session: Database, edition_id: int, ids: Sequence[int]) -> Sequence[int]:
    """Return which ids are of this edition's registrations."""
    of_edition = select(Registration.id).where(Registration.edition_id == edition_id, Registration.id.in_(ids))
    return session.scalars(of_edition.order_by(Registration.id)).all()


def ids_of_list(session: Database, key: str) -> Sequence[int]:
    """Return who was registered by a task's list, in the order of their coming."""
    of_list = Registration.submission_key.between(f"list:{key}:", f"list:{key}:~")
    return session.scalars(select(Registration.id).where(of_list).order_by(Registration.id)).all()
