"""A certificate of attendance: one page, tagged, in the holder's language or the other one."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale

from forum.certificates.rules import Attendance
from forum.core.documents import Document, render_pdf
from forum.core.words import gettext as _
from forum.registration.models import Registration


def certificate_pdf(registration: Registration, attendance: Attendance, *, language: str, now: datetime) -> bytes:
    """Return the certificate as PDF/UA-1."""
    with force_locale(language):
        return render_pdf(
            Document(
                template="certificates/print/certificate.html",
                title=_("Certificate of attendance"),
                context={
                    "edition": registration.edition,
                    "registration": registration,
                    "attendance": attendance,
                    "made_at": now,
                    "language": language,
                },
                variant="pdf/ua-1",
            )
        )
