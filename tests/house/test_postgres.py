"""The tests' own PostgreSQL: there when wanted, and gone however the tests end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from forum.bench.postgresql import ADDRESS_VARIABLE, ROOT, Server, find_binaries, running_postgresql

pytestmark = pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL's programs are not on this machine")

WAITING_TEST = """
from forum.bench.postgresql import running_postgresql
with running_postgresql() as server:
    print(server.address.partition("host=")[2], flush=True)
    input()
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with running_postgresql() as server:
        yield server


def test_a_server_ends_when_its_tests_are_killed() -> None:
    variables = {name: value for name, value in os.environ.items() if name != ADDRESS_VARIABLE}
    command = [sys.executable, "-c", WAITING_TEST]
    with subprocess.Popen(
        command, cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as tests:
        assert tests.stdout
        folder = Path(tests.stdout.readline().strip())
        server = int((folder / "data/postmaster.pid").read_text().split()[0])
        tests.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 20
    while folder.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def rows(address: str) -> list[tuple[str]]:
    """What the tests below put into a table of colours."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        return connection.execute("SELECT name FROM colours").fetchall()


def test_a_template_is_prepared_once_and_copied(server: Server) -> None:
    prepared: list[str] = []
    template = f"colours_template_{os.getpid()}"
    copy = f"colours_copy_{os.getpid()}"

    def prepare(address: str) -> None:
        prepared.append(address)
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE colours AS SELECT 'bleu' AS name")

    try:
        server.prepare_template(template, prepare)
        server.prepare_template(template, prepare)
        address = server.create_database(copy, template=template)
        assert len(prepared) == 1
        assert rows(address) == [("bleu",)]
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            connection.execute("INSERT INTO colours VALUES ('ocre')")
        assert rows(server.create_database(copy, template=template)) == [("bleu",)]
    finally:
        server.drop_database(copy)
        server.drop_database(template)


def test_the_server_counts_transactions_that_wrote(server: Server) -> None:
    before = server.transactions()
    name = f"counted_{os.getpid()}"
    server.create_database(name)
    server.drop_database(name)
    assert server.transactions() > before + 1
