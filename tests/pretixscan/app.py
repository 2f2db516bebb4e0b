"""What the app does, as libpretixsync does it: sets itself up, downloads page by page, scans, queues, sends later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from werkzeug.test import TestResponse

from forum.checkin.models import Gate
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.pretixscan import actions, rules
from forum.pretixscan.actions import DeviceDetails
from forum.pretixscan.models import ScanningDevice
from tests import cast
from tests.conftest import browser

WORDS = {
    "hardware_brand": "Zebra",
    "hardware_model": "TC26",
    "os_name": "Android",
    "os_version": "14",
    "software_brand": "pretixSCAN Android",
    "software_version": "2.21.0",
}
ORGANISER = "/api/v1/organizers/forum"


@contextmanager
def switched_on(app: Flask) -> Iterator[None]:
    """Let pretixSCAN in."""
    former = app.extensions["forum.settings"]
    app.extensions["forum.settings"] = replace(former, pretixscan=True)
    try:
        yield
    finally:
        app.extensions["forum.settings"] = former


def a_device(tx: Transaction, edition: Edition, *gates: Gate, name: str = "Scanner 1") -> ScanningDevice:
    """Return a device that waits to be set up."""
    secret_key = "for tests only, long enough: 0123456789"
    details = DeviceDetails(name, [gate.id for gate in gates])
    return actions.add_device(tx, edition.id, details, secret_key=secret_key, now=cast.NOW)


def token_in_qr(device: ScanningDevice) -> str:
    """Return the token that a device's QR holds."""
    secret_key = "for tests only, long enough: 0123456789"
    return rules.setup_token(secret_key, serial=device.serial, salt=device.setup_salt)


@dataclass
class App:
    """pretixSCAN on a device: what it holds, and what it has yet to send."""

    app: Flask
    event: str = "lens-2027"
    token: str = ""
    cursor: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    modified: dict[str, str] = field(default_factory=dict)

    @classmethod
    def set_up(cls, app: Flask, device: ScanningDevice) -> App:
        """Return a device that was set up by its QR."""
        mine = cls(app)
        response = mine.post("/api/v1/device/initialize", {"token": token_in_qr(device), **WORDS})
        assert response.status_code == 200, response.get_data(as_text=True)
        mine.token = response.get_json()["api_token"]
        return mine

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        return {"Authorization": f"Device {self.token}"} if self.token else {}

    def get(self, path: str, **arguments: Any) -> TestResponse:
        """Ask; a path without a beginning is the event's."""
        query = urlencode(arguments, doseq=True)
        return self.open(self.whole(path) + (f"?{query}" if query else ""))

    def open(self, address: str, **headers: str) -> TestResponse:
        """Ask a whole address."""
        return browser(self.app).get(address.removeprefix("http://localhost"), headers=self.headers | headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        """Send."""
        return browser(self.app).post(self.whole(path), json=body, headers=self.headers | headers)

    def whole(self, path: str) -> str:
        """Return the address of a path."""
        return path if path.startswith("/") else f"{ORGANISER}/events/{self.event}/{path}"

    def known(self, path: str, **arguments: Any) -> TestResponse:
        """Ask for what may not have changed, as the app does: with the moment of the last answer."""
        headers = {"If-Modified-Since": self.modified[path]} if path in self.modified else {}
        response = self.open(self.whole(path) + "?" + urlencode(arguments, doseq=True), **headers)
        self.modified[path] = response.headers.get("Last-Modified", self.modified.get(path, ""))
        return response

    def download(self, **arguments: Any) -> int:
        """Download the orders page by page, the changes only where a cursor is known; return how many pages came."""
        query = {"testmode": "false", "exclude": "downloads", "pdf_data": "true"} | arguments
        if self.cursor:
            query |= {"ordering": "-last_modified", "modified_since": self.cursor}
        response, pages, first = self.get("orders/", **query), 1, ""
        while True:
            assert response.status_code == 200, response.get_data(as_text=True)
            first = first or response.headers["X-Page-Generated"]
            page = response.get_json()
            self.orders |= {order["code"]: order for order in page["results"]}
            if page["next"] is None:
                self.cursor = first
                return pages
            response, pages = self.open(page["next"]), pages + 1

    def position(self, secret: str) -> dict[str, Any]:
        """Return the position of a code among the orders that were downloaded, with its order's status."""
        return next(
            position | {"status": order["status"], "attention": order["checkin_attention"]}
            for order in self.orders.values()
            for position in order["positions"]
            if position["secret"] == secret
        )

    def redeem(self, gate: Gate, secret: object, **values: Any) -> TestResponse:
        """Scan a code."""
        body = {"lists": [gate.id], "secret": secret, "source_type": "barcode", "type": "entry", "force": False}
        return self.post(f"{ORGANISER}/checkinrpc/redeem/?expand=answers.question", body | values)

    def verdict(self, gate: Gate, secret: object, **values: Any) -> str:
        """Scan a code; return ok, or the reason."""
        body = self.redeem(gate, secret, **values).get_json()
        return "ok" if body["status"] == "ok" else str(body["reason"])

    def upload(self, gate: Gate, secret: str, **values: Any) -> TestResponse:
        """Send a scan that was made without the network."""
        body = {"force": True, "ignore_unpaid": False, "type": "entry", "answers": {}, "questions_supported": True}
        return self.post(f"checkinlists/{gate.id}/positions/{quote(secret, safe='')}/redeem/", body | values)
