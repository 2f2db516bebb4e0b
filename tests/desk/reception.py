"""What the tests of the desk share: a desk with its gate, somebody to print a badge for, and where the pages are."""

from __future__ import annotations

from datetime import datetime

from pypdfium2 import PdfDocument

from forum.badges.models import Printer
from forum.badges.rules import Way
from forum.core.db import Transaction
from forum.desk.actions.desks import DeskDetails, add_desk
from forum.desk.models import Desk
from forum.people.rules import search_text
from tests import cast
from tests.factories import a_badge, a_category, a_gate, a_person, a_registration, an_edition, number

DESK = "/organise/lens-2027/desk"
LABEL = Way(format="label62x100")


def a_desk(tx: Transaction, *, kind: str = "desk", now: datetime = cast.NOW, **values: object) -> Desk:
    """Return a new desk with a label printer, that lets people in at a new entrance."""
    edition = an_edition(tx)
    printer = tx.add(Printer(edition_id=edition.id, name=f"Brother {number()}", format="label62x100"))
    gate = a_gate(tx) if kind == "desk" else None
    details = DeskDetails(
        place=str(values.get("place", "")),
        printer_id=printer.id,
        gate_id=gate.id if gate else None,
        staff=int(str(values.get("staff", 1))),
    )
    return add_desk(tx, edition.id, kind, details, now=now)


def a_guest(tx: Transaction, who: tuple[str, str, str] = cast.ZOE, **values: object) -> int:
    """Return the id of somebody who is expected, with a badge that was never printed."""
    person = a_person(tx, who, search_text=search_text(who[0], who[1], who[0], who[2]))
    registration = a_registration(tx, who, category=a_category(tx), person_id=person.id, **values)
    if registration.is_confirmed:
        a_badge(tx, registration)
    return registration.id


def text_of(pdf: bytes) -> str:
    """Return what a PDF says."""
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in PdfDocument(pdf)).split())
