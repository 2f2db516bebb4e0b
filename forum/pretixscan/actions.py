"""The verbs of devices with pretixSCAN: add, set up, revoke; let in or out through the one log of passages."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.checkin import actions as checkin
from forum.checkin.actions import Reading
from forum.checkin.models import Gate
from forum.checkin.queries import Answer
from forum.checkin.rules import OpenGate
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound
from forum.pretixscan import queries, rules
from forum.pretixscan.models import ScanningDevice

WORDS = ("hardware_brand", "hardware_model", "os_name", "os_version", "software_brand", "software_version")
"""What a device says of itself."""


@dataclass(frozen=True)
class DeviceDetails:
    """What an organiser says of a device."""

    name: str
    gate_ids: Sequence[int]


@dataclass(frozen=True)
class Redemption:
    """A code that a device read at a gate, as pretix's interface tells it."""

    secret: str
    direction: str
    at: datetime
    nonce: str | None = None
    force: bool = False


def add_device(
    tx: Transaction, edition_id: int, details: DeviceDetails, *, secret_key: str, now: datetime
) -> ScanningDevice:
    """Add a device that waits to be set up. Raises `NoGateHere`."""
    serial, salt = codes.random_text(rules.SERIAL_LENGTH), codes.new_token()
    device = ScanningDevice(
        edition_id=edition_id,
        name=details.name,
        serial=serial,
        setup_salt=salt,
        setup_hash=rules.hash_of(rules.setup_token(secret_key, serial=serial, salt=salt)),
        created_at=now,
        gates=chosen_gates(tx, edition_id, details.gate_ids),
    )
    return tx.add(device)


def change_device(tx: Transaction, device_id: int, details: DeviceDetails) -> ScanningDevice:
    """Change a device's name and gates; it learns them with its next download."""
    device = tx.lock(ScanningDevice, device_id)
    device.name = details.name
    device.gates = chosen_gates(tx, device.edition_id, details.gate_ids)
    return device


def chosen_gates(tx: Transaction, edition_id: int, gate_ids: Sequence[int]) -> list[Gate]:
    """Return the gates that were chosen, of this edition only. Raises `NoGateHere`."""
    gates = [gate for gate in queries.gates_to_choose(tx.session, edition_id) if gate.id in gate_ids]
    if not gates:
        raise rules.NoGateHere
    return gates


def renew_setup(tx: Transaction, device_id: int, *, secret_key: str) -> ScanningDevice:
    """Give a device a new set-up QR; the old one and the device's access end at once. Raises `AlreadyRevoked`."""
    device = tx.lock(ScanningDevice, device_id)
    if device.revoked_at is not None:
        raise rules.AlreadyRevoked
    device.setup_salt = codes.new_token()
    token = rules.setup_token(secret_key, serial=device.serial, salt=device.setup_salt)
    device.setup_hash = rules.hash_of(token)
    device.token_hash = device.initialised_at = None
    return device


def revoke_device(tx: Transaction, device_id: int, *, now: datetime) -> ScanningDevice:
    """End a device's access for good; the app deletes what it holds when it asks next. Twice is once."""
    device = tx.lock(ScanningDevice, device_id)
    device.revoked_at = device.revoked_at or now
    return device


def initialise(tx: Transaction, device_id: int, said: Mapping[str, str], *, now: datetime) -> str | None:
    """Set a device up; return its token, told this once, or None where somebody was faster."""
    device = tx.lock(ScanningDevice, device_id)
    if device.initialised_at is not None or device.revoked_at is not None:
        return None
    note_words(device, said)
    device.initialised_at = device.last_seen_at = now
    return give_token(device)


def update_device(tx: Transaction, device_id: int, said: Mapping[str, str], *, now: datetime) -> ScanningDevice:
    """Note what a device says of itself."""
    device = tx.lock(ScanningDevice, device_id)
    note_words(device, said)
    device.last_seen_at = now
    return device


