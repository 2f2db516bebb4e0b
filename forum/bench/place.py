"""A forum of its own to measure: a temporary instance with the demonstration, served as in production."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select, update

from forum import create_app
from forum.badges.models import Badge
from forum.badges.rules import hash_of
from forum.bench.clients import ROOT, NotMeasured
from forum.bench.postgresql import CAREFUL, NoPostgresql, running_postgresql
from forum.checkin.models import Gate
from forum.core import codes, jobs
from forum.core.db import Transaction, transaction
from forum.core.schema import prepare_database
from forum.core.settings import Settings, read_settings
from forum.demo import record
from forum.demo.actions import load_demo
from forum.demo.rules import ZONE, days_around
from forum.demo.story import COMING, TODAY
from forum.editions.models import Edition
from forum.people.models import Person
from forum.registration.models import Category, Registration

LONGEST_START = 60.0
PLENTY = 10_000_000
"""More places than a benchmark can take."""


@dataclass(frozen=True)
class Place:
    """An instance that can be served, and what a benchmark wants to know of it."""

    settings: Settings
    app: Flask
    password: str
    today: str
    coming: str
    """The slugs of the edition that is open today and of the coming one."""

    def environment(self) -> dict[str, str]:
        """Return the variables for programs that work on this instance."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FORUM_")}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "FORUM_INSTANCE": str(self.settings.instance),
            "FORUM_DATABASE_URL": self.settings.database_url,
            "FORUM_RATE_LIMITS": "no",
        }

    def gate(self) -> tuple[str, str]:
        """Return the key and the token of today's entrance."""
        with self.app.app_context(), transaction() as tx:
            statement = select(Gate.key, Gate.token).join(Edition, Edition.id == Gate.edition_id)
            entrance = statement.where(Edition.slug == self.today, Gate.direction == "in", Gate.session_id.is_(None))
            key, token = tx.session.execute(entrance.order_by(Gate.id)).first() or ("", "")
            return str(key), str(token)


@contextmanager
def place(database: str) -> Iterator[Place]:
    """Make an instance with the demonstration on SQLite or on a PostgreSQL of its own; raises `NotMeasured`."""
    with tempfile.TemporaryDirectory(prefix="forum-bench-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite":
            yield prepared(Path(folder), None)
            return
        try:
            with running_postgresql(CAREFUL) as server:
                yield prepared(Path(folder), server.create_database("forum_bench"))
        except NoPostgresql as lack:
            raise NotMeasured(f"PostgreSQL: {lack}") from lack


def prepared(instance: Path, database_url: str | None) -> Place:
    """Load the demonstration into an instance."""
    environment = {"FORUM_RATE_LIMITS": "no"} | ({"FORUM_DATABASE_URL": database_url} if database_url else {})
    settings = read_settings(environment, instance)
    app = create_app(settings)
    password, now = record.new_password(), datetime.now(UTC)
    prepare_database(app)
    with app.app_context(), transaction() as tx:
        load_demo(tx, password=password, now=now)
        open_wide(tx)
    with app.app_context():
        jobs.run_all()  # the invoices and letters of the demonstration: no part of what is measured
    days = days_around(now.astimezone(ZONE).date())
    return Place(settings=settings, app=app, password=password, today=days[TODAY].slug, coming=days[COMING].slug)


def open_wide(tx: Transaction) -> None:
    """Give the public categories places without end, so that a benchmark measures places taken, not refusals."""
    tx.session.execute(update(Category).where(Category.is_public).values(places=PLENTY))


def more_badges(place: Place, number: int) -> list[str]:
    """Register so many more people for today's edition, straight in the tables; return their badges' codes."""
    now = datetime.now(UTC) - timedelta(days=1)
    made = [codes.new_code() for _ in range(number)]
    with place.app.app_context(), transaction() as tx:
        edition_id, category_id = tx.session.execute(
            select(Edition.id, Category.id)
            .join(Category, Category.edition_id == Edition.id)
            .where(Edition.slug == place.today, Category.slug == "public")
        ).one()
        people = [
            {
                "given_name": "Camille",
                "family_name": f"Numéro {n}",
                "email": f"numero{n}@example.org",
                "language": "fr",
                "search_text": f"camille numero {n}",
                "created_at": now,
            }
            for n in range(number)
        ]
        persons = list(tx.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people))
        rows = [
            {
                "edition_id": edition_id,
                "category_id": category_id,
                "person_id": person_id,
                "token": codes.new_token(),
                "reference": secrets.token_hex(6),
                "submission_key": codes.new_token(),
                "state": "confirmed",
                "adjustment": "",
                "registered_at": now,
                "changed_at": now,
            }
            for person_id in persons
        ]
        ids = list(
            tx.session.scalars(insert(Registration).returning(Registration.id, sort_by_parameter_order=True), rows)
        )
        tx.session.execute(
            insert(Badge),
            [
                {
                    "edition_id": edition_id,
                    "registration_id": registration_id,
                    "code": code,
                    "code_hash": hash_of(code),
                    "made_at": now,
                    "changed_at": now,
                }
                for registration_id, code in zip(ids, made, strict=True)
            ],
        )
        tx.session.execute(update(Category).where(Category.id == category_id).values(taken=Category.taken + number))
    return made


@dataclass
class Served:
    """A running server."""

    base: str
    process: subprocess.Popen[bytes]
    seconds: float
    """From the start of the program to its first answer that it is ready."""

    def memory(self) -> float | None:
        """Return the megabytes of all its processes, shared pages counted once (Linux only)."""
        try:
            return sum(proportional_size(pid) for pid in family(self.process.pid)) / 1e6
        except OSError:
            return None


@contextmanager
def served(place: Place, *, workers: int = 2) -> Iterator[Served]:
    """Serve an instance with `forum serve` until the end of the block."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    program = "from forum.command_line import main; main()"
    log = place.settings.instance / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", program, "serve", "--port", str(port), "--workers", str(workers)],
            cwd=ROOT,
            env=place.environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until_ready(port, process, log)
        yield Served(base=base, process=process, seconds=time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the server says that it can serve."""
    ends = time.monotonic() + LONGEST_START
    while time.monotonic() < ends and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.01)
    raise NotMeasured(f"the server did not start: {log.read_text(errors='replace')[-400:]}")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in family(int(child)))]


def proportional_size(pid: int) -> int:
    """Return the bytes of a process, pages shared with others divided among them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
