"""The sheet with rulers by which a printer is calibrated, and the one that shows whether it was."""

from __future__ import annotations

from dataclasses import dataclass

from forum.badges import queries
from forum.badges.documents.sheets import TICK, borders
from forum.badges.models import Printer
from forum.badges.rules.calibration import line_length
from forum.badges.rules.formats import FORMATS, Format
from forum.core.documents import Document, render_pdf
from forum.core.words import gettext as _
from forum.editions.models import Edition

REACH = 10
"""Millimetres to either side of the middle that a ruler shows; less on small papers."""


@dataclass(frozen=True)
class Tick:
    """One line of a ruler: where, how long, and its number if it has one."""

    at: float
    length: float
    number: str


def ticks(reach: int) -> list[Tick]:
    """Return the lines of a ruler in half millimetres, with its zero in the middle."""
    found = []
    for half in range(-2 * reach, 2 * reach + 1):
        is_whole, is_fifth = half % 2 == 0, half % 10 == 0
        number = f"{half // 2}".replace("-", "\u2212") if is_fifth else ""
        found.append(Tick(half / 2, 5.0 if is_fifth else 3.4 if is_whole else 2.0, number))
    return found


def calibration_sheet(edition: Edition, printer: Printer) -> bytes:
    """Return the sheet to fold: rulers across and down through the middle, a line to measure."""
    paper = FORMATS[printer.format]
    return render_pdf(
        Document(
            template="badges/print/calibration.html",
            title=_("Calibration of %(printer)s", printer=printer.name),
            context=context_of(edition, printer, paper)
            | {"ticks": ticks(reach_of(paper)), "reach": reach_of(paper), "length": line_length(paper.sheet.width)},
        )
    )


def reach_of(paper: Format) -> int:
    """Return how far the rulers of a paper reach."""
    return REACH if min(paper.sheet.width, paper.sheet.height) > 60 else 5


def sheet_to_test(edition: Edition, printer: Printer) -> bytes:
    """Return the outlines of a paper's cards, to be held against what they are cut from."""
    paper = FORMATS[printer.format]
    context = context_of(edition, printer, paper) | {
        "across": borders(paper.left, paper.card.width, paper.gap, paper.columns, paper.sheet.width),
        "down": borders(paper.top, paper.card.height, paper.gap, paper.rows, paper.sheet.height),
        "tick": TICK,
    }
    title = _("Test of %(printer)s", printer=printer.name)
    return render_pdf(Document(template="badges/print/test.html", title=title, context=context))


def context_of(edition: Edition, printer: Printer, paper: Format) -> dict[str, object]:
    """Return what both sheets show."""
    return {
        "edition": edition,
        "language": "fr",
        "printer": printer,
        "paper": paper,
        "sheet": paper.sheet,
        "calibration": queries.calibration_of(printer),
        "is_small": paper.sheet.width < 150,
    }
