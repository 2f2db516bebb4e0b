"""A phone whose answer was lost decided by itself: what it did is what happened."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.checkin.actions import scanning
from forum.checkin.models import Presence, Scan
from tests import cast
from tests.checkin.door import Phone
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_gate, a_venue


@pytest.fixture
def phones(app: Flask, write: Write, clock: Clock) -> tuple[Phone, Phone, str]:
    """Return two phones at two gates of one venue, and a badge's code."""
    clock.moves_to(cast.OPENING)
    with write() as tx:
        venue_id = a_venue(tx).id
        north, south = (a_gate(tx, venue_id=venue_id) for _ in range(2))
        return Phone.at(app, north), Phone.at(app, south, device="phone-two"), a_badge(tx).code


def kept(read: Read, scan: dict[str, Any]) -> tuple[str, str | None]:
    """Return how a scan is in the log."""
    with read() as session:
        row = session.scalars(select(Scan).where(Scan.uuid == scan["id"])).one()
        return row.verdict, row.admission_key


def test_whom_a_phone_let_in_while_the_refusal_was_lost_is_inside(phones: tuple[Phone, Phone, str], read: Read) -> None:
    north, south, code = phones
    assert north.verdict(code) == "admitted"
    scan = south.scan_item(code)
    assert south.results(scan)[0]["verdict"] == "already-in"  # this answer is lost: the phone lets the badge in

    assert south.results(scan | {"shown": "admitted"})[0]["verdict"] == "conflict"
    assert kept(read, scan) == ("conflict", None)
    assert south.results(scan | {"shown": "admitted"})[0]["verdict"] == "conflict"


def test_whom_a_phone_kept_out_while_the_admission_was_lost_is_not_inside(
    phones: tuple[Phone, Phone, str], read: Read
) -> None:
    north, south, code = phones
    scan = south.scan_item(code)
    assert south.results(scan)[0]["verdict"] == "admitted"  # lost: the phone's old list says that the badge is in

    assert south.results(scan | {"shown": "already-in"})[0]["verdict"] == "already-in"
    assert kept(read, scan) == ("already-in", None)
    with read() as session:
        assert session.scalars(select(Presence)).all() == []
    assert north.verdict(code) == "admitted"  # the badge has not entered yet


def test_without_heeding_the_phones_word_somebody_inside_is_counted_as_outside(
    phones: tuple[Phone, Phone, str], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault itself, as the chaos test found it."""
    monkeypatch.setattr(scanning, "heed", lambda _tx, _gate, given, **_more: given)
    north, south, code = phones
    north.verdict(code)
    scan = south.scan_item(code)
    south.results(scan)
    assert south.results(scan | {"shown": "admitted"})[0]["verdict"] == "already-in"


def test_a_passage_sent_late_counts_although_a_later_one_was_taken_back(
    phones: tuple[Phone, Phone, str], read: Read, clock: Clock
) -> None:
    north, south, code = phones
    early = south.scan_item(code, shown="admitted")  # made now, without the network
    clock.moves(minutes=1)
    mistaken = north.scan_item(code, at=clock())
    north.results(mistaken, now=clock().isoformat())
    assert north.undo(mistaken["id"]).status_code == 200
    clock.moves(minutes=1)

    assert south.results(early, now=clock().isoformat())[0]["verdict"] == "admitted"
    with read() as session:
        assert session.scalars(select(Presence.is_inside)).all() == [True]
