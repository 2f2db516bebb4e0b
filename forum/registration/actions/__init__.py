"""Taking places and seats, lists of people, and categories."""

from forum.registration.actions.categories import (
    CategoryDraft,
    add_category,
    edit_category,
    move_category,
    remove_category,
)
from forum.registration.actions.lists import (
    Merge,
    correct,
    keep_apart,
    merge,
    take_list,
    take_together,
    write_badge_letters,
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
    "Merge",
    "RegistrationChange",
    "RegistrationRequest",
    "add_category",
    "admit",
    "cancel",
    "change",
    "come_back",
    "correct",
    "edit_category",
    "keep_apart",
    "merge",
    "move_category",
    "register",
    "remove_category",
    "resend",
    "send_lost_links",
    "take_list",
    "take_together",
    "write_badge_letters",
]
