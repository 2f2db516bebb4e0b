"""What registration does when the programme changes."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.programme.events import SeatsChanged, SessionMoved, SpeakerAccepted
from forum.programme.models import Speaker
from forum.registration import actions


@subscribes(SpeakerAccepted)
def admit_speaker(tx: Transaction, event: SpeakerAccepted) -> None:
    """Give an accepted speaker a registration, and so a badge, of their own kind."""
    speaker = tx.session.get_one(Speaker, event.speaker_id)
    actions.admit(tx, edition_id=speaker.edition_id, person_id=speaker.person_id, kind="speaker", now=event.at)


@subscribes(SeatsChanged)
def give_added_seats(tx: Transaction, event: SeatsChanged) -> None:
    """Give seats that were added to those who wait for one."""
    actions.serve_session(tx, event.session_id, now=event.at)


@subscribes(SessionMoved)
def give_free_seats(tx: Transaction, event: SessionMoved) -> None:
    """Give free seats to those who could not come at the hour that was before."""
    actions.serve_session(tx, event.session_id, now=event.at)
