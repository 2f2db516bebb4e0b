"""Host cities and editions opened, changed, published and archived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from forum.core.db import LocalText, Transaction
from forum.editions import queries, rules
from forum.editions.events import CityLeaves
from forum.editions.models import Edition, HostCity
from forum.editions.rules import Window


@dataclass(frozen=True)
class CityDetails:
    """What is told of a host city."""

    slug: str
    name: str
    latitude: float
    longitude: float
    accent: str = "nord"
    description: LocalText = field(default_factory=LocalText)


@dataclass(frozen=True)
class EditionDetails:
    """What is told of an edition."""

    name: str
    host_city_id: int
    first_day: date
    last_day: date
    contact_email: str
    timezone: str = "Europe/Paris"
    tagline: LocalText = field(default_factory=LocalText)
    description: LocalText = field(default_factory=LocalText)
    practical: LocalText = field(default_factory=LocalText)
    wifi: str | None = None
    emergency: str | None = None
    known_attendance: int | None = None
    registration: Window = field(default_factory=Window)
    proposals: Window = field(default_factory=Window)
    applications: Window = field(default_factory=Window)


def add_city(tx: Transaction, details: CityDetails) -> HostCity:
    """Write a host city down. Raises `CitySlugTaken`, `SlugNotUsable`."""
    return write_city(tx, HostCity(), details)


def change_city(tx: Transaction, city_id: int, details: CityDetails) -> HostCity:
    """Change a host city. Raises `CitySlugTaken`, `SlugNotUsable`."""
    return write_city(tx, tx.lock(HostCity, city_id), details)


def write_city(tx: Transaction, city: HostCity, details: CityDetails) -> HostCity:
    """Put details on a city's row."""
    rules.check_slug(details.slug)
    present = queries.city_with_slug(tx.session, details.slug)
    if present is not None and present is not city:
        raise rules.CitySlugTaken(slug=details.slug)
    city.slug = details.slug
    city.name = details.name
    city.latitude = details.latitude
    city.longitude = details.longitude
    city.accent = details.accent
    city.description = details.description
    return tx.add(city)


def remove_city(tx: Transaction, city_id: int) -> None:
    """Remove a city that hosts nothing. Raises `CityHasEditions`, and what features above refuse."""
    city = tx.lock(HostCity, city_id)
    rules.check_city_leaves(city, editions=queries.editions_of_city(tx.session, city))
    tx.tell(CityLeaves(city_id=city.id, name=city.name))
    tx.session.delete(city)
    tx.session.flush()


def add_edition(tx: Transaction, slug: str, details: EditionDetails) -> Edition:
    """Open an edition as a draft that organisers alone see.

    The slug stays for ever: addresses, roles and letters name the edition by it. Raises the refusals of `rules`.
    """
    rules.check_slug(slug)
    if queries.find_edition(tx.session, slug) is not None:
        raise rules.SlugTaken(slug=slug)
    return write_edition(tx, Edition(slug=slug, state="draft"), details)


def change_edition(tx: Transaction, edition_id: int, details: EditionDetails, *, seen: str | None = None) -> Edition:
    """Change everything of an edition but its address and its state.

    `seen` is the fingerprint of what the organiser had before their eyes. Raises `ChangedMeanwhile` and others.
    """
    edition = tx.lock(Edition, edition_id)
    rules.check_seen(edition, seen)
    return write_edition(tx, edition, details)


def write_edition(tx: Transaction, edition: Edition, details: EditionDetails) -> Edition:
    """Put details on an edition's row, once they make sense together."""
    rules.check_days(details.first_day, details.last_day)
    for name in rules.WINDOWS:
        span: Window = getattr(details, name)
        rules.check_window(name, span, last_day=details.last_day, timezone=details.timezone)
        opens, closes = rules.window_fields(name)
        setattr(edition, opens, span.opens_at)
        setattr(edition, closes, span.closes_at)
    edition.name = details.name
    edition.host_city_id = queries.city_with_id(tx.session, details.host_city_id).id
    edition.first_day = details.first_day
    edition.last_day = details.last_day
    edition.timezone = details.timezone
    edition.contact_email = details.contact_email
    edition.tagline = details.tagline
    edition.description = details.description
    edition.practical = details.practical
    edition.wifi = details.wifi or None
    edition.emergency = details.emergency or None
    edition.known_attendance = details.known_attendance
    tx.add(edition)
    tx.session.refresh(edition)
    return edition


def change_state(tx: Transaction, edition_id: int, state: str) -> Edition:
    """Publish, archive, or take either back. Raises `NotThatState`."""
    edition = tx.lock(Edition, edition_id)
    rules.check_state(edition, state)
    edition.state = state
    return edition
