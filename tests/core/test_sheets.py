"""Spreadsheets, out and in."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask

from forum.core import sheets
from tests.inspection import InspectingClient

ROWS = [
    ["Zoé", "=1+1", 3, date(2027, 3, 18)],
    ["عمر", "+33 6", Decimal("1.5"), datetime(2027, 3, 18, 8, 30, tzinfo=UTC)],
]
READ = [
    {"nom": "Zoé", "formule": "=1+1", "nombre": "3", "jour": "2027-03-18"},
    {"nom": "عمر", "formule": "+33 6", "nombre": "1.5", "jour": "2027-03-18 09:30"},
]
HEADINGS = ["Nom", "Formule", "Nombre", "Jour"]


def read(content: bytes) -> list[dict[str, str]]:
    return [dict(row.values) for row in sheets.read_rows(io.BytesIO(content)).rows]


def test_csv_reads_back_as_it_was_written() -> None:
    assert read(sheets.csv_bytes(HEADINGS, ROWS)) == READ


def test_xlsx_reads_back_as_it_was_written() -> None:
    assert read(sheets.xlsx_bytes(HEADINGS, ROWS, title="Liste : [1/2]")) == READ


def test_no_cell_of_a_csv_begins_a_formula() -> None:
    texts = ["=A1", "+1", "-1", "@A1", "\t=A1", "\r=A1"]
    lines = sheets.csv_bytes(["x"], [[text] for text in texts]).decode("utf-8-sig").splitlines()[1:]
    assert [line for line in lines if line.startswith(sheets.FORMULA_STARTS)] == []


def test_no_cell_of_an_xlsx_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets.xlsx_bytes(["x"], [["=A1"], ["=HYPERLINK(1)"]])))
    assert [cell.data_type for row in book.worksheets[0].iter_rows() for cell in row] == ["s", "s", "s"]


def test_numbers_stay_numbers_even_below_zero() -> None:
    assert sheets.csv_bytes(["x"], [[-5]]).decode("utf-8-sig") == "x\r\n-5\r\n"


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_delimiter_and_the_encoding_are_guessed(sign: str, encoding: str) -> None:
    text = f"Prénom{sign}Nom\n\nZoé{sign}Müller\n"
    sheet = sheets.read_rows(io.BytesIO(text.encode(encoding)))
    assert (sheet.headings, sheet.rows) == (
        ("prénom", "nom"),
        (sheets.SheetRow(line=3, values={"prénom": "Zoé", "nom": "Müller"}),),
    )


def test_lines_keep_their_number_after_a_cell_of_several_lines() -> None:
    sheet = sheets.read_rows(io.BytesIO(b'a,b\n"one\ntwo",x\nlast,y\n'))
    assert [(row.line, row.get("a")) for row in sheet.rows] == [(2, "one\ntwo"), (4, "last")]


def test_english_readers_get_commas(app: Flask, client: InspectingClient) -> None:
    with app.test_request_context("/?lang=en"):
        assert sheets.csv_bytes(["a", "b"], []).decode("utf-8-sig") == "a,b\r\n"
    with app.test_request_context("/?lang=fr"):
        assert sheets.csv_bytes(["a", "b"], []).decode("utf-8-sig") == "a;b\r\n"


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\0\1\2\3"])
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    with pytest.raises(sheets.UnreadableSheet):
        sheets.read_rows(io.BytesIO(content))


@pytest.mark.parametrize("content", [b"", b"\n\n", b";;\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(sheets.EmptySheet):
        sheets.read_rows(io.BytesIO(content))


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAXIMUM_ROWS", 2)
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read_rows(io.BytesIO(b"a\n1\n2\n3\n"))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAXIMUM_UNPACKED_BYTES", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/worksheets/sheet1.xml", "0" * 10_000)
    with pytest.raises(sheets.SheetTooLarge):
        sheets.read_rows(io.BytesIO(packed.getvalue()))
