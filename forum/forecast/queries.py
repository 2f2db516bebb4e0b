"""Answers, and what past editions tell of who comes."""

from __future__ import annotations

from sqlalchemy.orm import Session as Database

from forum.forecast.models import AttendanceAnswer


def answer_of(session: Database, registration_id: int) -> str | None:
    """Return what somebody answered; None while they are silent."""
    kept = session.get(AttendanceAnswer, registration_id)
    return kept.answer if kept else None
