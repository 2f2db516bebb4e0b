"""What is printed on a badge, as words: rows of the database end here."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import force_locale

from forum.badges.models import Badge
from forum.core import codes
from forum.core.stamping import Card, Row, Variant
from forum.core.words import NO_BREAK
from forum.core.words import gettext as _
from forum.editions.models import Edition

NO_ROWS: Mapping[str, tuple[Row, ...]] = {}


@dataclass(frozen=True, slots=True)
class BadgeFace:
    """Everything that one badge shows."""

    given_name: str
    family_name: str
    organisation: str
    category: str
    """The word on the band, in the holder's language."""
    kind: str
    """The kind of category (`registration.models.CATEGORY_KINDS`), which chooses the band's pattern."""
    edition: str
    days: str
    place: str
    accent: str
    code: str
    language: str
    wifi: str = ""
    emergency: str = ""
    programme: tuple[Row, ...] = ()
    """The holder's own sessions: rows of `hour`, `room` and `title`."""

    @property
    def name(self) -> str:
        """Return the name in reading order."""
        return f"{self.given_name} {self.family_name}".strip()


def face_of(badge: Badge) -> BadgeFace:
    """Return what is printed on a badge."""
    registration, edition = badge.registration, badge.edition
    person = registration.person
    return BadgeFace(
        given_name=person.given_name,
        family_name=person.family_name,
        organisation=person.organisation_name or "",
        category=registration.category.name.in_language(person.language),
        kind=registration.category.kind,
        edition=edition.name,
        days=days_of(edition, person.language),
        place=edition.host_city.name,
        accent=edition.host_city.accent,
        code=badge.code,
        language=person.language,
        wifi=edition.wifi or "",
        emergency=edition.emergency or "",
    )


def days_of(edition: Edition, language: str) -> str:
    """Return « 18 et 19 mars 2027 », or “18–20 March 2027”; what the days share is said once."""
    first, last = edition.first_day, edition.last_day
    if first == last:
        return written(last, "d MMMM y", language)
    if (first.year, first.month) == (last.year, last.month):
        begin = written(first, "d", language)
    elif first.year == last.year:
        begin = written(first, "d MMMM", language)
    else:
        begin = written(first, "d MMMM y", language)
    between = " et " if language == "fr" and (last - first).days == 1 else "–"
    return f"{begin}{between}{written(last, 'd MMMM y', language)}"


def written(day: date, pattern: str, language: str) -> str:
    """Write a day after a pattern; French says « 1er » for the first of a month."""
    if language == "fr" and day.day == 1:
        pattern = f"d'er'{pattern[1:]}"
    return format_date(day, pattern, locale=language).replace(" ", NO_BREAK, 1)


def card_of(face: BadgeFace) -> Card:
    """Return a face as the engine takes it: what is its own, and what it shares with others of its variant."""
    return Card(
        variant=variant_of(face),
        words={
            "name": f"{face.given_name}\n{face.family_name}",
            "given-name": face.given_name,
            "family-name": face.family_name,
            "organisation": face.organisation,
            "code": face.code,
            "code-text": "\n".join(lines_of_code(face.code)),
        },
        rows={"programme": face.programme} if face.programme else NO_ROWS,
    )


def variant_of(face: BadgeFace) -> Variant:
    """Return what a face shares with others: the same object for all who share it, so that it is compared at once."""
    return shared_variant(
        face.language,
        face.kind,
        face.accent,
        face.category,
        face.edition,
        face.days,
        face.place,
        face.wifi,
        face.emergency,
    )


@functools.lru_cache(maxsize=256)
def shared_variant(
    language: str, kind: str, city: str, category: str, edition: str, days: str, place: str, wifi: str, emergency: str
) -> Variant:
    """Return the variant of such faces, with the words that every badge of a language carries."""
    words = {"category": category, "edition": edition, "days": days, "place": place}
    words |= {"wifi": wifi, "emergency": emergency}
    return Variant(language=language, marks={"kind": kind, "city": city}, words=words | labels(language))


def labels(language: str) -> dict[str, str]:
    """Return the words that every badge of a language carries."""
    with force_locale(language):
        return {
            "forum": _("Grand Nord Digital Forum"),
            "wifi-label": _("Wi-Fi"),
            "emergency-label": _("Emergency"),
            "programme-label": _("My programme"),
            "code-label": _("Code of this badge"),
            "fold-help": _(
                "Fold the upper half behind, then the left half behind: the badge stands in front and behind."
            ),
        }


def lines_of_code(code: str) -> tuple[str, str]:
    """Return a code in groups of four on two lines, to be read out."""
    groups = codes.grouped(code).split("-")
    return " ".join(groups[:4]), " ".join(groups[4:])
