"""Proposing a session, changing one's mind, and the organisers' answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from forum.core import codes
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.messages.models import Letter
from forum.people.actions import PersonDetails, add_person, write_details
from forum.programme import emails, queries, rules
from forum.programme.events import SpeakerAccepted
from forum.programme.models import Proposal, Session, SessionSpeaker, Speaker


@dataclass(frozen=True)
class SessionOffer:
    """What a speaker offers to hold."""

    title: str
    abstract: str
    kind: str
    language: str
    minutes: int
    track_id: int | None = None
    availability: str = ""


@dataclass(frozen=True)
class SpeakerProfile:
    """What a speaker tells of themselves."""

    person: PersonDetails
    biography: str = ""
    position_title: str = ""


def propose(
    tx: Transaction,
    edition_id: int,
    *,
    offer: SessionOffer,
    profile: SpeakerProfile,
    submission_key: str,
    now: datetime,
) -> Proposal:
    """Take a proposal and confirm it by letter; the same form sent twice gets the first proposal again."""
    if sent_before := queries.proposal_with_submission_key(tx.session, submission_key):
        return sent_before
    edition = tx.session.get_one(Edition, edition_id)
    rules.may_propose(edition, now)
    check_track(tx, edition, offer.track_id)
    try:
        with tx.session.begin_nested():
            proposal = write_proposal(tx, edition, offer=offer, profile=profile, submission_key=submission_key, now=now)
    except IntegrityError:
        # Both sendings passed the first line at the same time (PostgreSQL): the other one was first.
        sent_before = queries.proposal_with_submission_key(tx.session, submission_key)
        if sent_before is None:
            raise
        return sent_before
    write_letter(tx, emails.proposal_received(proposal), now=now)
    return proposal


def write_proposal(
    tx: Transaction,
    edition: Edition,
    *,
    offer: SessionOffer,
    profile: SpeakerProfile,
    submission_key: str,
    now: datetime,
) -> Proposal:
    """Write a speaker and their proposal down."""
    speaker = add_speaker(tx, edition, profile, now=now)
    proposal = Proposal(edition=edition, speaker=speaker, submission_key=submission_key, submitted_at=now)
    write_offer(proposal, offer)
    return tx.add(proposal)


def add_speaker(tx: Transaction, edition: Edition, profile: SpeakerProfile, *, now: datetime) -> Speaker:
    """Write a new speaker down: who proposes, or who an organiser adds."""
    return tx.add(
        Speaker(
            edition=edition,
            person=add_person(tx, profile.person, now=now),
            key=codes.new_key(),
            token=codes.new_token(),
            biography=profile.biography,
            position_title=profile.position_title or None,
        )
    )


def change_proposal(tx: Transaction, proposal_id: int, offer: SessionOffer) -> Proposal:
    """Change what was offered, as long as nobody decided on it."""
    proposal = tx.lock(Proposal, proposal_id)
    rules.may_change(proposal)
    check_track(tx, proposal.edition, offer.track_id)
    write_offer(proposal, offer)
    return proposal


def withdraw(tx: Transaction, proposal_id: int, *, now: datetime) -> Proposal:
    """Take a proposal back; asked twice, it stays taken back."""
    proposal = tx.lock(Proposal, proposal_id)
    if proposal.state != "withdrawn":
        rules.may_change(proposal)
        proposal.state, proposal.decided_at = "withdrawn", now
    return proposal


def change_profile(tx: Transaction, speaker_id: int, profile: SpeakerProfile) -> Speaker:
    """Change what a speaker tells of themselves."""
    speaker = tx.lock(Speaker, speaker_id)
    write_details(speaker.person, profile.person)
    speaker.biography, speaker.position_title = profile.biography, profile.position_title or None
    return speaker


def write_note(tx: Transaction, proposal_id: int, note: str) -> Proposal:
    """Keep what organisers note for each other."""
    proposal = tx.lock(Proposal, proposal_id)
    proposal.note = note
    return proposal


def accept(tx: Transaction, proposal_id: int, *, words: str = "", now: datetime) -> Session:
    """Accept: the session is made of it, the speaker gets a letter, and who stands above is told."""
    proposal = tx.lock(Proposal, proposal_id)
    rules.may_accept(proposal)
    forget_waiting_answer(tx, proposal)
    proposal.state, proposal.decided_at = "accepted", now
    session = tx.add(
        Session(
            edition_id=proposal.edition_id,
            key=codes.new_key(),
            proposal_id=proposal.id,
            track_id=proposal.track_id,
            title=proposal.title,
            abstract=proposal.abstract,
            kind=proposal.kind,
            language=proposal.language,
            minutes=proposal.minutes,
            changed_at=now,
        )
    )
    tx.add(SessionSpeaker(session_id=session.id, speaker_id=proposal.speaker_id, position=0))
    write_letter(tx, emails.proposal_accepted(proposal, words=words, at=now), now=now)
    tx.tell(SpeakerAccepted(speaker_id=proposal.speaker_id, at=now))
    return session


def decline(tx: Transaction, proposal_id: int, *, words: str = "", now: datetime) -> Proposal:
    """Decline, with a kind letter that holds the organisers' own words if they wrote any."""
    proposal = tx.lock(Proposal, proposal_id)
    rules.may_decline(proposal)
    proposal.state, proposal.decided_at = "declined", now
    write_letter(tx, emails.proposal_declined(proposal, words=words, at=now), now=now)
    return proposal


def take_decline_back(tx: Transaction, proposal_id: int) -> Proposal:
    """Put a declined proposal back among those that wait, while its letter has not left."""
    proposal = tx.lock(Proposal, proposal_id)
    if proposal.state == "submitted":
        return proposal
    if proposal.state != "declined":
        raise rules.ProposalDecided(title=proposal.title)
    if not forget_waiting_answer(tx, proposal):
        raise rules.LetterHasLeft(email=proposal.speaker.person.email)
    proposal.state, proposal.decided_at = "submitted", None
    return proposal


def forget_waiting_answer(tx: Transaction, proposal: Proposal) -> bool:
    """Remove the answer that waits to leave; tell whether it was still there."""
    if proposal.decided_at is None:
        return False
    key = emails.proposal_declined(proposal, words="", at=proposal.decided_at).once_key
    letter = tx.session.scalar(select(Letter).where(Letter.once_key == key).with_for_update())
    if letter is None or letter.state != "waiting" or letter.tries:
        return False
    tx.session.execute(delete(Letter).where(Letter.id == letter.id))
    return True


def check_track(tx: Transaction, edition: Edition, track_id: int | None) -> None:
    """Refuse a theme of another edition."""
    if track_id is not None:
        queries.track_of(tx.session, edition, track_id)


def write_offer(proposal: Proposal, offer: SessionOffer) -> None:
    """Put an offer on a proposal's row."""
    proposal.title = offer.title
    proposal.abstract = offer.abstract
    proposal.kind = offer.kind
    proposal.language = offer.language
    proposal.minutes = offer.minutes
    proposal.track_id = offer.track_id
    proposal.availability = offer.availability
