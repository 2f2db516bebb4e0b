"""A task is a row: asked, agreed to, taken by a worker, held by it, ended, forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from forum.core import codes
from forum.core.db import Transaction
from forum.lists import queries, rules
from forum.lists.models import LeftOut, ListTask
from forum.registration.models import Registration

Step = Callable[[Transaction, datetime], None]
"""A part of a task, for one transaction of its own."""


def ask_change(
    tx: Transaction,
    *,
    edition_id: int,
    account_id: int | None,
    what: str,
    ids: Sequence[int],
    language: str,
    now: datetime,
) -> ListTask:
    """Write down what is to be done to whom; nothing is done before somebody agrees.

    Raises `NoSuchChange`, `NothingChosen`.
    """
    rules.may_be_asked(what)
    rules.somebody_is_chosen(ids)
    return add_task(
        tx,
        kind="change",
        edition_id=edition_id,
        account_id=account_id,
        wish={"what": what, "ids": list(ids)},
        total=len(ids),
        language=language,
        now=now,
    )


def add_task(
    tx: Transaction,
    *,
    kind: str,
    edition_id: int,
    account_id: int | None,
    wish: Mapping[str, Any],
    language: str,
    now: datetime,
    total: int = 0,
    state: str = "asked",
    content: bytes | None = None,
) -> ListTask:
    """Write a task down under a name that nobody guesses."""
    return tx.add(
        ListTask(
            edition_id=edition_id,
            account_id=account_id,
            key=codes.new_token(),
            kind=kind,
            wish=dict(wish),
            content=content,
            language=language,
            state=state,
            total=total,
            asked_at=now,
        )
    )


def agree(tx: Transaction, task_id: int, more: Mapping[str, Any] | None = None) -> bool:
    """Let a task begin, with what was chosen when agreeing; False when it began before (another window, a reload)."""
    task = tx.lock(ListTask, task_id)
    if task.state != "asked":
        return False
    task.wish = {**task.wish, **(more or {})}
    task.state, task.done = "waiting", 0
    return True


def stop(tx: Transaction, task_id: int, *, now: datetime) -> bool:
    """Stop a task that goes on; what was done stays. False when it had ended."""
    task = tx.lock(ListTask, task_id)
    if not task.is_at_work and task.state != "asked":
        return False
    end(task, "stopped", now=now)
    return True


def end(task: ListTask, state: str, *, now: datetime, error: str | None = None) -> None:
    """Let a task end; the lines it was given are forgotten."""
    task.state, task.finished_at, task.error, task.leased_until, task.content = state, now, error, None, None


def claim(tx: Transaction, *, now: datetime, task_id: int | None = None) -> ListTask | None:
    """Take a task that waits or whose worker went silent: this one, or the oldest."""
    task = queries.next_task(tx.session, now, task_id)
    if task is None:
        return None
    if task.tries >= rules.MOST_TRIES:
        end(task, "failed", now=now, error="stopped")
        return None
    if task.state == "waiting":
        task.state = "running"
    task.tries += 1
    task.leased_until = now + rules.LEASE
    tx.session.flush()
    return task


def fail(tx: Transaction, task_id: int, attempt: int, *, now: datetime, error: str) -> None:
    """Say that a task cannot go on, unless another worker has it by now."""
    task = tx.lock(ListTask, task_id)
    if task.tries == attempt and task.is_at_work:
        end(task, "failed", now=now, error=error)


def name_of(tx: Transaction, registration_id: int) -> str:
    """Return whose registration could not be changed."""
    registration = tx.session.get(Registration, registration_id)
    return registration.person.name if registration is not None else "–"


def held(tx: Transaction, task_id: int, attempt: int, *, now: datetime) -> ListTask:
    """Return a task that is still this worker's, its lease made longer. Raises `TaskTaken`, `TaskStopped`."""
    task = tx.lock(ListTask, task_id)
    if task.state == "stopped":
        raise rules.TaskStopped
    if task.tries != attempt or not task.is_at_work:
        raise rules.TaskTaken
    task.leased_until = now + rules.LEASE
    return task


def leave_out(tx: Transaction, task_id: int, place: int, name: str, reason: str) -> None:
    """Write down for whom nothing could be done, and why."""
    tx.session.add(LeftOut(task_id=task_id, place=place, name=name[:200], reason=reason))


def leave_all_out(tx: Transaction, task_id: int, left_out: Sequence[tuple[int, str, str]]) -> None:
    """Write down many lines for which nothing could be done."""
    if left_out:
        rows = [
            {"task_id": task_id, "place": place, "name": name[:200], "reason": why} for place, name, why in left_out
        ]
        tx.session.execute(insert(LeftOut), rows)


def finish(tx: Transaction, task_id: int, attempt: int, *, now: datetime) -> None:
    """Say that all of a task was gone through."""
    end(held(tx, task_id, attempt, now=now), "ready", now=now)


def forget_old_tasks(tx: Transaction, *, now: datetime) -> int:
    """Forget what ended a week ago, and what nobody agreed to within a day; return how many."""
    old = queries.old_task_ids(tx.session, now)
    tx.session.execute(delete(LeftOut).where(LeftOut.task_id.in_(old)))
    tx.session.execute(delete(ListTask).where(ListTask.id.in_(old)))
    return len(old)


def go_on_reading(tx: Transaction, task_id: int, wish: Mapping[str, Any]) -> bool:
    """Have a file looked through anew, with other columns; False when somebody agreed to it already."""
    changed = (
        update(ListTask)
        .where(ListTask.id == task_id, ListTask.state.in_(("asked", "reading")))
        .values(wish=dict(wish), state="reading", tries=0, done=0, leased_until=None)
    )
    return bool(tx.session.execute(changed).rowcount)  # type: ignore[attr-defined]


def forget_left_out(tx: Transaction, task_id: int) -> None:
    """Forget what was said of lines: they are looked at anew."""
    tx.session.execute(delete(LeftOut).where(LeftOut.task_id == task_id))
