"""Taking places and seats, lists of people, and categories."""

from forum.registration.actions.categories import (
    CategoryDraft,
    add_category,
    edit_category,
    move_category,
    remove_category,
)
from forum.registration.actions.lists import take_list
from forum.registration.actions.queue import (
    accept,
    confirm_paid,
    decline,
    lapse,
    promote,
    release_unpaid,
    serve_category,
    set_offer_hours,
)
from forum.registration.actions.registrations import (
    RegistrationChange,
    RegistrationRequest,
    admit,
    cancel,
    change,
    come_back,
    register,
    resend,
    send_lost_links,
)

__all__ = [
    "CategoryDraft",
    "RegistrationChange",
    "RegistrationRequest",
    "accept",
    "add_category",
    "admit",
    "cancel",
    "change",
    "come_back",
    "confirm_paid",
    "decline",
    "edit_category",
    "lapse",
    "move_category",
    "promote",
    "register",
    "release_unpaid",
    "remove_category",
    "resend",
    "send_lost_links",
    "serve_category",
    "set_offer_hours",
    "take_list",
]
