"""Bank statements read in: CAMT.053 (ISO 20022), or the CSV that every bank makes in its own way."""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree
from xml.parsers import expat

from forum.core.refusals import Refusal
from forum.core.sheets import SheetRow, decoded, read_rows
from forum.core.words import lazy_gettext as _
from forum.payments.rules import StatementEntry, UnreadableStatement, plain_text

LONGEST = 500

# How banks name their columns, in the order in which we prefer them.
COLUMNS: Mapping[str, Sequence[str]] = {
    "date": ("date operation", "date d'operation", "date de comptabilisation", "date comptable", "date", "booking date",
             "buchungstag", "date valeur", "date de valeur", "value date"),
    "amount": ("montant", "montant (eur)", "montant en euros", "montant euros", "amount", "amount (eur)", "betrag"),
    "credit": ("credit", "credit (eur)", "credit euros", "montant credit", "recettes", "encaissement"),
    "payer": ("emetteur", "donneur d'ordre", "nom", "tiers", "contrepartie", "nom contrepartie", "debiteur", "payer",
              "counterparty", "name", "beneficiaire"),
    "text": ("libelle", "libelle operation", "libelle de l'operation", "libelle complet", "detail", "details",
             "communication", "motif", "reference", "informations complementaires", "description", "label", "text",
             "remittance information", "verwendungszweck"),
    "key": ("reference operation", "numero operation", "numero d'operation", "id transaction", "transaction id"),
    "currency": ("devise", "monnaie", "currency"),
}  # fmt: skip

DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d")


def read_statement(content: bytes) -> list[StatementEntry]:
    """Return what came in, of a CAMT.053 or a CSV (or XLSX) statement. Raises `UnreadableStatement`."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:200]
    entries = list(entries_of_camt(content) if start.startswith(b"<") else entries_of_sheet(content))
    return distinct(entries)


def distinct(entries: Sequence[StatementEntry]) -> list[StatementEntry]:
    """Number the entries that are the same in everything: two people may pay the same on one day without a word."""
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        seen[entry.entry_key] += 1
        count = seen[entry.entry_key]
        found.append(replace(entry, entry_key=f"{entry.entry_key}#{count}") if count > 1 else entry)
    return found


# --- CAMT.053


def entries_of_camt(content: bytes) -> Iterator[StatementEntry]:
    """Read the credits of a CAMT.053 statement, of any version; a collected entry is taken apart."""
    root = parsed_xml(content)
    statements = list(root.iterfind("BkToCstmrStmt/Stmt")) or list(root.iterfind("BkToCstmrAcctRpt/Rpt"))
    if not statements:
        raise UnreadableStatement(why=_("it is XML, but no bank statement (CAMT.053)"))
    for statement in statements:
        for entry in statement.iterfind("Ntry"):
            if text_of(entry, "CdtDbtInd") == "CRDT" and text_of(entry, "RvslInd") != "true":
                yield from entries_of_element(entry)


def entries_of_element(entry: ElementTree.Element) -> Iterator[StatementEntry]:
    """Read one entry, which may hold several transactions."""
    details = list(entry.iterfind("NtryDtls/TxDtls"))
    if len(details) > 1 and all(amount_element(detail) is not None for detail in details):
        for position, detail in enumerate(details, start=1):
            yield from entry_of(entry, detail, amount_element(detail), position=position)
    else:
        yield from entry_of(entry, details[0] if details else entry, entry.find("Amt"), position=1)


def amount_element(detail: ElementTree.Element) -> ElementTree.Element | None:
    """Return the amount of one transaction of a collected entry."""
    found = detail.find("Amt")
    return found if found is not None else detail.find("AmtDtls/TxAmt/Amt")


def entry_of(
    entry: ElementTree.Element, detail: ElementTree.Element, amount: ElementTree.Element | None, *, position: int
) -> Iterator[StatementEntry]:
    """Read one transaction; another currency than the euro is not ours."""
    if amount is None or amount.get("Ccy", "EUR") != "EUR":
        return
    value = read_amount(amount.text or "")
    booked = text_of(entry, "BookgDt/Dt") or text_of(entry, "BookgDt/DtTm")[:10] or text_of(entry, "ValDt/Dt")
    on = read_date(booked)
    if value is None or value <= 0 or on is None:
        return
    payer = text_of(detail, "RltdPties/Dbtr/Nm") or text_of(detail, "RltdPties/Dbtr/Pty/Nm")
    words = [
        *(element.text or "" for element in detail.iterfind("RmtInf/Ustrd")),
        *(element.text or "" for element in detail.iterfind("RmtInf/Strd/CdtrRefInf/Ref")),
        text_of(detail, "Refs/EndToEndId").replace("NOTPROVIDED", ""),
        text_of(entry, "AddtlNtryInf") if detail is not entry else "",
    ]
    text = " ".join(word.strip() for word in words if word.strip())
    bank = text_of(detail, "Refs/AcctSvcrRef") or text_of(entry, "AcctSvcrRef") or text_of(entry, "NtryRef")
    key = f"{bank}/{position}/{on}/{value}" if bank else fingerprint(on, value, payer, text)
    yield StatementEntry(key[:200], on, value, payer[:LONGEST], text[:LONGEST])


def text_of(element: ElementTree.Element, path: str) -> str:
    """Return the words of an element below another; none when it is not there."""
    return (element.findtext(path) or "").strip()


def parsed_xml(content: bytes) -> ElementTree.Element:
    """Parse XML without namespaces, document type, entities or anything from outside. Raises `UnreadableStatement`."""

    def refuse(*_arguments: object) -> None:
        raise UnreadableStatement(why=_("it declares a document type or entities, which is not safe to read"))

    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, values: builder.start(name.rpartition(" ")[2], values) and None
    parser.EndElementHandler = lambda name: builder.end(name.rpartition(" ")[2]) and None
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_arguments: 0
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableStatement(why=_("its XML is broken")) from error


# --- CSV


def entries_of_sheet(content: bytes) -> Iterator[StatementEntry]:
    """Read the credits of a table whose columns are guessed from their names. Raises `UnreadableStatement`."""
    try:
        sheet = read_rows(io.BytesIO(from_the_headings(content)))
    except Refusal as refusal:
        raise UnreadableStatement(why=_("it is neither XML nor a table")) from refusal
    columns = guessed(sheet.headings)
    if "date" not in columns or not {"amount", "credit"} & set(columns):
        raise UnreadableStatement(why=_("no column for the date, or none for the amount, was found in its first line"))
    for row in sheet.rows:
        if (entry := entry_of_row(row, columns)) is not None:
            yield entry


def from_the_headings(content: bytes) -> bytes:
    """Return a CSV file without what some banks write above the table: the account's name, its balance …"""
    if content.startswith(b"PK\x03\x04"):
        return content
    lines = decoded(content).splitlines(keepends=True)
    for position, line in enumerate(lines[:30]):
        words = plain_heading(line)
        if "date" in words and re.search(r"montant|credit|amount|betrag", words):
            return "".join(lines[position:]).encode()
    return content


