"""Invented people and their registrations, seats and badges."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from forum.badges.models import Badge
from forum.badges.rules import hash_of
from forum.core import codes
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.story import COMING, TODAY, Story
from forum.exhibitors.models import Exhibitor, ExhibitorStaff
from forum.people.models import Person
from forum.people.rules import search_text
from forum.programme.models import Session, Speaker
from forum.registration.models import Registration, Seat

SEED = 2016
TEAM = {"amiens": 12, "roubaix": 26, "lens": 8}
"""How many of the team are registered, so that the head count at the door includes them."""


class People:
    """Invents people: Faker's French names with a fixed seed, hard names on purpose, mail at example.org."""

    def __init__(self, chance: random.Random, story: Story) -> None:
        """Start with a fresh, seeded Faker."""
        from faker import Faker  # its providers are slow to import: only who loads the demonstration pays

        self.chance = chance
        self.story = story
        self.faker = Faker("fr_FR")
        self.faker.seed_instance(SEED)
        self.count = 0
        self.speakers = {key: self.speaker_name(key, data) for key, data in story.speakers.items()}
        self.hard = list(story.hard_names)

    def name(self) -> tuple[str, str]:
        """Invent a name."""
        return self.faker.first_name(), self.faker.last_name()

    def speaker_name(self, key: str, data: dict[str, Any]) -> tuple[str, str]:
        """Return a speaker's name: the story's own, or a given name that goes with the words of the biography."""
        first_name = self.faker.first_name_female if "Elle " in data["biography"] else self.faker.first_name_male
        return data.get("given_name") or first_name(), data.get("family_name") or key.capitalize()

    @staticmethod
    def address_part(text: str) -> str:
        """Return a name as it stands in an address: plain small letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", search_text(text)).strip("-")[:40]

    def person(self, given_name: str, family_name: str, *, organisation: str | None, made_at: datetime) -> Person:
        """Make a person of a name; the address is unlike all others."""
        self.count += 1
        written = ".".join(filter(None, (self.address_part(given_name), self.address_part(family_name))))
        email = f"{written or 'personne'}.{self.count}@example.org"
        return Person(
            given_name=given_name,
            family_name=family_name,
            email=email,
            organisation_name=organisation or None,
            language="en" if self.chance.random() < 0.06 else "fr",
            search_text=search_text(given_name, family_name, given_name, email, organisation),
            created_at=made_at,
        )

    def someone(self, *, made_at: datetime, organisation: str | None = None) -> Person:
        """Invent a person."""
        return self.person(*self.name(), organisation=organisation, made_at=made_at)

    def visitor(self, *, made_at: datetime, works: bool) -> Person:
        """Invent a visitor; the hard names come first."""
        if self.hard:
            given_name, family_name, where = self.hard.pop()
            return self.person(given_name, family_name, organisation=where, made_at=made_at)
        organisation = self.chance.choice(self.story.organisations) if works or self.chance.random() < 0.15 else None
        return self.someone(organisation=organisation, made_at=made_at)

    def speaker(self, key: str, *, made_at: datetime) -> Person:
        """Make the person who speaks under a key of the story."""
        organisation = self.story.speakers[key]["organisation"]
        return self.person(*self.speakers[key], organisation=organisation, made_at=made_at)


def fill(tx: Transaction, laid: Laid, story: Story, people: People, chance: random.Random, *, now: datetime) -> None:
    """Register everyone who comes to an edition: speakers, exhibitors, the team, visitors."""
    opens = laid.edition.registration_opens_at or now
    latest = min(now, laid.days.at(1, "09:00"))
    moments = Moments(chance, opens=opens, latest=latest)
    register_speakers(tx, laid, moments)
    register_exhibitors(tx, laid, people, moments)
    for _number in range(TEAM[laid.days.city]):
        at = moments.one()
        add(laid, "staff", people.someone(organisation="Grand Nord Digital Forum", made_at=at), at=at)
    # The hard names are for the edition that is open today.
    people.hard, put_away = (people.hard, []) if laid.days.city == TODAY else ([], people.hard)
    register_visitors(laid, story, people, chance, moments)
    register_twice(laid, people, moments)
    people.hard = people.hard or put_away
    tx.session.add_all(laid.registered)
    tx.session.flush()
    make_badges(tx, laid, now=now)
    take_seats(tx, laid, story, chance)
    count(tx, laid)


class Moments:
    """When people register: a few each day, many in the last ones."""

    def __init__(self, chance: random.Random, *, opens: datetime, latest: datetime) -> None:
        """Keep the window."""
        self.chance, self.opens, self.length = chance, opens, latest - opens

    def one(self) -> datetime:
        """Return a moment."""
        return self.opens + self.length * self.chance.betavariate(1.6, 1.0)


def add(laid: Laid, category: str, person: Person, *, at: datetime, adjustment: str = "") -> Registration:
    """Write a confirmed registration down."""
    registration = Registration(
        edition_id=laid.edition.id,
        category=laid.categories[category],
        person=person,
        token=codes.new_token(),
        reference=codes.new_reference(),
        submission_key=codes.new_token(),
        state="confirmed",
        adjustment=adjustment,
        registered_at=at,
        changed_at=at,
    )
    laid.registered.append(registration)
    return registration


def register_speakers(tx: Transaction, laid: Laid, moments: Moments) -> None:
    """Register who speaks in a session; who only proposed is not expected yet."""
    speaking = select(Speaker).where(Speaker.edition_id == laid.edition.id, Speaker.sessions.any())
    for speaker in tx.session.scalars(speaking.order_by(Speaker.id)):
        add(laid, "speaker", speaker.person, at=moments.one())


def register_exhibitors(tx: Transaction, laid: Laid, people: People, moments: Moments) -> None:
    """Register two people for each accepted exhibitor."""
    accepted = select(Exhibitor).where(Exhibitor.edition_id == laid.edition.id, Exhibitor.state == "accepted")
    for exhibitor in tx.session.scalars(accepted.order_by(Exhibitor.id)).all():
        colleague = people.someone(organisation=exhibitor.organisation.name, made_at=exhibitor.submitted_at)
        for person in (exhibitor.contact, colleague):
            registration = add(laid, "exhibitor", person, at=moments.one())
            tx.session.add(ExhibitorStaff(exhibitor=exhibitor, registration=registration))


def register_visitors(laid: Laid, story: Story, people: People, chance: random.Random, moments: Moments) -> None:
    """Register the visitors of each category, and cancel some of them."""
    city = laid.days.city
    for category in story.categories:
        for _number in range(category.get("confirmed", {}).get(city, 0)):
            at = moments.one()
            adjustment = chance.choice(story.adjustments) if chance.random() < 0.035 else ""
            person = people.visitor(made_at=at, works=category["slug"] in ("professional", "press"))
            add(laid, category["slug"], person, at=at, adjustment=adjustment)
        for _number in range(category.get("cancelled", {}).get(city, 0)):
            at = moments.one()
            registration = add(laid, category["slug"], people.someone(made_at=at), at=at)
            registration.state = "cancelled"
            registration.cancelled_at = registration.changed_at = at + (moments.opens + moments.length - at) / 2


def register_twice(laid: Laid, people: People, moments: Moments) -> None:
    """Register some visitors once more as people do: from another address, without accents, with a slip."""
    slips: tuple[Callable[[str], str], ...] = (
        str.upper,
        lambda name: search_text(name).title(),
        lambda name: name[:-1],
    )
    visitors = [each for each in laid.registered if each.category.slug == "professional" and each.is_confirmed]
    for slip, first in zip(slips, visitors[3::11], strict=False):
        person = first.person
        twice = people.person(
            person.given_name, slip(person.family_name), organisation=person.organisation_name, made_at=moments.one()
        )
        twice.email = person.email if slip is str.upper else twice.email
        add(laid, "professional", twice, at=twice.created_at)


def make_badges(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Give each registration its badge; today's were printed two days ago, but for the latest."""
    printed = laid.days.at(1, "15:00") - timedelta(days=2)
    for registration in laid.registered:
        code = codes.new_code()
        is_printed = laid.days.city != COMING and registration.registered_at < printed <= now
        tx.session.add(
            Badge(
                edition_id=laid.edition.id,
                registration=registration,
                code=code,
                code_hash=hash_of(code),
                made_at=registration.registered_at,
                changed_at=registration.changed_at,
                printed_at=printed if is_printed and registration.is_confirmed else None,
            )
        )
    tx.session.flush()


