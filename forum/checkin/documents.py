"""What the door prints and hands out: a gate's sheet with its link, the file of passages."""

from __future__ import annotations

from markupsafe import Markup

from forum.checkin.models import Gate, Scan
from forum.core import qr
from forum.core.documents import Document
from forum.core.i18n import localised
from forum.core.sheets import Cell
from forum.core.words import gettext as _


def link_symbol(gate: Gate, address: str) -> Markup:
    """Return the QR symbol of a gate's link as an SVG picture."""
    return qr.address_picture(address, title=_("The link of %(gate)s", gate=localised(gate.name)))


def gate_sheet(gate: Gate, address: str) -> Document:
    """Return the sheet that is put up where volunteers meet: scan it, and the phone is a scanner."""
    return Document(
        template="checkin/print/gate.html",
        title=localised(gate.name),
        context={"gate": gate, "edition": gate.edition, "address": address, "symbol": link_symbol(gate, address)},
    )


def passage_headings() -> tuple[str, ...]:
    """Return what stands above the columns of passages."""
    return (
        _("Scanned at"),
        _("Received at"),
        _("Gate"),
        _("Direction"),
        _("Verdict"),
        _("Reason"),
        _("Let in anyway"),
        _("Given name"),
        _("Family name"),
        _("Category"),
        _("Organisation"),
        _("First entry"),
        _("Taken back at"),
    )


def passage_row(scan: Scan) -> tuple[Cell, ...]:
    """Return one scan as cells; nothing of a person who is registered for another edition."""
    badge = scan.badge if scan.badge is not None and scan.badge.edition_id == scan.edition_id else None
    person = badge.registration.person if badge else None
    return (
        scan.at,
        scan.received_at,
        localised(scan.gate.name),
        _("In") if scan.direction == "in" else _("Out"),
        scan.verdict,
        scan.reason,
        scan.override,
        person.given_name if person else "",
        person.family_name if person else "",
        localised(badge.registration.category.name) if badge else "",
        person.organisation_name if person else "",
        scan.first.at if scan.first else None,
        scan.undone_at,
    )
