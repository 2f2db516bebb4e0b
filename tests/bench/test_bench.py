"""The benchmark measures what it says, and says so when it could not."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from flask import Flask

from forum.bench import clients, parts
from forum.bench.cli import significant
from forum.bench.clients import Measured, NotMeasured, form_values
from forum.bench.connection import Client
from forum.bench.notes import Figures, Notes
from forum.bench.parts.measuring import expect
from forum.bench.parts.pages import reachable


class Door(BaseHTTPRequestHandler):
    """A server that counts what it is asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[Counter[str]] = Counter()
    connections: ClassVar[set[object]] = set()

    def answer(self) -> None:
        """Answer with a page of links and a form."""
        Door.asked[f"{self.command} {self.path}"] += 1
        Door.connections.add(self.client_address)
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length)
        body = (
            b'<a href="/one">1</a><a href="/file.pdf">f</a><a href="http://example.org/">e</a><a href="/?lang=en">l</a>'
        )
        if self.path.startswith("/api/"):
            scans = json.loads(sent)["scans"]
            body = json.dumps({"results": [{"id": scan["id"], "verdict": "admitted"} for scan in scans]}).encode()
        if self.path == "/in-parts":
            self.in_parts(body)
            return
        self.send_response(303 if self.command == "POST" and self.path == "/register" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def in_parts(self, body: bytes) -> None:
        """Answer in chunks, with a cookie."""
        self.send_response(200)
        self.send_header("Set-Cookie", "visit=one; Path=/; HttpOnly")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (body[:7], body[7:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[str]:
    Door.asked, Door.connections = Counter(), set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_eight_clients_keep_their_connections(door: str) -> None:
    plans = [{"kind": "get", "seconds": 0.3, "paths": ["/"]}] * 8
    measured = clients.load(door, plans)
    assert len(Door.connections) == 8
    assert measured.units == len(measured.requests) == Door.asked["GET /"]
    assert measured.answers == {"200": measured.units}
    assert measured.per_second > 0


def test_each_badge_is_scanned_once(door: str) -> None:
    plans = [
        {"kind": "scan", "seconds": 20, "gate": "g", "token": "t", "batch": 3, "codes": ["A"] * 10} for _ in range(2)
    ]
    measured = clients.load(door, plans)
    assert (measured.units, len(measured.requests)) == (20, 8)
    assert measured.answers == {"admitted": 8}


def test_an_answer_to_another_scan_is_told(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = clients.Phone(door, gate="g", token="t")
    assert phone.scan(["A"]) == "admitted"
    monkeypatch.setattr(
        phone, "exchange", lambda _request: (200, b'{"results": [{"id": "another", "verdict": "admitted"}]}')
    )
    assert phone.scan(["A"]) == "answers to other scans"


def test_a_registration_counts_when_it_was_taken(door: str) -> None:
    measured = clients.load(door, [{"kind": "register", "seconds": 0.2, "path": "/register", "category_id": 1}] * 2)
    assert measured.units == measured.answers["303"] == Door.asked["POST /register"]


def test_an_answer_in_parts_is_read_whole_and_its_cookie_is_kept(door: str) -> None:
    client = Client(door)
    whole, parts = client.ask("GET", "/"), client.ask("GET", "/in-parts")
    assert (parts, client.cookies) == (whole, {"visit": "one"})
    assert client.ask("GET", "/") == whole
    assert len(Door.connections) == 1


def test_a_server_that_is_not_there_is_no_figure() -> None:
    with pytest.raises(NotMeasured):
        clients.load("http://127.0.0.1:9", [{"kind": "get", "seconds": 0.1, "paths": ["/"]}])


def test_pages_are_found_by_their_links(door: str) -> None:
    assert reachable(Client(door), "/") == ["/", "/one"]


def test_forms_are_read_as_a_browser_would() -> None:
    html = """<input name=csrf_token value=abc><input type=checkbox name=agree value=1><textarea name=need></textarea>
    <input type=submit name=send value=Send><input name=given_name>"""
    assert form_values(html) == {"csrf_token": "abc", "need": "", "given_name": ""}


def test_percentiles_are_of_the_slow_end() -> None:
    measured = Measured(seconds=2, requests=[0.001 * n for n in range(1, 101)], units=100)
    assert measured.per_second == 50
    assert [round(measured.percentile(share)) for share in (0.5, 0.99)] == [51, 100]


def test_wrong_answers_are_no_figure() -> None:
    measured = Measured(seconds=1, requests=[0.1] * 100, answers=Counter({"303": 90, "500": 10}), units=90)
    with pytest.raises(NotMeasured, match="500"):
        expect(Notes(), "registrations", measured, "303")


@pytest.mark.parametrize(("value", "shown"), [(1234.56, 1235), (99.94, 99.9), (0.12345, 0.123), (4.0, 4)])
def test_figures_have_the_digits_they_deserve(value: float, shown: float) -> None:
    assert significant(value) == shown


def test_json_is_one_flat_object_with_units(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(notes: Notes) -> Figures:
        notes.say("not measured: no such server")
        return {"scans_postgresql_per_s": None}

    monkeypatch.setitem(parts.PARTS, "scans", lacking)
    monkeypatch.setitem(parts.PARTS, "start", lambda _notes: {"cold_start_s": 1.23456})
    result = app.test_cli_runner().invoke(args=["bench", "--json", "start", "scans"])
    assert json.loads(result.stdout) == {"cold_start_s": 1.23, "scans_postgresql_per_s": None}
    assert "no such server" in result.stderr
