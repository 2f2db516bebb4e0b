"""Issuers, orders, payments, bank entries, card payments, invoices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, LocalText
from forum.editions.models import Edition
from forum.registration.models import Registration

ORDER_STATES = ("open", "paid", "lapsed", "refunded")
"""open: to be paid until its day; paid: its people are admitted; lapsed: given up; refunded: paid once, given back."""

METHODS = ("transfer", "card", "manual")
"""How money came: a bank transfer, a card, or what an organiser wrote down by hand (cash, a public body's promise)."""

INVOICE_KINDS = ("invoice", "credit-note")

DAYS_TO_PAY = 14


class Issuer(Base):
    """Who sells an edition's places: their name on invoices, their bank account, and how far they have counted."""

    __tablename__ = "issuer"
    __table_args__ = (
        CheckConstraint("days_to_pay BETWEEN 1 AND 90", name="days_to_pay"),
        CheckConstraint("last_invoice >= 0 AND last_credit_note >= 0", name="counters_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    name: Mapped[str]
    legal_form: Mapped[str] = mapped_column(default="")  # e.g. association loi 1901, capital and RCS of a company
    siret: Mapped[str]
    vat_number: Mapped[str] = mapped_column(default="")
    # Why no VAT is charged, for lines without a rate: printed on the invoice.
    exemption: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    country: Mapped[str] = mapped_column(default="FR")
    iban: Mapped[str]
    bic: Mapped[str] = mapped_column(default="")
    days_to_pay: Mapped[int] = mapped_column(default=DAYS_TO_PAY)
    # The last numbers given; this row is locked while one is taken, so there is no gap and no double.
    last_invoice: Mapped[int] = mapped_column(default=0)
    last_credit_note: Mapped[int] = mapped_column(default=0)


class Order(Base):
    """What one person, or one group, has to pay, until when, and what has come."""

    __tablename__ = "payment_order"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'paid', 'lapsed', 'refunded')", name="state"),
        CheckConstraint("total >= 0", name="total_not_negative"),
        Index("ix_payment_order_edition_state", "edition_id", "state"),
        Index("ix_payment_order_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    reference: Mapped[str] = mapped_column(unique=True)  # ISO 11649: RF, two check digits, nine characters
    state: Mapped[str] = mapped_column(default="open")
    # One group's registrations of one moment share an order.
    group_key: Mapped[str] = mapped_column(default="")
    total: Mapped[Decimal]
    received: Mapped[Decimal] = mapped_column(default=Decimal(0))  # what came, less what was given back
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # lapsed or refunded
    told_at: Mapped[datetime | None]  # when the letter was written that says how to pay
    reminded_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(default="fr")
    payer_name: Mapped[str]
    payer_email: Mapped[str]
    # For the invoice; asked for only when something is to be paid.
    organisation: Mapped[str] = mapped_column(default="")
    siret: Mapped[str] = mapped_column(default="")
    vat_number: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    town: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="FR")
    engagement: Mapped[str] = mapped_column(default="")  # a public body's engagement number
    search_text: Mapped[str] = mapped_column(default="")

    edition: Mapped[Edition] = relationship()
    lines: Mapped[list[OrderLine]] = relationship(back_populates="order", order_by="OrderLine.id")
    payments: Mapped[list[Payment]] = relationship(back_populates="order", order_by="Payment.id")
    invoices: Mapped[list[Invoice]] = relationship(back_populates="order", order_by="Invoice.id")

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for money."""
        return self.state == "open"

    @property
    def last_moment(self) -> datetime:
        """Return the last moment at which it can be paid: on the day that pages name."""
        return self.due_at - timedelta(seconds=1)

    @property
    def missing(self) -> Decimal:
        """Return what has not come yet."""
        return max(self.total - self.received, Decimal(0))

    @property
    def to_give_back(self) -> Decimal:
        """Return what came and is not ours: too much, or for places that are gone."""
        if self.state == "open":
            return Decimal(0)
        return max(self.received - (self.total if self.state == "paid" else Decimal(0)), Decimal(0))

    @property
    def living_lines(self) -> list[OrderLine]:
        """Return the places that are to be paid or were: a person who gave theirs back before paying owes nothing."""
        return [line for line in self.lines if line.dropped_at is None]


class OrderLine(Base):
    """One place of an order: whose, in which category, at what price."""

    __tablename__ = "payment_order_line"
    __table_args__ = (
        Index("ix_payment_order_line_order_id", "order_id"),
        Index("ix_payment_order_line_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    # An erased person leaves the line: what was sold stays in the books.
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    category: Mapped[LocalText]  # its name when it was ordered
    person: Mapped[str]
    price: Mapped[Decimal]  # with VAT
    vat_rate: Mapped[Decimal]  # in per cent; 0 is without VAT
    dropped_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="lines")
    registration: Mapped[Registration | None] = relationship()


class Payment(Base):
    """Money that came for an order, or that went back (a negative amount)."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("method IN ('transfer', 'card', 'manual')", name="method"),
        Index("ix_payment_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    # What makes it one payment, however often it is told: a bank entry's key, a card payment's name.
    once_key: Mapped[str] = mapped_column(unique=True)
    method: Mapped[str]
    amount: Mapped[Decimal]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    order: Mapped[Order] = relationship(back_populates="payments")


class BankEntry(Base):
    """One line of a bank statement that brought money; uploaded twice, it is one."""

    __tablename__ = "bank_entry"
    __table_args__ = (
        UniqueConstraint("edition_id", "entry_key"),
        CheckConstraint("state IN ('unmatched', 'booked', 'ignored')", name="state"),
        Index("ix_bank_entry_edition_state", "edition_id", "state"),
        Index("ix_bank_entry_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    entry_key: Mapped[str]
    booked_on: Mapped[date]
    amount: Mapped[Decimal]
    payer: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="unmatched")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"))
    uploaded_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")

    order: Mapped[Order | None] = relationship()


class CardPayment(Base):
    """One page of the card provider on which an order could be paid, and what came of it."""

    __tablename__ = "card_payment"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'paid', 'wrong', 'refunding', 'refunded', 'expired')", name="state"),
        Index("ix_card_payment_order_id", "order_id"),
        Index("ix_card_payment_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("payment_order.id"))
    session_key: Mapped[str] = mapped_column(unique=True)  # the provider's name for the page
    address: Mapped[str]
    amount: Mapped[Decimal]
    state: Mapped[str] = mapped_column(default="open")
    intent_key: Mapped[str] = mapped_column(default="")  # the provider's name for the money
    refund_amount: Mapped[Decimal] = mapped_column(default=Decimal(0))  # to be given back by a job
    next_try_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    order: Mapped[Order] = relationship()


class CardEvent(Base):
    """Something the card provider told us; told again, it is known."""

    __tablename__ = "card_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    received_at: Mapped[datetime]


class Invoice(Base):
    """An invoice or a credit note as it was issued: never changed, never deleted, kept ten years."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind", "count"),
        CheckConstraint("kind IN ('invoice', 'credit-note')", name="kind"),
        CheckConstraint("(kind = 'credit-note') = (corrects_id IS NOT NULL)", name="credit_note_corrects"),
        Index("ix_invoice_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    kind: Mapped[str] = mapped_column(default="invoice")
    count: Mapped[int]  # 1, 2, 3 … in its series
    number: Mapped[str] = mapped_column(unique=True)  # F-LENS-2027-0001
    issued_on: Mapped[date]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("payment_order.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"), unique=True)
    recipient: Mapped[str]
    total: Mapped[Decimal]
    vat: Mapped[Decimal]
    # Everything the paper says, frozen: issuer, buyer, lines, sums, dates (`rules.invoices.frozen`).
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON)

    edition: Mapped[Edition] = relationship()
    order: Mapped[Order | None] = relationship(back_populates="invoices")
    corrects: Mapped[Invoice | None] = relationship(
        remote_side="Invoice.id", back_populates="correction", foreign_keys="Invoice.corrects_id"
    )
    correction: Mapped[Invoice | None] = relationship(
        back_populates="corrects", uselist=False, foreign_keys="Invoice.corrects_id"
    )
    file: Mapped[InvoiceFile | None] = relationship(back_populates="invoice", uselist=False)

    @property
    def is_standing(self) -> bool:
        """Tell whether an invoice holds: no credit note took it back."""
        return self.kind == "invoice" and self.correction is None


class InvoiceFile(Base):
    """The PDF of an invoice as it was made the first time; it is what was sent, so it is what is shown for ever."""

    __tablename__ = "invoice_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]

    invoice: Mapped[Invoice] = relationship(back_populates="file")
