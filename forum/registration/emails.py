"""The letters of registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from forum.core.web import public_address
from forum.editions.models import Edition
from forum.messages.actions import LetterDraft
from forum.programme.models import Session
from forum.registration.models import ParentConsent, Registration
from forum.registration.rules.admission import Parent

KINDS = ("confirmed", "admitted", "changed", "cancelled", "released", "pending", "declined", "consent", "twice")


def subjects(registration_id: int) -> list[str]:
    """Return how the keys of a registration's letters begin."""
    return [f"registration-{kind}:{registration_id}" for kind in KINDS]


def confirmed(
    registration: Registration, edition: Edition, sessions: Sequence[Session], *, once_key: str
) -> LetterDraft:
    """Tell a person that they are expected, with their badge and the days for their calendar."""
    return with_files("confirmed", registration, edition, sessions, once_key=once_key)


def admitted(registration: Registration, edition: Edition, *, once_key: str) -> LetterDraft:
    """Send a speaker, an exhibitor's staff or a guest the badge of their kind."""
    return with_files("admitted", registration, edition, (), once_key=once_key)


def changed(registration: Registration, edition: Edition, sessions: Sequence[Session], *, now: datetime) -> LetterDraft:
    """Tell a person what their registration has become."""
    once_key = f"registration-changed:{registration.id}:{now.isoformat()}"
    return with_files("changed", registration, edition, sessions, once_key=once_key)


def cancelled(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell a person that their place is free, and how to come back."""
    once_key = f"registration-cancelled:{registration.id}:{now.isoformat()}"
    return draft("cancelled", registration, edition, (), once_key=once_key)


def released(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell a person that their place was not paid in time and is free again."""
    once_key = f"registration-released:{registration.id}:{now.isoformat()}"
    return draft("released", registration, edition, (), once_key=once_key)


def pending(
    registration: Registration, edition: Edition, *, parent: Parent | None = None, again: datetime | None = None
) -> LetterDraft:
    """Tell a person that an organiser, or a parent, answers before the place is theirs."""
    once_key = f"registration-pending:{registration.id}" + (f":{again.isoformat()}" if again else "")
    return draft("pending", registration, edition, (), once_key=once_key, more={"parent": parent})


def declined(
    registration: Registration, edition: Edition, *, words: str, now: datetime, by_parent: bool = False
) -> LetterDraft:
    """Tell a person that they are not let in, with a word of who decided."""
    once_key = f"registration-declined:{registration.id}:{now.isoformat()}"
    more = {"words": words, "by_parent": by_parent}
    return draft("declined", registration, edition, (), once_key=once_key, more=more)


def consent(asked: ParentConsent, edition: Edition) -> LetterDraft:
    """Ask a parent to agree that their child comes, and that the child's data are kept for it."""
    registration = asked.registration
    language = registration.person.language
    return LetterDraft(
        template="registration/emails/consent",
        once_key=f"registration-consent:{registration.id}",
        to_email=asked.parent_email,
        to_name=asked.parent_name,
        language=language,
        edition_slug=edition.slug,
        context={
            "consent": asked,
            "registration": registration,
            "edition": edition,
            "consent_address": public_address(f"/consent/{asked.token}"),
            "language": language,
        },
    )


def twice(first: Registration, second: Registration, edition: Edition) -> LetterDraft:
    """Ask a person who registered twice which registration stays, behind the link of the first."""
    once_key = f"registration-twice:{second.id}"
    more = {"second": second, "choice_address": public_address(f"/r/{first.token}/twice")}
    return draft("twice", first, edition, (), once_key=once_key, more=more)


def lost_link(edition: Edition, registrations: Sequence[Registration], *, once_key: str) -> LetterDraft:
    """Send the private links of everyone registered with one address."""
    first = registrations[0]
    return LetterDraft(
        template="registration/emails/lost-link",
        once_key=once_key,
        to_email=first.person.email,
        to_name=first.person.name,
        language=first.person.language,
        edition_slug=edition.slug,
        context={
            "edition": edition,
            "links": [(each, own_address(each)) for each in registrations],
            "language": first.person.language,
        },
    )


def with_files(
    name: str, registration: Registration, edition: Edition, sessions: Sequence[Session], *, once_key: str
) -> LetterDraft:
    """Describe a letter that the badge and the calendar go with."""
    files = (("badge", registration.id), ("calendar", registration.id))
    return draft(name, registration, edition, sessions, once_key=once_key, attachments=files)


def draft(
    name: str,
    registration: Registration,
    edition: Edition,
    sessions: Sequence[Session],
    *,
    once_key: str,
    attachments: Sequence[tuple[str, int]] = (),
    more: Mapping[str, object] | None = None,
) -> LetterDraft:
    """Describe a letter to the person of a registration."""
    person = registration.person
    return LetterDraft(
        template=f"registration/emails/{name}",
        once_key=once_key,
        to_email=person.email,
        to_name=person.name,
        language=person.language,
        edition_slug=edition.slug,
        context={
            "registration": registration,
            "edition": edition,
            "sessions": sessions,
            "own_address": own_address(registration),
            "language": person.language,
            **(more or {}),
        },
        attachments=attachments,
    )


def own_address(registration: Registration) -> str:
    """Return the whole address of a person's own page."""
    return public_address(f"/r/{registration.token}")
