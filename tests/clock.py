"""A clock that stands still."""

from __future__ import annotations

from datetime import datetime, timedelta


class Clock:
    """Says the same moment until it is moved."""

    def __init__(self, moment: datetime) -> None:
        """Stop at a moment."""
        self.moment = moment

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def moves(self, **by: float) -> None:
        """Move on: `clock.moves(hours=2)`."""
        self.moment += timedelta(**by)

    def moves_to(self, moment: datetime) -> None:
        """Move to a moment."""
        self.moment = moment
