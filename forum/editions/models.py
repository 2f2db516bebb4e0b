"""Host cities and editions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, LocalText

STATES = ("draft", "published", "archived")
"""A draft is seen by organisers only; an archive is over and takes nothing any more."""

ACCENTS = ("roubaix", "amiens", "lens", "nord")
"""The tints of `static/site/tokens.css`; `nord` is the forum's own, for a city that has none yet."""


class HostCity(Base):
    """A city that hosts, hosted, or would like to."""

    __tablename__ = "host_city"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    accent: Mapped[str] = mapped_column(default="nord")
    description: Mapped[LocalText]

    editions: Mapped[list[Edition]] = relationship(back_populates="host_city")


class Edition(Base):
    """The forum of one year in one city."""

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        CheckConstraint("offer_hours >= 2", name="offer_hours_enough"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    host_city_id: Mapped[int] = mapped_column(ForeignKey("host_city.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    timezone: Mapped[str] = mapped_column(default="Europe/Paris")
    state: Mapped[str] = mapped_column(default="draft")
    tagline: Mapped[LocalText]
    description: Mapped[LocalText]  # Markdown
    contact_email: Mapped[str]
    practical: Mapped[LocalText]  # Markdown: how to come, access, lunch
    wifi: Mapped[str | None]  # printed on badges and in the programme
    emergency: Mapped[str | None]  # the number to call on site
    confirmation_words: Mapped[LocalText] = mapped_column(default=LocalText)  # the organisers' own, in that letter
    # Figures of an archive, known from the press and not from our tables.
    known_attendance: Mapped[int | None]

    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    proposals_open_at: Mapped[datetime | None]
    proposals_close_at: Mapped[datetime | None]
    applications_open_at: Mapped[datetime | None]  # exhibitors
    applications_close_at: Mapped[datetime | None]

    # How long a freed place is kept for the next person of a waiting list; shorter as the first day nears.
    offer_hours: Mapped[int] = mapped_column(default=48)

    host_city: Mapped[HostCity] = relationship(back_populates="editions", lazy="joined")

    @property
    def days(self) -> list[date]:
        """Return the days of the edition."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def is_known_by_year_only(self) -> bool:
        """Tell whether nothing but the year is known, as of some archives: it then spans all of it."""
        first, last = self.first_day, self.last_day
        return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone of the host city."""
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> datetime:
        """Return a moment on the clock of the host city."""
        return moment.astimezone(self.zone)

    def is_public(self) -> bool:
        """Tell whether visitors may see it."""
        return self.state in ("published", "archived")

    def is_today(self, now: datetime) -> bool:
        """Tell whether the forum is on."""
        return self.first_day <= self.local(now).date() <= self.last_day

    def is_over(self, now: datetime) -> bool:
        """Tell whether the last day has passed."""
        return self.state == "archived" or self.local(now).date() > self.last_day

    def takes_registrations(self, now: datetime) -> bool:
        """Tell whether one can register now; without a closing hour, until the last day ends."""
        return self._is_open(now, self.registration_opens_at, self.registration_closes_at)

    def takes_proposals(self, now: datetime) -> bool:
        """Tell whether sessions can be proposed now."""
        return self._is_open(now, self.proposals_open_at, self.proposals_close_at)

    def takes_applications(self, now: datetime) -> bool:
        """Tell whether organisations can apply to exhibit now."""
        return self._is_open(now, self.applications_open_at, self.applications_close_at)

    def _is_open(self, now: datetime, opens_at: datetime | None, closes_at: datetime | None) -> bool:
        """Tell whether a moment lies in a window that has an opening hour."""
        if self.state != "published" or self.is_over(now) or opens_at is None:
            return False
        return opens_at <= now and (closes_at is None or now < closes_at)
