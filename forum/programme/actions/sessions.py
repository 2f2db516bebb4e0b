"""Making sessions, giving them an hour and a room, showing them to the public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from forum.core import codes
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.programme import emails, queries, rules
from forum.programme.events import SeatsChanged, SessionMoved, SlotLeft
from forum.programme.models import Session, SessionSpeaker
from forum.venues.models import Room


@dataclass(frozen=True)
class SessionDetails:
    """What a session is, apart from its hour and its room."""

    title: str
    abstract: str
    kind: str
    language: str
    minutes: int
    track_id: int | None = None
    seats: int | None = None
    meeting_point: str = ""
    speaker_ids: tuple[int, ...] = ()


def add_session(
    tx: Transaction, edition_id: int, details: SessionDetails, *, now: datetime, key: str | None = None
) -> Session:
    """Write a new session down; nobody sees it before it is published."""
    session = Session(edition_id=edition_id, key=key or codes.new_key(), changed_at=now)
    write_details(session, details)
    check_track(tx, edition_id, details.track_id)
    tx.add(session)
    name_speakers(tx, session, details.speaker_ids)
    return session


def change_session(tx: Transaction, session_id: int, details: SessionDetails, *, now: datetime) -> Session:
    """Change what a session is; a longer one or a new speaker must fit into its slot."""
    session = locked(tx, session_id)
    rules.may_have_seats(session, details.seats)
    check_track(tx, session.edition_id, details.track_id)
    lasted, had_seats = session.minutes, session.seats
    write_details(session, details)
    session.changed_at = now
    name_speakers(tx, session, details.speaker_ids)
    if session.seats != had_seats:
        tx.tell(SeatsChanged(session_id=session.id, at=now))
    if session.starts_at is not None:
        slot = rules.Slot.lasting(session.starts_at, minutes=details.minutes, room=session.room)
        take_slot(tx, session, slot, now=now, is_news=lasted != details.minutes)
    return session


def locked(tx: Transaction, session_id: int) -> Session:
    """Return a session whose edition's timetable nobody else may change until this transaction ends."""
    edition_id = tx.session.get_one(Session, session_id).edition_id
    tx.lock(Edition, edition_id)
    return tx.lock(Session, session_id)


def schedule(
    tx: Transaction, session_id: int, *, starts_at: datetime | None, room_id: int | None, now: datetime
) -> Session:
    """Give a session an hour and a room, or take its hour away; refuse what would be in two places.

    A published session's speakers get a letter when something changed.
    """
    session = locked(tx, session_id)
    if starts_at is None:
        return take_hour_away(tx, session, room_id=room_id, now=now)
    room = room_in(tx, session.edition, room_id)
    slot = rules.Slot.lasting(starts_at, minutes=session.minutes, room=room)
    is_news = (session.starts_at, session.room_id) != (starts_at, room_id)
    take_slot(tx, session, slot, now=now, is_news=is_news)
    return session


def take_slot(tx: Transaction, session: Session, slot: rules.Slot, *, now: datetime, is_news: bool) -> None:
    """Put a session into a slot if nothing is in the way, and tell whom it concerns."""
    room_id = slot.room.id if slot.room else None

    def others() -> Sequence[Session]:
        return queries.in_the_way(
            tx.session, session.edition, begins=slot.starts_at, ends=slot.ends_at, room_id=room_id
        )

    tx.session.flush()
    rules.may_be_scheduled(session, slot, edition=session.edition, others=others())
    try:
        with tx.session.begin_nested():
            if (session.starts_at, session.room_id) != (slot.starts_at, room_id):
                tell_slot_left(tx, session, now=now)
            session.starts_at, session.ends_at = slot.starts_at, slot.ends_at
            session.room, session.room_id = slot.room, room_id
            session.changed_at = now
            tx.session.flush()
    except IntegrityError as error:
        # The database's own word: somebody took the room by another way than this one.
        if "ex_session_room" not in str(error.orig):
            raise
        rules.may_be_scheduled(session, slot, edition=session.edition, others=others())
        raise
    if is_news:
        tell_of_slot(tx, session, now=now)


