"""A server that answers real browsers, with the database and the clock of the test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from tests.clock import Clock


class LiveServer:
    """The application of the test on 127.0.0.1; it can be stopped, as a network is, and started again."""

    def __init__(self, app: Flask) -> None:
        """Choose a free port; it stays the same."""
        self.app = app
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.running: tuple[BaseWSGIServer, threading.Thread] | None = None

    @property
    def address(self) -> str:
        """Return where it is; browsers give their camera to this address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Answer requests, each in a thread of its own."""
        server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self.running = server, thread

    def stop(self) -> None:
        """Answer nothing any more."""
        if self.running:
            server, thread = self.running
            server.shutdown()
            server.server_close()
            thread.join()
            self.running = None


@pytest.fixture
def live_server(app: Flask, clock: Clock) -> Iterator[LiveServer]:
    """Return a running server; the test's `clock` is its clock."""
    server = LiveServer(app)
    server.start()
    yield server
    server.stop()
