"""A holder's certificate, and the same from the organisers' page of a registration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from forum.certificates.documents import certificate_pdf
from forum.certificates.queries import attendance_of
from forum.certificates.rules import is_certified, may_be_certified
from forum.core import clock
from forum.core.db import db
from forum.core.i18n import LANGUAGES
from forum.core.limits import knock
from forum.core.web import download, open_to, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.editions.queries import edition_with_slug
from forum.registration.models import Registration
from forum.registration.queries import registration_in, registration_with_token

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/r/<token>/certificate.pdf")
@open_to("holder")
@knock("20 per minute", methods=("GET",))
def own_certificate(token: str) -> Response:
    """Give a holder the certificate that they came; `?in=en` gives it in the other language."""
    registration = registration_with_token(db.session(), token)
    show_in_language(registration.person.language)
    return certificate_of(registration)


@blueprint.get("/organise/<slug>/registrations/<int:registration_id>/certificate.pdf")
@open_to("organiser")
def certificate(slug: str, registration_id: int) -> Response:
    """Give an organiser somebody's certificate."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return certificate_of(registration_in(db.session(), edition.id, registration_id))


def certificate_of(registration: Registration) -> Response:
    """Return a certificate as a file. Raises `NotSeen`, `StillOn`."""
    now = clock.now()
    attendance = attendance_of(db.session(), registration.id, registration.edition)
    may_be_certified(attendance, registration.edition, now)
    asked = request.args.get("in", "")
    language = asked if asked in LANGUAGES else registration.person.language
    content = certificate_pdf(registration, attendance, language=language, now=now)
    what = _("certificate")
    return download(content, name=f"{what}-{registration.edition.slug}-{registration.reference}.pdf", inline=True)


@blueprint.app_context_processor
def offered() -> dict[str, Any]:
    """Let the own page ask whether there is a certificate."""
    return {"is_certified": is_certified_now}


def is_certified_now(registration: Registration) -> bool:
    """Tell whether a certificate can be had now; before the first day nothing is asked of the database."""
    edition, now = registration.edition, clock.now()
    if edition.local(now).date() <= edition.first_day:
        return False
    return is_certified(attendance_of(db.session(), registration.id, edition), edition, now)
