"""A stand-in of Stripe's API on this machine: the addresses we use, their errors, idempotency keys, signed events."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

SECRET_KEY = "sk_test_stand_in"
WEBHOOK_SECRET = "whsec_stand_in"


@dataclass
class StandIn:
    """What the stand-in was asked, and what it keeps."""

    address: str = ""
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    known_keys: dict[str, tuple[dict[str, str], dict[str, Any]]] = field(default_factory=dict)
    is_down: bool = False

    def answer(self, method: str, path: str, form: dict[str, str], key: str) -> tuple[int, dict[str, Any]]:
        """Answer as Stripe does."""
        self.asked.append(f"{method} {path}")
        if self.is_down:
            return 503, wrong("The service is not available.")
        if key in self.known_keys:
            before, answer = self.known_keys[key]
            return (
                (200, answer) if before == form else (400, wrong("Keys for idempotent requests …", "idempotency_error"))
            )
        if (method, path) == ("POST", "/v1/checkout/sessions"):
            made = self.new_page(form)
        elif (method, path) == ("POST", "/v1/refunds"):
            self.refunds.append(form)
            made = {"id": f"re_{len(self.refunds)}", "object": "refund", "amount": int(form["amount"])}
        elif method == "GET" and path.rpartition("/")[2] in self.pages:
            return 200, self.pages[path.rpartition("/")[2]]
        else:
            return 404, wrong(f"Unrecognized request URL ({method}: {path}).")
        self.known_keys[key] = (form, made)
        return 200, made

    def new_page(self, form: dict[str, str]) -> dict[str, Any]:
        """Make a checkout session."""
        assert form["mode"] == "payment"
        assert int(form["expires_at"]) > 0
        key = f"cs_test_{len(self.pages) + 1}"
        self.pages[key] = {
            "id": key,
            "object": "checkout.session",
            "url": f"{self.address}/pay/{key}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
        }
        return self.pages[key]

    def pay(self, page_key: str, **changes: Any) -> dict[str, Any]:
        """Let somebody pay on a page; return the event that tells it."""
        page = self.pages[page_key]
        page |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{page_key}"} | changes
        return event(f"evt_{page_key}", "checkout.session.completed", page)


def event(key: str, kind: str, about: dict[str, Any]) -> dict[str, Any]:
    """Return an event as a webhook brings it."""
    return {"id": key, "object": "event", "type": kind, "created": int(time.time()), "data": {"object": about}}


def signed(
    told: dict[str, Any], *, secret: str = WEBHOOK_SECRET, at: float | None = None
) -> tuple[bytes, dict[str, str]]:
    """Return an event's body and the headers that prove who sent it."""
    body = json.dumps(told).encode()
    moment = int(time.time() if at is None else at)
    proof = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Stripe-Signature": f"t={moment},v1={proof}", "Content-Type": "application/json"}


def wrong(words: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    """Return an error as Stripe says it."""
    return {"error": {"message": words, "type": kind}}


@contextmanager
def running() -> Iterator[StandIn]:
    """Serve the stand-in on a free port of this machine."""
    kept = StandIn()

    class Handler(BaseHTTPRequestHandler):
        """Speaks for the stand-in."""

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self.reply("POST", form)

        def do_GET(self) -> None:
            self.reply("GET", {})

        def reply(self, method: str, form: dict[str, str]) -> None:
            if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                status, said = 401, wrong("Invalid API Key provided")
            else:
                status, said = kept.answer(method, self.path, form, self.headers.get("Idempotency-Key", ""))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