def guessed(headings: Sequence[str]) -> dict[str, str]:
    """Return which heading stands for what: the same words, else a heading that begins with them."""
    plain = {heading: plain_heading(heading) for heading in headings}
    found: dict[str, str] = {}
    for meaning, names in COLUMNS.items():
        for name in names:
            same = [heading for heading, words in plain.items() if words == name]
            begins = [heading for heading, words in plain.items() if words.startswith(f"{name} ")]
            free = [heading for heading in same + begins if heading not in found.values()]
            if free:
                found[meaning] = free[0]
                break
    return found


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared."""
    return plain_text(heading.replace("’", "'").replace("_", " ")).strip(" \"'")


def entry_of_row(row: SheetRow, columns: Mapping[str, str]) -> StatementEntry | None:
    """Read one line; None for what went out, or is no transfer in euros."""

    def cell(meaning: str) -> str:
        return row.get(columns[meaning]) if meaning in columns else ""

    amount = read_amount(cell("credit") or cell("amount"))
    on = read_date(cell("date"))
    if amount is None or amount <= 0 or on is None or cell("currency").upper() not in ("", "EUR", "€"):
        return None
    used = set(columns.values())
    text = " ".join(filter(None, [cell("text"), *(row.get(name) for name in row.values if name not in used)]))
    key = f"{cell('key')}/{on}/{amount}" if cell("key") else fingerprint(on, amount, cell("payer"), text)
    return StatementEntry(key[:200], on, amount, cell("payer")[:LONGEST], text[:LONGEST])


def read_amount(text: str) -> Decimal | None:
    """Read an amount as banks write it: `1 234,56`, `1.234,56`, `+1,234.56 €`; None when it is none."""
    plain = re.sub(r"[\s\u00a0\u202f€']|EUR", "", text).lstrip("+")
    if "," in plain and "." in plain:
        plain = plain.replace("." if plain.rfind(",") > plain.rfind(".") else ",", "")
    try:
        amount = Decimal(plain.replace(",", "."))
        rounded = amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return rounded if amount == rounded and abs(amount) < 10_000_000 else None


def read_date(text: str) -> date | None:
    """Read a day as banks write it; None when it is none."""
    for pattern in DATES:
        try:
            return datetime.strptime(text.strip()[:10], pattern).date()  # noqa: DTZ007 (a day, not a moment)
        except ValueError:
            continue
    return None


def fingerprint(on: date, amount: Decimal, payer: str, text: str) -> str:
    """Return what names an entry to which the bank gave no name."""
    words = f"{on}|{amount}|{plain_text(payer)}|{plain_text(text)}"
    return "h:" + hashlib.sha256(words.encode()).hexdigest()[:40]
