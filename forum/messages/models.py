"""Letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base

STATES = ("waiting", "sending", "sent", "failed", "kept", "bounced")
"""Bounced: the mail server took it, and another one sent it back later."""


class Letter(Base):
    """An e-mail as a row, written in the transaction of what it tells, sent later, never twice for one row."""

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed', 'kept', 'bounced')", name="state"),
        # In this order: a confirmation never waits behind ten thousand letters of a mailing.
        Index("ix_letter_state_is_mailing_next_try_at", "state", "is_mailing", "next_try_at"),
        Index("ix_letter_edition_slug_written_at", "edition_slug", "written_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_slug: Mapped[str | None]  # messages lie below editions
    kind: Mapped[str]  # registration-confirmed, proposal-received …
    once_key: Mapped[str] = mapped_column(unique=True)  # each letter once per person, whatever crashes
    to_email: Mapped[str]
    to_name: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    attachments: Mapped[list[list[object]]] = mapped_column(
        JSON, default=list
    )  # [["badge", 12], …], made when it leaves
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    is_mailing: Mapped[bool] = mapped_column(default=False)  # one of many; leaves after all that people wait for
    # Where its reader says that they want no more of these (RFC 8058); None for letters about one's own affairs.
    unsubscribe_address: Mapped[str | None]
    bounced_at: Mapped[datetime | None]


class BouncedAddress(Base):
    """An address at which there is nobody, as a mail server told us."""

    __tablename__ = "bounced_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # kept in lower case
    reason: Mapped[str]
    bounced_at: Mapped[datetime]
