"""The application under test, its database, its clock, its letters, and clients that inspect every page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum import create_app
from forum.audit.models import AuditEntry, empty_the_log
from forum.core import jobs
from forum.core.db import Transaction, db, transaction
from forum.core.email import Email, MemorySender
from forum.core.schema import prepare_database
from forum.core.settings import Settings
from tests import cast
from tests.clock import Clock
from tests.inspection import InspectingClient

DATABASE = os.environ.get("FORUM_TEST_DATABASE", "sqlite")

WITHOUT_DATABASE = (
    "tests/bench",
    "tests/core/stamping",
    "tests/house/test_bootstrap",
    "tests/house/test_dependencies",
    "tests/house/test_guards",
    "tests/house/test_layers",
    "tests/house/test_run",
    "tests/house/test_templates",
    "tests/house/test_words",
    "tests/journeys",
    "tests/signs",
    "tests/wallet",
)
"""What PostgreSQL has no part in, or shows nothing new of: it is run on SQLite only, and the suite stays short."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what the run on SQLite has shown."""
    if DATABASE == "sqlite":
        return
    left = [item for item in items if item.nodeid.startswith(WITHOUT_DATABASE)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


Write = Callable[[], AbstractContextManager[Transaction]]
Read = Callable[[], AbstractContextManager[Session]]


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Return the address of an empty database of this test process's own."""
    if DATABASE == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'forum.sqlite3'}"
        return
    from forum.bench.postgresql import running_postgresql

    with running_postgresql() as server:
        yield server.create_database(f"forum_{worker_id}")


@pytest.fixture(scope="session")
def worker_id() -> str:
    """Return pytest-xdist's name of this process, `main` without it."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the tests."""
    return Settings(
        instance=tmp_path_factory.mktemp("instance"),
        secret_key="for tests only, long enough: 0123456789",
        database_url=database_url,
        base_url="http://localhost",
        rate_limits=False,
        testing=True,
    )


@pytest.fixture(scope="session")
def prepared_app(settings: Settings) -> Flask:
    """Return the application with its tables made, once for all tests of this process."""
    app = create_app(settings)
    app.test_client_class = InspectingClient
    prepare_database(app)
    return app


@pytest.fixture
def app(prepared_app: Flask) -> Iterator[Flask]:
    """Return the application with an empty database; what a test writes is swept away after it."""
    yield prepared_app
    with prepared_app.app_context(), db.engine.begin() as connection:
        if connection.scalar(select(AuditEntry.id).limit(1)) is not None:
            empty_the_log(connection)
        for table in reversed(db.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def clock(app: Flask) -> Iterator[Clock]:
    """Stop the application's clock at `cast.NOW`; `clock.moves(hours=2)` moves it."""
    stopped = Clock(cast.NOW)
    app.extensions["forum.clock"] = stopped
    yield stopped
    del app.extensions["forum.clock"]


@pytest.fixture
def now(clock: Clock) -> datetime:
    """Return the moment at which the tests' clock stands."""
    return clock()


@pytest.fixture
def outbox(app: Flask) -> Iterator[list[Email]]:
    """Return the letters that left; `run_jobs` lets waiting ones leave."""
    sender = MemorySender()
    app.extensions["forum.sender"] = sender
    yield sender.sent
    app.extensions.pop("forum.sender", None)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Return what does all the background work that waits."""

    def run() -> int:
        with app.app_context():
            return jobs.run_all()

    return run


@pytest.fixture
def write(app: Flask, clock: Clock) -> Write:
    """Return a way to write: `with write() as tx: a_registration(tx)`."""

    @contextmanager
    def writing() -> Iterator[Transaction]:
        with app.app_context(), transaction() as tx:
            yield tx

    return writing


@pytest.fixture
def read(app: Flask) -> Read:
    """Return a way to look: `with read() as session: …`."""

    @contextmanager
    def reading() -> Iterator[Session]:
        with app.app_context():
            yield db.session()

    return reading


@pytest.fixture
def client(app: Flask, clock: Clock) -> InspectingClient:
    """Return a visitor's browser, in French; every page it opens is inspected."""
    return browser(app)


@pytest.fixture
def client_for(app: Flask, write: Write) -> Callable[[str], InspectingClient]:
    """Return the browser of someone of the cast who is signed in: `client_for("organiser")`, `client_for("owner")`."""

    def signed_in(role: str) -> InspectingClient:
        with write() as tx:
            account = cast.account(tx, role)
        client = browser(app)
        with client.session_transaction() as session:
            session["_user_id"] = account.session_key
            session["_fresh"] = True
        return client

    return signed_in


def browser(app: Flask) -> InspectingClient:
    """Return a new browser that prefers French."""
    client = app.test_client()
    assert isinstance(client, InspectingClient)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the folder of the project."""
    return Path(__file__).resolve().parents[1]
