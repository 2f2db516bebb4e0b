"""The badge that goes with a letter."""

from __future__ import annotations

from forum.badges import queries
from forum.badges.documents.printing import badge_pdf
from forum.badges.models import Badge
from forum.core.db import db
from forum.core.documents import Attachment, attaches


@attaches("badge")
def badge_attachment(registration_id: int) -> Attachment | None:
    """Return the badge of a registration, or None when the person does not come any more."""
    badge = queries.valid_badge_of(db.session(), registration_id)
    if badge is None or not badge.is_valid:
        return None
    return Attachment(name=file_name(badge), content=badge_pdf(db.session(), badge), type="application/pdf")


def file_name(badge: Badge) -> str:
    """Return the name of a badge's file: `badge-lens-2027-7K3M9QXA.pdf`."""
    return f"badge-{badge.edition.slug}-{badge.registration.reference}.pdf"
