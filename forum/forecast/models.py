"""What people answer when they are asked whether they come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base

ANSWERS = ("coming", "freed")


class AttendanceAnswer(Base):
    """That somebody was asked whether they come, and what they said; None while they are silent."""

    __tablename__ = "attendance_answer"
    __table_args__ = (CheckConstraint("answer IN ('coming', 'freed')", name="answer"),)

    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
