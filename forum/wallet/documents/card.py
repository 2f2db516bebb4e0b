"""What a pass says, for either wallet, in the holder's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask_babel import force_locale

from forum.badges.models import Badge
from forum.core import codes
from forum.core.web import public_address
from forum.core.words import gettext as _
from forum.wallet.rules import colours_of


@dataclass(frozen=True)
class Card:
    """A badge as words."""

    serial: str
    """Names the pass: a part of the code's hash, so that a void badge and its successor are two passes."""
    code: str
    code_in_groups: str
    forum: str
    edition: str
    edition_slug: str
    city: str
    days: str
    name: str
    category: str
    labels: dict[str, str]
    begins: datetime
    ends: datetime
    ground: str
    writing: str
    address: str
    """The edition's public page: never the private link, which would open to whoever picks the telephone up."""
    contact: str
    language: str


def card_of(badge: Badge) -> Card:
    """Return what a badge's pass says."""
    edition, person = badge.edition, badge.registration.person
    ground, writing = colours_of(edition.host_city.accent)
    with force_locale(person.language):
        from forum.badges.documents.faces import days_of

        return Card(
            serial=badge.code_hash[:32],
            code=badge.code,
            code_in_groups=codes.grouped(badge.code),
            forum=_("Grand Nord Digital Forum"),
            edition=edition.name,
            edition_slug=edition.slug,
            city=edition.host_city.name,
            days=days_of(edition, person.language),
            name=person.name,
            category=badge.registration.category.name.in_language(person.language),
            labels={
                "name": _("Name"),
                "category": _("Category"),
                "days": _("Days"),
                "city": _("City"),
                "code": _("Code of this badge"),
                "contact": _("Contact"),
                "programme": _("Programme"),
            },
            begins=datetime.combine(edition.first_day, time(8), edition.zone),
            ends=datetime.combine(edition.last_day + timedelta(days=1), time(0), edition.zone),
            ground=ground,
            writing=writing,
            address=public_address(f"/editions/{edition.slug}/programme"),
            contact=edition.contact_email,
            language=person.language,
        )
