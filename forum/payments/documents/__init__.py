"""Invoices as PDF with their data inside (Factur-X), bank statements read in, orders as spreadsheets."""

from forum.payments.documents.exports import invoices_sheet, method_words, orders_sheet
from forum.payments.documents.invoices import facturx_xml, invoice_file, invoice_name, invoice_pdf
from forum.payments.documents.statements import read_statement

__all__ = [
    "facturx_xml",
    "invoice_file",
    "invoice_name",
    "invoice_pdf",
    "invoices_sheet",
    "method_words",
    "orders_sheet",
    "read_statement",
]
