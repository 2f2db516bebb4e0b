"""Looking the programme up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.people.models import Person
from forum.people.rules import search_text
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker, Track
from forum.venues.models import Room, Venue, edition_venue

LONGEST_SEARCH = 100
MOST_WORDS = 8


@dataclass(frozen=True)
class ProgrammeFilter:
    """What a reader wants to see of a programme; None and "" leave a thing open."""

    day: date | None = None
    track: Track | None = None
    room_ids: tuple[int, ...] | None = None
    kind: str | None = None
    language: str | None = None
    words: str = ""


@dataclass(frozen=True)
class ProposalFilter:
    """What an organiser wants to see of the proposals, and in which order."""

    state: str | None = None
    track_id: int | None = None
    kind: str | None = None
    words: str = ""
    sort: str = "-submitted"


PROPOSAL_SORTS = {
    "submitted": Proposal.submitted_at,
    "title": Proposal.search_text,
    "speaker": Person.search_text,
    "state": Proposal.state,
    "minutes": Proposal.minutes,
}


def tracks_of(session: DatabaseSession, edition: Edition) -> Sequence[Track]:
    """Return the themes of an edition in their order."""
    statement = select(Track).where(Track.edition_id == edition.id).order_by(Track.position, Track.slug)
    return session.scalars(statement).all()


def track_of(session: DatabaseSession, edition: Edition, track_id: int) -> Track:
    """Return a theme of an edition. Raises `NotFound`."""
    track = session.get(Track, track_id)
    if track is None or track.edition_id != edition.id:
        raise NotFound
    return track


def track_counts(session: DatabaseSession, edition: Edition) -> dict[int, int]:
    """Return how many sessions each theme has."""
    counted = (
        select(Session.track_id, func.count())
        .where(Session.edition_id == edition.id, Session.track_id.is_not(None))
        .group_by(Session.track_id)
    )
    return {track_id: count for track_id, count in session.execute(counted) if track_id is not None}


def rooms_of(session: DatabaseSession, edition: Edition) -> Sequence[Room]:
    """Return the rooms of an edition's venues in their order."""
    statement = (
        select(Room)
        .join(Room.venue)
        .join(edition_venue, edition_venue.c.venue_id == Venue.id)
        .where(edition_venue.c.edition_id == edition.id)
        .options(contains_eager(Room.venue))
        .order_by(Venue.name, Room.position, Room.name)
    )
    return session.scalars(statement).unique().all()


def venues_of(session: DatabaseSession, edition: Edition) -> Sequence[Venue]:
    """Return the venues of an edition."""
    statement = select(Venue).join(edition_venue).where(edition_venue.c.edition_id == edition.id).order_by(Venue.name)
    return session.scalars(statement).unique().all()


def sessions_of(session: DatabaseSession, edition: Edition) -> Sequence[Session]:
    """Return every session of an edition: those without an hour first, then by hour and room."""
    statement = all_of(edition).options(selectinload(Session.proposal))
    statement = statement.order_by(Session.starts_at.is_not(None), *in_order())
    return session.scalars(statement).unique().all()


def published_sessions(
    session: DatabaseSession, edition: Edition, wanted: ProgrammeFilter | None = None
) -> Sequence[Session]:
    """Return what visitors see of a programme: by hour, then room; those whose hour is not known yet last."""
    statement = all_of(edition).where(Session.is_published)
    if wanted is not None:
        statement = statement.where(*conditions(edition, wanted))
    statement = statement.order_by(Session.starts_at.is_(None), *in_order())
    return session.scalars(statement).unique().all()


def all_of(edition: Edition) -> Select[Session]:
    """Return the statement of an edition's sessions, with everything that a list shows of them."""
    return (
        select(Session)
        .outerjoin(Session.room)
        .where(Session.edition_id == edition.id)
        .options(
            contains_eager(Session.room).joinedload(Room.venue),
            joinedload(Session.edition),
            selectinload(Session.speakers),
        )
    )


def in_order() -> tuple[ColumnElement[object], ...]:
    """Return the order of sessions: by hour, then room, then title."""
    return (Session.starts_at, Room.position, Room.name, Session.title, Session.id)  # type: ignore[return-value]


