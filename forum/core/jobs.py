"""Background work: jobs that look into our own tables for what is to be done, again and again.

The tables are the queue (a waiting letter, a waiting print job): nothing is lost when the worker dies, since there is
no second place that would have to know. See docs/decisions/0003-tables-are-the-queue.md.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask

from forum.core.clock import now
from forum.core.db import db
from forum.core.logs import log

BREATH = timedelta(milliseconds=250)
"""A pause after work that found something: a worker that asks on and on takes the turn to write from visitors."""

Work = Callable[[datetime], int]
"""Do what is due at a moment; return how many things were done."""


@dataclass(frozen=True)
class Job:
    """A named piece of background work and how often it looks for something to do."""

    name: str
    every: timedelta
    work: Work


_jobs: dict[str, Job] = {}


def job(*, every: timedelta) -> Callable[[Work], Work]:
    """Mark a function of `jobs.py` as background work.

    It claims one row in a short transaction (state, lease), does the slow part outside, then writes the result in a
    second one; a lease that ran out is claimed again.
    """

    def register(work: Work) -> Work:
        name = f"{work.__module__}.{work.__name__}"
        _jobs[name] = Job(name=name, every=every, work=work)
        return work

    return register


def run_all() -> int:
    """Run every job until none finds anything more to do; for tests and `forum work --once`."""
    done = 0
    while step := sum(run(each) for each in _jobs.values()):
        done += step
    return done


def run(each: Job) -> int:
    """Run one job once; its failure is written down and stops no other job."""
    try:
        return each.work(now())
    except Exception as error:
        log.error("job failed", job=each.name, exc_info=error)
        return 0
    finally:
        db.session.remove()


def work_until(app: Flask, stop: threading.Event) -> None:
    """Run the jobs, each at its own pace, until told to stop; one worker a process."""
    due = dict.fromkeys(_jobs, 0.0)
    with app.app_context():
        while not stop.is_set():
            for name, each in _jobs.items():
                if due[name] <= time.monotonic() and not stop.is_set():
                    busy = run(each)
                    due[name] = time.monotonic() + (min(BREATH, each.every) if busy else each.every).total_seconds()
            stop.wait(max(0.05, min(due.values(), default=1.0) - time.monotonic()))
