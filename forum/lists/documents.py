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
from forum.registration.queries import titles_by_registration


def rows_of(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[Sequence[sheets.Cell]]:
    """Return the lines of a filtered list, read part by part: a long one never stands in memory as a whole."""
    titles = titles_by_registration(session, edition.id)
    ids = queries.ids_of(session, queries.matching(session, edition, wanted), wanted.sort)
    yield from list_rows(queries.in_parts(session, ids), titles)


def csv_parts(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[bytes]:
    """Return a list as CSV, part by part."""
    yield from sheets.csv_parts(list_headings(), rows_of(session, edition, wanted))


def xlsx_parts(session: Database, edition: Edition, wanted: ListFilter) -> Iterator[bytes]:
    """Return a list as XLSX, part by part, once it is written beside the memory."""
    with tempfile.TemporaryFile() as file:
        sheets.write_xlsx(file, list_headings(), rows_of(session, edition, wanted), title=edition.name)
        file.seek(0)
        while part := file.read(64 * 1024):
            yield part
