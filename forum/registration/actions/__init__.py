"""Taking places and seats, lists of people, and categories."""

from forum.registration.actions.categories import (
    CategoryDraft,
    add_category,
    edit_category,
    move_category,
    remove_category,
)
from forum.registration.actions.lists import take_list
from forum.registration.actions.places import confirm_paid, release_unpaid
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
    "add_category",
    "admit",
    "cancel",
    "change",
    "come_back",
    "confirm_paid",
    "edit_category",
    "move_category",
    "register",
    "release_unpaid",
    "remove_category",
    "resend",
    "send_lost_links",
    "take_list",
]
