"""What is left of a task, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session as Database

from forum.lists.actions.changes import change_steps
from forum.lists.actions.imports import import_steps, reading_steps
from forum.lists.actions.tasks import Step, finish
from forum.lists.models import ListTask


def steps(session: Database, task: ListTask) -> Iterator[Step]:
    """Return what is left of a claimed task, part by part; between the parts no transaction is open.

    The edge gives each a transaction of its own: `for step in steps(…): with transaction() as tx: step(tx, now)`.
    A step raises `TaskTaken` or `TaskStopped` when the task is no longer this worker's.
    """
    if task.state == "reading":
        yield from reading_steps(session, task)
        return
    if task.kind == "change":
        yield from change_steps(task)
    if task.kind == "import":
        yield from import_steps(session, task)
    yield lambda tx, now: finish(tx, task.id, task.tries, now=now)
