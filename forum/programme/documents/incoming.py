"""Schedules that come in: frab XML and JSON, CSV and XLSX become entries; what cannot be read is named."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

import nh3

from forum.core.refusals import Refusal
from forum.core.sheets import SheetRow, read_rows
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext
from forum.editions.models import Edition
from forum.people.rules import search_text
from forum.programme.models import KINDS
from forum.programme.rules import LONGEST_MINUTES

MAXIMUM_BYTES = 20 * 1024 * 1024
LONGEST_TITLE = 300
LONGEST_ABSTRACT = 10_000
LONGEST_NAME = 200


class UnreadableSchedule(Refusal):
    """The file is no schedule that we know."""

    code = "unreadable-schedule"
    status = 422
    sentence = lazy_gettext(
        "This file cannot be read as a schedule (%(why)s). Give a frab XML or JSON file, a CSV or an XLSX."
    )


class ScheduleTooLarge(Refusal):
    """The file is larger than any schedule."""

    code = "schedule-too-large"
    status = 413
    sentence = lazy_gettext("This file is too large for a schedule: 20 MB at most.")


@dataclass(frozen=True)
class NamedSpeaker:
    """A speaker as the file names them; the reference is the file's own."""

    reference: str
    name: str


@dataclass(frozen=True)
class Entry:
    """A session as the file describes it."""

    where: str
    reference: str
    title: str
    abstract: str
    kind: str
    language: str
    minutes: int
    starts_at: datetime | None
    room: str
    track: str
    speakers: tuple[NamedSpeaker, ...]


@dataclass(frozen=True)
class BadEntry:
    """An entry that was left out, and why."""

    where: str
    title: str
    reason: str


@dataclass
class Schedule:
    """What a file holds."""

    entries: list[Entry] = field(default_factory=list)
    bad: list[BadEntry] = field(default_factory=list)


class BadValue(ValueError):  # noqa: N818
    """A value of an entry cannot be read; the text says which."""


def read_schedule(content: bytes, edition: Edition) -> Schedule:
    """Read a schedule of any known format; hours without a zone are those of the host city.

    Raises `UnreadableSchedule`, `ScheduleTooLarge`, or a refusal of `core.sheets`.
    """
    if len(content) > MAXIMUM_BYTES:
        raise ScheduleTooLarge
    start = content[:1000].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"<"):
        events = events_of_xml(content)
    elif start.startswith((b"{", b"[")):
        events = events_of_json(content)
    else:
        events = events_of_sheet(content)
    return sorted_out(events, edition)


Event = Mapping[str, Any]
"""The plain values of one session, under the names that frab gives them, with `where`."""


def sorted_out(events: Iterator[Event], edition: Edition) -> Schedule:
    """Put readable entries on one side, the others with their reason on the other."""
    schedule = Schedule()
    seen: dict[str, int] = {}
    for event in events:
        try:
            entry = read_event(event, edition, seen)
        except BadValue as bad:
            where, title = str(event.get("where", "")), one_line(event.get("title"), LONGEST_TITLE)
            schedule.bad.append(BadEntry(where=where, title=title, reason=str(bad)))
        else:
            schedule.entries.append(entry)
    return schedule


def read_event(event: Event, edition: Edition, seen: dict[str, int]) -> Entry:
    """Read one session. Raises `BadValue`."""
    title = one_line(event.get("title"), LONGEST_TITLE)
    if not title:
        raise BadValue(_("it has no title"))
    starts_at = read_start(event, edition)
    reference = one_line(event.get("guid") or event.get("id"), LONGEST_NAME)
    if not reference:
        # Without a reference, a title (and how often it came before) is what tells sessions apart.
        name = f"title:{search_text(title)}"
        seen[name] = seen.get(name, 0) + 1
        reference = f"{name}:{seen[name]}"
    elif reference in seen:
        raise BadValue(_("the same reference stands on another entry: %(reference)s", reference=reference))
    else:
        seen[reference] = 1
    return Entry(
        where=str(event.get("where", "")),
        reference=reference,
        title=title,
        abstract=read_abstract(event),
        kind=read_kind(str(event.get("type") or "")),
        language=read_language(str(event.get("language") or "")),
        minutes=read_minutes(event, starts_at, edition),
        starts_at=starts_at,
        room=one_line(event.get("room"), LONGEST_NAME),
        track=one_line(event.get("track"), LONGEST_NAME),
        speakers=tuple(event.get("speakers") or ()),
    )


def one_line(value: object, length: int) -> str:
    """Return a value as a short line of text."""
    return " ".join(str(value if value is not None else "").split())[:length]


