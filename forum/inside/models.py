"""What the hall's screens must remember of the programme."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base


class SlotChange(Base):
    """Where a session stood in the programme before it moved or was cancelled, for those who saw it there."""

    __tablename__ = "slot_change"
    __table_args__ = (Index("ix_slot_change_edition_id_at", "edition_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id", ondelete="SET NULL"))
    title: Mapped[str]
    was_at: Mapped[datetime]
    was_room: Mapped[str | None]
    at: Mapped[datetime]
