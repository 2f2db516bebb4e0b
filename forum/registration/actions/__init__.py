"""Taking places and seats, lists of people, and categories."""

from forum.registration.actions.categories import (
    CategoryDraft,
    add_category,
    edit_category,
    move_category,
    remove_category,
)
from forum.registration.actions.groups import (
    GroupRequest,
    accept_group,
    add_members,
    cancel_group,
    decline_group,
    group_comes_back,
    name_member,
    register_group,
    resend_group,
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
from forum.registration.actions.swaps import hand_over

__all__ = [
    "CategoryDraft",
    "GroupRequest",
    "RegistrationChange",
    "RegistrationRequest",
    "accept",
    "accept_group",
    "add_category",
    "add_members",
    "admit",
    "cancel",
    "cancel_group",
    "change",
    "come_back",
    "confirm_paid",
    "decline",
    "decline_group",
    "edit_category",
    "group_comes_back",
    "hand_over",
    "lapse",
    "move_category",
    "name_member",
    "promote",
    "register",
    "register_group",
    "release_unpaid",
    "remove_category",
    "resend",
    "resend_group",
    "send_lost_links",
    "serve_category",
    "set_offer_hours",
    "take_list",
]
