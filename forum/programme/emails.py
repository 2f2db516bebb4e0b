"""The letters of the programme."""

from __future__ import annotations

from datetime import datetime

from forum.core.web import public_address
from forum.messages.actions import LetterDraft
from forum.programme.models import Proposal, Session, Speaker


def proposal_received(proposal: Proposal) -> LetterDraft:
    """Tell a speaker that their proposal is here, and where they can change it."""
    return to_speaker(proposal.speaker, "proposal_received", about=f"{proposal.id}", proposal=proposal)


def proposal_accepted(proposal: Proposal, *, words: str, at: datetime) -> LetterDraft:
    """Tell a speaker that they will come."""
    about = f"{proposal.id}:{at.isoformat()}"
    return to_speaker(proposal.speaker, "proposal_accepted", about=about, proposal=proposal, words=words)


def proposal_declined(proposal: Proposal, *, words: str, at: datetime) -> LetterDraft:
    """Tell a speaker kindly that their proposal was not kept."""
    about = f"{proposal.id}:{at.isoformat()}"
    return to_speaker(proposal.speaker, "proposal_declined", about=about, proposal=proposal, words=words)


def session_moved(session: Session, speaker: Speaker, *, at: datetime) -> LetterDraft:
    """Tell a speaker the hour and the room of their session, new or changed."""
    about = f"{session.id}:{speaker.id}:{at.isoformat()}"
    return to_speaker(speaker, "session_moved", about=about, session=session)


def to_speaker(speaker: Speaker, letter: str, *, about: str, **context: object) -> LetterDraft:
    """Return a letter to a speaker, with the address of their private page."""
    return LetterDraft(
        template=f"programme/emails/{letter}",
        once_key=f"{letter.replace('_', '-')}:{about}",
        to_email=speaker.person.email,
        to_name=speaker.person.name,
        language=speaker.person.language,
        edition_slug=speaker.edition.slug,
        context={
            "speaker": speaker,
            "edition": speaker.edition,
            "address": public_address(f"/p/{speaker.token}"),
            **context,
        },
    )
