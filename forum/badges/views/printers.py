"""Printers, and the sheets by which they are calibrated."""

from __future__ import annotations

from flask import Blueprint, flash
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries
from forum.badges.actions import printers
from forum.badges.actions.printers import PrinterDetails
from forum.badges.documents.calibration import calibration_sheet, sheet_to_test
from forum.badges.forms import FLIP_NAMES, PrinterForm, ReadingForm
from forum.badges.models import Printer
from forum.badges.rules.calibration import line_length
from forum.badges.rules.formats import FORMATS
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("badges_printers", __name__)


@blueprint.get("/organise/<slug>/badges/printers")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """List the printers, and offer to add one."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return show_printers(edition, PrinterForm(formdata=None))


def show_printers(edition: Edition, form: PrinterForm, status: int = 200) -> BaseResponse:
    """Show the page of printers."""
    return page(
        "badges/printers.html",
        edition=edition,
        form=form,
        printers=queries.printers_of(db.session(), edition.id),
        formats=FORMATS,
        flip_names=FLIP_NAMES,
        status=status,
    )


@blueprint.post("/organise/<slug>/badges/printers")
@open_to("organiser")
def add(slug: str) -> BaseResponse:
    """Add a printer, and go on to calibrate it."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = PrinterForm()
    if not form.validate():
        return show_printers(edition, form, status=422)
    try:
        with transaction() as tx:
            printer = printers.add_printer(tx, edition_id=edition.id, details=details(form))
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return show_printers(edition, form, status=refusal.status)
    flash(_("Added. Now print its calibration sheet, fold it, and write down two numbers."), "success")
    return back_to(f"/organise/{slug}/badges/printers/{printer.id}")


def details(form: PrinterForm) -> PrinterDetails:
    """Return what was typed about a printer."""
    typed = form.moved_right.raw_data or form.moved_down.raw_data or form.scale.raw_data
    return PrinterDetails(
        name=form.name.data,
        desk=form.desk.data or "",
        format=form.format.data,
        flip=form.flip.data,
        calibration=form.calibration() if typed else None,
    )


@blueprint.get("/organise/<slug>/badges/printers/<int:printer_id>")
@open_to("organiser")
def one(slug: str, printer_id: int) -> BaseResponse:
    """Show a printer: its calibration in three steps, and what is known of it."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    printer = found(edition, printer_id)
    form = PrinterForm(formdata=None)
    form.show(printer)
    return show_printer(edition, printer, form, ReadingForm(formdata=None))


def show_printer(
    edition: Edition, printer: Printer, form: PrinterForm, reading: ReadingForm, status: int = 200
) -> BaseResponse:
    """Show the page of a printer."""
    paper = FORMATS[printer.format]
    return page(
        "badges/printer.html",
        edition=edition,
        printer=printer,
        form=form,
        reading=reading,
        paper=paper,
        length=line_length(paper.sheet.width),
        status=status,
    )


def found(edition: Edition, printer_id: int) -> Printer:
    """Return a printer of an edition. Raises `NotFound`."""
    return required(queries.printer_in(db.session(), edition.id, printer_id))


@blueprint.post("/organise/<slug>/badges/printers/<int:printer_id>")
@open_to("organiser")
def change(slug: str, printer_id: int) -> BaseResponse:
    """Change what is known of a printer."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    printer = found(edition, printer_id)
    form = PrinterForm()
    if not form.validate():
        return show_printer(edition, printer, form, ReadingForm(formdata=None), status=422)
    try:
        with transaction() as tx:
            printers.change_printer(tx, printer_id, details(form))
    except Refusal as refusal:
        # By hand one types into the fields of the form, not into those of the sheet that was read.
        by_hand = {"across": "moved_right", "down": "moved_down", "measured": "scale"}
        refusal.field = by_hand.get(refusal.field or "", refusal.field)
        if not form.refused(refusal):
            raise
        return show_printer(edition, found(edition, printer_id), form, ReadingForm(formdata=None), status=422)
    flash(_("Saved."), "success")
    return back_to(f"/organise/{slug}/badges/printers/{printer_id}")


@blueprint.post("/organise/<slug>/badges/printers/<int:printer_id>/reading")
@open_to("organiser")
def read_off(slug: str, printer_id: int) -> BaseResponse:
    """Correct a printer by what was read off its sheet."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    printer = found(edition, printer_id)
    reading = ReadingForm()
    is_read = reading.validate()
    if is_read:
        try:
            with transaction() as tx:
                printers.read_off(
                    tx,
                    printer_id,
                    across=reading.across.exact(),
                    down=reading.down.exact(),
                    measured=reading.measured.exact() or None,
                    now=clock.now(),
                )
        except Refusal as refusal:
            if not reading.refused(refusal):
                raise
            is_read = False
    if not is_read:
        form = PrinterForm(formdata=None)
        form.show(printer)
        return show_printer(edition, found(edition, printer_id), form, reading, status=422)
    flash(_("Kept. Print the sheet once more: the folds should now cross both rulers at 0."), "success")
    return back_to(f"/organise/{slug}/badges/printers/{printer_id}")


@blueprint.get("/organise/<slug>/badges/printers/<int:printer_id>/calibration.pdf")
@open_to("organiser")
def calibration(slug: str, printer_id: int) -> BaseResponse:
    """Show the sheet with the rulers, printed with what is known of the printer."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    printer = found(edition, printer_id)
    return download(calibration_sheet(edition, printer), name="calibration.pdf", inline=True)


@blueprint.get("/organise/<slug>/badges/printers/<int:printer_id>/test.pdf")
@open_to("organiser")
def test_sheet(slug: str, printer_id: int) -> BaseResponse:
    """Show a sheet with the outlines of the badges, to be held against the paper they are cut from."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    printer = found(edition, printer_id)
    return download(sheet_to_test(edition, printer), name="test.pdf", inline=True)


@blueprint.post("/organise/<slug>/badges/printers/<int:printer_id>/remove")
@open_to("organiser")
def remove(slug: str, printer_id: int) -> BaseResponse:
    """Remove a printer; the log keeps its name."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found(edition, printer_id)
    with transaction() as tx:
        printers.remove_printer(tx, printer_id)
    flash(_("Removed."), "success")
    return back_to(f"/organise/{slug}/badges/printers")
