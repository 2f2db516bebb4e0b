"""Spreadsheets: lists leave as CSV or XLSX, and come in as either; no cell of ours is ever taken for a formula."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from forum.core import i18n, words
from forum.core.refusals import Refusal
from forum.core.words import lazy_gettext as _

Cell = str | int | float | Decimal | bool | date | datetime | None

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MAXIMUM_BYTES = 20 * 1024 * 1024
MAXIMUM_UNPACKED_BYTES = 200 * 1024 * 1024
MAXIMUM_ROWS = 100_000
MAXIMUM_COLUMNS = 200
MAXIMUM_CELL = 32_767  # what a cell of a spreadsheet holds


class UnreadableSheet(Refusal):
    """The file is no spreadsheet that we can read."""

    code = "unreadable-sheet"
    status = 422
    sentence = _("This file cannot be read as a spreadsheet. Save it as XLSX or as CSV in UTF-8, then try again.")


class EmptySheet(Refusal):
    """The file has no line with headings."""

    code = "empty-sheet"
    status = 422
    sentence = _("This file is empty: its first line must hold the names of the columns.")


class SheetTooLarge(Refusal):
    """The file holds more than the service reads at once."""

    code = "sheet-too-large"
    status = 413
    sentence = _("This file is too large. Split it: %(rows)s lines and 20 MB at most.")

    def __init__(self) -> None:
        """Name the limit."""
        super().__init__(rows=MAXIMUM_ROWS)


@dataclass(frozen=True)
class SheetRow:
    """One line that was read: its number as the spreadsheet shows it, and its cells under their headings."""

    line: int
    values: Mapping[str, str]

    def get(self, heading: str, otherwise: str = "") -> str:
        """Return a cell without the spaces around it."""
        return self.values.get(heading, "").strip() or otherwise


@dataclass(frozen=True)
class Sheet:
    """What was read of a file: its headings, in lower case without spaces around, and its lines."""

    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file as the reader's spreadsheet opens it: UTF-8 with a mark, `;` in French and `,` in English."""
    return b"".join(csv_parts(headings, rows))


def csv_parts(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, size: int = 500) -> Iterator[bytes]:
    """Return a CSV file part by part, while its lines are read."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";" if words.language() == "fr" else ",", lineterminator="\r\n")
    writer.writerow([harmless(heading) for heading in headings])
    yield codecs.BOM_UTF8
    for count, row in enumerate(rows, start=1):
        writer.writerow([written(cell) for cell in row])
        if count % size == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def xlsx_bytes(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "") -> bytes:
    """Return an XLSX file: headings in bold and kept on top, dates as dates, everything else as the text it is."""
    buffer = io.BytesIO()
    write_xlsx(buffer, headings, rows, title=title)
    return buffer.getvalue()


def write_xlsx(file: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "") -> None:
    """Write an XLSX file line by line: what was written leaves the memory."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(sheet_name(title))
        formats = {
            "heading": book.add_format({"bold": True, "bottom": 1}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        widths = [len(heading) for heading in headings]
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, formats["heading"])
        count = 0
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                write_cell(sheet, count, column, cell, formats)
                if column < len(widths):
                    widths[column] = max(widths[column], min(60, len(written(cell))))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width + 2)
        sheet.freeze_panes(1, 0)
        if headings:
            sheet.autofilter(0, 0, count, len(headings) - 1)


def write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[str, Any]) -> None:
    """Write one cell of a worksheet by what it is, never by what it looks like."""
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, on_the_clock(cell), formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime.combine(cell, time()), formats["date"])
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, column, float(cell))
    else:
        sheet.write_string(row, column, legible(cell)[:MAXIMUM_CELL])


def written(cell: Cell) -> str:
    """Return a cell as the text of a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return f"{on_the_clock(cell):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int | float | Decimal) else harmless(cell)


def on_the_clock(moment: datetime) -> datetime:
    """Return a moment as the clock of the host city shows it, without its zone: spreadsheets know none."""
    return i18n.local(moment).replace(tzinfo=None)


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe before what would begin one."""
    text = legible(text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def legible(text: str) -> str:
    """Return a text without the control characters that no file format takes."""
    return "".join(character for character in text if character in "\n\t" or ord(character) >= 32)


def sheet_name(title: str) -> str | None:
    """Return a title as the name of a worksheet, which may not hold some signs."""
    return "".join(" " if character in "[]:*?/\\'" else character for character in title)[:31].strip() or None


def read_rows(file: IO[bytes] | Path) -> Sheet:
    """Read a CSV (any of `;` `,` tab, with or without a mark) or an XLSX file.

    Headings come in lower case; empty lines are left out, the numbers of the others kept. Raises `UnreadableSheet`,
    `EmptySheet` or `SheetTooLarge`.
    """
    content = file.read_bytes() if isinstance(file, Path) else file.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise SheetTooLarge
    lines = xlsx_lines(content) if content.startswith(b"PK\x03\x04") else csv_lines(content)
    return as_sheet(lines)


def read_lines(file: IO[bytes]) -> list[list[str]]:
    """Read the cells of a CSV or an XLSX file line by line, without taking the first line for headings.

    Raises `UnreadableSheet` or `SheetTooLarge`.
    """
    content = file.read(MAXIMUM_BYTES + 1)
    if len(content) > MAXIMUM_BYTES:
        raise SheetTooLarge
    numbered = xlsx_lines(content) if content.startswith(b"PK\x03\x04") else csv_lines(content)
    lines: list[list[str]] = []
    for _line, cells in numbered:
        if len(lines) == MAXIMUM_ROWS:
            raise SheetTooLarge
        lines.append([unescaped(cell) for cell in cells[:MAXIMUM_COLUMNS]])
    return lines


def as_sheet(lines: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    """Put the cells of numbered lines under the headings of the first one that is not empty."""
    headings: tuple[str, ...] = ()
    rows: list[SheetRow] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if not headings:
            headings = tuple(" ".join(cell.lower().split()) for cell in cells[:MAXIMUM_COLUMNS])
            continue
        if len(rows) == MAXIMUM_ROWS:
            raise SheetTooLarge
        values = {name: unescaped(cell) for name, cell in zip(headings, cells, strict=False) if name}
        rows.append(SheetRow(line=line, values=values))
    if not headings:
        raise EmptySheet
    return Sheet(headings=headings, rows=tuple(rows))


def unescaped(cell: str) -> str:
    """Take off the apostrophe that `harmless` puts, so that what we wrote reads back the same."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def csv_lines(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    """Read the lines of a CSV file, each with the number of the line it begins on."""
    text = decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=guessed_delimiter(text))
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableSheet from error


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, else UTF-16 with its mark, else what French Windows writes."""
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableSheet
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSheet


def guessed_delimiter(text: str) -> str:
    """Return the sign that parts the cells: the one found most often in the first line that has words."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=first.count)


def xlsx_lines(content: bytes) -> Iterable[tuple[int, Sequence[str]]]:
    """Read the lines of the first sheet of an XLSX file."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MAXIMUM_UNPACKED_BYTES:
                raise SheetTooLarge
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAXIMUM_COLUMNS), start=1):
            yield number, [read_cell(cell) for cell in cells]
    except Refusal:
        raise
    except Exception as error:  # openpyxl raises whatever its parts raise on a broken file
        raise UnreadableSheet from error


def read_cell(value: object) -> str:
    """Return what a cell of a workbook says as text; whole numbers without a decimal point, dates as in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
