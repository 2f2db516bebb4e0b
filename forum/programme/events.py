"""What happens in the programme, for the features above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SpeakerAccepted:
    """A proposal was accepted: its speaker will come."""

    speaker_id: int
    at: datetime


@dataclass(frozen=True)
class SessionMoved:
    """A session got another hour or room, or none."""

    session_id: int
    at: datetime


@dataclass(frozen=True)
class SeatsChanged:
    """A session has another number of seats."""

    session_id: int
    at: datetime


@dataclass(frozen=True)
class SlotLeft:
    """A session that the public saw left its slot: it got another one, or none, or is not shown any more."""

    edition_id: int
    session_id: int
    title: str
    was_at: datetime
    was_room: str | None
    at: datetime