def take_hour_away(tx: Transaction, session: Session, *, room_id: int | None, now: datetime) -> Session:
    """Leave a session without an hour; its room may stay."""
    had_hour = session.starts_at is not None
    tell_slot_left(tx, session, now=now)
    session.starts_at = session.ends_at = None
    session.room = room_in(tx, session.edition, room_id)
    session.changed_at = now
    tx.session.flush()
    if had_hour:
        tell_of_slot(tx, session, now=now)
    return session


def room_in(tx: Transaction, edition: Edition, room_id: int | None) -> Room | None:
    """Return a room, if it is in a venue of the edition."""
    if room_id is None:
        return None
    room = next((room for room in queries.rooms_of(tx.session, edition) if room.id == room_id), None)
    if room is None:
        raise rules.RoomElsewhere
    return room


def tell_of_slot(tx: Transaction, session: Session, *, now: datetime) -> None:
    """Write to the speakers of a published session, and tell who stands above."""
    if session.is_published:
        write_to_speakers(tx, session, now=now)
    tx.tell(SessionMoved(session_id=session.id, at=now))


def tell_slot_left(tx: Transaction, session: Session, *, now: datetime) -> None:
    """Tell who stands above that a session the public saw is about to leave its slot."""
    if session.is_published and session.starts_at is not None:
        room = session.room.name if session.room else session.meeting_point
        tx.tell(
            SlotLeft(
                edition_id=session.edition_id,
                session_id=session.id,
                title=session.title,
                was_at=session.starts_at,
                was_room=room,
                at=now,
            )
        )


def write_to_speakers(tx: Transaction, session: Session, *, now: datetime) -> None:
    """Write the hour and the room to everyone who speaks; imported speakers may have no address."""
    for speaker in session.speakers:
        if speaker.person.email:
            write_letter(tx, emails.session_moved(session, speaker, at=now), now=now)


def publish(tx: Transaction, edition_id: int, session_ids: Sequence[int] | None, *, now: datetime) -> int:
    """Show some sessions, or all, to the public; return how many were not shown before.

    Speakers whose session has an hour learn it now.
    """
    edition = tx.lock(Edition, edition_id)
    hidden = [
        session
        for session in queries.sessions_of(tx.session, edition)
        if not session.is_published and (session_ids is None or session.id in session_ids)
    ]
    for session in hidden:
        session.is_published, session.changed_at = True, now
        if session.starts_at is not None:
            write_to_speakers(tx, session, now=now)
    tx.session.flush()
    return len(hidden)


def hide(tx: Transaction, session_id: int, *, now: datetime) -> Session:
    """Withdraw a session from the public's view."""
    session = locked(tx, session_id)
    tell_slot_left(tx, session, now=now)
    session.is_published, session.changed_at = False, now
    return session


def remove_session(tx: Transaction, session_id: int, *, now: datetime) -> str:
    """Remove a session that nobody relies on; return its title. Its proposal, if any, stays accepted."""
    session = locked(tx, session_id)
    title = session.title
    rules.may_be_removed(session)
    tell_slot_left(tx, session, now=now)
    try:
        with tx.session.begin_nested():
            tx.session.execute(delete(Session).where(Session.id == session_id))
    except IntegrityError as error:
        raise rules.SessionInUse(title=title) from error
    tx.session.expire_all()
    return title


def name_speakers(tx: Transaction, session: Session, speaker_ids: Sequence[int]) -> None:
    """Write who speaks, in the order in which they are named."""
    edition = tx.session.get_one(Edition, session.edition_id)
    speakers = queries.speakers_with_ids(tx.session, edition, speaker_ids)
    tx.session.execute(delete(SessionSpeaker).where(SessionSpeaker.session_id == session.id))
    for position, speaker in enumerate(speakers):
        tx.add(SessionSpeaker(session_id=session.id, speaker_id=speaker.id, position=position))
    tx.session.expire(session, ["speakers"])


def check_track(tx: Transaction, edition_id: int, track_id: int | None) -> None:
    """Refuse a theme of another edition."""
    if track_id is not None:
        queries.track_of(tx.session, tx.session.get_one(Edition, edition_id), track_id)


def write_details(session: Session, details: SessionDetails) -> None:
    """Put details on a session's row."""
    session.title = details.title
    session.abstract = details.abstract
    session.kind = details.kind
    session.language = details.language
    session.minutes = details.minutes
    session.track_id = details.track_id
    session.seats = details.seats
    session.meeting_point = details.meeting_point or None
