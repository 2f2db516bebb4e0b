"""What leaves the house after a day: the safety register as a PDF, the files of passages and of who came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from forum.checkin.documents import passage_headings, passage_row
from forum.checkin.models import Gate, Scan
from forum.core.documents import Document, render_pdf
from forum.core.i18n import localised
from forum.core.sheets import Cell, csv_bytes, xlsx_bytes
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.inside.queries.attendance import Attended, SessionPresence
from forum.inside.rules.curve import curve_of, grid_of
from forum.inside.rules.day_log import PlaceLog
from forum.inside.rules.words import reason_words
from forum.venues.models import Venue


def register_pdf(
    edition: Edition,
    day: date,
    *,
    venues: Sequence[Venue],
    logs: Mapping[int, PlaceLog],
    gates: Sequence[Gate],
    responsible: str,
    now: datetime,
) -> bytes:
    """Return the safety register of a day as PDF/UA-1, a section for each place that was counted."""
    places = [(venue, logs[venue.id]) for venue in venues if venue.id in logs]
    without = logs.get(0)
    return render_pdf(
        Document(
            template="inside/print/register.html",
            title=_("People inside: register of the day"),
            context={
                "edition": edition,
                "day": day,
                "places": [*places, *([(None, without)] if without is not None else [])],
                "gates": gates,
                "responsible": responsible,
                "made_at": now,
                "curve_of": curve_of,
                "grid_of": grid_of,
                "reason_words": reason_words,
            },
            variant="pdf/ua-1",
        )
    )


Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def file_of(table: Table, *, kind: str, title: str) -> bytes:
    """Return a table as CSV or XLSX; no cell is taken for a formula."""
    headings, rows = table
    return xlsx_bytes(headings, rows, title=title) if kind == "xlsx" else csv_bytes(headings, rows)


def people_table(people: Iterable[Attended]) -> Table:
    """Return who was expected, whether they came, from when to when."""
    headings = (
        _("Reference"),
        _("Family name"),
        _("Given name"),
        _("Organisation"),
        _("Category"),
        _("Came"),
        _("First entry"),
        _("Last passage"),
    )
    return headings, (
        (
            each.reference,
            each.family_name,
            each.given_name,
            each.organisation,
            localised(each.category),
            _("yes") if each.first_at or each.last_at else _("no"),
            each.first_at,
            each.last_at,
        )
        for each in people
    )


def sessions_table(sessions: Iterable[SessionPresence]) -> Table:
    """Return how many went through the door of each session."""
    headings = (_("Begins"), _("Session"), _("Room"), _("Chairs"), _("Seats taken"), _("Came"), _("Came with a seat"))
    return headings, (
        (each.starts_at, each.title, each.room, each.chairs, each.reserved, each.came, each.holders)
        for each in sessions
    )


def passages_table(scans: Iterable[Scan]) -> Table:
    """Return every scan."""
    return passage_headings(), (passage_row(scan) for scan in scans)
