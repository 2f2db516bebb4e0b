"""The verbs of the door: let someone in or out, take it back, count, open and close gates."""

from forum.checkin.actions.at_once import check_in_at_once
from forum.checkin.actions.counting import Click, Place, click, correct_count, empty_place
from forum.checkin.actions.gates import (
    GateDetails,
    NewZone,
    change_gate,
    change_zone,
    open_a_gate,
    remove_zone,
    renew_link,
    revoke_gate,
)
from forum.checkin.actions.scanning import (
    Reading,
    Sent,
    check_in,
    check_in_all,
    check_in_phones,
    insert_unless_there,
    see_device,
    undo,
)

__all__ = [
    "Click",
    "GateDetails",
    "NewZone",
    "Place",
    "Reading",
    "Sent",
    "change_gate",
    "change_zone",
    "check_in",
    "check_in_all",
    "check_in_at_once",
    "check_in_phones",
    "click",
    "correct_count",
    "empty_place",
    "insert_unless_there",
    "open_a_gate",
    "remove_zone",
    "renew_link",
    "revoke_gate",
    "see_device",
    "undo",
]
