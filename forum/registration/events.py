"""What happens to registrations, for the features above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Registered:
    """Someone will come: a new registration, or a cancelled one that came back."""

    registration_id: int
    at: datetime
    edition_id: int | None = None
    """Of a registration that was written down this moment: it has no badge, and said nothing yet."""


@dataclass(frozen=True)
class RegistrationChanged:
    """What is on the badge, or what the door is told, changed: a name, an organisation, a category, a need, a word,
    a seat.
    """

    registration_id: int
    at: datetime


@dataclass(frozen=True)
class RegistrationCancelled:
    """Someone will not come."""

    registration_id: int
    at: datetime


@dataclass(frozen=True)
class RegisteredTogether:
    """Many people will come at once, from a list, all of them new; who hears `Registered` hears this as well."""

    registration_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class RegistrationsMerged:
    """Two registrations were one person's: one is kept, the other ended (and its cancellation was told before)."""

    kept_id: int
    merged_id: int
    at: datetime


@dataclass(frozen=True)
class PlaceHeld:
    """A place is kept for someone until it is paid."""

    registration_id: int
    at: datetime


@dataclass(frozen=True)
class PlaceReleased:
    """A place that was kept until it is paid is free again: it was not paid in time, or the person gave it back."""

    registration_id: int
    at: datetime


@dataclass(frozen=True)
class GroupHandedOver:
    """Somebody else answers for a group, and for what it has to pay."""

    group_id: int
    old_email: str
    at: datetime


@dataclass(frozen=True)
class RegistrationHandedOver:
    """Somebody else comes in a person's place: what was paid or promised for the old registration is the new one's.

    Told before the old one is told as cancelled (or released) and the new one as registered (or held).
    """

    old_id: int
    new_id: int
    at: datetime
