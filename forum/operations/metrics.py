"""Figures for Prometheus: requests counted in each process, and what the tables say."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session as DatabaseSession

from forum.checkin.models import Scan
from forum.checkin.queries import people_at_all
from forum.editions.models import Edition
from forum.messages.models import STATES, Letter
from forum.registration.models import Registration

FOLDER = "metrics"
NEARLY = timedelta(days=2)
WRITE_EVERY = 1.0
"""Seconds between two writings of a process's counts; so old may be what another process tells."""

Labels = tuple[tuple[str, str], ...]


class Requests:
    """Counts of the requests that this process answered, written beside those of its siblings.

    A scrape reaches any one of the workers, so each leaves its counts in `instance/metrics/<pid>.json` and the one that
    is asked adds them all up.
    """

    def __init__(self, folder: Path) -> None:
        """Start at nothing."""
        self.folder = folder
        self.owner = os.getpid()
        self.answered: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.writes = False

    def count(self, *, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        with self.lock:
            if self.owner != os.getpid():  # forked: the parent's counts are the parent's
                self.owner, self.writes = os.getpid(), False
                self.answered, self.seconds = Counter(), Counter()
            self.answered[json.dumps([endpoint, method, str(status)])] += 1
            self.seconds[endpoint] += seconds  # type: ignore[assignment]
            if not self.writes:
                self.writes = True
                threading.Thread(target=self.write_for_ever, name="writes metrics", daemon=True).start()

    def write_for_ever(self) -> None:
        """Write the counts whenever they changed."""
        written = -1
        while True:
            now = self.answered.total()
            if now != written:
                self.write()
                written = now
            time.sleep(WRITE_EVERY)

    def write(self) -> None:
        """Write this process's counts, in one step."""
        with self.lock:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f"{self.owner}.new"
            part.write_text(json.dumps({"answered": self.answered, "seconds": self.seconds}), "utf-8")
            part.replace(self.folder / f"{self.owner}.json")

    def all(self) -> tuple[Counter[str], Counter[str]]:
        """Return the counts of all processes, this one's as they are now."""
        answered, seconds = Counter(self.answered), Counter(self.seconds)
        for path in self.folder.glob("*.json"):
            if path.stem != str(os.getpid()):
                kept = json.loads(path.read_text("utf-8"))
                answered.update(kept["answered"])
                seconds.update(kept["seconds"])
        return answered, seconds


def start_anew(folder: Path) -> None:
    """Forget the counts of a server that ended; Prometheus knows that counters start at nothing again."""
    for path in (folder / FOLDER).glob("*"):  # a killed worker may have left a part as well
        path.unlink(missing_ok=True)


def exposition(session: DatabaseSession, requests: Requests, *, now: datetime) -> str:
    """Return all figures in Prometheus' text format."""
    return "".join(
        f"# HELP {name} {words}\n# TYPE {name} {kind}\n"
        + "".join(line(name, labels, value) for labels, value in values)
        for name, kind, words, values in families(session, requests, now=now)
    )


def families(
    session: DatabaseSession, requests: Requests, *, now: datetime
) -> Iterator[tuple[str, str, str, Iterable[tuple[Labels, float]]]]:
    """Return each figure: its name, kind, words and values."""
    answered, seconds = requests.all()
    by_endpoint: Counter[str] = Counter()
    values: list[tuple[Labels, float]] = []
    for key, number in sorted(answered.items()):
        endpoint, method, status = json.loads(key)
        by_endpoint[endpoint] += number
        values.append(((("endpoint", endpoint), ("method", method), ("status", status)), number))
    yield "forum_requests_total", "counter", "Requests answered, by endpoint, method and status.", values
    yield (
        "forum_request_seconds_sum",
        "counter",
        "Seconds spent answering, by endpoint.",
        [((("endpoint", endpoint),), round(spent, 6)) for endpoint, spent in sorted(seconds.items())],
    )
    yield (
        "forum_request_seconds_count",
        "counter",
        "Requests whose time is in forum_request_seconds_sum.",
        [((("endpoint", endpoint),), number) for endpoint, number in sorted(by_endpoint.items())],
    )
    letters = dict.fromkeys(STATES, 0)
    for state, number in session.execute(select(Letter.state, func.count()).group_by(Letter.state)):
        letters[state] = number
    yield (
        "forum_letters",
        "gauge",
        "Letters, by state; waiting ones should leave within minutes.",
        [((("state", state),), number) for state, number in letters.items()],
    )
    yield (
        "forum_registrations",
        "gauge",
        "Registrations, by edition and state.",
        by_edition(session, select(Edition.slug, Registration.state, func.count()).join(Edition), "state"),
    )
    yield (
        "forum_scans_total",
        "counter",
        "Scans, by edition and verdict.",
        by_edition(session, select(Edition.slug, Scan.verdict, func.count()).join_from(Scan, Edition), "verdict"),
    )
    inside = [(edition.slug, people_at_all(session, edition, now=now)) for edition in editions_on(session, now=now)]
    yield (
        "forum_people_inside",
        "gauge",
        "People inside now, by edition.",
        [((("edition", slug),), number) for slug, number in inside],
    )


def editions_on(session: DatabaseSession, *, now: datetime) -> Sequence[Edition]:
    """Return the editions of these days: people set up before the first and leave after the last."""
    near = (Edition.first_day <= (now + NEARLY).date(), Edition.last_day >= (now - NEARLY).date())
    return session.scalars(select(Edition).where(*near).order_by(Edition.slug)).all()


def by_edition(session: DatabaseSession, statement: Any, label: str) -> list[tuple[Labels, float]]:
    """Return counts by edition and one more column."""
    slug, column = statement.selected_columns[0], statement.selected_columns[1]
    rows = session.execute(statement.group_by(slug, column).order_by(slug, column))
    return [((("edition", edition), (label, value)), number) for edition, value, number in rows]


def line(name: str, labels: Labels, value: float) -> str:
    """Return one value's line."""
    inner = ",".join(f'{label}="{escaped(text)}"' for label, text in labels)
    return f"{name}{{{inner}}} {value}\n"


def escaped(text: str) -> str:
    """Return a label's text as the format wants it."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
