"""What the desk prints: one badge at once, signs with the letters, the paper kit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup
from sqlalchemy.orm import Session

from forum.badges.documents.files import printed_file
from forum.badges.documents.making import ToPrint, blanks_pdf, draw, read_print
from forum.badges.models import PrintJob
from forum.badges.queries import badges_of_print, blanks_with_numbers, printer_of
from forum.badges.rules import Way
from forum.badges.rules.order import Entry, name_key
from forum.core import qr
from forum.core.documents import Document, joined_pdf, render_pdf, shelf
from forum.core.words import gettext as _
from forum.desk import queries
from forum.desk.models import Desk, PaperKit
from forum.desk.queries import paper as paper_queries
from forum.desk.queries.paper import PaperLine
from forum.desk.rules import KitParts
from forum.editions.models import Edition

PAGES_TOGETHER = 8
"""Pages laid out at once: WeasyPrint takes more than twice as long for twice as many."""
ROWS = 37
"""How many people stand in a column of a list."""
LONG_NAME = 36
"""Characters above which a name takes two lines."""


def read_one(session: Session, job: PrintJob) -> ToPrint:
    """Return the one badge of a print as it is now. Raises `NothingToPrint`."""
    way = Way.from_json(job.way)
    return read_print(session, badges_of_print(session, job.id), way, printer_of(session, way))


def draw_one(prepared: ToPrint, key: str) -> bytes:
    """Return a print as PDF; it is kept like every print."""
    path = printed_file(key)
    draw(prepared, path)
    return path.read_bytes()


def link_symbol(address: str, title: str) -> Markup:
    """Return the QR symbol of a desk's link as an SVG picture."""
    return qr.address_picture(address, title=title)


# --- signs


def signs_pdf(edition: Edition, desks: Sequence[Desk]) -> bytes:
    """Return one A4 sheet a desk with its letters, to be read across the hall."""
    context = {"edition": edition, "desks": desks}
    return render_pdf(Document("desk/print/signs.html", _("Signs of the desks"), context=context, variant="pdf/ua-1"))


# --- the paper kit


@dataclass(frozen=True)
class KitLine:
    """A person as a paper list tells of them."""

    entry: Entry
    name: str
    category: str
    reference: str
    organisation: str
    seats: int
    letter: str


@dataclass(frozen=True)
class KitToMake:
    """Everything that a kit needs, read from the database before the slow part begins."""

    edition: Edition
    parts: KitParts
    lines: Sequence[KitLine]
    categories: Sequence[str]
    desks: Sequence[Desk]


def kit_file(key: str) -> Path:
    """Return the path of a kit's file."""
    return shelf("kits") / f"{key}.pdf"


def read_kit(session: Session, kit: PaperKit) -> KitToMake:
    """Return what is in a kit, as it is now."""
    lines = kit_lines(session, kit.edition_id)
    names = [category.name.in_language("fr") for category in queries.categories_of(session, kit.edition_id)]
    desks = queries.open_desks(session, kit.edition_id)
    return KitToMake(kit.edition, KitParts.from_json(kit.parts), lines, names, desks)


def kit_lines(session: Session, edition_id: int) -> list[KitLine]:
    """Return everybody who is expected in the order of French lists."""
    seats = paper_queries.seat_marks(session, edition_id)
    lines = [
        kit_line(line, seats.get(line.registration.id, 0)) for line in paper_queries.paper_lines(session, edition_id)
    ]
    return sorted(lines, key=lambda line: (not line.letter.isalpha(), name_key(line.entry)))


def kit_line(line: PaperLine, seats: int) -> KitLine:
    """Return a person's line."""
    registration = line.registration
    person, category = registration.person, registration.category
    entry = Entry.of(person, category=(category.position, category.id), number=registration.id)
    return KitLine(
        entry=entry,
        name=person.sorted_name,
        category=category.name.in_language("fr"),
        reference=registration.reference,
        organisation=person.organisation_name or "",
        seats=seats,
        letter=entry.letter,
    )


def kit_pdf(session: Session, kit: KitToMake) -> bytes:
    """Return a kit: the list of everybody, one for each category, the blank badges."""
    pieces: list[bytes] = []
    if kit.parts.everybody:
        pieces += list_pdfs(kit, _("Everybody, by name"), kit.lines)
    if kit.parts.by_category:
        for category in kit.categories:
            some = [line for line in kit.lines if line.category == category]
            if some:
                pieces += list_pdfs(kit, category, some, is_of_category=True)
    if kit.parts.blanks:
        blanks = blanks_with_numbers(session, kit.edition.id, kit.parts.blanks)
        pieces.append(blanks_pdf(session, kit.edition, blanks, Way(format=kit.parts.format)))
    return joined_pdf(pieces)


def list_pdfs(kit: KitToMake, title: str, lines: Sequence[KitLine], *, is_of_category: bool = False) -> list[bytes]:
    """Return a list as files of some pages each: long documents take more than their share of time."""
    columns = columns_of(lines)
    pages = [tuple(columns[start : start + 2]) for start in range(0, len(columns), 2)]
    parts = [pages[start : start + PAGES_TOGETHER] for start in range(0, len(pages), PAGES_TOGETHER)] or [[([],)]]
    return [
        render_pdf(
            Document(
                "desk/print/kit.html",
                title,
                context={
                    "edition": kit.edition,
                    "pages": list(enumerate(part, start=number * PAGES_TOGETHER + 1)),
                    "total": len(lines),
                    "number_of_pages": max(len(pages), 1),
                    "is_of_category": is_of_category,
                    "desks": () if is_of_category else kit.desks,
                },
            )
        )
        for number, part in enumerate(parts)
    ]


@dataclass(frozen=True)
class KitRow:
    """A row of a column: a letter, or a person; long names take two lines."""

    letter: str = ""
    line: KitLine | None = None

    @property
    def height(self) -> int:
        """Return how many rows it takes."""
        return 2 if self.line is not None and len(self.line.name) > LONG_NAME else 1


def columns_of(lines: Sequence[KitLine]) -> list[list[KitRow]]:
    """Return people in columns of equal height: a letter before its first name, again where a column begins."""
    columns: list[list[KitRow]] = []
    used = ROWS
    for before, line in zip((None, *lines), lines, strict=False):
        row = KitRow(line=line)
        is_new_letter = before is None or before.letter != line.letter
        if used + row.height + is_new_letter > ROWS:
            columns.append([])
            used, is_new_letter = 0, True
        if is_new_letter:
            columns[-1].append(KitRow(letter=line.letter))
        columns[-1].append(row)
        used += row.height + is_new_letter
    return columns


def ticks_of(lines: Sequence[PaperLine]) -> list[PaperLine]:
    """Return who may be ticked, in the order of the paper list."""
    with_badge = [line for line in lines if line.badge is not None]
    return sorted(with_badge, key=lambda line: name_key(kit_line(line, 0).entry))
