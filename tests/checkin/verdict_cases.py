"""The cases on which the server's rules and the phone's are tried: one file, two judges, the same verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from forum.checkin.rules import Admission, BadgeAtGate, Chairs, OpenGate
from forum.core.db import LocalText

FILE = Path(__file__).with_suffix(".json")
THEIRS, OTHERS = 7, 8


@dataclass(frozen=True)
class Case:
    """One person at one gate, and what both must say."""

    says: str
    gate: dict[str, Any]
    person: dict[str, Any] | None
    direction: str
    at: str
    free: int | None
    verdict: str
    reason: str | None

    @property
    def moment(self) -> datetime:
        """Return when the badge is scanned."""
        return datetime.fromisoformat(self.at)


def cases() -> list[Case]:
    """Read the cases; what one does not say is as the file's first lines have it."""
    read = json.loads(FILE.read_text("utf-8"))
    return [
        Case(
            says=case["says"],
            gate=read["gate"] | case.get("gate", {}),
            person=None if case.get("person", {}) is None else read["person"] | case.get("person", {}),
            direction=case.get("direction", "in"),
            at=case.get("at", "2027-03-18T08:00:00Z"),
            free=case.get("free"),
            verdict=case["verdict"],
            reason=case.get("reason"),
        )
        for case in read["cases"]
    ]


def server_gate(case: Case) -> OpenGate:
    """Return the case's gate as the server's rules see it."""
    told = case.gate
    is_for_others = case.person is not None and case.person.get("allowed") is False
    return OpenGate(
        id=1,
        key="k",
        edition_id=7,
        name=LocalText(fr="Entrée"),
        direction=told["direction"],
        rule=told["rule"],
        venue_id=None if told["seat"] else 3,
        session_id=5 if told["seat"] else None,
        asks_for_seat=told["seat"],
        first_day=date.fromisoformat(told["first_day"]),
        last_day=date.fromisoformat(told["last_day"]),
        timezone=told["timezone"],
        opens_at=time.fromisoformat(told["opens_at"]) if told["opens_at"] else None,
        closes_at=time.fromisoformat(told["closes_at"]) if told["closes_at"] else None,
        category_ids=frozenset({OTHERS}) if is_for_others else frozenset(),
        seats_free_at=datetime.fromisoformat(told["seats_free_at"]) if told["seats_free_at"] else None,
    )


def server_badge(case: Case, gate: OpenGate) -> BadgeAtGate | None:
    """Return the case's person as the server finds it: an entry counts where its key is the one asked for."""
    told = case.person
    if told is None:
        return None
    key = gate.admission_key(gate.day_of(case.moment))
    entered = told["entered"] and gate.admission_key(date.fromisoformat(told["entered"]["day"]))
    return BadgeAtGate(
        id=9,
        edition_id=7,
        name=told["name"],
        category=LocalText(fr=told["category"]),
        is_void=told["state"] == "replaced",
        is_cancelled=told["state"] == "cancelled",
        has_seat=told["seat"],
        admission=Admission(4, case.moment, LocalText(fr="Entrée")) if entered and entered == key else None,
        category_id=THEIRS,
    )


def chairs(case: Case) -> Chairs | None:
    """Return the chairs behind the door, where the case tells of them."""
    return None if case.free is None else Chairs(free=case.free)
