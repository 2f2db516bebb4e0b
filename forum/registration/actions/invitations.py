"""Invitations: making them, keeping places for them, using them once too few times and never once too often.

Where an invitation and its category are both locked, the category is first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forum.core import codes
from forum.core.db import Transaction
from forum.registration.models import Category, Invitation, Registration
from forum.registration.queries import questions as queries
from forum.registration.rules import NotOffered
from forum.registration.rules import invitations as rules


@dataclass(frozen=True)
class InvitationDraft:
    """What organisers say of an invitation."""

    label: str
    category_id: int
    code: str = ""
    allowed: int | None = None
    expires_at: datetime | None = None
    reserves: bool = False
    is_extra: bool = False


def make_invitation(tx: Transaction, edition_id: int, draft: InvitationDraft, *, now: datetime) -> Invitation:
    """Make an invitation, and keep its places if it keeps some.

    Raises `CodeTaken`, `NothingToKeep`, `TooFewToKeep` or `NotOffered`.
    """
    category = tx.lock(Category, draft.category_id)
    if category.edition_id != edition_id:
        raise NotOffered
    code = rules.normal_code(draft.code) or codes.new_reference()
    if draft.reserves:
        rules.can_keep(category, allowed=draft.allowed, more=draft.allowed or 0, is_extra=draft.is_extra)
    invitation = tx.add_once(
        Invitation,
        once=None,
        edition_id=edition_id,
        category_id=category.id,
        code=code,
        label=draft.label,
        allowed=draft.allowed,
        uses=0,
        reserves=draft.reserves,
        is_extra=draft.reserves and draft.is_extra,
        expires_at=draft.expires_at,
        created_at=now,
    )
    if invitation is None:
        raise rules.CodeTaken
    keep_more(category, invitation, invitation.keeps)
    tx.session.flush()
    return invitation


def edit_invitation(tx: Transaction, invitation_id: int, draft: InvitationDraft, *, now: datetime) -> Invitation:
    """Change for whom an invitation is, for how many and until when; its code, category and way of keeping stay.

    Raises `FewerThanUsed`, `NothingToKeep`, `TooFewToKeep`.
    """
    category, invitation = lock_both(tx, invitation_id)
    rules.allows_those_who_came(invitation, draft.allowed)
    invitation.label = draft.label
    if invitation.ended_at is None:
        if invitation.reserves:
            more = (draft.allowed or 0) - (invitation.allowed or 0)
            rules.can_keep(category, allowed=draft.allowed, more=more, is_extra=invitation.is_extra)
            keep_more(category, invitation, more)
        invitation.allowed = draft.allowed
        invitation.expires_at = draft.expires_at
    tx.session.flush()
    return invitation


def end_invitation(tx: Transaction, invitation_id: int, *, now: datetime) -> Invitation:
    """Withdraw an invitation, or close one that expired: who came stays, the places kept for others are free."""
    category, invitation = lock_both(tx, invitation_id)
    if invitation.ended_at is None:
        keep_more(category, invitation, -invitation.keeps)
        invitation.ended_at = now
        tx.session.flush()
    return invitation


def keep_more(category: Category, invitation: Invitation, more: int) -> None:
    """Keep more places of a locked category, or fewer; places beyond the category's own come and go with it."""
    if invitation.is_extra and category.places is not None:
        category.places += more
    if invitation.reserves:
        category.reserved += more


def lock_both(tx: Transaction, invitation_id: int) -> tuple[Category, Invitation]:
    """Lock an invitation after its category."""
    category_id = tx.session.get_one(Invitation, invitation_id).category_id
    return tx.lock(Category, category_id), tx.lock(Invitation, invitation_id)


def use_invitation(tx: Transaction, category: Category, code: str, *, now: datetime) -> Invitation | None:
    """Take one use of a code in a locked category: a place that was kept for it is free for the holder now.

    None without a code, or when it opens another category than the one that was chosen.
    Raises `InvitationUnknown`, `InvitationExpired` or `InvitationUsedUp`.
    """
    code = rules.normal_code(code)
    if not code:
        return None
    found = queries.invitation_with_code(tx.session, category.edition_id, code)
    if found is None:
        raise rules.InvitationUnknown
    if found.category_id != category.id:
        return None
    invitation = tx.lock(Invitation, found.id)
    rules.may_be_used(invitation, now)
    invitation.uses += 1
    if invitation.reserves:
        category.reserved -= 1
    tx.session.flush()
    return invitation


def give_use_back(tx: Transaction, registration: Registration, category: Category) -> None:
    """Give the use of an invitation back; the place, given back before, is kept for the next holder."""
    if registration.invitation_id is None:
        return
    invitation = tx.lock(Invitation, registration.invitation_id)
    invitation.uses -= 1
    registration.invitation_id = None
    if invitation.reserves and invitation.ended_at is None:
        category.reserved += 1
    tx.session.flush()