def conditions(edition: Edition, wanted: ProgrammeFilter) -> list[ColumnElement[bool]]:
    """Return what a filter asks of a session."""
    found: list[ColumnElement[bool]] = []
    if wanted.day:
        begins, ends = bounds(edition, wanted.day)
        found += [Session.starts_at >= begins, Session.starts_at < ends]
    if wanted.track:
        found.append(Session.track_id == wanted.track.id)
    if wanted.room_ids is not None:
        found.append(Session.room_id.in_(wanted.room_ids))
    if wanted.kind:
        found.append(Session.kind == wanted.kind)
    if wanted.language:
        found.append(Session.language == wanted.language)
    found += [
        or_(
            Session.search_text.contains(word, autoescape=True),
            Session.speakers.any(Speaker.person.has(Person.search_text.contains(word, autoescape=True))),
        )
        for word in searched_words(wanted.words)
    ]
    return found


def searched_words(text: str) -> list[str]:
    """Return what somebody searches for, word by word, without accents."""
    return search_text(text[:LONGEST_SEARCH]).split()[:MOST_WORDS]


def bounds(edition: Edition, day: date) -> tuple[datetime, datetime]:
    """Return the moments at which a day begins and ends in the host city."""
    return tuple(datetime.combine(each, time(), tzinfo=edition.zone) for each in (day, day + timedelta(days=1)))  # type: ignore[return-value]


def session_with_key(session: DatabaseSession, edition: Edition, key: str) -> Session:
    """Return a session by the key of its address. Raises `NotFound`."""
    return first_of(session, all_of(edition).where(Session.key == key))


def session_of(session: DatabaseSession, edition: Edition, session_id: int) -> Session:
    """Return a session of an edition by its id, for organisers. Raises `NotFound`."""
    return first_of(session, all_of(edition).where(Session.id == session_id))


def first_of(session: DatabaseSession, statement: Select[Session]) -> Session:
    """Return the one session of a statement. Raises `NotFound`."""
    found = session.scalars(statement).unique().first()
    if found is None:
        raise NotFound
    return found


