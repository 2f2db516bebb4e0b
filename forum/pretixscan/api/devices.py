"""A device sets itself up, says what it is, changes its token, leaves."""

from __future__ import annotations

from flask import Response, request

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import NotFound
from forum.core.web import open_to
from forum.pretixscan import actions, queries, rules
from forum.pretixscan.api.access import asking_device, guarded, token_of_request
from forum.pretixscan.api.answers import answer, device_body
from forum.pretixscan.api.reading import BadField, device_words, number_of, sent

blueprint = guarded("pretixscan_devices_api", __name__)

UNKNOWN, USED, REVOKED = (
    "Unknown initialization token.",
    "This initialization token has already been used.",
    "This initialization token has been revoked.",
)


@blueprint.post("/device/initialize", strict_slashes=False)
@open_to("everyone")
@knock("20 per minute")
def initialize() -> Response:
    """Give a device its token, for the token of its set-up QR: once."""
    words = device_words(sent(), with_token=True)
    device = queries.device_with_setup(db.session(), rules.hash_of(words["token"].lower()))
    if device is None:
        raise BadField({"token": [UNKNOWN]})
    if device.revoked_at is not None or device.edition.state == "archived":
        raise BadField({"token": [REVOKED]})
    with transaction() as tx:
        token = actions.initialise(tx, device.id, words, now=clock.now())
    if token is None:
        raise BadField({"token": [USED]})
    return answer(device_body(device, token))


@blueprint.post("/device/update", strict_slashes=False)
@open_to("gate")
def update() -> Response:
    """Note a newer version of the app."""
    device = asking_device()
    words = device_words(sent(), with_token=False)
    with transaction() as tx:
        actions.update_device(tx, device.id, words, now=clock.now())
    return answer(device_body(device, token_of_request()))


@blueprint.get("/device/info", strict_slashes=False)
@open_to("gate")
def info() -> Response:
    """Tell a device what it is, and which version of the interface is answered."""
    device = asking_device()
    name, number = rules.ANNOUNCED_VERSION
    return answer(
        {
            "device": device_body(device, token_of_request()),
            "server": {"version": {"pretix": name, "pretix_numeric": number}},
            "medium_key_sets": [],
        }
    )


@blueprint.get("/version", strict_slashes=False)
@open_to("gate")
def version() -> Response:
    """Tell which version of the interface is answered."""
    asking_device()
    name, number = rules.ANNOUNCED_VERSION
    return answer({"pretix": name, "pretix_numeric": number})


@blueprint.post("/device/roll", strict_slashes=False)
@open_to("gate")
def roll() -> Response:
    """Give a device another token; the former ends at once."""
    device = asking_device()
    with transaction() as tx:
        token = actions.roll_token(tx, device.id)
    return answer(device_body(device, token))


@blueprint.post("/device/revoke", strict_slashes=False)
@open_to("gate")
def revoke() -> Response:
    """Let a device leave, for good."""
    device = asking_device()
    body = device_body(device, token_of_request())
    with transaction() as tx:
        actions.revoke_device(tx, device.id, now=clock.now())
    return answer(body)


@blueprint.get("/device/eventselection", strict_slashes=False)
@open_to("gate")
def event_selection() -> Response:
    """Tell a device on which event and list it should be: its own edition, and one of its gates (304: it is)."""
    device = asking_device()
    gates = rules.open_gates(device)
    if not gates:
        raise NotFound
    chosen = number_of(request.args.get("current_checkinlist"))
    is_right = request.args.get("current_event") == device.edition.slug
    if is_right and any(gate.id == chosen for gate in gates):
        return answer(None, 304)
    event = {"slug": device.edition.slug, "name": device.edition.name}
    return answer({"event": event, "subevent": None, "checkinlist": gates[0].id})
