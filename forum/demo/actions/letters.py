"""Letters that show every state: kept, sent, failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import People
from forum.messages.models import Letter
from forum.registration.models import Registration

PER_EDITION = 30
REFUSED = "550 5.1.1 Recipient address rejected: User unknown"


def write(tx: Transaction, editions: Sequence[Laid], people: People, *, now: datetime) -> None:
    """Write the latest letters of each edition down; one of them could not be delivered."""
    for laid in editions:
        latest = sorted(laid.registered, key=lambda each: each.changed_at)[-PER_EDITION:]
        tx.session.add_all(a_letter(laid, registration, number) for number, registration in enumerate(latest))
    tx.session.flush()


def a_letter(laid: Laid, registration: Registration, number: int) -> Letter:
    """Describe the letter of a registration as it would have left."""
    person, edition = registration.person, laid.edition
    written_at = registration.changed_at
    kind = "registration-confirmed" if registration.is_confirmed else "registration-cancelled"
    state = "failed" if number == PER_EDITION // 2 else "kept"
    subject = f"Votre inscription à {edition.name}" if registration.is_confirmed else f"{edition.name} : place rendue"
    text = f"Bonjour {person.name},\n\nVotre page : /r/{registration.token}\n"
    return Letter(
        edition_slug=edition.slug,
        kind=kind,
        once_key=f"{kind}:{registration.id}",
        to_email=person.email,
        to_name=person.name,
        language=person.language,
        subject=subject,
        text=text,
        html="",
        state=state,
        tries=1,
        next_try_at=written_at,
        last_error=REFUSED if state == "failed" else None,
        written_at=written_at,
        sent_at=None if state == "failed" else written_at + timedelta(seconds=20),
    )
