"""Sessions as iCalendar, and as schema.org events for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from forum.core.i18n import localised
from forum.core.web import public_address
from forum.editions.models import Edition
from forum.programme.models import Session

if TYPE_CHECKING:
    from icalendar import Event


def calendar_of(edition: Edition, sessions: Iterable[Session], *, name: str) -> bytes:
    """Return sessions as a calendar; those without an hour are left out, and a moved one replaces itself."""
    from icalendar import Calendar  # 3 MB that most processes never need

    calendar = Calendar()
    calendar.add("prodid", "-//Grand Nord Digital Forum//Programme//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", edition.timezone)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for session in sessions:
        if session.starts_at is not None:
            calendar.add_component(calendar_event(edition, session))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def calendar_event(edition: Edition, session: Session) -> Event:
    """Return one session as an event."""
    assert session.starts_at is not None
    assert session.ends_at is not None
    from icalendar import Event

    event = Event()
    event.add("uid", f"{session.key}@{edition.slug}")
    event.add("dtstamp", session.changed_at)
    event.add("last-modified", session.changed_at)
    event.add("sequence", int(session.changed_at.timestamp()))
    event.add("dtstart", edition.local(session.starts_at))
    event.add("dtend", edition.local(session.ends_at))
    event.add("summary", session.title)
    event.add("location", place_and_address(session))
    event.add("url", session_address(edition, session))
    speakers = ", ".join(speaker.person.name for speaker in session.speakers)
    event.add("description", "\n\n".join(part for part in (speakers, session.abstract) if part))
    if session.track:
        event.add("categories", [localised(session.track.name)])
    return event


def place_and_address(session: Session) -> str:
    """Return where a session is, with the street when it has a room."""
    if session.room is None:
        return session.meeting_point or ""
    return f"{session.room.name}, {session.room.venue.name}, {session.room.venue.address}"


def session_address(edition: Edition, session: Session) -> str:
    """Return the public page of a session."""
    return public_address(f"/editions/{edition.slug}/sessions/{session.key}/")


def schema_event(edition: Edition, session: Session) -> dict[str, Any]:
    """Return what search engines want to know of a session (schema.org)."""
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": session.title,
        "url": session_address(edition, session),
        "inLanguage": session.language,
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "superEvent": {
            "@type": "Event",
            "name": edition.name,
            "startDate": edition.first_day.isoformat(),
            "endDate": edition.last_day.isoformat(),
            "location": {"@type": "Place", "name": edition.host_city.name, "address": edition.host_city.name},
            "url": public_address(f"/editions/{edition.slug}/"),
        },
        "location": place_described(edition, session),
        "performer": [
            {
                "@type": "Person",
                "name": speaker.person.name,
                "url": public_address(f"/editions/{edition.slug}/speakers/{speaker.key}/"),
            }
            for speaker in session.speakers
        ],
    }
    if session.abstract:
        described["description"] = session.abstract
    described |= {
        name: moment_of(edition, moment)
        for name, moment in (("startDate", session.starts_at), ("endDate", session.ends_at))
        if moment is not None
    }
    if session.seats is not None:
        described |= {
            "maximumAttendeeCapacity": session.seats,
            "remainingAttendeeCapacity": max(0, session.seats - session.seats_taken),
        }
    return described


def place_described(edition: Edition, session: Session) -> dict[str, Any]:
    """Return where a session is, for schema.org."""
    if session.room is None:
        name = session.meeting_point or edition.host_city.name
        return {"@type": "Place", "name": name, "address": edition.host_city.name}
    venue = session.room.venue
    return {"@type": "Place", "name": f"{session.room.name}, {venue.name}", "address": venue.address}


def moment_of(edition: Edition, moment: datetime) -> str:
    """Return a moment on the clock of the host city, as ISO 8601."""
    return edition.local(moment).isoformat()
