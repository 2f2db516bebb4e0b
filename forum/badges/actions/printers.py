"""Printers: adding, changing, calibrating them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from forum.badges import queries, rules
from forum.badges.models import Printer
from forum.badges.rules.calibration import Calibration, checked, corrected, line_length
from forum.badges.rules.formats import FORMATS
from forum.core.db import Transaction


@dataclass(frozen=True)
class PrinterDetails:
    """What an organiser says of a printer."""

    name: str
    desk: str
    format: str
    flip: str
    calibration: Calibration | None = None
    """None: as it was."""


def add_printer(tx: Transaction, *, edition_id: int, details: PrinterDetails) -> Printer:
    """Add a printer. Raises `PrinterNameTaken`."""
    made = tx.add_once(
        Printer,
        once=None,
        edition_id=edition_id,
        name=details.name,
        desk=details.desk,
        format=details.format,
        flip=details.flip,
    )
    if made is None:
        raise rules.PrinterNameTaken(name=details.name)
    return made


def change_printer(tx: Transaction, printer_id: int, details: PrinterDetails) -> Printer:
    """Change what is known of a printer. Raises `PrinterNameTaken`, `TooFarOff`, `ScaleTooFarOff`."""
    printer = tx.lock(Printer, printer_id)
    other = queries.printer_with_name(tx.session, printer.edition_id, details.name)
    if other is not None and other.id != printer_id:
        raise rules.PrinterNameTaken(name=details.name)
    printer.name, printer.desk = details.name, details.desk
    printer.format, printer.flip = details.format, details.flip
    if details.calibration is not None:
        calibrate(printer, checked(details.calibration))
    return printer


def read_off(
    tx: Transaction, printer_id: int, *, across: Decimal, down: Decimal, measured: Decimal | None, now: datetime
) -> Printer:
    """Correct a printer by what was read off its calibration sheet. Raises `TooFarOff`, `ScaleTooFarOff`."""
    printer = tx.lock(Printer, printer_id)
    length = line_length(FORMATS[printer.format].sheet.width)
    before = queries.calibration_of(printer)
    calibrate(printer, corrected(before, across=across, down=down, measured=measured, length=length))
    printer.calibrated_at = now
    return printer


def calibrate(printer: Printer, calibration: Calibration) -> None:
    """Keep a calibration."""
    printer.offset_right, printer.offset_down, printer.scale = calibration.right, calibration.down, calibration.scale


def remove_printer(tx: Transaction, printer_id: int) -> None:
    """Remove a printer; the log keeps its name."""
    tx.session.delete(tx.lock(Printer, printer_id))
