"""What is done over several features: an edition opened from another, things in use kept in place."""

from __future__ import annotations

from datetime import datetime

from forum.checkin.models import Gate
from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.editions.actions import EditionDetails, add_edition
from forum.editions.models import Edition
from forum.editions.rules import WINDOWS, Window, window_fields
from forum.layouts.actions import copy_layouts
from forum.programme.models import Track
from forum.registration.actions import copy_questions
from forum.registration.models import Category
from forum.site import rules
from forum.site.queries import uses
from forum.site.queries.copies import EditionCopy, EditionPlan, edition_copy
from forum.venues.models import Stand


def open_edition_from(tx: Transaction, plan: EditionPlan, *, now: datetime) -> Edition:
    """Open an edition as a draft with what another has: words, windows, categories, questions, tracks, venues, gates …

    Nobody is taken over: no registration, no session, no exhibitor. Raises the refusals of `editions.rules`.
    """
    copy = edition_copy(tx.session, plan)
    edition = add_edition(tx, copy.slug, details_of_copy(copy))
    for category in copy.categories:
        tx.session.add(category_like(category, edition, copy))
    copy_questions(tx, copy.questions, edition.id)
    for track in copy.tracks:
        tx.session.add(
            Track(edition_id=edition.id, slug=track.slug, name=LocalText(track.name), position=track.position)
        )
    for venue in copy.venues:
        venue.editions.append(edition)
    for stand in copy.stands:
        tx.session.add(Stand(edition_id=edition.id, venue_id=stand.venue_id, label=stand.label, area=stand.area))
    for gate in copy.gates:
        tx.session.add(gate_like(gate, edition, now=now))
    tx.session.flush()
    copy_layouts(tx, from_edition_id=copy.other.id, to_edition_id=edition.id, now=now)
    return edition


def details_of_copy(copy: EditionCopy) -> EditionDetails:
    """Return what the new edition is told; what holds for a place only is told again where the city stays."""
    other = copy.other
    spans = {name: window_of_copy(copy, name) for name in WINDOWS}
    return EditionDetails(
        name=copy.name,
        host_city_id=copy.host_city.id,
        first_day=copy.first_day,
        last_day=copy.last_day,
        contact_email=other.contact_email,
        timezone=other.timezone,
        tagline=LocalText(other.tagline),
        description=LocalText(other.description),
        practical=LocalText() if copy.moves_away else LocalText(other.practical),
        wifi=None if copy.moves_away else other.wifi,
        emergency=None if copy.moves_away else other.emergency,
        registration=spans["registration"],
        proposals=spans["proposals"],
        applications=spans["applications"],
    )


def window_of_copy(copy: EditionCopy, name: str) -> Window:
    """Return one of the new edition's windows."""
    opens, closes = window_fields(name)
    return Window(opens_at=copy.moments[opens], closes_at=copy.moments[closes])


def category_like(category: Category, edition: Edition, copy: EditionCopy) -> Category:
    """Return a category for a new edition, with all its places free; its own hours are as many days later."""
    return Category(
        edition_id=edition.id,
        slug=category.slug,
        kind=category.kind,
        name=LocalText(category.name),
        description=LocalText(category.description),
        places=category.places,
        taken=0,
        is_public=category.is_public,
        position=category.position,
        opens_at=copy.later(category.opens_at),
        closes_at=copy.later(category.closes_at),
        needs_approval=category.needs_approval,
        minimum_age=category.minimum_age,
        maximum_age=category.maximum_age,
        proof=LocalText(category.proof),
        price=category.price,
        vat_rate=category.vat_rate,
        has_waiting_list=category.has_waiting_list,
    )


def gate_like(gate: Gate, edition: Edition, *, now: datetime) -> Gate:
    """Return a gate for a new edition, with a link of its own: the old one opens nothing here."""
    return Gate(
        edition_id=edition.id,
        venue_id=gate.venue_id,
        key=codes.new_key(),
        token=codes.new_token(),
        name=LocalText(gate.name),
        direction=gate.direction,
        rule=gate.rule,
        created_at=now,
    )


def keep_room_with_sessions(tx: Transaction, room_id: int, *, name: str) -> None:
    """Refuse to remove a room where sessions take place. Raises `RoomHasSessions`."""
    if title := uses.session_in_room(tx.session, room_id):
        raise rules.RoomHasSessions(room=name, session=title)


def keep_given_stand(tx: Transaction, stand_id: int, *, label: str) -> None:
    """Refuse to remove a stand that an exhibitor has. Raises `StandGiven`."""
    if organisation := uses.organisation_on_stand(tx.session, stand_id):
        raise rules.StandGiven(stand=label, organisation=organisation)


def keep_venue_of_edition(tx: Transaction, venue_id: int, *, edition_id: int, name: str) -> None:
    """Refuse that an edition does without a venue it needs. Raises `VenueHasSessions`, `VenueHasGates`."""
    if title := uses.session_in_venue(tx.session, venue_id, edition_id=edition_id):
        raise rules.VenueHasSessions(venue=name, session=title)
    if gate := uses.gate_in_venue(tx.session, venue_id, edition_id=edition_id):
        raise rules.VenueHasGates(venue=name, gate=gate)


def keep_venue_with_gates(tx: Transaction, venue_id: int, *, name: str) -> None:
    """Refuse to remove a venue where badges were scanned. Raises `VenueHasGates`."""
    if gate := uses.gate_in_venue(tx.session, venue_id):
        raise rules.VenueHasGates(venue=name, gate=gate)
