"""Who knocks too often is asked to wait, whichever process answers."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from forum.core import limits
from forum.core.limits import SharedFileStorage, knock
from forum.core.settings import Settings
from forum.core.web import open_to

fork = multiprocessing.get_context("fork")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "knocks.sqlite3"


def storage(file: Path) -> SharedFileStorage:
    return SharedFileStorage(f"forum-file://{file}")


def test_knocks_are_counted_and_forgotten(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = storage(file)
    assert [counter.incr("door", 60), counter.incr("door", 60), counter.incr("window", 60)] == [1, 2, 1]
    later = counter.get_expiry("door") + 1
    monkeypatch.setattr("forum.core.limits.time.time", lambda: later)
    assert counter.get("door") == 0
    assert counter.incr("door", 60) == 1


def test_over_counts_leave_the_file(file: Path) -> None:
    counter = storage(file)
    counter.incr("short", -1)
    counter.knocks = 0
    counter.incr("long", 60)
    assert counter.run("SELECT count(*) FROM knock") == (1,)


def knock_often(counter: SharedFileStorage, times: int) -> None:
    for _ in range(times):
        counter.incr("door", 60)


@pytest.mark.rush
def test_processes_share_one_count(file: Path) -> None:
    counter = storage(file)
    counter.incr("door", 60)  # opened before the fork, as the server does
    processes = [fork.Process(target=knock_often, args=(counter, 50)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert counter.get("door") == 201


@pytest.fixture
def limited(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Return a small application whose door takes two knocks a minute."""
    app = Flask(__name__)
    app.extensions["forum.settings"] = replace(settings, instance=tmp_path, rate_limits=True)
    door = Blueprint("door", __name__)

    @door.post("/door")
    @open_to("everyone")
    @knock("2 per minute")
    def open_door() -> str:
        return "open"

    limits.install(app)
    app.register_blueprint(door)
    yield app
    limits.limiter.enabled = False


def test_the_third_knock_is_asked_to_wait(limited: Flask) -> None:
    client = limited.test_client()
    assert [client.post("/door").status_code for _ in range(3)] == [200, 200, 429]