def read_start(event: Event, edition: Edition) -> datetime | None:
    """Return when a session begins: its whole date, else its day and its hour; None when it has neither."""
    whole, day, start = (one_line(event.get(name), 40) for name in ("date", "day", "start"))
    try:
        if "T" in whole or (len(whole) > 10 and whole[4:5] == "-"):
            moment = datetime.fromisoformat(whole)
            return moment if moment.tzinfo else moment.replace(tzinfo=edition.zone)
        day = whole or day
        if not day and not start:
            return None
        if not day or not start:
            raise BadValue(_("a day without an hour, or an hour without a day"))
        return datetime.combine(read_day(day), read_hour(start), tzinfo=edition.zone)
    except (ValueError, OverflowError) as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue(_("the date cannot be read: %(date)s", date=" ".join((whole or day, start)).strip())) from error


def read_day(text: str) -> date:
    """Read `2027-03-18` or `18/03/2027`."""
    if french := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        return date(int(french[3]), int(french[2]), int(french[1]))
    return date.fromisoformat(text[:10])


def read_hour(text: str) -> time:
    """Read `14:30`, `14:30:00`, `14h30`, `14 h`."""
    found = re.fullmatch(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?(?::\d{2})?", text.strip())
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2] or 0))


def read_minutes(event: Event, starts_at: datetime | None, edition: Edition) -> int:
    """Return how long a session lasts: `00:45`, `0:45:00`, `45`, or until the hour at which it ends."""
    text, ends = one_line(event.get("duration"), 20), one_line(event.get("end"), 40)
    try:
        if not text and ends and starts_at:
            end = datetime.combine(edition.local(starts_at).date(), read_hour(ends), tzinfo=edition.zone)
            minutes = int((end - starts_at) / timedelta(minutes=1))
        elif ":" in text:
            parts = [int(part) for part in text.split(":")]
            minutes = parts[0] * 60 + parts[1]
        else:
            minutes = int(re.sub(r"\s*(min|minutes?|mn)\.?$", "", text) or 0)
    except (ValueError, IndexError) as error:
        raise BadValue(_("the duration cannot be read: %(duration)s", duration=text or ends)) from error
    if not 0 < minutes <= LONGEST_MINUTES:
        raise BadValue(_("the duration is missing or not between 1 minute and 12 hours"))
    return minutes


def read_abstract(event: Event) -> str:
    """Return the abstract and the description as Markdown; what was HTML becomes plain paragraphs."""
    parts: list[str] = []
    for name in ("subtitle", "abstract", "description"):
        words = plain_words(str(event.get(name) or ""))
        if words and words not in parts:
            parts.append(words)
    return "\n\n".join(parts)[:LONGEST_ABSTRACT]