def roll_token(tx: Transaction, device_id: int) -> str:
    """Give a device another token; the former opens nothing any more."""
    return give_token(tx.lock(ScanningDevice, device_id))


def give_token(device: ScanningDevice) -> str:
    """Make a token and keep its hash."""
    token = codes.random_text(rules.TOKEN_LENGTH).lower()
    device.token_hash = rules.hash_of(token)
    return token


def note_words(device: ScanningDevice, said: Mapping[str, str]) -> None:
    """Keep what a device says of itself."""
    for name in WORDS:
        if name in said:
            setattr(device, name, said[name])


def note_seen(tx: Transaction, device_id: int, *, now: datetime) -> None:
    """Note that a device was there."""
    tx.lock(ScanningDevice, device_id).last_seen_at = now


def note_sent(tx: Transaction, device_id: int, *, name: str, fingerprint: str, now: datetime) -> datetime:
    """Note that a list is sent as it is now; return since when it is so, in whole seconds, later than ever before."""
    device = tx.lock(ScanningDevice, device_id)
    former = device.sent.get(name)
    if former is not None and former[0] == fingerprint:
        return datetime.fromisoformat(former[1])
    moment = now.replace(microsecond=0)
    if former is not None:
        moment = max(moment, datetime.fromisoformat(former[1]) + timedelta(seconds=1))
    device.sent = {**device.sent, name: [fingerprint, moment.isoformat()]}
    return moment


def redeem(tx: Transaction, device: ScanningDevice, gate: OpenGate, read: Redemption, *, now: datetime) -> Answer:
    """Let somebody in or out by their code.

    The same nonce is the same scan. `force` is what a device let through without the network: it is written down as
    it happened, also where the same nonce was refused before.
    """
    scan_id = scan_of_nonce(tx, device, gate, read.nonce or secrets.token_hex(16), force=read.force)
    reading = Reading(
        uuid=scan_id,
        code=read.secret,
        at=read.at,
        direction=read.direction,
        device_key=device.key,
        shown="admitted" if read.force else None,
    )
    return checkin.check_in(tx, gate, reading, now=now)


def scan_of_nonce(tx: Transaction, device: ScanningDevice, gate: OpenGate, nonce: str, *, force: bool) -> str:
    """Return the id of the scan that a nonce is for.

    Asked and forced are two scans, unless somebody passed by the other one: then it is told again.
    """
    asked, forced = rules.scan_uuid(device, gate, nonce), rules.scan_uuid(device, gate, nonce, kind="forced")
    mine, other = (forced, asked) if force else (asked, forced)
    return other if queries.verdict_given(tx.session, other) in queries.PASSED else mine


def note_refused(
    tx: Transaction, device: ScanningDevice, gate: OpenGate, read: Redemption, *, reason: str, now: datetime
) -> None:
    """Write down whom a device turned away by itself; sent twice, it is one."""
    scan_id = rules.scan_uuid(device, gate, read.nonce or uuid.uuid4().hex)
    reading = Reading(
        uuid=scan_id,
        code=read.secret,
        at=read.at,
        # Who was not let out stayed where they were: nothing here may count them out.
        direction="in",
        device_key=device.key,
        shown=rules.FAILED_REASONS[reason],
    )
    checkin.check_in(tx, gate, reading, now=now)


def annul(tx: Transaction, device: ScanningDevice, gate: OpenGate, nonce: str, *, at: datetime, now: datetime) -> None:
    """Take a passage back, within a quarter of an hour and from the device that made it.

    Raises `NotFound`, or what `checkin.actions.undo` refuses.
    """
    for kind in ("forced", ""):
        scan_id = rules.scan_uuid(device, gate, nonce, kind=kind)
        if queries.verdict_given(tx.session, scan_id) is not None:
            checkin.undo(tx, gate, scan_id, device_key=device.key, now=now, at=at)
            return
    raise NotFound
