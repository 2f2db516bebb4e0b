"""Speakers, sessions, proposals, exhibitors of one edition."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from forum.core import codes
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import People
from forum.demo.story import COMING, FINISHED, TODAY, Story
from forum.exhibitors.models import Exhibitor
from forum.people.models import Organisation
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker
from forum.venues.models import Stand

WEBSITES = {"start-up", "company", "school"}


def fill(tx: Transaction, laid: Laid, story: Story, people: People, *, now: datetime) -> None:
    """Write an edition's programme and its exhibitors down."""
    city = laid.days.city
    speakers = add_speakers(tx, laid, story, people, now=now)
    if city == COMING:
        for number, data in enumerate(story.proposals):
            add_proposal(tx, laid, data, speakers, submitted_at=now - timedelta(days=number, hours=3 * number + 1))
    for data in story.sessions[city]:
        add_session(tx, laid, data, speakers, now=now)
    for number, data in enumerate(exhibitors_of(story, city)):
        add_exhibitor(tx, laid, data, people, number=number, now=now)
    tx.session.flush()


def add_speakers(tx: Transaction, laid: Laid, story: Story, people: People, *, now: datetime) -> dict[str, Speaker]:
    """Write down who speaks in this edition, or would like to."""
    keys = {key for data in story.sessions[laid.days.city] for key in data["speakers"]}
    if laid.days.city == COMING:
        keys |= {data["speaker"] for data in story.proposals}
    speakers = {}
    for key in sorted(keys):
        data = story.speakers[key]
        person = tx.add(people.speaker(key, made_at=min(now, laid.edition.proposals_open_at or now)))
        speakers[key] = Speaker(
            edition_id=laid.edition.id,
            person=person,
            key=codes.new_key(),
            token=codes.new_token(),
            biography=data["biography"],
            position_title=data["position"],
        )
    tx.session.add_all(speakers.values())
    tx.session.flush()
    return speakers


def add_session(
    tx: Transaction,
    laid: Laid,
    data: dict[str, Any],
    speakers: dict[str, Speaker],
    *,
    now: datetime,
    proposal: Proposal | None = None,
) -> Session:
    """Write a session down with its room, its hour and who speaks."""
    starts = laid.days.at(data["day"], data["start"]) if "start" in data else None
    session = tx.add(
        Session(
            edition_id=laid.edition.id,
            key=codes.new_key(),
            proposal_id=proposal.id if proposal else None,
            track_id=laid.tracks[data["track"]].id if "track" in data else None,
            room_id=laid.rooms[data["room"]].id if "room" in data else None,
            title=data["title"],
            abstract=data["abstract"],
            kind=data["kind"],
            language=data.get("language", "fr"),
            minutes=data["minutes"],
            starts_at=starts,
            ends_at=starts + timedelta(minutes=data["minutes"]) if starts else None,
            meeting_point=data.get("meeting_point"),
            seats=data.get("seats"),
            is_published=starts is not None,
            changed_at=now - timedelta(days=2),
        )
    )
    tx.session.add_all(
        SessionSpeaker(session_id=session.id, speaker_id=speakers[key].id, position=position)
        for position, key in enumerate(data["speakers"])
    )
    return session


def add_proposal(
    tx: Transaction, laid: Laid, data: dict[str, Any], speakers: dict[str, Speaker], *, submitted_at: datetime
) -> None:
    """Write a proposal down; an accepted one has its session, which still waits for a room and an hour."""
    state = data["state"]
    proposal = tx.add(
        Proposal(
            edition_id=laid.edition.id,
            speaker_id=speakers[data["speaker"]].id,
            track_id=laid.tracks[data["track"]].id,
            submission_key=codes.new_token(),
            title=data["title"],
            abstract=data["abstract"],
            kind=data["kind"],
            language=data.get("language", "fr"),
            minutes=data["minutes"],
            availability=data.get("availability", ""),
            state=state,
            note=data.get("note", ""),
            submitted_at=submitted_at,
            decided_at=None if state == "submitted" else submitted_at + timedelta(hours=20),
        )
    )
    if state == "accepted":
        add_session(tx, laid, data | {"speakers": [data["speaker"]]}, speakers, now=submitted_at, proposal=proposal)


def exhibitors_of(story: Story, city: str) -> list[dict[str, Any]]:
    """Return the exhibitors of an edition; some of today's were at the finished one too."""
    own = [data for data in story.exhibitors if data.get("edition", TODAY) == city]
    return own + [data for data in story.exhibitors if "edition" not in data][:5] if city == FINISHED else own


def add_exhibitor(
    tx: Transaction, laid: Laid, data: dict[str, Any], people: People, *, number: int, now: datetime
) -> None:
    """Write an exhibitor down, with a stand once accepted."""
    state = data.get("state", "accepted")
    submitted_at = min(now, laid.edition.applications_open_at or now) + timedelta(hours=31 * number % 400 + 2)
    organisation = tx.add(
        Organisation(
            name=data["name"],
            kind=data["kind"],
            website=f"https://{people.address_part(data['name'])}.example.org" if data["kind"] in WEBSITES else None,
            town=laid.edition.host_city.name,
            created_at=submitted_at,
        )
    )
    contact = tx.add(people.someone(organisation=data["name"], made_at=submitted_at))
    stand = None
    if state == "accepted":
        label = f"{'ABC'[number // 9]}{number % 9 + 1}"
        area = ("Halle B", "Verrière", "Rue couverte")[number // 9] if laid.days.city == TODAY else None
        stand = tx.add(Stand(edition_id=laid.edition.id, venue_id=laid.venue.id, label=label, area=area))
    tx.session.add(
        Exhibitor(
            edition_id=laid.edition.id,
            organisation=organisation,
            contact=contact,
            stand=stand,
            key=codes.new_key(),
            token=codes.new_token(),
            submission_key=codes.new_token(),
            pitch=data["pitch"],
            description=data.get("description", ""),
            wishes=data.get("wishes", ""),
            state=state,
            note=data.get("note", ""),
            submitted_at=min(now, submitted_at),
            decided_at=None if state == "submitted" else min(now, submitted_at + timedelta(days=2)),
        )
    )
