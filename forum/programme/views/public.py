"""What visitors see of a programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale
from flask import Blueprint, Response, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, words
from forum.core.db import db
from forum.core.refusals import NotFound
from forum.core.web import open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme import queries
from forum.programme.documents import calendars
from forum.programme.documents.timetable import timetables
from forum.programme.forms import KIND_NAMES
from forum.programme.models import KINDS, Session, Track
from forum.programme.queries import ProgrammeFilter
from forum.programme.rules import slug_of
from forum.venues.models import Room

blueprint = Blueprint("programme_public", __name__)

MOST_COLUMNS_IN_VIEW = 6


@blueprint.app_template_filter("language_name")
def language_name(code: str) -> str:
    """Return a language in the reader's own: `fr` → « français »."""
    return str(Locale.parse(words.language()).languages.get(code, code))


@dataclass(frozen=True)
class Moment:
    """What is on now, and what begins next."""

    now: tuple[Session, ...] = ()
    next: tuple[Session, ...] = ()

    def is_now(self, session: Session) -> bool:
        """Tell whether a session is on."""
        return any(session.id == other.id for other in self.now)

    def is_next(self, session: Session) -> bool:
        """Tell whether a session begins next."""
        return any(session.id == other.id for other in self.next)


@blueprint.get("/editions/<slug>/programme")
@open_to("everyone")
def programme(slug: str) -> BaseResponse:
    """Show the programme: by day as a table of rooms and hours, or the list of what a filter finds."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    everything = queries.published_sessions(db.session(), edition)
    tracks, rooms = used_tracks(everything), used_rooms(everything)
    wanted = asked_filter(edition, tracks=tracks, rooms=rooms)
    is_everything = wanted == ProgrammeFilter()
    found = everything if is_everything else queries.published_sessions(db.session(), edition, wanted)
    is_list = wanted != ProgrammeFilter(day=wanted.day)
    response = page(
        "programme/programme.html",
        edition=edition,
        found=found,
        total=len(everything),
        wanted=wanted,
        asked=request.args,
        days=sorted({session.day for session in everything if session.day}),
        tables=timetables(found),
        without_hour=[session for session in found if session.starts_at is None],
        is_list=is_list,
        is_everything=is_everything,
        moment=moment_of(edition, everything, clock.now()),
        tracks=tracks,
        rooms=rooms,
        kinds=[(kind, KIND_NAMES[kind]) for kind in KINDS if any(session.kind == kind for session in everything)],
        spoken=sorted({session.language for session in everything}),
        most_columns=MOST_COLUMNS_IN_VIEW,
    )
    return asked_again(response)


def used_tracks(sessions: Sequence[Session]) -> list[Track]:
    """Return the themes that have a session, in their order."""
    tracks = {session.track.id: session.track for session in sessions if session.track}
    return sorted(tracks.values(), key=lambda track: (track.position, track.slug))


def used_rooms(sessions: Sequence[Session]) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return the rooms that have a session: what an address calls them, their name, their ids."""
    rooms = {session.room.id: session.room for session in sessions if session.room}
    found: dict[str, list[Room]] = {}
    for room in sorted(rooms.values(), key=lambda room: (room.venue.name, room.position, room.name)):
        found.setdefault(slug_of(room.name) or f"room-{room.position}", []).append(room)
    return [(slug, held[0].name, tuple(room.id for room in held)) for slug, held in found.items()]


def asked_filter(
    edition: Edition, *, tracks: Sequence[Track], rooms: Sequence[tuple[str, str, tuple[int, ...]]]
) -> ProgrammeFilter:
    """Return what the address asks for; what it names and we do not know is left out."""
    asked = request.args
    return ProgrammeFilter(
        day=asked_day(edition),
        track=next((track for track in tracks if track.slug == asked.get("track")), None),
        room_ids=next((ids for slug, _name, ids in rooms if slug == asked.get("room")), None),
        kind=asked.get("kind") if asked.get("kind") in KINDS else None,
        language=asked.get("language") or None,
        words=asked.get("q", "").strip()[: queries.LONGEST_SEARCH],
    )


def asked_day(edition: Edition) -> date | None:
    """Return the day that the address asks for, if it is one of the edition."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return day if day in edition.days else None


def moment_of(edition: Edition, sessions: Sequence[Session], now: datetime) -> Moment:
    """Return what is on and what begins next, while the edition is on."""
    if not edition.is_today(now):
        return Moment()
    today = [session for session in sessions if session.day == edition.local(now).date()]
    on = [
        session
        for session in today
        if session.starts_at and session.ends_at and session.starts_at <= now < session.ends_at
    ]
    later = [session.starts_at for session in today if session.starts_at and session.starts_at > now]
    begins = min(later, default=None)
    return Moment(now=tuple(on), next=tuple(session for session in today if begins and session.starts_at == begins))


@blueprint.get("/editions/<slug>/sessions/<key>/")
@open_to("everyone")
def session_page(slug: str, key: str) -> BaseResponse:
    """Show one session."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    session = queries.session_with_key(db.session(), edition, key)
    if not session.is_published and not is_organiser(edition):
        raise NotFound
    now = clock.now()
    response = page(
        "programme/session.html",
        edition=edition,
        session=session,
        moment=moment_of(edition, [session], now),
        takes_registrations=edition.takes_registrations(now),
        description=calendars.schema_event(edition, session),
        is_organiser=is_organiser(edition),
    )
    return asked_again(response)


@blueprint.get("/editions/<slug>/speakers/")
@open_to("everyone")
def speakers(slug: str) -> BaseResponse:
    """Show who speaks."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = queries.published_speakers(db.session(), edition)
    asked = request.args.get("q", "").strip()[: queries.LONGEST_SEARCH]
    looked_for = queries.searched_words(asked)
    matching = [speaker for speaker in found if all(word in speaker.person.search_text for word in looked_for)]
    return asked_again(
        page(
            "programme/speakers.html",
            edition=edition,
            speakers=matching,
            total=len(found),
            words=asked,
            takes_proposals=edition.takes_proposals(clock.now()),
        )
    )


@blueprint.get("/editions/<slug>/speakers/<key>/")
@open_to("everyone")
def speaker_page(slug: str, key: str) -> BaseResponse:
    """Show one speaker and their sessions."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    speaker, sessions = queries.published_speaker(db.session(), edition, key)
    return asked_again(page("programme/speaker.html", edition=edition, speaker=speaker, sessions=sessions))


def is_organiser(edition: Edition) -> bool:
    """Tell whether the reader organises the edition, and may see what is not published."""
    return bool(current_user.is_authenticated and current_user.may_organise(edition.slug))


def asked_again(response: Response) -> BaseResponse:
    """Let a browser keep a page without a form, and ask each time whether it changed."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
