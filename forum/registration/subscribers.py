"""What registration does when the programme changes."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.programme.events import SpeakerAccepted
from forum.programme.models import Speaker
from forum.registration import actions


@subscribes(SpeakerAccepted)
def admit_speaker(tx: Transaction, event: SpeakerAccepted) -> None:
    """Give an accepted speaker a registration, and so a badge, of their own kind."""
    speaker = tx.session.get_one(Speaker, event.speaker_id)
    actions.admit(tx, edition_id=speaker.edition_id, person_id=speaker.person_id, kind="speaker", now=event.at)
