"""What is kept about a person, as a file for programs (JSON) and as pages for people (PDF)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forum.core.documents import Document, render_pdf
from forum.core.i18n import LANGUAGES, day, day_hour, money
from forum.core.words import gettext
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.privacy.queries import Kept, Record, Value

SECTIONS: Mapping[str, Any] = {
    "registrations": _("Registration"),
    "answers": _("Your answers"),
    "parents": _("A parent’s consent"),
    "seats": _("Workshops and visits"),
    "waiting_lists": _("Waiting for a seat"),
    "badges": _("Badges"),
    "scans": _("Scans at the doors"),
    "groups": _("Groups you lead"),
    "orders": _("Orders and payments"),
    "attendance": _("Whether you come"),
    "speaking": _("As a speaker"),
    "proposals": _("Proposed sessions"),
    "exhibiting": _("As an exhibitor"),
    "letters": _("Letters"),
    "looked_at": _("When organisers looked at your registration"),
}

FIELDS: Mapping[str, Any] = {
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "organisation": _("Organisation"),
    "language": _("Language"),
    "written_down_at": _("Written down on"),
    "edition": _("Edition"),
    "reference": _("Reference"),
    "category": _("Category"),
    "state": _("State"),
    "group": _("Group"),
    "places": _("Places"),
    "adjustment": _("What you need"),
    "door_word": _("The organisers’ word to the door"),
    "agreed_to_news_at": _("Agreed to hear of later editions on"),
    "registered_at": _("Registered on"),
    "changed_at": _("Changed on"),
    "cancelled_at": _("Cancelled on"),
    "place_kept_until_at": _("Place kept until"),
    "waiting_since_at": _("Waiting since"),
    "place_in_queue": _("Place in the queue"),
    "seat_kept_until_at": _("Seat kept until"),
    "handed_over": _("Place given to somebody else"),
    "proof": _("Proof"),
    "question": _("Question"),
    "answer_given": _("Your answer"),
    "purpose": _("What for"),
    "kept_until": _("Until when"),
    "parent": _("Parent"),
    "asked_at": _("Asked on"),
    "answered_at": _("Answered on"),
    "consent": _("Consent"),
    "total": _("Total"),
    "created_at": _("Made on"),
    "paid_at": _("Paid on"),
    "payer": _("Who pays"),
    "address": _("Address"),
    "invoices": _("Invoices"),
    "said": _("Answer"),
    "title": _("Title"),
    "starts_at": _("Begins"),
    "ends_at": _("Ends"),
    "code": _("Code"),
    "made_at": _("Made on"),
    "printed_at": _("Printed on"),
    "voided_at": _("Void since"),
    "at": _("When"),
    "gate": _("Gate"),
    "answer": _("Answer"),
    "position": _("Position"),
    "biography": _("Biography"),
    "abstract": _("Abstract"),
    "availability": _("When you can come"),
    "submitted_at": _("Sent on"),
    "pitch": _("In one sentence"),
    "wishes": _("What you need"),
    "subject": _("Subject"),
    "written_at": _("Written on"),
    "sent_at": _("Sent on"),
    "what": _("What was done"),
}
"""What the names of the JSON file are called on paper and on the page."""

VALUES: Mapping[str, Mapping[str, Any]] = {
    "language": LANGUAGES,
    "state": {
        "pending": _("to be approved"),
        "waiting": _("on the waiting list"),
        "offered": _("a place is offered"),
        "unpaid": _("to be paid"),
        "confirmed": _("confirmed"),
        "declined": _("declined"),
        "cancelled": _("cancelled"),
        "submitted": _("sent"),
        "accepted": _("accepted"),
        "withdrawn": _("withdrawn"),
        "open": _("to be paid"),
        "paid": _("paid"),
        "lapsed": _("lapsed"),
        "refunded": _("paid back"),
    },
    "answer": {
        "admitted": _("let in"),
        "already-in": _("in already"),
        "left": _("left"),
        "not-today": _("not today"),
        "wrong-gate": _("not at this gate"),
        "cancelled": _("not valid"),
        "unknown": _("unknown"),
        "conflict": _("let in twice"),
    },
    "said": {"coming": _("I come"), "freed": _("I freed my place")},
    "consent": {"given": _("given"), "refused": _("refused")},
    "what": {"looked": _("looked at"), "exported": _("exported"), "changed": _("changed")},
}
"""What the short words of the JSON file are called on paper and on the page."""


@dataclass(frozen=True)
class Section:
    """One kind of data as a table: its heading, what its columns are called, its rows."""

    title: str
    headings: list[str]
    rows: list[list[str]]


def json_bytes(kept: Kept) -> bytes:
    """Return everything as JSON."""
    return json.dumps(kept.as_json(), ensure_ascii=False, indent=2).encode()


def person_lines(kept: Kept) -> list[tuple[str, str]]:
    """Return what is kept of the person, as label and value; what is empty is left out."""
    return [(label(name), shown(name, value)) for name, value in kept.person.items() if value]


def sections(kept: Kept) -> list[Section]:
    """Return the tables of everything else; a column that is empty everywhere is left out."""
    return [section(title_of(name), records) for name, records in kept.sections.items()]


def section(title: str, records: list[Record]) -> Section:
    """Return records as a table."""
    names = list(dict.fromkeys(name for record in records for name, value in record.items() if value))
    return Section(
        title=title,
        headings=[label(name) for name in names],
        rows=[[shown(name, record.get(name)) for name in names] for record in records],
    )


def title_of(name: str) -> str:
    """Return the heading of a section."""
    return str(SECTIONS.get(name, name.replace("_", " ")))


def label(name: str) -> str:
    """Return what a field is called."""
    return str(FIELDS.get(name, name.replace("_", " ")))


def shown(name: str, value: Value) -> str:
    """Return a value as people read it; a moment in the edition's zone."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str) and (name.endswith("_at") or name == "at"):
        return str(day_hour(datetime.fromisoformat(value)))
    if name == "kept_until":
        return day(date.fromisoformat(str(value)))
    if name == "total":
        return money(Decimal(str(value).removesuffix(" €")))
    return str(VALUES.get(name, {}).get(str(value), value))


def data_pdf(kept: Kept, *, edition: Edition, now: datetime) -> bytes:
    """Return everything as pages that can be read, printed and listened to (tagged, PDF/UA-1)."""
    return render_pdf(
        Document(
            template="privacy/print/data.html",
            title=gettext("What we keep about you"),
            context={"edition": edition, "lines": person_lines(kept), "sections": sections(kept), "made_at": now},
            variant="pdf/ua-1",
        )
    )
