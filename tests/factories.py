"""One function per model: what a test does not say gets a sensible value. Rows only: no letters, no events."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from forum.badges.models import Badge
from forum.checkin.models import Gate
from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition, HostCity
from forum.exhibitors.models import Exhibitor
from forum.people.models import Organisation, Person
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker, Track
from forum.registration.models import HOLDING_STATES, Category, Invitation, Registration, Seat
from forum.venues.models import Room, Stand, Venue
from tests import cast

_numbers = itertools.count(1)
FIRST_DAY = date(2027, 3, 18)


def number() -> int:
    """Return a number that was not given before."""
    return next(_numbers)


def a_city(tx: Transaction, slug: str = "lens", **values: Any) -> HostCity:
    """Return the city of a slug, made when it is not there."""
    if city := tx.session.scalar(select(HostCity).where(HostCity.slug == slug)):
        return city
    defaults = {"name": slug.capitalize(), "latitude": 50.43, "longitude": 2.83, "accent": "nord"}
    return tx.add(HostCity(slug=slug, **(defaults | {"description": LocalText(fr="Une ville.")} | values)))


def an_edition(tx: Transaction, slug: str = "lens-2027", **values: Any) -> Edition:
    """Return the edition of a slug, published and open for everything, made when it is not there."""
    if edition := tx.session.scalar(select(Edition).where(Edition.slug == slug)):
        return edition
    city = slug.partition("-")[0]
    opened = cast.NOW - timedelta(days=60)
    defaults: dict[str, Any] = {
        "name": f"Forum {city.capitalize()}",
        "host_city_id": a_city(tx, city).id,
        "first_day": FIRST_DAY,
        "last_day": FIRST_DAY + timedelta(days=1),
        "state": "published",
        "tagline": LocalText(fr="Le numérique en commun", en="Digital, together"),
        "description": LocalText(fr="Deux jours.", en="Two days."),
        "practical": LocalText(fr="À dix minutes de la gare.", en="Ten minutes from the station."),
        "contact_email": "contact@example.org",
        "registration_opens_at": opened,
        "proposals_open_at": opened,
        "applications_open_at": opened,
    }
    return tx.add(Edition(slug=slug, **(defaults | values)))


def a_venue(tx: Transaction, edition: Edition | None = None, **values: Any) -> Venue:
    """Return a new venue of an edition."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {
        "host_city_id": edition.host_city_id,
        "name": f"Halle {number()}",
        "address": "1 place de la Gare",
        "safe_capacity": 500,
        "access": LocalText(fr="De plain-pied."),
    }
    venue = tx.add(Venue(**(defaults | values)))
    venue.editions.append(edition)
    tx.session.flush()
    return venue


def a_room(tx: Transaction, venue: Venue | None = None, **values: Any) -> Room:
    """Return a new room."""
    defaults: dict[str, Any] = {"name": f"Salle {number()}", "seats": 80}
    return tx.add(Room(venue_id=(venue or a_venue(tx)).id, **(defaults | values)))


def a_stand(tx: Transaction, edition: Edition | None = None, **values: Any) -> Stand:
    """Return a new stand."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {"venue_id": values.get("venue_id") or a_venue(tx, edition).id, "label": f"B{number()}"}
    return tx.add(Stand(edition_id=edition.id, **(defaults | values)))


def a_person(tx: Transaction, who: tuple[str, str, str] = cast.ADA, **values: Any) -> Person:
    """Return a new person of the cast."""
    given_name, family_name, email = who
    defaults: dict[str, Any] = {"given_name": given_name, "family_name": family_name, "email": email}
    return tx.add(Person(created_at=cast.NOW, **(defaults | values)))


def an_organisation(tx: Transaction, **values: Any) -> Organisation:
    """Return a new organisation."""
    defaults: dict[str, Any] = {"name": f"Atelier {number()}", "kind": "start-up"}
    return tx.add(Organisation(created_at=cast.NOW, **(defaults | values)))


def a_track(tx: Transaction, edition: Edition | None = None, slug: str = "smart-city", **values: Any) -> Track:
    """Return a new track."""
    edition = edition or an_edition(tx)
    return tx.add(
        Track(
            edition_id=edition.id, slug=slug, **({"name": LocalText(fr="Ville intelligente", en="Smart city")} | values)
        )
    )


def a_speaker(
    tx: Transaction, who: tuple[str, str, str] = cast.ADA, edition: Edition | None = None, **values: Any
) -> Speaker:
    """Return a new speaker."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {"person_id": a_person(tx, who).id, "key": codes.new_key(), "token": codes.new_token()}
    return tx.add(Speaker(edition_id=edition.id, **(defaults | values)))


