"""What leaves the house of registrations: calendars, everything kept about a person, lists as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from forum.core import sheets
from forum.core.db import db
from forum.core.documents import Attachment, attaches
from forum.core.web import public_address
from forum.core.words import gettext as _
from forum.core.words import language
from forum.programme.models import Session
from forum.registration import queries
from forum.registration.models import Question, Registration
from forum.registration.queries.seat_queue import awaited_by
from forum.registration.rules.questions import shown_answer

if TYPE_CHECKING:
    from icalendar import Event


@attaches("calendar")
def calendar_attachment(registration_id: int) -> Attachment | None:
    """Return the calendar file of a registration's letter; None once it is cancelled."""
    registration = db.session.get(Registration, registration_id)
    if registration is None or not registration.is_confirmed:
        return None
    awaited = awaited_by(db.session(), registration.id)
    content = calendar(registration, queries.sessions_of(db.session(), registration.id), awaited)
    return Attachment(name=calendar_name(registration), content=content, type="text/calendar")


def calendar_name(registration: Registration) -> str:
    """Return the name of the file."""
    return f"{registration.edition.slug}.ics"


def calendar(registration: Registration, sessions: Sequence[Session], awaited: Sequence[Session] = ()) -> bytes:
    """Return the edition's days and the chosen sessions as iCalendar; calendars replace what they had of them.

    Sessions for which the person waits stand in it as tentative, and keep no hour.
    """
    edition = registration.edition
    from icalendar import Calendar  # 3 MB that most processes never need

    made = Calendar()
    made.add("prodid", "-//Grand Nord Digital Forum//registration//FR")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", edition.name)
    whole = entry(registration, "edition", summary=f"{edition.name}, {edition.host_city.name}")
    whole.add("dtstart", edition.first_day)
    whole.add("dtend", edition.last_day + timedelta(days=1))
    whole.add("transp", "TRANSPARENT")
    whole.add("location", edition.host_city.name)
    whole.add("url", public_address(f"/editions/{edition.slug}/"))
    made.add_component(whole)
    for session in (*sessions, *awaited):
        if session.starts_at is None or session.ends_at is None:
            continue
        waits = session in awaited
        summary = _("Waiting list: %(session)s", session=session.title) if waits else session.title
        one = entry(registration, session.key, summary=summary)
        one.add("status", "TENTATIVE" if waits else "CONFIRMED")
        one.add("transp", "TRANSPARENT" if waits else "OPAQUE")
        one.add("dtstart", session.starts_at)
        one.add("dtend", session.ends_at)
        if place := session.room.name if session.room else session.meeting_point:
            one.add("location", place)
        one.add("url", public_address(f"/editions/{edition.slug}/sessions/{session.key}/"))
        made.add_component(one)
    return bytes(made.to_ical())


def entry(registration: Registration, what: str, *, summary: str) -> Event:
    """Return an entry that keeps its name, so that a second import changes it instead of doubling it."""
    from icalendar import Event

    event = Event()
    host = urlsplit(public_address("")).hostname or "localhost"
    event.add("uid", f"{registration.reference.lower()}-{what}@{host}")
    event.add("dtstamp", registration.changed_at)
    event.add("last-modified", registration.changed_at)
    event.add("summary", summary)
    return event


def read_answers(answered: Sequence[tuple[Question, tuple[str, ...]]]) -> list[tuple[Question, str]]:
    """Return answers as a person reads them."""
    return [(question, shown_answer(question, words, language())) for question, words in answered]


def state_words() -> dict[str, str]:
    """Return the states of registrations in words."""
    return {
        "pending": _("to be approved"),
        "waiting": _("on the waiting list"),
        "offered": _("place offered"),
        "unpaid": _("to be paid"),
        "confirmed": _("confirmed"),
        "declined": _("declined"),
        "cancelled": _("cancelled"),
    }


def answer_cells(questions: Sequence[Question], answers: Mapping[int, tuple[str, ...]]) -> list[sheets.Cell]:
    """Return somebody's answers as cells: numbers and dates as what they are, everything else as it is read."""
    return [answer_cell(question, answers.get(question.id, ())) for question in questions]


def answer_cell(question: Question, words: Sequence[str]) -> sheets.Cell:
    """Return one answer as a cell."""
    if not words:
        return None
    if question.kind == "number":
        return Decimal(words[0])
    return date.fromisoformat(words[0]) if question.kind == "date" else shown_answer(question, words, language())


def list_headings(questions: Sequence[Question], *, asks_proof: bool) -> list[str]:
    """Return the headings of a list that leaves, in the reader's language; such a list can be read in again."""
    return [
        _("Reference"),
        _("Family name"),
        _("Given name"),
        _("E-mail"),
        _("Organisation"),
        _("Category"),
        _("State"),
        _("What they need"),
        _("Workshops and visits"),
        _("Language"),
        _("Registered on"),
        *([_("Proof")] if asks_proof else []),
        *(question.label.in_language(language()) for question in questions),
    ]


def list_rows(
    registrations: Iterable[Registration],
    titles: Mapping[int, Sequence[str]],
    questions: Sequence[Question],
    answers: Mapping[int, Mapping[int, tuple[str, ...]]],
    *,
    asks_proof: bool,
) -> Iterator[list[sheets.Cell]]:
    """Return the lines of a list that leaves, one after the other, under `list_headings`.

    `titles` are the sessions each has a seat in, `answers` what each said to the organisers' own questions.
    """
    states = state_words()
    for registration in registrations:
        yield [
            registration.reference,
            registration.person.family_name,
            registration.person.given_name,
            registration.person.email,
            registration.person.organisation_name,
            registration.category.name.in_language(language()),
            states[registration.state],
            registration.adjustment,
            ", ".join(titles.get(registration.id, ())),
            registration.person.language,
            registration.registered_at,
            *([registration.proof] if asks_proof else []),
            *answer_cells(questions, answers.get(registration.id, {})),
        ]
