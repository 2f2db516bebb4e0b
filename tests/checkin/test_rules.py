"""The door's rules, one verdict at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from forum.checkin import rules
from forum.checkin.rules import Admission, BadgeAtGate, Chairs, OpenGate
from forum.core.db import LocalText
from tests import cast

GATE = OpenGate(
    id=1,
    key="k",
    edition_id=7,
    name=LocalText(fr="Entrée"),
    direction="in",
    rule="once-a-day",
    venue_id=3,
    session_id=None,
    asks_for_seat=False,
    first_day=date(2027, 3, 18),
    last_day=date(2027, 3, 19),
    timezone="Europe/Paris",
)
DOOR = replace(GATE, session_id=5, asks_for_seat=True)
BADGE = BadgeAtGate(
    id=9,
    edition_id=7,
    name="Ada Lovelace",
    category=LocalText(fr="Grand public"),
    is_void=False,
    is_cancelled=False,
    has_seat=False,
    admission=None,
)
ENTERED = Admission(4, cast.OPENING, LocalText(fr="Entrée"))
LAST_NIGHT = datetime.fromisoformat("2027-03-17T22:59:59+00:00")  # 23:59:59 in Lens
FIRST_SECOND = datetime.fromisoformat("2027-03-17T23:00:00+00:00")  # midnight in Lens


@pytest.mark.parametrize(
    ("gate", "badge", "direction", "at", "verdict"),
    [
        (GATE, BADGE, "in", cast.OPENING, "admitted"),
        (GATE, replace(BADGE, admission=ENTERED), "in", cast.OPENING, "already-in"),
        (GATE, replace(BADGE, admission=ENTERED), "out", cast.OPENING, "left"),
        (GATE, BADGE, "out", cast.OPENING, "left"),
        (GATE, None, "in", cast.OPENING, "unknown"),
        (GATE, None, "out", cast.OPENING, "unknown"),
        (GATE, replace(BADGE, edition_id=8), "in", cast.OPENING, "wrong-gate"),
        (GATE, replace(BADGE, edition_id=8), "out", cast.OPENING, "wrong-gate"),
        (GATE, replace(BADGE, is_cancelled=True), "in", cast.OPENING, "cancelled"),
        (GATE, replace(BADGE, is_void=True), "in", cast.OPENING, "cancelled"),
        (GATE, replace(BADGE, is_cancelled=True), "out", cast.OPENING, "left"),
        (GATE, BADGE, "in", LAST_NIGHT, "not-today"),
        (GATE, BADGE, "in", FIRST_SECOND, "admitted"),
        (GATE, BADGE, "in", cast.OPENING + timedelta(days=2), "not-today"),
        (DOOR, BADGE, "in", cast.OPENING, "wrong-gate"),
        (DOOR, replace(BADGE, has_seat=True), "in", cast.OPENING, "admitted"),
        (replace(DOOR, asks_for_seat=False), BADGE, "in", cast.OPENING, "admitted"),
    ],
)
def test_a_verdict(gate: OpenGate, badge: BadgeAtGate | None, direction: str, at: datetime, verdict: str) -> None:
    assert rules.judged(badge, gate=gate, direction=direction, at=at).verdict == verdict


KEPT = replace(DOOR, seats_free_at=cast.OPENING)
HOLDER, MINUTE = replace(BADGE, has_seat=True), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("gate", "badge", "at", "chairs", "judgement"),
    [
        (replace(GATE, opens_at=time(10)), BADGE, cast.OPENING, None, ("not-today", "hours")),
        (replace(GATE, opens_at=time(9, 30)), BADGE, cast.OPENING, None, ("admitted", None)),
        (replace(GATE, closes_at=time(9, 30)), BADGE, cast.OPENING, None, ("not-today", "hours")),
        (replace(GATE, closes_at=time(9, 31)), BADGE, cast.OPENING, None, ("admitted", None)),
        (replace(GATE, first_day=date(2027, 3, 19)), BADGE, cast.OPENING, None, ("not-today", "day")),
        (replace(GATE, category_ids=frozenset({5})), BADGE, cast.OPENING, None, ("wrong-gate", "category")),
        (replace(GATE, category_ids=frozenset({0, 5})), BADGE, cast.OPENING, None, ("admitted", None)),
        (GATE, replace(BADGE, edition_id=8), cast.OPENING, None, ("wrong-gate", "other-edition")),
        (GATE, replace(BADGE, is_void=True), cast.OPENING, None, ("cancelled", "replaced")),
        (DOOR, BADGE, cast.OPENING, None, ("wrong-gate", "no-seat")),
        (KEPT, BADGE, cast.OPENING - MINUTE, None, ("wrong-gate", "waits")),
        (KEPT, HOLDER, cast.OPENING - MINUTE, None, ("admitted", None)),
        (KEPT, BADGE, cast.OPENING, Chairs(free=1, before=0), ("admitted", None)),
        (KEPT, BADGE, cast.OPENING, Chairs(free=1, before=1), ("wrong-gate", "waits")),
        (KEPT, BADGE, cast.OPENING, Chairs(free=0), ("wrong-gate", "full")),
        (KEPT, HOLDER, cast.OPENING, Chairs(free=1, before=9), ("admitted", None)),
        (KEPT, HOLDER, cast.OPENING, Chairs(free=0), ("wrong-gate", "full")),
        (KEPT, BADGE, cast.OPENING, Chairs(free=0, is_theirs=True), ("admitted", None)),
        (KEPT, replace(BADGE, admission=ENTERED), cast.OPENING - MINUTE, None, ("already-in", None)),
    ],
)
def test_a_verdict_with_its_reason(
    gate: OpenGate, badge: BadgeAtGate, at: datetime, chairs: Chairs | None, judgement: tuple[str, str | None]
) -> None:
    found = rules.judged(badge, gate=gate, direction="in", at=at, chairs=chairs)
    assert (found.verdict, found.reason) == judgement
    assert (
        rules.judged(badge, gate=replace(gate, edition_id=badge.edition_id), direction="out", at=at).verdict == "left"
    )


def test_the_day_of_the_count_begins_at_four_in_the_host_city() -> None:
    began = datetime.fromisoformat("2027-03-18T03:00:00+00:00")
    assert rules.day_began(began, "Europe/Paris") == began
    assert rules.day_began(began - timedelta(seconds=1), "Europe/Paris") == began - timedelta(days=1)
    assert rules.day_began(began + timedelta(hours=20), "Europe/Paris") == began


@pytest.mark.parametrize(
    ("badge", "verdict"),
    [
        (replace(BADGE, admission=ENTERED), "conflict"),
        (replace(BADGE, is_cancelled=True), "conflict"),
        (BADGE, "admitted"),
        (None, "unknown"),
        (replace(BADGE, edition_id=8), "wrong-gate"),
    ],
)
def test_whom_a_phone_without_network_let_in_is_a_conflict_when_the_rules_say_no(
    badge: BadgeAtGate | None, verdict: str
) -> None:
    assert rules.judged(badge, gate=GATE, direction="in", at=cast.OPENING, shown="admitted").verdict == verdict


def test_whom_a_phone_did_not_let_in_is_not_let_in_later() -> None:
    for shown in ("already-in", "unknown", "not-today"):
        assert rules.judged(BADGE, gate=GATE, direction="in", at=cast.OPENING, shown=shown).verdict == shown
    assert rules.judged(BADGE, gate=GATE, direction="out", at=cast.OPENING, shown="unknown").verdict == "left"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"rule": "once-a-day"}, "venue-3:2027-03-18"),
        ({"rule": "once"}, "venue-3"),
        ({"rule": "freely"}, None),
        ({"rule": "once", "venue_id": None}, "entrance"),
        ({"rule": "once-a-day", "session_id": 5}, "session-5"),
        ({"rule": "freely", "session_id": 5}, None),
    ],
)
def test_what_may_exist_once_for_a_badge(values: dict[str, Any], key: str | None) -> None:
    assert replace(GATE, **values).admission_key(date(2027, 3, 18)) == key


@pytest.mark.parametrize("hours_off", [-2, 0, 2, -8760, 8760])
def test_a_phone_whose_clock_is_off_gets_its_scans_at_the_right_hour(hours_off: int) -> None:
    error = timedelta(hours=hours_off)
    made_at = cast.OPENING - timedelta(minutes=3)
    assert rules.corrected(made_at + error, phone_now=cast.OPENING + error, now=cast.OPENING) == made_at


def test_nothing_comes_from_the_future() -> None:
    assert rules.corrected(cast.OPENING + timedelta(hours=1), phone_now=None, now=cast.OPENING) == cast.OPENING


@pytest.mark.parametrize(
    ("inside", "capacity", "level"),
    [
        (0, 100, None), (79, 100, None), (80, 100, 80), (94, 100, 80), (95, 100, 95),
        (99, 100, 95), (100, 100, 100), (140, 100, 100), (5, None, None), (2, 3, None), (3, 3, 100),
    ],
)  # fmt: skip
def test_the_door_is_told_at_80_95_and_100_per_cent(inside: int, capacity: int | None, level: int | None) -> None:
    assert rules.alert_level(inside, capacity) == level


def test_a_gate_is_open_until_the_last_midnight_of_the_host_city() -> None:
    last_moment = datetime.fromisoformat("2027-03-19T22:59:59+00:00")
    GATE.refuse_closed(last_moment)
    with pytest.raises(rules.EditionOver):
        GATE.refuse_closed(last_moment + timedelta(seconds=1))
    GATE.refuse_closed(last_moment + timedelta(days=2), grace=rules.LATE_SENDING)
    with pytest.raises(rules.EditionOver):
        replace(GATE, is_archived=True).refuse_closed(cast.OPENING)
    with pytest.raises(rules.GateRevoked):
        replace(GATE, revoked_at=cast.NOW).refuse_closed(cast.OPENING)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"verdict": "already-in"}, rules.NothingToUndo),
        ({"verdict": "unknown"}, rules.NothingToUndo),
        ({"same_device": False}, rules.OtherDevice),
        ({"at": cast.OPENING + timedelta(minutes=15, seconds=1)}, rules.TooLateToUndo),
    ],
)
def test_what_cannot_be_undone(values: dict[str, Any], refusal: type[Exception]) -> None:
    asked: dict[str, Any] = {
        "verdict": "admitted",
        "made_at": cast.OPENING,
        "at": cast.OPENING + timedelta(minutes=15),
        "same_device": True,
    }
    rules.refuse_undo(**asked)
    with pytest.raises(refusal):
        rules.refuse_undo(**(asked | values))
