"""Taking places and seats, lists of people, and categories."""

from forum.registration.actions.admissions import approve, decline, give_consent, refuse_consent
from forum.registration.actions.categories import (
    CategoryDraft,
    add_category,
    edit_category,
    move_category,
    remove_category,
)
from forum.registration.actions.invitations import (
    InvitationDraft,
    edit_invitation,
    end_invitation,
    make_invitation,
)
from forum.registration.actions.lists import take_list
from forum.registration.actions.places import confirm_paid, release_unpaid
from forum.registration.actions.questions import (
    QuestionDraft,
    add_question,
    copy_questions,
    edit_question,
    move_question,
    remove_question,
)
from forum.registration.actions.registrations import (
    RegistrationChange,
    RegistrationRequest,
    admit,
    cancel,
    change,
    come_back,
    correct_email,
    register,
    resend,
    send_lost_links,
)

__all__ = [
    "CategoryDraft",
    "InvitationDraft",
    "QuestionDraft",
    "RegistrationChange",
    "RegistrationRequest",
    "add_category",
    "add_question",
    "admit",
    "approve",
    "cancel",
    "change",
    "come_back",
    "confirm_paid",
    "copy_questions",
    "correct_email",
    "decline",
    "edit_category",
    "edit_invitation",
    "edit_question",
    "end_invitation",
    "give_consent",
    "make_invitation",
    "move_category",
    "move_question",
    "refuse_consent",
    "register",
    "release_unpaid",
    "remove_category",
    "remove_question",
    "resend",
    "send_lost_links",
    "take_list",
]
