"""The server as it is run in production, killed and started again; and a database that stops."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import make_url

from forum.bench.clients import ROOT
from forum.bench.place import Place, family, free_port, wait_until_ready


@dataclass
class KillableServer:
    """`forum serve` on one port, whatever happens to it."""

    place: Place
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    kills: int = 0

    def start(self) -> None:
        """Start it and wait until it says that it can serve."""
        log = self.log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    "from forum.command_line import main; main()",
                    "serve",
                    "--port",
                    str(self.port),
                ],
                cwd=ROOT,
                env=self.place.environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        wait_until_ready(self.port, self.process, log)

    @property
    def log(self) -> Path:
        """Return where it writes what it says."""
        return Path(self.place.settings.instance) / "server.log"

    def kill(self) -> None:
        """End all of it at once, in the middle of whatever it does."""
        if self.process is not None:
            self.kills += 1
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kill_one_worker(self) -> None:
        """End one of its processes; the others go on."""
        if self.process is not None:
            children = family(self.process.pid)[1:]
            if children:
                self.kills += 1
                os.kill(children[-1], signal.SIGKILL)

    def stop(self) -> None:
        """End it as an administrator does."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def stop_database(place: Place, *, seconds: float) -> None:
    """Let nobody into the database for a while; what was under way is undone.

    PostgreSQL ends every connection and takes no new one; SQLite's file is held by somebody else.
    """
    address = make_url(place.settings.database_url)
    if address.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(address.database), timeout=60, isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            holder.execute("ROLLBACK")
        return
    import psycopg

    keeper = address.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(keeper, autocommit=True) as connection:
        name = psycopg.sql.Identifier(str(address.database))
        connection.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (str(address.database),)
        )
        time.sleep(seconds)
        connection.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
