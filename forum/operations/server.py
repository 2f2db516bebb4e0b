"""The production server: workers that answer, and beside them one that does the background work.

    forum serve ── answers (granian, forked) × workers
                └─ keeper ── background worker, started again when it dies

Every process watches its parent and ends with it, however the parent ends: nothing is left behind by a SIGKILL.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import wait
from typing import Any

from flask import Flask

from forum.core.db import db
from forum.core.jobs import work_until
from forum.core.logs import log
from forum.core.refusals import Conflict
from forum.core.settings import Settings
from forum.core.words import lazy_gettext as _
from forum.operations.metrics import start_anew

# Who holds the turn to write must not wait 5 ms (Python's own interval) for each thread that computes.
SWITCH_INTERVAL = 0.0005
THREADS = 3
"""Threads a worker answers with; measured best with two workers on two cores."""

PATIENCE = 10.0
"""Seconds that the background worker has to finish what it is at."""

_app: Flask | None = None
"""The application, made once before the workers are forked from it."""


class PortTaken(Conflict):
    """Somebody listens there already."""

    code = "port-taken"
    sentence = _(
        "Another program answers at %(host)s:%(port)s already, perhaps this one in another window. "
        "Stop it, or choose another port: forum serve --port %(other)s"
    )


class NoSuchHost(Conflict):
    """The address is not this machine's, or the port is for the system."""

    code = "no-such-host"
    sentence = _("The server cannot listen at %(host)s:%(port)s: %(reason)s.")


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `PortTaken` or `NoSuchHost` when nothing can be served there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (98, 48):  # EADDRINUSE on Linux and macOS
                raise PortTaken(host=host, port=port, other=port + 1) from error
            raise NoSuchHost(host=host, port=port, reason=error.strerror or str(error)) from error


def base_url(settings: Settings, *, host: str, port: int) -> str:
    """Return the address that people type: the setting's, else this machine's own at the chosen port."""
    if settings.base_url != Settings.base_url:
        return settings.base_url
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 (compared, not bound)
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def serve(app: Flask, *, host: str, port: int, workers: int, with_jobs: bool = True) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); the port was asked for with `refuse_taken_port` before."""
    global _app
    settings: Settings = app.extensions["forum.settings"]
    address = base_url(settings, host=host, port=port)
    app.extensions["forum.settings"] = replace(settings, base_url=address)
    os.environ["FORUM_BASE_URL"] = address  # for systems where the workers are not forked
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
    disconnect(app)
    start_anew(settings.instance)
    _app = app

    keeper = start_keeper() if with_jobs else None
    try:
        answer_until_told(host=host, port=port, workers=workers)
    finally:
        if keeper is not None:
            stop(keeper)


def answer_until_told(*, host: str, port: int, workers: int) -> None:
    """Answer requests until told to stop, whatever becomes of the workers.

    Granian gives up when a worker dies twice within six seconds. At a door that would be the end of the morning, so it
    is started again; what makes workers die is in the log either way.
    """
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    while True:
        server = Server(
            "wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            http=HTTPModes.http1,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=int(PATIENCE),
            log_level=LogLevels.warning,
        )
        with suppress(SystemExit):  # how it ends when it gives up
            server.serve(target_loader=app_of_worker, wrap_loader=False)
        if server.interrupt_signal:
            return
        log.error("workers died again and again: started anew")
        time.sleep(1)


def app_of_worker(*_arguments: Any, **_options: Any) -> Any:
    """Return the application to a worker that was just started, and tie the worker's life to its parent's."""
    end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    sys.setswitchinterval(SWITCH_INTERVAL)
    return application()


def application() -> Flask:
    """Return the application: the one this process was forked with, else a new one."""
    if _app is not None:
        return _app
    from forum import create_app

    return create_app()


def disconnect(app: Flask) -> None:
    """Close the connections to the database: a connection must not be used on both sides of a fork."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def end_with_parent(end: Callable[[], None]) -> None:
    """Call `end` when the parent process is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        end()

    threading.Thread(target=watch, name="watches parent", daemon=True).start()


def start_keeper() -> multiprocessing.Process:
    """Start the process that keeps a background worker running."""
    keeper = multiprocessing.Process(target=keep_working, name="keeper")
    keeper.start()
    return keeper


def stop(process: multiprocessing.Process) -> None:
    """End a child politely, then for sure."""
    if process.is_alive():
        process.terminate()
        process.join(PATIENCE + 2)
    if process.is_alive():
        process.kill()
        process.join()


def keep_working() -> None:
    """Keep one background worker running: another is started when it dies; end with the server."""
    stopping: list[bool] = []
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches everyone in the terminal; the server ends us
    signal.signal(signal.SIGTERM, lambda *_signal: stopping.append(True))
    parent = multiprocessing.parent_process()
    watched = [parent.sentinel] if parent is not None else []
    while not stopping:
        worker = multiprocessing.Process(target=work, name="background worker")
        started = time.monotonic()
        worker.start()
        while not stopping:
            ready = wait([worker.sentinel, *watched], timeout=0.5)
            if worker.sentinel in ready:
                break
            if ready:
                stopping.append(True)
        if stopping:
            stop(worker)
            return
        worker.join()
        log.error("background worker died", exitcode=worker.exitcode)
        time.sleep(max(0.0, min(1.0, 1.0 - (time.monotonic() - started))))


def work() -> None:
    """Do the background work until told to stop."""
    finished = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_signal: finished.set())
    end_with_parent(finished.set)
    work_until(application(), finished)
