"""What the tests of the door share: a gate on its first morning, readings, and a phone that speaks to the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from forum.checkin.actions import Reading
from forum.checkin.models import Gate
from tests import cast
from tests.conftest import browser


def a_reading(code: str, **values: Any) -> Reading:
    """Return a reading of a code at the opening."""
    return Reading(**({"uuid": str(uuid4()), "code": code, "at": cast.OPENING, "device_key": "phone-one"} | values))


@dataclass
class Phone:
    """A phone that holds a gate's link."""

    app: Flask
    key: str
    token: str
    device: str = "phone-one"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, app: Flask, gate: Gate, **values: Any) -> Phone:
        """Return a phone at a gate."""
        return cls(app, gate.key, gate.token, **values)

    def scan_item(self, code: object, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
        """Return one scan as it is sent."""
        return {"id": str(uuid4()), "code": code, "at": (at or cast.OPENING).isoformat(), "direction": "in"} | values

    def send(self, *items: Any, **values: Any) -> TestResponse:
        """Send scans."""
        body = {"now": cast.OPENING.isoformat(), "device": self.device, "scans": list(items)} | values
        return browser(self.app).post(f"/api/v1/gates/{self.key}/scans", json=body, headers=self.all_headers())

    def results(self, *items: Any, **values: Any) -> list[dict[str, Any]]:
        """Send scans and return their answers."""
        response = self.send(*items, **values)
        assert response.status_code == 200, response.get_data(as_text=True)
        found: list[dict[str, Any]] = response.get_json()["results"]
        return found

    def verdict(self, code: object, **values: Any) -> str:
        """Scan a code and return its verdict."""
        return str(self.results(self.scan_item(code, **values))[0]["verdict"])

    def get(self, path: str) -> TestResponse:
        """Ask the gate's API."""
        return browser(self.app).get(f"/api/v1/gates/{self.key}/{path}", headers=self.all_headers())

    def undo(self, scan_id: str, **values: Any) -> TestResponse:
        """Take a scan back."""
        body = {"device": self.device} | values
        address = f"/api/v1/gates/{self.key}/scans/{scan_id}/undo"
        return browser(self.app).post(address, json=body, headers=self.all_headers())

    def all_headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        return {"Authorization": f"Bearer {self.token}", "X-Device": self.device} | self.headers
