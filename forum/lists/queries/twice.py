"""People who stand in a list twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session as Database

from forum.badges.models import Badge
from forum.checkin.models import Presence
from forum.lists.queries.searching import in_order
from forum.lists.rules import Listed, Pair, pairs_alike
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.models import ENDED_STATES, DifferentPeople, Registration, Seat


@dataclass(frozen=True)
class Candidate:
    """One of two registrations that may be one person's, with what helps to tell."""

    registration: Registration
    sessions: Sequence[str]
    badge_is_printed: bool
    came: bool


def pairs(session: Database, edition_id: int) -> list[Pair]:
    """Return who may stand in an edition's list twice: without places that wait for a name, and who was told apart."""
    listed = (
        select(Registration.id, Person.given_name, Person.family_name, Person.email, Person.organisation_name)
        .join(Registration.person)
        .where(
            Registration.edition_id == edition_id,
            Registration.state.not_in(ENDED_STATES),
            Registration.is_nameless.is_(False),
        )
    )
    people = [
        Listed(each, given, family, email, where or "") for each, given, family, email, where in session.execute(listed)
    ]
    apart = (
        select(DifferentPeople.first_id, DifferentPeople.second_id)
        .join(Registration, Registration.id == DifferentPeople.first_id)
        .where(Registration.edition_id == edition_id)
    )
    told_apart = {(first, second) for first, second in session.execute(apart)}
    return [pair for pair in pairs_alike(people) if (pair.first_id, pair.second_id) not in told_apart]


def candidates(session: Database, edition_id: int, ids: Sequence[int]) -> dict[int, Candidate]:
    """Return registrations as they are shown side by side; as many statements for one as for many."""
    rows = in_order(session, ids)
    of_these = Badge.registration_id.in_(ids)
    badges = select(Badge.registration_id, Badge.printed_at).where(of_these, Badge.voided_at.is_(None))
    printed = {each for each, printed_at in session.execute(badges) if printed_at}
    came = set(
        session.scalars(select(Badge.registration_id).join(Presence, Presence.badge_id == Badge.id).where(of_these))
    )
    titles = titles_of(session, ids)
    return {
        row.id: Candidate(row, titles.get(row.id, []), row.id in printed, row.id in came)
        for row in rows
        if row.edition_id == edition_id
    }


def titles_of(session: Database, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the titles of the sessions in which some registrations have a seat."""
    held = select(Seat.registration_id, Session.title).join(Session, Seat.session_id == Session.id)
    titles: dict[int, list[str]] = {}
    for registration_id, title in session.execute(
        held.where(Seat.registration_id.in_(ids)).order_by(Session.starts_at)
    ):
        titles.setdefault(registration_id, []).append(title)
    return titles
