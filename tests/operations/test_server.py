"""The server: it answers, its background worker lives as long as it does, and nothing outlives it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from forum.core.settings import Settings
from forum.operations import server

ROOT = Path(__file__).resolve().parents[2]
FORUM = [sys.executable, "-c", "from forum.command_line import main; main()"]
LONGEST = 60.0


def within(seconds: float, is_true: Callable[[], object]) -> bool:
    """Ask again and again until something is true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if is_true():
            return True
        time.sleep(0.02)
    return False


def environment(instance: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FORUM_")}
    return kept | {"FORUM_INSTANCE": str(instance), "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def family(pid: int) -> list[int]:
    return [pid, *(each for child in children(pid) for each in family(child))]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Running:
    """A server that was started for a test."""

    def __init__(self, instance: Path) -> None:
        """Start it and wait until it can serve."""
        self.port = free_port()
        self.output = instance / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [*FORUM, "serve", "--port", str(self.port)],
                cwd=ROOT, env=environment(instance), stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        assert within(LONGEST, lambda: self.status() == 200), self.output.read_text()

    def status(self, path: str = "/readyz") -> int | None:
        """Ask once."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None

    def keeper_and_worker(self) -> tuple[int, int] | None:
        """Return the process that keeps the background worker, and the worker: the only child with a child."""
        return next(
            ((child, grandchild[0]) for child in children(self.process.pid) if (grandchild := children(child))), None
        )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    if not Path("/proc/self/task").exists():
        pytest.skip("only Linux tells which processes are whose children")
    server = Running(tmp_path)
    yield server
    for pid in family(server.process.pid):
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    server.process.wait()


def test_it_makes_its_database_answers_and_tells_its_address(running: Running, tmp_path: Path) -> None:
    assert running.status("/healthz") == 200
    assert (tmp_path / "forum.sqlite3").exists()
    assert f"http://127.0.0.1:{running.port}/" in running.output.read_text()


def test_a_background_worker_that_dies_is_replaced(running: Running) -> None:
    assert within(10, running.keeper_and_worker)
    before = running.keeper_and_worker()
    assert before
    os.kill(before[1], signal.SIGKILL)
    assert within(10, lambda: (now := running.keeper_and_worker()) and now[1] != before[1])
    assert running.status() == 200


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_it(running: Running, how: signal.Signals) -> None:
    assert within(10, running.keeper_and_worker)
    everyone = family(running.process.pid)
    assert len(everyone) == 5  # itself, two that answer, the keeper, the background worker
    running.process.send_signal(how)
    assert within(20, lambda: running.process.poll() is not None)
    assert within(20, lambda: not any(alive(pid) for pid in everyone))


def test_a_taken_port_is_said_in_a_sentence(running: Running, tmp_path: Path) -> None:
    command = [*FORUM, "serve", "--port", str(running.port)]
    second = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "Traceback" not in second.stderr
    assert f"--port {running.port + 1}" in second.stderr


def test_a_foreign_address_is_refused() -> None:
    with pytest.raises(server.NoSuchHost):
        server.refuse_taken_port("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("base_url", "host", "expected"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:8123"),
        ("http://127.0.0.1:8000", "0.0.0.0", "http://127.0.0.1:8123"),
        ("http://127.0.0.1:8000", "::1", "http://[::1]:8123"),
        ("https://forum.example.org", "0.0.0.0", "https://forum.example.org"),
    ],
)
def test_letters_name_the_address_that_people_type(tmp_path: Path, base_url: str, host: str, expected: str) -> None:
    settings = Settings(instance=tmp_path, secret_key="x" * 40, database_url="sqlite://", base_url=base_url)
    assert server.base_url(settings, host=host, port=8123) == expected


def test_when_the_workers_die_again_and_again_it_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Granian ends the program when a worker dies twice within six seconds; only who runs it may end it."""
    lives: list[str] = []

    class GivesUpTwice:
        def __init__(self, *_arguments: object, **_options: object) -> None:
            self.interrupt_signal = False

        def serve(self, **_options: object) -> None:
            lives.append("served")
            if len(lives) < 3:
                raise SystemExit(1)
            self.interrupt_signal = True

    monkeypatch.setattr("granian.server.Server", GivesUpTwice)
    monkeypatch.setattr(server.time, "sleep", lambda _seconds: None)
    server.answer_until_told(host="127.0.0.1", port=1, workers=2)
    assert lives == ["served", "served", "served"]
