"""Who may ask: a device with its token, where the installation lets pretixSCAN in; and how a refusal is told."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from forum.checkin.models import Gate
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.security import csrf
from forum.pretixscan import actions, queries, rules
from forum.pretixscan.api.answers import answer
from forum.pretixscan.api.reading import BadField, number_of
from forum.pretixscan.models import ScanningDevice


def guarded(name: str, module: str, *, prefix: str = "/api/v1") -> Blueprint:
    """Return a blueprint of pretix's interface: off where the installation says so, no cookie, pretix's refusals."""
    blueprint = Blueprint(name, module, url_prefix=prefix)
    # A token in the Authorization header is what no other site can make a browser send.
    csrf.exempt(blueprint)
    blueprint.before_request(refuse_when_off)
    blueprint.after_request(note_seen)
    blueprint.register_error_handler(BadField, lambda error: answer(error.body, 400))
    blueprint.register_error_handler(Refusal, told)
    blueprint.register_error_handler(HTTPException, told_by_http)
    return blueprint


def refuse_when_off() -> None:
    """Raise `Off` (404) unless the installation lets pretixSCAN in."""
    if not current_app.extensions["forum.settings"].pretixscan:
        raise rules.Off


def told(refusal: Refusal) -> Response:
    """Return a refusal as pretix tells one."""
    sentence = "Not found." if isinstance(refusal, NotFound) else str(refusal)
    response = answer({"detail": sentence}, refusal.status)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Device"
    return response


def told_by_http(error: HTTPException) -> Any:
    """Return what went wrong before a view was reached, or in reading the body."""
    status = error.code or 500
    return error if status < 400 else answer({"detail": error.name}, status)


def token_of_request() -> str:
    """Return the token that the request carries. Raises `NoDevice`."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "device" or not token.strip():
        raise rules.NoDevice
    return token.strip()


def asking_device() -> ScanningDevice:
    """Return the device that asks. Raises `NoDevice` or `AccessRevoked` (401)."""
    device = queries.device_with_token(db.session(), rules.hash_of(token_of_request()))
    if device is None:
        raise rules.NoDevice
    rules.refuse_device(device, now=clock.now())
    g.edition = device.edition  # hours in sentences follow the host city's clock
    g.pretixscan_seen = (device.id, device.last_seen_at)
    return device


def device_of_event(organiser: str, event: str) -> ScanningDevice:
    """Return the device that asks about its own edition. Raises `NotFound` for another one."""
    device = device_of_organiser(organiser)
    if event != device.edition.slug:
        raise NotFound
    return device


def device_of_organiser(organiser: str) -> ScanningDevice:
    """Return the device that asks. Raises `NotFound` for an organiser that is not ours."""
    device = asking_device()
    if organiser != rules.ORGANISER:
        raise NotFound
    return device


def gate_of(device: ScanningDevice, number: object, *, also_revoked: bool = False) -> Gate:
    """Return one of a device's gates; a revoked one only for scans that come late. Raises `NotFound`."""
    gates = device.gates if also_revoked else rules.open_gates(device)
    found = next((gate for gate in gates if gate.id == number_of(number)), None)
    if found is None:
        raise NotFound
    return found


def note_seen(response: Response) -> Response:
    """Note that a device was there, not more often than organisers look."""
    device_id, last = g.pop("pretixscan_seen", (None, None))
    now = clock.now()
    if device_id is not None and (last is None or now - last >= rules.SEEN_EVERY):
        with transaction() as tx:
            actions.note_seen(tx, device_id, now=now)
    return response
