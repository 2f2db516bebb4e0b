"""What is in the programme of each person: the inside of a folded badge."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from forum.programme.models import Session as ProgrammeSession
from forum.programme.models import SessionSpeaker, Speaker
from forum.registration.models import Registration, Seat


def own_programmes(
    session: Session, edition_id: int, registration_ids: Collection[int]
) -> dict[int, list[ProgrammeSession]]:
    """Return what is in the programme of each of some people: their seats, their own talks, what is for everybody.

    Three statements however many; a session without an hour is not told.
    """
    wanted = set(registration_ids)
    scheduled = ProgrammeSession.starts_at.is_not(None) & (ProgrammeSession.edition_id == edition_id)
    lean = (lazyload(ProgrammeSession.speakers), lazyload(ProgrammeSession.track))
    seats = (
        select(Seat.registration_id, ProgrammeSession)
        .join(ProgrammeSession, ProgrammeSession.id == Seat.session_id)
        .where(scheduled)
        .options(*lean)
    )
    talks = (
        select(Registration.id, ProgrammeSession)
        .join(Speaker, (Speaker.person_id == Registration.person_id) & (Speaker.edition_id == Registration.edition_id))
        .join(SessionSpeaker, SessionSpeaker.speaker_id == Speaker.id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionSpeaker.session_id)
        .where(scheduled, ProgrammeSession.is_published, Registration.edition_id == edition_id)
        .options(*lean)
    )
    for_all = session.scalars(
        select(ProgrammeSession)
        .where(scheduled, ProgrammeSession.is_published, ProgrammeSession.kind == "ceremony")
        .options(*lean)
    ).all()
    found: dict[int, dict[int, ProgrammeSession]] = {number: {each.id: each for each in for_all} for number in wanted}
    for statement in (seats, talks):
        for registration_id, each in session.execute(statement):
            if registration_id in wanted:
                found[registration_id][each.id] = each
    return {
        number: sorted(mine.values(), key=lambda each: (each.starts_at or each.changed_at, each.id))
        for number, mine in found.items()
    }
