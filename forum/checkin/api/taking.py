"""Taking scans in: what several phones send to a gate at the same moment is judged and written together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from forum.checkin import actions
from forum.checkin.actions import Sent
from forum.checkin.queries import Answer
from forum.checkin.rules import OpenGate
from forum.core.assembly import this_application
from forum.core.db import db, transaction
from forum.core.together import Together

MOST_TOGETHER = 5
"""Readings up to which a request joins others: a phone that was offline must not keep those waiting who stand here."""

AtGate = tuple[OpenGate, Sent]
"""What a phone sent, and to which gate."""


def checked_in(gate: OpenGate, sent: Sent) -> Sequence[Answer]:
    """Judge what a phone sent; what it is answered has been written down."""
    if not 0 < len(sent.readings) <= MOST_TOGETHER:
        return check_in(lambda: [(gate, sent)])[0]
    return at_gates.ask((id(this_application()), gate.id), (gate, sent))


def check_in(arrived: Callable[[], Sequence[AtGate]]) -> Sequence[Sequence[Answer]]:
    """Judge what phones sent to one gate: on PostgreSQL at once where that can be, else in one transaction."""
    if db.engine.dialect.name == "postgresql":
        return check_in_at_once(arrived())
    with transaction() as tx:  # on SQLite, whose writers wait for each other: who comes meanwhile is taken along
        phones = arrived()
        return actions.check_in_phones(tx, phones[0][0], [sent for _gate, sent in phones])


def check_in_at_once(phones: Sequence[AtGate]) -> Sequence[Sequence[Answer]]:
    """Judge the readings that need no transaction, then the rest within one."""
    gate, sent = phones[0][0], [each for _gate, each in phones]
    with transaction(writes_once=True) as tx:
        known = actions.check_in_at_once(tx, gate, sent)
    if all(reading.uuid in known for each in sent for reading in each.readings):
        return [[known[reading.uuid] for reading in each.readings] for each in sent]
    left = [replace(each, readings=[one for one in each.readings if one.uuid not in known]) for each in sent]
    with transaction() as tx:
        others = iter([answer for answers in actions.check_in_phones(tx, gate, left) for answer in answers])
    return [[known.get(reading.uuid) or next(others) for reading in each.readings] for each in sent]


at_gates: Together[AtGate, Sequence[Answer]] = Together(check_in)
