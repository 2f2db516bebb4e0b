"""Work on many people, in the background."""

from __future__ import annotations

from datetime import datetime, timedelta

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.jobs import job
from forum.core.logs import log
from forum.core.refusals import Refusal
from forum.lists import actions, rules


@job(every=timedelta(seconds=1))
def work_on_lists(now: datetime) -> int:
    """Go through one task, part by part; return how many tasks were taken."""
    with transaction() as tx:
        task = actions.claim(tx, now=now)
    if task is None:
        return 0
    try:
        for step in actions.steps(db.session(), task):
            with transaction() as tx:
                step(tx, clock.now())
    except (rules.TaskStopped, rules.TaskTaken) as refusal:
        log.info("list task ended elsewhere", task=task.id, code=refusal.code)
    except Exception as error:
        log.error("list task failed", task=task.id, exc_info=error)
        sentence = str(refusal_of(error) or "broken")
        with transaction() as tx:
            actions.fail(tx, task.id, task.tries, now=clock.now(), error=sentence)
    return 1


def refusal_of(error: Exception) -> Refusal | None:
    """Return what a person can be told of an error."""
    return error if isinstance(error, Refusal) else None


@job(every=timedelta(minutes=30))
def forget_old_tasks(now: datetime) -> int:
    """Forget tasks that ended long ago."""
    with transaction() as tx:
        return actions.forget_old_tasks(tx, now=now)
