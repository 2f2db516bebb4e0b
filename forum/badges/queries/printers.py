"""Printers of an edition, and what they are known to do to a page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.badges.models import Printer
from forum.badges.rules import Way
from forum.badges.rules.calibration import PLAIN, Calibration


def printers_of(session: Session, edition_id: int) -> Sequence[Printer]:
    """Return the printers of an edition by name."""
    return session.scalars(select(Printer).where(Printer.edition_id == edition_id).order_by(Printer.name)).all()


def printer_with_name(session: Session, edition_id: int, name: str) -> Printer | None:
    """Return the printer of a name."""
    return session.scalar(select(Printer).where(Printer.edition_id == edition_id, Printer.name == name))


def printer_in(session: Session, edition_id: int, printer_id: int) -> Printer | None:
    """Return a printer, if it is of this edition."""
    return session.scalar(select(Printer).where(Printer.edition_id == edition_id, Printer.id == printer_id))


def printer_of(session: Session, way: Way) -> Printer | None:
    """Return the printer of a print, if one was named and is still there."""
    return session.get(Printer, way.printer_id) if way.printer_id is not None else None


def calibration_of(printer: Printer | None) -> Calibration:
    """Return what is done to pages for a printer; without one, nothing."""
    return Calibration(printer.offset_right, printer.offset_down, printer.scale) if printer else PLAIN
