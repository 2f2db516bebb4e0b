"""Work on many registrations at once: what is asked, how far it is, and what could not be done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Account

TASK_STATES = ("reading", "asked", "waiting", "running", "ready", "stopped", "failed")
"""reading: the file is looked through; asked: shown, nobody agreed yet; waiting, running: being done; ended since."""

AT_WORK = ("reading", "waiting", "running")


class ListTask(Base):
    """Something that is done to many people, in parts that are each one short transaction."""

    __tablename__ = "list_task"
    __table_args__ = (
        CheckConstraint("kind IN ('import', 'change')", name="kind"),
        CheckConstraint(
            "state IN ('reading', 'asked', 'waiting', 'running', 'ready', 'stopped', 'failed')", name="state"
        ),
        Index("ix_list_task_state", "state"),
        Index("ix_list_task_edition_id", "edition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(unique=True)  # in the address
    kind: Mapped[str]
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)  # what is to be done, and to whom
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # of an import: its lines, compressed
    language: Mapped[str]  # of the sentences about what could not be done
    state: Mapped[str] = mapped_column(default="asked")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)  # how far it is: whoever takes it over goes on from here
    changed: Mapped[int] = mapped_column(default=0)  # for how many something came of it
    updated: Mapped[int] = mapped_column(default=0)  # of an import: those who were there and are corrected
    error: Mapped[str | None]
    leased_until: Mapped[datetime | None]  # a worker that died frees it
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def is_at_work(self) -> bool:
        """Tell whether more will come of it by itself."""
        return self.state in AT_WORK


class LeftOut(Base):
    """A line or a registration for which a task could do nothing, and why."""

    __tablename__ = "left_out"
    __table_args__ = (Index("ix_left_out_task_id", "task_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("list_task.id", ondelete="CASCADE"))
    place: Mapped[int]  # the line of the file, or the registration's id
    name: Mapped[str]
    reason: Mapped[str]