def take_seats(tx: Transaction, laid: Laid, story: Story, chance: random.Random) -> None:
    """Let visitors choose workshops and visits; nobody is in two places, and what the story calls full is full."""
    full = {data["title"] for data in story.sessions[laid.days.city] if data.get("fill") == "full"}
    chosen: dict[int, list[Session]] = {}
    visitors = [each for each in laid.registered if each.is_confirmed and each.category.kind in ("attendee", "press")]
    limited = select(Session).where(Session.edition_id == laid.edition.id, Session.seats.is_not(None))
    for session in tx.session.scalars(limited.order_by(Session.id)).all():
        wanted = session.seats or 0
        if session.title not in full:
            wanted = round(wanted * chance.uniform(0.35, 0.85))
        for registration in free_for(session, visitors, chosen, chance)[:wanted]:
            chosen.setdefault(registration.id, []).append(session)
            taken_at = max(registration.registered_at, registration.changed_at)
            tx.session.add(Seat(registration_id=registration.id, session_id=session.id, taken_at=taken_at))
            session.seats_taken += 1
    tx.session.flush()


def free_for(
    session: Session, visitors: Sequence[Registration], chosen: dict[int, list[Session]], chance: random.Random
) -> list[Registration]:
    """Return visitors without another choice at the hour of a session, in no order."""
    free = [each for each in visitors if not any(session.overlaps(other) for other in chosen.get(each.id, []))]
    chance.shuffle(free)
    return free


def count(tx: Transaction, laid: Laid) -> None:
    """Count the places that are taken."""
    taken: dict[str, int] = {}
    for registration in laid.registered:
        if registration.is_confirmed:
            taken[registration.category.slug] = taken.get(registration.category.slug, 0) + 1
    for slug, category in laid.categories.items():
        category.taken = taken.get(slug, 0)
    tx.session.flush()