def a_proposal(tx: Transaction, speaker: Speaker | None = None, **values: Any) -> Proposal:
    """Return a new proposal."""
    speaker = speaker or a_speaker(tx)
    defaults: dict[str, Any] = {
        "submission_key": codes.new_token(),
        "title": "Des données ouvertes pour la ville",
        "abstract": "Ce que nous avons appris.",
        "kind": "talk",
        "language": "fr",
        "minutes": 45,
        "submitted_at": cast.NOW,
    }
    return tx.add(Proposal(edition_id=speaker.edition_id, speaker_id=speaker.id, **(defaults | values)))


def a_session(
    tx: Transaction,
    *,
    edition: Edition | None = None,
    starts_at: datetime | None = None,
    speakers: tuple[Speaker, ...] = (),
    **values: Any,
) -> Session:
    """Return a new published session; with `starts_at` it is scheduled."""
    edition = edition or an_edition(tx)
    minutes = values.get("minutes", 45)
    defaults: dict[str, Any] = {
        "key": codes.new_key(),
        "title": f"Conférence {number()}",
        "abstract": "De quoi il s’agit.",
        "kind": "talk",
        "minutes": minutes,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes) if starts_at else None,
        "is_published": True,
        "changed_at": cast.NOW,
    }
    session = tx.add(Session(edition_id=edition.id, **(defaults | values)))
    for position, speaker in enumerate(speakers):
        tx.add(SessionSpeaker(session_id=session.id, speaker_id=speaker.id, position=position))
    return session


def a_category(tx: Transaction, edition: Edition | None = None, slug: str = "public", **values: Any) -> Category:
    """Return the category of a slug, made when it is not there, with room for a hundred."""
    edition = edition or an_edition(tx)
    if category := tx.session.scalar(select(Category).where(Category.edition_id == edition.id, Category.slug == slug)):
        return category
    defaults: dict[str, Any] = {
        "name": LocalText(fr="Grand public", en="General public"),
        "description": LocalText(fr="Ouvert à tous.", en="Open to all."),
        "places": 100,
    }
    return tx.add(Category(edition_id=edition.id, slug=slug, **(defaults | values)))


def an_invitation(
    tx: Transaction, category: Category | None = None, code: str = "PARTNER", **values: Any
) -> Invitation:
    """Return a new invitation to a category; places that it keeps are not counted here."""
    category = category or a_category(tx)
    defaults: dict[str, Any] = {"label": "Euratechnologies", "created_at": cast.NOW, "uses": 0}
    return tx.add(Invitation(edition_id=category.edition_id, category_id=category.id, code=code, **(defaults | values)))


def a_registration(
    tx: Transaction, who: tuple[str, str, str] = cast.ADA, *, category: Category | None = None, **values: Any
) -> Registration:
    """Return a new registration; the place it takes is counted."""
    category = category or a_category(tx)
    defaults: dict[str, Any] = {
        "person_id": values.get("person_id") or a_person(tx, who).id,
        "token": codes.new_token(),
        "reference": codes.new_reference(),
        "submission_key": codes.new_token(),
        "registered_at": cast.NOW,
        "changed_at": cast.NOW,
    }
    if values.get("state", "confirmed") in HOLDING_STATES:
        category.taken += 1
    return tx.add(Registration(edition_id=category.edition_id, category_id=category.id, **(defaults | values)))


def a_seat(tx: Transaction, registration: Registration, session: Session) -> Seat:
    """Return a seat of a registration in a session; it is counted."""
    session.seats_taken += 1
    return tx.add(Seat(registration_id=registration.id, session_id=session.id, taken_at=cast.NOW))


def an_exhibitor(tx: Transaction, edition: Edition | None = None, **values: Any) -> Exhibitor:
    """Return a new exhibitor that waits for an answer."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {
        "organisation_id": values.get("organisation_id") or an_organisation(tx).id,
        "contact_id": values.get("contact_id") or a_person(tx).id,
        "key": codes.new_key(),
        "token": codes.new_token(),
        "submission_key": codes.new_token(),
        "pitch": "Des capteurs pour les berges.",
        "submitted_at": cast.NOW,
    }
    return tx.add(Exhibitor(edition_id=edition.id, **(defaults | values)))


def a_badge(tx: Transaction, registration: Registration | None = None, **values: Any) -> Badge:
    """Return a new badge."""
    import hashlib

    registration = registration or a_registration(tx)
    code = values.pop("code", None) or codes.new_code()
    defaults: dict[str, Any] = {
        "code": code,
        "code_hash": hashlib.sha256(code.encode()).hexdigest(),
        "made_at": cast.NOW,
        "changed_at": cast.NOW,
    }
    return tx.add(Badge(edition_id=registration.edition_id, registration_id=registration.id, **(defaults | values)))


def a_gate(tx: Transaction, edition: Edition | None = None, **values: Any) -> Gate:
    """Return a new entrance."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {
        "key": codes.new_key(),
        "token": codes.new_token(),
        "name": LocalText(fr="Entrée principale", en="Main entrance"),
        "created_at": cast.NOW,
    }
    return tx.add(Gate(edition_id=edition.id, **(defaults | values)))
