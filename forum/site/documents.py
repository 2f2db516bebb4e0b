"""The printed programme: a booklet, the same imposed for folding, a poster, signs for the doors, large print.

A programme is rendered once for each state of what it shows, kept in `instance/printed/`, and given from there.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from forum.core import qr, words
from forum.core.assembly import STATIC
from forum.core.documents import Document, html_of, render_pdf, shelf
from forum.core.web import public_address, tree_version
from forum.core.words import gettext as _
from forum.programme.documents.timetable import Timetable, timetable
from forum.programme.models import Session
from forum.site.queries.booklet import BookletContent

FORMATS = ("booklet", "imposed", "poster", "doors", "large")
MOST_COLUMNS = {"booklet": 5, "large": 4, "poster": 12}
A4_LANDSCAPE = (841.89, 595.276)


@dataclass(frozen=True)
class DayTables:
    """A day as tables of so many rooms as the paper is wide."""

    anchor: str
    tables: list[Timetable]


def programme_document(content: BookletContent, *, kind: str) -> Document:
    """Describe a printed programme; `imposed` is a booklet whose pages are put in another order afterwards."""
    edition = content.edition
    template = {"poster": "poster", "doors": "doors"}.get(kind, "booklet")
    kind_of_paper = "booklet" if kind == "imposed" else kind
    most = MOST_COLUMNS.get(kind_of_paper, 5)
    address = public_address(f"/editions/{edition.slug}/programme")
    return Document(
        template=f"site/print/{template}.html",
        title=_("Programme of %(edition)s", edition=edition.name),
        context={
            "edition": edition,
            "content": content,
            "paper": kind_of_paper,
            "days": [(day, day_tables(day.isoformat(), sessions, most), sessions) for day, sessions in content.days],
            "doors": door_signs(content) if kind == "doors" else [],
            "address": address,
            "said_already": frozenset(),
            "symbol": qr.address_picture(address, title=address),
        },
        variant="pdf/ua-1",
    )


def day_tables(anchor: str, sessions: list[Session], most: int) -> DayTables:
    """Return a day's tables: one, or several where there are more rooms than the paper holds side by side."""
    whole = timetable(sessions[0].day, sessions)  # type: ignore[arg-type]
    if len(whole.columns) <= most:
        return DayTables(anchor, [whole])
    rooms = list(dict.fromkeys(column.room.id if column.room else None for column in whole.columns))
    tables = []
    size = -(-len(rooms) // -(-len(rooms) // most))
    for start in range(0, len(rooms), size):
        part = set(rooms[start : start + size])
        for_all = {
            session.id for row in whole.rows for cell in row.cells if cell.columns > 1 and (session := cell.session)
        }
        held = [session for session in sessions if session.room_id in part or session.id in for_all]
        tables.append(timetable(whole.day, held))
    return DayTables(anchor, tables)


def door_signs(content: BookletContent) -> list[dict[str, Any]]:
    """Return one sign for each room and day: what is held there."""
    signs: list[dict[str, Any]] = []
    rooms = {session.room.id: session.room for session in content.sessions if session.room}
    for room in sorted(rooms.values(), key=lambda each: (each.venue.name, each.position, each.name)):
        for day, sessions in content.days:
            held = [session for session in sessions if session.room_id == room.id]
            if held:
                signs.append({"room": room, "day": day, "sessions": held})
    return signs


def printed_programme(content: BookletContent, *, kind: str) -> bytes:
    """Return a programme as PDF, rendered once for each state of what it shows.

    While one request renders, the others get the last one, or wait where there is none yet.
    """
    document = programme_document(content, kind=kind)
    name = f"{content.edition.slug}-{words.language()}-{kind}"
    folder = shelf("printed")
    path = folder / f"{name}-{state_of(document)}.pdf"
    if path.exists():
        return path.read_bytes()
    with (folder / f"{name}.lock").open("a") as lock:
        last = newest(folder, name)
        if not is_first(lock):
            if last is not None:
                return last.read_bytes()
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            keep(path, rendered(document, kind=kind))
            for old in folder.glob(f"{name}-*.pdf"):
                if old != path:
                    old.unlink(missing_ok=True)
        return path.read_bytes()


def state_of(document: Document) -> str:
    """Return a short hash of everything that a document shows, and of how it looks."""
    return hashlib.sha256(f"{tree_version(STATIC)}\n{html_of(document)}".encode()).hexdigest()[:16]


def is_first(lock: IO[str]) -> bool:
    """Take the lock of a programme, if nobody has it; the system frees it with the file."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def newest(folder: Path, name: str) -> Path | None:
    """Return the last programme that was rendered under a name."""
    found = [path for path in folder.glob(f"{name}-*.pdf") if path.exists()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def keep(path: Path, pdf: bytes) -> None:
    """Write a file whole: who reads it never sees a half."""
    temporary = path.with_suffix(".new")
    temporary.write_bytes(pdf)
    temporary.replace(path)


def rendered(document: Document, *, kind: str) -> bytes:
    """Lay a programme out; a second time where the index would name a page twice for one speaker."""
    pdf = render_pdf(document)
    if kind not in ("poster", "doors"):
        twice = pages_said_twice(document.context["content"], pages_of_sessions(pdf))
        if twice:
            pdf = render_pdf(replace(document, context={**document.context, "said_already": twice}))
    return imposed(pdf) if kind == "imposed" else pdf


def pages_said_twice(content: BookletContent, pages: Mapping[str, int]) -> frozenset[tuple[int, str]]:
    """Return the speakers' sessions that stand on a page which the index names already for the same speaker."""
    twice = set()
    for speaker, sessions in content.speakers:
        said: set[int] = set()
        for session in sessions:
            page = pages.get(session.key)
            if page in said:
                twice.add((speaker.id, session.key))
            elif page is not None:
                said.add(page)
    return frozenset(twice)


def pages_of_sessions(pdf: bytes) -> dict[str, int]:
    """Return on which page each session's abstract begins, by its key: the PDF's own named destinations tell."""
    with opened(pdf) as source:
        numbers = {page.objgen: number for number, page in enumerate(source.pages, start=1)}
        names = source.Root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
        found = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
        return {
            name.removeprefix("s-"): numbers[target[0].objgen]
            for name, target in found.items()
            if name.startswith("s-") and target[0].objgen in numbers
        }


def imposed(booklet: bytes) -> bytes:
    """Put A5 pages on A4 sheets in the order in which, folded and stapled, they make a booklet.

    Blank pages go before the last one, which is the back cover.
    """
    import pikepdf

    with opened(booklet) as source:
        pages: list[Any] = list(source.pages)
        pages[-1:-1] = [None] * (-len(pages) % 4)
        sheets = pikepdf.new()
        width, height = A4_LANDSCAPE
        for left, right in sheet_order(len(pages)):
            sheets.add_blank_page(page_size=A4_LANDSCAPE)
            side = sheets.pages[-1]
            for number, begins in ((left, 0.0), (right, width / 2)):
                if pages[number] is not None:
                    side.add_overlay(pages[number], pikepdf.Rectangle(begins, 0, begins + width / 2, height))
        if "/Lang" in source.Root:
            sheets.Root.Lang = str(source.Root.Lang)
        with sheets.open_metadata() as metadata:
            metadata["dc:title"] = str(source.docinfo.get("/Title", ""))
        buffer = io.BytesIO()
        sheets.save(buffer)
    return buffer.getvalue()


@contextmanager
def opened(pdf: bytes) -> Iterator[Any]:
    """Open a PDF with pikepdf."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as source:
        yield source


def sheet_order(count: int) -> list[tuple[int, int]]:
    """Return which two pages (from 0) stand side by side on each side of each sheet, for a count that 4 divides."""
    order = []
    for sheet in range(count // 4):
        first, last = 2 * sheet, count - 1 - 2 * sheet
        order += [(last, first), (first + 1, last - 1)]
    return order


def file_name(content: BookletContent, kind: str) -> str:
    """Return what a downloaded programme is called."""
    word = _("programme")
    suffix = "" if kind == "booklet" else f"-{kind}"
    return f"{word}-{content.edition.slug}{suffix}.pdf"
