"""Orders, money that comes and goes back, bank statements, cards, invoices."""

from forum.payments.actions.bank import Taken, book_entry, ignore_entry, match_entry, take_entries
from forum.payments.actions.cards import (
    hear,
    keep_card_page,
    refund_done,
    refund_failed,
    take_in,
)
from forum.payments.actions.invoices import credit, issue, issue_for_order, keep_file
from forum.payments.actions.issuers import IssuerDetails, save_issuer
from forum.payments.actions.money import Receipt, give_back, mark_paid, receive, take_off
from forum.payments.actions.orders import (
    BuyerDetails,
    change_payer,
    correct_buyer,
    hand_over,
    hold_order,
    invoice_early,
    lapse,
    name_buyer,
    remind,
    tell,
    tidy,
)

__all__ = [
    "BuyerDetails",
    "IssuerDetails",
    "Receipt",
    "Taken",
    "book_entry",
    "change_payer",
    "correct_buyer",
    "credit",
    "give_back",
    "hand_over",
    "hear",
    "hold_order",
    "ignore_entry",
    "invoice_early",
    "issue",
    "issue_for_order",
    "keep_card_page",
    "keep_file",
    "lapse",
    "mark_paid",
    "match_entry",
    "name_buyer",
    "receive",
    "refund_done",
    "refund_failed",
    "remind",
    "save_issuer",
    "take_entries",
    "take_in",
    "take_off",
    "tell",
    "tidy",
]
