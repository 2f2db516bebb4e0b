"""Issuers, orders, payments, bank entries, card payments, invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "card_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_event")),
        sa.UniqueConstraint("event_key", name=op.f("uq_card_event_event_key")),
    )
    op.create_table(
        "issuer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_form", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("vat_number", sa.String(), nullable=False),
        sa.Column("exemption", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("bic", sa.String(), nullable=False),
        sa.Column("days_to_pay", sa.Integer(), nullable=False),
        sa.Column("last_invoice", sa.Integer(), nullable=False),
        sa.Column("last_credit_note", sa.Integer(), nullable=False),
        sa.CheckConstraint("days_to_pay BETWEEN 1 AND 90", name=op.f("ck_issuer_days_to_pay")),
        sa.CheckConstraint("last_invoice >= 0 AND last_credit_note >= 0", name=op.f("ck_issuer_counters_not_negative")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_issuer_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_issuer_edition_id")),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("payer_email", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("vat_number", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("engagement", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'paid', 'lapsed', 'refunded')", name=op.f("ck_payment_order_state")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_payment_order_total_not_negative")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_payment_order_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_order_reference")),
    )
    with op.batch_alter_table("payment_order", schema=None) as table:
        table.create_index("ix_payment_order_due_at", ["due_at"], unique=False)
        table.create_index("ix_payment_order_edition_state", ["edition_id", "state"], unique=False)

    op.create_table(
        "bank_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("entry_key", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('unmatched', 'booked', 'ignored')", name=op.f("ck_bank_entry_state")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_bank_entry_edition_id_edition")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_bank_entry_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
        sa.UniqueConstraint("edition_id", "entry_key", name=op.f("uq_bank_entry_edition_id_entry_key")),
    )
    with op.batch_alter_table("bank_entry", schema=None) as table:
        table.create_index("ix_bank_entry_edition_state", ["edition_id", "state"], unique=False)
        table.create_index("ix_bank_entry_order_id", ["order_id"], unique=False)

    op.create_table(
        "card_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("session_key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("intent_key", sa.String(), nullable=False),
        sa.Column("refund_amount", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'wrong', 'refunding', 'refunded', 'expired')", name=op.f("ck_card_payment_state")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_card_payment_order_id_payment_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payment")),
        sa.UniqueConstraint("session_key", name=op.f("uq_card_payment_session_key")),
    )
    with op.batch_alter_table("card_payment", schema=None) as table:
        table.create_index("ix_card_payment_order_id", ["order_id"], unique=False)
        table.create_index("ix_card_payment_state", ["state"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'credit-note') = (corrects_id IS NOT NULL)", name=op.f("ck_invoice_credit_note_corrects")
        ),
        sa.CheckConstraint("kind IN ('invoice', 'credit-note')", name=op.f("ck_invoice_kind")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoice.id"], name=op.f("fk_invoice_corrects_id_invoice")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_invoice_edition_id_edition")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_invoice_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_invoice_corrects_id")),
        sa.UniqueConstraint("edition_id", "kind", "count", name=op.f("uq_invoice_edition_id_kind_count")),
        sa.UniqueConstraint("number", name=op.f("uq_invoice_number")),
    )
    with op.batch_alter_table("invoice", schema=None) as table:
        table.create_index("ix_invoice_order_id", ["order_id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("once_key", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("method IN ('transfer', 'card', 'manual')", name=op.f("ck_payment_method")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_payment_account_id_account"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_id_payment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("once_key", name=op.f("uq_payment_once_key")),
    )
    with op.batch_alter_table("payment", schema=None) as table:
        table.create_index("ix_payment_order_id", ["order_id"], unique=False)

    op.create_table(
        "invoice_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_file_invoice_id_invoice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_file")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_invoice_file_invoice_id")),
    )
    op.create_table(
        "payment_order_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.JSON(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_order.id"], name=op.f("fk_payment_order_line_order_id_payment_order")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_payment_order_line_registration_id_registration"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order_line")),
    )
    with op.batch_alter_table("payment_order_line", schema=None) as table:
        table.create_index("ix_payment_order_line_order_id", ["order_id"], unique=False)
        table.create_index("ix_payment_order_line_registration_id", ["registration_id"], unique=False)


def downgrade() -> None:
    """Undo; orders and invoices are lost."""
    with op.batch_alter_table("payment_order_line", schema=None) as table:
        table.drop_index("ix_payment_order_line_registration_id")
        table.drop_index("ix_payment_order_line_order_id")

    op.drop_table("payment_order_line")
    op.drop_table("invoice_file")
    with op.batch_alter_table("payment", schema=None) as table:
        table.drop_index("ix_payment_order_id")

    op.drop_table("payment")
    with op.batch_alter_table("invoice", schema=None) as table:
        table.drop_index("ix_invoice_order_id")

    op.drop_table("invoice")
    with op.batch_alter_table("card_payment", schema=None) as table:
        table.drop_index("ix_card_payment_state")
        table.drop_index("ix_card_payment_order_id")

    op.drop_table("card_payment")
    with op.batch_alter_table("bank_entry", schema=None) as table:
        table.drop_index("ix_bank_entry_order_id")
        table.drop_index("ix_bank_entry_edition_state")

    op.drop_table("bank_entry")
    with op.batch_alter_table("payment_order", schema=None) as table:
        table.drop_index("ix_payment_order_edition_state")
        table.drop_index("ix_payment_order_due_at")

    op.drop_table("payment_order")
    op.drop_table("issuer")
    op.drop_table("card_event")
