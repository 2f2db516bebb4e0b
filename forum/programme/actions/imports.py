"""Taking a schedule in: what is missing is made, what does not fit is named, the rest is taken."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from forum.core import codes, i18n
from forum.core.db import LocalText, Transaction
from forum.core.refusals import Conflict, Refusal
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.people.actions import PersonDetails, add_person
from forum.programme import queries, rules
from forum.programme.actions.sessions import tell_of_slot
from forum.programme.documents.exchange import guid_of
from forum.programme.documents.incoming import BadEntry, Entry, NamedSpeaker, Schedule
from forum.programme.models import Session, SessionSpeaker, Speaker, Track
from forum.venues.models import Room

SEATS_OF_NEW_ROOM = 50


class NoVenue(Conflict):
    """There is no building for rooms that are missing."""

    code = "no-venue"
    sentence = _("The edition has no venue, so the rooms of the schedule cannot be made. Add a venue first.")


@dataclass
class ImportReport:
    """What an import did, or would do."""

    made: int = 0
    changed: int = 0
    rooms: list[str] = field(default_factory=list)
    tracks: list[str] = field(default_factory=list)
    speakers: int = 0
    bad: list[BadEntry] = field(default_factory=list)


def import_schedule(
    tx: Transaction, edition_id: int, schedule: Schedule, *, publish: bool = False, now: datetime
) -> ImportReport:
    """Take what fits of a schedule; a file taken again changes what it brought before and doubles nothing.

    Speakers who have an address get a letter when a published session of theirs moves; imported ones have none.
    """
    edition = tx.lock(Edition, edition_id)
    work = Import(tx=tx, edition=edition, publish=publish, now=now)
    work.report.bad = list(schedule.bad)
    work.set_aside(schedule.entries)
    for entry in schedule.entries:
        work.take(entry)
    tx.session.flush()
    return work.report


@dataclass
class Import:
    """An import at work: what is there already, kept at hand so that a thousand entries stay quick."""

    tx: Transaction
    edition: Edition
    publish: bool
    now: datetime
    report: ImportReport = field(default_factory=ImportReport)

    def __post_init__(self) -> None:
        """Load what is there."""
        database = self.tx.session
        self.rooms = {room.name.casefold(): room for room in queries.rooms_of(database, self.edition)}
        self.tracks = {track.slug: track for track in queries.tracks_of(database, self.edition)}
        self.speakers = {speaker.key: speaker for speaker in queries.speakers_of(database, self.edition)}
        self.speakers_by_guid = {guid_of(key): speaker for key, speaker in self.speakers.items()}
        self.slots_before: dict[int, rules.Slot] = {}
        present = queries.sessions_of(database, self.edition)
        self.sessions = {session.key: session for session in present}
        self.by_guid = {guid_of(session.key): session for session in present}
        self.in_room: dict[int, list[Session]] = defaultdict(list)
        self.with_speaker: dict[int, list[Session]] = defaultdict(list)
        self.cast: dict[int, list[Speaker]] = {session.id: list(session.speakers) for session in present}
        for session in present:
            self.index(session)
        self.index_other_editions()

    def index_other_editions(self) -> None:
        """Keep in mind what other editions have in the same rooms."""
        ids = [room.id for room in self.rooms.values()]
        statement = select(Session).where(
            Session.room_id.in_(ids), Session.edition_id != self.edition.id, Session.starts_at.is_not(None)
        )
        for session in self.tx.session.scalars(statement).unique():
            self.in_room[session.room_id or 0].append(session)

    def index(self, session: Session) -> None:
        """Keep in mind where a session is and who speaks."""
        if session.starts_at is None:
            return
        if session.room_id is not None:
            self.in_room[session.room_id].append(session)
        for speaker in self.cast.get(session.id, []):
            self.with_speaker[speaker.id].append(session)

    def forget(self, session: Session) -> None:
        """Take a session out of the timetable that is kept in mind."""
        for sessions in (*self.in_room.values(), *self.with_speaker.values()):
            if session in sessions:
                sessions.remove(session)

    def session_of(self, entry: Entry) -> Session | None:
        """Return the session of an entry that came before, or that we gave out ourselves."""
        return self.by_guid.get(entry.reference) or self.sessions.get(self.key("session", entry.reference))

    def speaker_of(self, named: NamedSpeaker) -> Speaker | None:
        """Return a speaker who came before, or whom we gave out ourselves."""
        return self.speakers_by_guid.get(named.reference) or self.speakers.get(self.key("speaker", named.reference))

    def set_aside(self, entries: Iterable[Entry]) -> None:
        """Free the slots of the sessions that the file speaks of, so that two of them may swap."""
        for entry in entries:
            session = self.session_of(entry)
            if session is None or session.starts_at is None or session.ends_at is None:
                continue
            self.slots_before[session.id] = rules.Slot(session.starts_at, session.ends_at, session.room)
            self.forget(session)
            session.starts_at = session.ends_at = None
        self.tx.session.flush()

    def take(self, entry: Entry) -> None:
        """Take one entry, or write down why not."""
        try:
            self.write(entry)
        except Refusal as refusal:
            self.put_back(entry)
            self.report.bad.append(BadEntry(where=entry.where, title=entry.title, reason=str(refusal)))

    def put_back(self, entry: Entry) -> None:
        """Give a session whose entry was refused its old slot again, if it is still free."""
        session = self.session_of(entry)
        slot = self.slots_before.get(session.id) if session else None
        if session is None or slot is None:
            return
        try:
            self.check(slot, speakers=self.cast[session.id])
        except Refusal:
            return  # it stays without an hour, where the organisers' list shows it first
        session.starts_at, session.ends_at = slot.starts_at, slot.ends_at
        self.tx.session.flush()
        self.index(session)

    def write(self, entry: Entry) -> None:
        """Write one entry's session, new or changed. Raises a refusal of `rules`."""
        present = self.session_of(entry)
        room = self.rooms.get(entry.room.casefold())
        speakers = [self.speaker_of(each) for each in entry.speakers]
        slot = None
        if entry.starts_at is not None:
            slot = rules.Slot.lasting(entry.starts_at, minutes=entry.minutes, room=room)
            self.check(slot, speakers=[speaker for speaker in speakers if speaker is not None])
        # Only now that it fits are its room, its theme and its people made.
        if entry.room and room is None:
            room = self.new_room(entry.room)
        session = present or self.new_session(entry)
        self.describe(session, entry, room=room)
        session.starts_at, session.ends_at = (slot.starts_at, slot.ends_at) if slot else (None, None)
        self.tx.add(session)
        self.name_speakers(session, entry)
        self.index(session)
        if present is not None:
            self.report.changed += 1
            if self.slots_before.get(session.id) != (rules.Slot(slot.starts_at, slot.ends_at, room) if slot else None):
                tell_of_slot(self.tx, session, now=self.now)

    def describe(self, session: Session, entry: Entry, *, room: Room | None) -> None:
        """Put what an entry says on a session's row, apart from its hour."""
        session.title, session.abstract = entry.title, entry.abstract
        session.kind, session.language, session.minutes = entry.kind, entry.language, entry.minutes
        track = self.track(entry.track)
        session.track_id = track.id if track else None
        session.room_id, session.room = (room.id, room) if room else (None, None)
        session.changed_at = self.now
        if self.publish:
            session.is_published = True

    def check(self, slot: rules.Slot, *, speakers: Iterable[Speaker]) -> None:
        """Refuse a slot that does not fit. Raises a refusal of `rules`."""
        people = list(speakers)
        others = [
            *(self.in_room[slot.room.id] if slot.room else ()),
            *(session for speaker in people for session in self.with_speaker[speaker.id]),
        ]
        rules.may_take_slot(
            slot,
            edition=self.edition,
            speaker_ids={speaker.id for speaker in people},
            others=[rules.Occupied(session=other, speakers=tuple(self.cast.get(other.id, ()))) for other in others],
        )

    def new_session(self, entry: Entry) -> Session:
        """Return the session of an entry that was never here."""
        session = Session(edition=self.edition, key=self.key("session", entry.reference), seats_taken=0)
        self.sessions[session.key] = session
        self.report.made += 1
        return session

    def new_room(self, name: str) -> Room:
        """Make a room in the first venue of the edition."""
        venues = queries.venues_of(self.tx.session, self.edition)
        if not venues:
            raise NoVenue
        room = self.tx.add(Room(venue_id=venues[0].id, name=name, seats=SEATS_OF_NEW_ROOM))
        self.rooms[name.casefold()] = room
        self.report.rooms.append(name)
        return room

    def track(self, name: str) -> Track | None:
        """Return the theme of a name, made when it is missing."""
        slug = rules.slug_of(name)
        if not slug:
            return None
        if slug not in self.tracks:
            track = Track(edition_id=self.edition.id, slug=slug, name=LocalText(fr=name), position=len(self.tracks) + 1)
            self.tracks[slug] = self.tx.add(track)
            self.report.tracks.append(name)
        return self.tracks[slug]

    def name_speakers(self, session: Session, entry: Entry) -> None:
        """Write who speaks in a session, in the order of the file."""
        before = self.cast.get(session.id, [])
        after = list(dict.fromkeys(self.speaker(each) for each in entry.speakers))
        self.cast[session.id] = after
        if before == after:
            return
        for link in self.tx.session.scalars(select(SessionSpeaker).where(SessionSpeaker.session_id == session.id)):
            self.tx.session.delete(link)
        self.tx.session.flush()
        self.tx.session.add_all(
            SessionSpeaker(session_id=session.id, speaker_id=speaker.id, position=position)
            for position, speaker in enumerate(after)
        )
        self.tx.session.flush()
        self.tx.session.expire(session, ["speakers"])

    def speaker(self, named: NamedSpeaker) -> Speaker:
        """Return a speaker of the file, written down when they were never here."""
        present = self.speaker_of(named)
        if present is not None:
            return present
        given_name, _space, family_name = named.name.partition(" ")
        details = PersonDetails(
            given_name=given_name, family_name=family_name, email="", language=i18n.DEFAULT_LANGUAGE
        )
        person = add_person(self.tx, details, now=self.now)
        key = self.key("speaker", named.reference)
        self.speakers[key] = self.tx.add(Speaker(edition=self.edition, person=person, key=key, token=codes.new_token()))
        self.report.speakers += 1
        return self.speakers[key]

    def key(self, kind: str, reference: str) -> str:
        """Return the key of what a file calls by a reference: the same one each time the file comes."""
        number = int.from_bytes(
            hashlib.sha256(f"{self.edition.slug}\n{kind}\n{reference}".encode()).digest()[:5], "big"
        )
        characters = []
        for _place in range(codes.KEY_LENGTH):
            number, value = divmod(number, 32)
            characters.append(codes.ALPHABET[value])
        return "".join(characters).lower()