def plain_words(text: str) -> str:
    """Return a text without its HTML: paragraphs and lists as Markdown has them."""
    if re.search(r"<\s*(p|br|ul|ol|li|a|div|h\d|strong|em|b|i)\b", text, re.IGNORECASE):
        text = re.sub(r"<\s*li[^>]*>\s*", "\n- ", text, flags=re.IGNORECASE)
        text = re.sub(r"<\s*br[^>]*>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(r"<\s*/\s*(p|div|ul|ol|h\d)\s*>", "\n\n", text, flags=re.IGNORECASE)
        text = html.unescape(nh3.clean(text, tags=set()))
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


KIND_WORDS = {
    "workshop": ("workshop", "atelier", "hands"),
    "panel": ("panel", "podium", "table ronde", "discussion", "bof", "meeting"),
    "site-visit": ("visit", "visite", "excursion", "tour"),
    "job-dating": ("job", "emploi"),
    "ceremony": ("ceremon", "opening", "closing", "ouverture", "cloture"),
    "break": ("break", "pause", "lunch", "dejeuner", "coffee"),
}


def read_kind(text: str) -> str:
    """Return our kind for what other systems call it; a talk when nothing tells more."""
    plain = search_text(text)
    if plain.replace(" ", "-") in KINDS:
        return plain.replace(" ", "-")
    return next((kind for kind, words in KIND_WORDS.items() if any(word in plain for word in words)), "talk")


def read_language(text: str) -> str:
    """Return a language's code, French when the file names none: `en-GB` → `en`, `Français` → `fr`."""
    plain = search_text(text)
    named = {"francais": "fr", "french": "fr", "anglais": "en", "english": "en"}
    if plain in named:
        return named[plain]
    found = re.match(r"([a-z]{2,3})(?:[-_]|$)", plain)
    return found[1] if found else "fr"


def events_of_xml(content: bytes) -> Iterator[Event]:
    """Read frab's XML; declarations of entities are refused, so nothing can be unpacked or fetched."""
    root = parsed_xml(content)
    if root.tag != "schedule":
        raise UnreadableSchedule(why=_("its first element is not “schedule”"))
    for day in root.iter("day"):
        for room in day.iter("room"):
            for element in room.iter("event"):
                yield event_of_element(element, day=str(day.get("date", "")), room=str(room.get("name", "")))


def parsed_xml(content: bytes) -> ElementTree.Element:
    """Parse XML without document type, entities or anything from outside. Raises `UnreadableSchedule`."""

    def refuse(*_arguments: object) -> None:
        raise UnreadableSchedule(why=_("it declares a document type or entities, which is not safe to read"))

    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: builder.start(name, attributes) and None
    parser.EndElementHandler = lambda name: builder.end(name) and None
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_arguments: 0
    try:
        parser.Parse(content, True)
        return builder.close()
    except expat.ExpatError as error:
        raise UnreadableSchedule(why=_("XML is broken at line %(line)s", line=error.lineno)) from error


def event_of_element(element: ElementTree.Element, *, day: str, room: str) -> Event:
    """Return the values of an `<event>`."""
    values: dict[str, Any] = {
        name: element.findtext(name)
        for name in (
            "date", "start", "duration", "title", "subtitle", "abstract", "description", "type", "language", "track",
        )
    }  # fmt: skip
    values |= {"day": day, "room": element.findtext("room") or room}
    values |= {"guid": element.get("guid"), "id": element.get("id")}
    values["where"] = _("event %(id)s", id=element.get("id") or element.get("guid") or "?")
    people = [
        (str(person.get("guid") or person.get("id") or ""), one_line(person.text, LONGEST_NAME))
        for person in element.iterfind("persons/person")
    ]
    values["speakers"] = [NamedSpeaker(reference=reference or name, name=name) for reference, name in people if name]
    return values


def events_of_json(content: bytes) -> Iterator[Event]:
    """Read frab's JSON."""
    try:
        days = json.loads(content)["schedule"]["conference"]["days"]
        rooms = [
            (str(day.get("date", "")), str(room), event)
            for day in days
            for room, events in day["rooms"].items()
            for event in events
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableSchedule(why=_("its JSON does not hold schedule → conference → days → rooms")) from error
    for day, room, event in rooms:
        if not isinstance(event, dict):
            yield {"where": room}
            continue
        yield {
            **event,
            "day": day,
            "room": event.get("room") or room,
            "speakers": speakers_of_json(event.get("persons")),
            "where": _("event %(id)s", id=event.get("id") or event.get("guid") or "?"),
        }


def speakers_of_json(people: object) -> list[NamedSpeaker]:
    """Return who speaks after a JSON event's `persons`."""
    found = []
    for person in people if isinstance(people, list) else []:
        if isinstance(person, dict):
            name = one_line(
                person.get("public_name") or person.get("name") or person.get("full_public_name"), LONGEST_NAME
            )
            reference = str(person.get("guid") or person.get("id") or name)
        else:
            name = reference = one_line(person, LONGEST_NAME)
        if name:
            found.append(NamedSpeaker(reference=reference, name=name))
    return found


COLUMNS = {
    "guid": ("guid", "id", "key", "reference", "référence", "clé"),
    "title": ("title", "titre"),
    "date": ("date", "day", "jour"),
    "start": ("start", "begins", "hour", "début", "debut", "heure"),
    "end": ("end", "ends", "fin"),
    "duration": ("duration", "minutes", "durée", "duree"),
    "room": ("room", "salle"),
    "track": ("track", "theme", "thème", "parcours"),
    "type": ("kind", "type", "genre", "format"),
    "language": ("language", "langue"),
    "abstract": ("abstract", "description", "résumé", "resume"),
    "speakers": ("speakers", "intervenants", "speaker", "intervenant", "intervenante", "intervenantes"),
}
"""What the columns of a spreadsheet may be called, in either language."""


def events_of_sheet(content: bytes) -> Iterator[Event]:
    """Read a spreadsheet: one session a line, speakers parted by `;` or `,` or a line break."""
    sheet = read_rows(io.BytesIO(content))
    if not set(COLUMNS["title"]) & set(sheet.headings):
        raise UnreadableSchedule(why=_("no column is called “title”"))
    for row in sheet.rows:
        values: dict[str, Any] = {name: cell_of(row, headings) for name, headings in COLUMNS.items()}
        names = [one_line(name, LONGEST_NAME) for name in re.split(r"[;,\n]", values["speakers"])]
        values["speakers"] = [NamedSpeaker(reference=search_text(name), name=name) for name in names if name]
        yield {**values, "where": _("line %(line)s", line=row.line)}


def cell_of(row: SheetRow, headings: tuple[str, ...]) -> str:
    """Return the first cell that has words under one of some headings."""
    return next((cell for heading in headings if (cell := row.get(heading))), "")