def in_the_way(
    session: DatabaseSession, edition: Edition, *, begins: datetime, ends: datetime, room_id: int | None
) -> Sequence[Session]:
    """Return the sessions that are on during some hours, of the edition or of its room in another edition."""
    place: ColumnElement[bool] = Session.edition_id == edition.id
    if room_id is not None:
        place = or_(place, Session.room_id == room_id)
    statement = (
        select(Session)
        .where(place, Session.starts_at < ends, Session.ends_at > begins)
        .options(joinedload(Session.edition), selectinload(Session.speakers))
        .order_by(Session.starts_at, Session.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).unique().all()


def published_speakers(session: DatabaseSession, edition: Edition) -> Sequence[Speaker]:
    """Return who speaks in a published session, as an index sorts them, with their published sessions."""
    statement = (
        select(Speaker)
        .join(Speaker.person)
        .where(Speaker.edition_id == edition.id, Speaker.sessions.any(Session.is_published))
        .options(contains_eager(Speaker.person), selectinload(Speaker.sessions.and_(Session.is_published)))
        .execution_options(populate_existing=True)
    )
    return sorted(session.scalars(statement).unique().all(), key=index_name)


def index_name(speaker: Speaker) -> str:
    """Return what an index sorts a speaker by: the family name, without accents."""
    return search_text(speaker.person.family_name or speaker.person.given_name, speaker.person.given_name)


def published_speaker(session: DatabaseSession, edition: Edition, key: str) -> tuple[Speaker, Sequence[Session]]:
    """Return a speaker by the key of their address, with their published sessions. Raises `NotFound`."""
    speaker = session.scalar(select(Speaker).where(Speaker.edition_id == edition.id, Speaker.key == key))
    if speaker is None:
        raise NotFound
    statement = all_of(edition).where(Session.is_published, Session.speakers.any(Speaker.id == speaker.id))
    sessions = session.scalars(statement.order_by(Session.starts_at.is_(None), *in_order())).unique().all()
    if not sessions:
        raise NotFound
    return speaker, sessions


def speaker_with_token(session: DatabaseSession, token: str) -> Speaker:
    """Return whose private page a link opens. Raises `NotFound`."""
    statement = (
        select(Speaker)
        .where(Speaker.token == token)
        .options(
            joinedload(Speaker.edition),
            selectinload(Speaker.proposals).joinedload(Proposal.session).joinedload(Session.room),
            selectinload(Speaker.sessions),
        )
    )
    speaker = session.scalar(statement)
    if speaker is None:
        raise NotFound
    return speaker


def speakers_of(session: DatabaseSession, edition: Edition) -> Sequence[Speaker]:
    """Return everybody who may be named in a session: who proposed one or was added by an organiser."""
    statement = (
        select(Speaker)
        .join(Speaker.person)
        .where(Speaker.edition_id == edition.id)
        .options(contains_eager(Speaker.person))
    )
    return sorted(session.scalars(statement).unique().all(), key=index_name)


def speakers_with_ids(session: DatabaseSession, edition: Edition, ids: Iterable[int]) -> list[Speaker]:
    """Return some speakers of an edition, in the order in which they are named. Raises `NotFound`."""
    wanted = list(dict.fromkeys(ids))
    rows = session.scalars(select(Speaker).where(Speaker.edition_id == edition.id, Speaker.id.in_(wanted))).all()
    found = {speaker.id: speaker for speaker in rows}
    if len(found) != len(wanted):
        raise NotFound
    return [found[speaker_id] for speaker_id in wanted]


def proposal_with_submission_key(session: DatabaseSession, submission_key: str) -> Proposal | None:
    """Return what a form sent before made."""
    return session.scalar(select(Proposal).where(Proposal.submission_key == submission_key))


def proposal_of(session: DatabaseSession, edition: Edition, proposal_id: int) -> Proposal:
    """Return a proposal to an edition by its id, for organisers. Raises `NotFound`."""
    statement = (
        select(Proposal)
        .where(Proposal.id == proposal_id, Proposal.edition_id == edition.id)
        .options(joinedload(Proposal.session))
    )
    proposal = session.scalar(statement)
    if proposal is None:
        raise NotFound
    return proposal


def proposals(edition: Edition, wanted: ProposalFilter) -> Select[Proposal]:
    """Return the statement of an edition's proposals: filtered, sorted, with what a list shows."""
    statement = (
        select(Proposal)
        .join(Proposal.speaker)
        .join(Speaker.person)
        .where(Proposal.edition_id == edition.id)
        .options(
            contains_eager(Proposal.speaker).contains_eager(Speaker.person),
            joinedload(Proposal.session),
        )
    )
    if wanted.state:
        statement = statement.where(Proposal.state == wanted.state)
    if wanted.track_id:
        statement = statement.where(Proposal.track_id == wanted.track_id)
    if wanted.kind:
        statement = statement.where(Proposal.kind == wanted.kind)
    for word in searched_words(wanted.words):
        statement = statement.where(
            or_(
                Proposal.search_text.contains(word, autoescape=True),
                Person.search_text.contains(word, autoescape=True),
            )
        )
    column = PROPOSAL_SORTS.get(wanted.sort.removeprefix("-"), Proposal.submitted_at)
    return statement.order_by(column.desc() if wanted.sort.startswith("-") else column.asc(), Proposal.id)


def listed(session: DatabaseSession, statement: Select[Proposal]) -> Sequence[Proposal]:
    """Return the whole of a list, for an export."""
    return session.scalars(statement).unique().all()


def proposal_counts(session: DatabaseSession, edition: Edition) -> dict[str, int]:
    """Return how many proposals there are in each state."""
    statement = select(Proposal.state, func.count()).where(Proposal.edition_id == edition.id).group_by(Proposal.state)
    return {row[0]: row[1] for row in session.execute(statement)}


def speaker_positions(session: DatabaseSession, session_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return the ids of the speakers of some sessions, in the order they are named."""
    statement = (
        select(SessionSpeaker)
        .where(SessionSpeaker.session_id.in_(list(session_ids)))
        .order_by(SessionSpeaker.session_id, SessionSpeaker.position)
    )
    found: dict[int, list[int]] = {}
    for link in session.scalars(statement):
        found.setdefault(link.session_id, []).append(link.speaker_id)
    return found


def shown(session: Session) -> Session:
    """Return a session that the public may see. Raises `NotFound`."""
    if not session.is_published:
        raise NotFound
    return session
