"""Devices that run pretixSCAN, and the gates at which each may scan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.checkin.models import Gate
from forum.core.db import Base
from forum.editions.models import Edition

scanning_device_gate = Table(
    "scanning_device_gate",
    Base.metadata,
    Column("scanning_device_id", ForeignKey("scanning_device.id", ondelete="CASCADE"), primary_key=True),
    Column("gate_id", ForeignKey("gate.id", ondelete="CASCADE"), primary_key=True),
)


class ScanningDevice(Base):
    """A telephone or a scanner with pretixSCAN on it; of its secrets only hashes are kept."""

    __tablename__ = "scanning_device"
    __table_args__ = (Index("ix_scanning_device_edition_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    name: Mapped[str]
    serial: Mapped[str] = mapped_column(unique=True)  # what pretix calls `unique_serial`; tells nothing
    # The set-up token is made of the service's secret key and this salt, so that its QR can be shown again.
    setup_salt: Mapped[str]
    setup_hash: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str | None] = mapped_column(unique=True)  # of the API; None: not set up yet
    # What the device says of itself.
    hardware_brand: Mapped[str] = mapped_column(default="")
    hardware_model: Mapped[str] = mapped_column(default="")
    os_name: Mapped[str] = mapped_column(default="")
    os_version: Mapped[str] = mapped_column(default="")
    software_brand: Mapped[str] = mapped_column(default="")
    software_version: Mapped[str] = mapped_column(default="")
    # Of each list that it downloads: a fingerprint of what we sent last, and since when that is so.
    sent: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    initialised_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="joined")
    gates: Mapped[list[Gate]] = relationship(secondary=scanning_device_gate, order_by=Gate.id)

    @property
    def state(self) -> str:
        """Return `waiting`, `in-use` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "waiting" if self.initialised_at is None else "in-use"

    @property
    def key(self) -> str:
        """Return how it names itself in the one log of passages."""
        return f"pretixscan-{self.serial}"
