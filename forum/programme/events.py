"""What happens in the programme, for the features above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SpeakerAccepted:
    """A proposal was accepted: its speaker will come."""

    speaker_id: int


@dataclass(frozen=True)
class SessionMoved:
    """A session got another hour or room, or none."""

    session_id: int
