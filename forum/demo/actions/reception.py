"""The reception of today's edition: two desks with their letters, a kiosk, blank badges, a word to the door."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.badges.actions.blanks import make_blanks, name_blank
from forum.badges.models import Badge, BlankBadge, Printer
from forum.checkin.models import Gate
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.prints import LABELS
from forum.desk.actions.desks import DeskDetails, add_desk, share_letters
from forum.desk.models import BlankReading
from forum.registration.models import Category, Registration

BLANKS = 12


def open_desks(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Open two desks and a kiosk, share the letters out, make blank badges: one has a name, one was read without."""
    edition_id = laid.edition.id
    printer_id = tx.session.scalar(select(Printer.id).where(Printer.edition_id == edition_id, Printer.name == LABELS))
    gate_id = tx.session.scalar(
        select(Gate.id)
        .where(Gate.edition_id == edition_id, Gate.direction == "in", Gate.session_id.is_(None))
        .order_by(Gate.id)
    )
    made = laid.days.at(1, "08:00") - timedelta(days=2)
    for place, staff in (("Hall, à gauche de l’entrée", 2), ("Hall, à droite de l’entrée", 1)):
        add_desk(tx, edition_id, "desk", DeskDetails(place, printer_id, gate_id, staff), now=made)
    add_desk(tx, edition_id, "kiosk", DeskDetails("Près du vestiaire", printer_id, None), now=made)
    share_letters(tx, edition_id)
    give_blanks(tx, edition_id, gate_id, now=now)


def give_blanks(tx: Transaction, edition_id: int, gate_id: int | None, *, now: datetime) -> None:
    """Make blank badges; give one to somebody whose badge was never printed, let a gate read another."""
    category_id = tx.session.scalar(
        select(Category.id).where(Category.edition_id == edition_id).order_by(Category.position, Category.id).limit(1)
    )
    waiting = tx.session.scalars(
        select(Registration)
        .join(Badge, Badge.registration_id == Registration.id)
        .where(Registration.edition_id == edition_id, Registration.state == "confirmed", Badge.printed_at.is_(None))
        .order_by(Registration.id)
        .limit(2)
    ).all()
    if category_id is None or len(waiting) < 2:
        return
    make_blanks(tx, edition_id=edition_id, category_id=category_id, count=BLANKS, account_id=None, now=now)
    first, second = tx.session.scalars(
        select(BlankBadge).where(BlankBadge.edition_id == edition_id).order_by(BlankBadge.number).limit(2)
    ).all()
    name_blank(tx, first.code, waiting[0].id, now=now)
    waiting[1].door_word = "Vient avec son fauteuil : entrée par la rampe, côté quai."
    if gate_id is not None:
        read_at = now - timedelta(minutes=20)
        tx.add(BlankReading(blank_id=second.id, gate_id=gate_id, scan_uuid=f"demo-blank-{second.id}", at=read_at))
