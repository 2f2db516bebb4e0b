"""Lists that leave the house as spreadsheets, written while they are read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session as Database

from forum.core import sheets
from forum.editions.models import Edition
from forum.lists import queries
from forum.lists.rules import ListFilter
from forum.registration.documents import list_headings, list_rows
from forum.registration.queries import categories_of, titles_by_registration
from forum.registration.queries.questions import answers_in, questions_of


def rows_of(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[Sequence[sheets.Cell]]:
    """Return the headings, then the lines of a filtered list, read part by part: a long one never fills the memory."""
    titles = titles_by_registration(session, edition.id)
    questions = questions_of(session, edition.id)
    answers = answers_in(session, edition.id) if questions else {}
    ids = queries.ids_of(session, queries.matching(session, edition, wanted), wanted.sort)
    asks_proof = any(category.proof for category in categories_of(session, edition.id))
    yield list_headings(questions, asks_proof=asks_proof)
    yield from list_rows(queries.in_parts(session, ids), titles, questions, answers, asks_proof=asks_proof)


def csv_parts(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[bytes]:
    """Return a list as CSV, part by part."""
    headings, rows = split(rows_of(session, edition, wanted))
    yield from sheets.csv_parts(headings, rows)


def xlsx_parts(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[bytes]:
    """Return a list as XLSX, part by part, once it is written beside the memory."""
    with tempfile.TemporaryFile() as file:
        headings, rows = split(rows_of(session, edition, wanted))
        sheets.write_xlsx(file, headings, rows, title=edition.name)
        file.seek(0)
        while part := file.read(64 * 1024):
            yield part


def split(lines: Iterator[Sequence[sheets.Cell]]) -> tuple[list[str], Iterator[Sequence[sheets.Cell]]]:
    """Return the headings and the lines that follow them."""
    return [str(cell) for cell in next(lines)], lines
