"""What a list shows: its filter, as the address writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from forum.core.web import small_number
from forum.registration.models import STATES

SORTS = ("name", "-name", "registered", "-registered", "organisation", "-organisation", "category", "-category")


@dataclass(frozen=True)
class ListFilter:
    """Which registrations a list shows, and in which order; the address of the page says the same."""

    words: str = ""
    category_id: int | None = None
    state: str = ""
    came: str = ""
    """“yes” or “no”: let in at a gate."""
    badge: str = ""
    """“printed” or “not”."""
    since: date | None = None
    needs_adjustment: bool = False
    session_id: int | None = None
    sort: str = "-registered"

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything but the order was asked for."""
        return any(getattr(self, each.name) != each.default for each in fields(self) if each.name != "sort")

    @property
    def asked(self) -> dict[str, str]:
        """Return the filter as the address writes it, without what is as usual."""
        written = {
            "q": self.words,
            "category": str(self.category_id or ""),
            "state": self.state,
            "came": self.came,
            "badge": self.badge,
            "since": self.since.isoformat() if self.since else "",
            "adjustment": "1" if self.needs_adjustment else "",
            "session": str(self.session_id or ""),
            "sort": "" if self.sort == "-registered" else self.sort,
        }
        return {name: value for name, value in written.items() if value}


def read_filter(asked: Mapping[str, str]) -> ListFilter:
    """Read the filter from the address; what makes no sense is left out."""
    return ListFilter(
        words=asked.get("q", "")[:200].strip(),
        category_id=small_number(asked.get("category")),
        state=one_of(asked.get("state"), STATES),
        came=one_of(asked.get("came"), ("yes", "no")),
        badge=one_of(asked.get("badge"), ("printed", "not")),
        since=day_of(asked.get("since")),
        needs_adjustment=asked.get("adjustment") == "1",
        session_id=small_number(asked.get("session")),
        sort=one_of(asked.get("sort"), SORTS) or "-registered",
    )


def one_of(text: str | None, known: tuple[str, ...]) -> str:
    """Return a word that is known, else nothing."""
    return text if text in known else ""


def day_of(text: str | None) -> date | None:
    """Read a day as browsers send it."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
