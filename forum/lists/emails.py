"""The letters of lists."""

from __future__ import annotations

from forum.core.web import public_address
from forum.editions.models import Edition
from forum.messages.actions import LetterDraft
from forum.registration.models import Registration


def invited(registration: Registration, edition: Edition) -> LetterDraft:
    """Invite somebody of another edition, who agreed to it, to register for this one; each address once."""
    person = registration.person
    return LetterDraft(
        template="lists/emails/invited",
        once_key=f"lists-invited:{edition.id}:{person.email.lower()}",
        to_email=person.email,
        to_name=person.name,
        language=person.language,
        edition_slug=edition.slug,
        context={
            "person": person,
            "edition": edition,
            "former": registration.edition,
            "register_address": public_address(f"/editions/{edition.slug}/register"),
            "stop_address": public_address(f"/r/{registration.token}/news"),
            "language": person.language,
        },
    )
