"""The letters to exhibitors."""

from __future__ import annotations

from datetime import datetime

from forum.core.web import public_address
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.messages.actions import LetterDraft


def received(exhibitor: Exhibitor, edition: Edition) -> LetterDraft:
    """Tell an applicant that the application is here, and where it can be changed."""
    return draft("received", exhibitor, edition, once_key=f"exhibitor-received:{exhibitor.id}")


def accepted(exhibitor: Exhibitor, edition: Edition, *, words: str, now: datetime) -> LetterDraft:
    """Say yes, with the stand and what comes next."""
    once_key = f"exhibitor-accepted:{exhibitor.id}:{now.isoformat()}"
    return draft("accepted", exhibitor, edition, once_key=once_key, words=words)


def declined(exhibitor: Exhibitor, edition: Edition, *, words: str, now: datetime) -> LetterDraft:
    """Say no, in the organisers' words."""
    once_key = f"exhibitor-declined:{exhibitor.id}:{now.isoformat()}"
    return draft("declined", exhibitor, edition, once_key=once_key, words=words)


def stand_changed(exhibitor: Exhibitor, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell an exhibitor that another stand is theirs."""
    return draft("stand-changed", exhibitor, edition, once_key=f"exhibitor-stand:{exhibitor.id}:{now.isoformat()}")


def draft(name: str, exhibitor: Exhibitor, edition: Edition, *, once_key: str, words: str = "") -> LetterDraft:
    """Describe a letter to the contact of an exhibitor."""
    contact = exhibitor.contact
    return LetterDraft(
        template=f"exhibitors/emails/{name}",
        once_key=once_key,
        to_email=contact.email,
        to_name=contact.name,
        language=contact.language,
        edition_slug=edition.slug,
        context={
            "exhibitor": exhibitor,
            "edition": edition,
            "words": words,
            "own_address": public_address(f"/x/{exhibitor.token}"),
            "public_page": public_address(f"/editions/{edition.slug}/exhibitors/{exhibitor.key}/"),
            "language": contact.language,
        },
    )
