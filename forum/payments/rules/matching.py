"""Which order a bank transfer pays, and which it may pay where it names none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from forum.payments.rules.references import references_in
from forum.people.rules import search_text

SMALL_WORDS = {"des", "les", "aux", "sur", "pour", "par", "the", "and", "van", "von", "mme"}


@dataclass(frozen=True)
class StatementEntry:
    """One line of a bank statement that brought money."""

    entry_key: str
    booked_on: date
    amount: Decimal
    payer: str
    text: str


@dataclass(frozen=True)
class Candidate:
    """An order a transfer may be for, and why."""

    order_id: int
    reference: str
    payer: str
    missing: Decimal
    same_amount: bool
    same_name: bool


def matching_order(text: str, known: Mapping[str, int]) -> int | None:
    """Return the order that a transfer names; none when it names several, which is for a person to sort out."""
    found = {known[reference] for reference in references_in(text) if reference in known}
    return found.pop() if len(found) == 1 else None


def plain_text(*parts: str) -> str:
    """Return words as they are compared: without accents, in lower case."""
    return search_text(*parts)


def suggested(*, amount: Decimal, words: str, orders: Sequence[tuple[int, str, str, Decimal, str]]) -> list[Candidate]:
    """Return the orders a transfer may be for: the same amount, a name of it in the transfer's words, or both.

    `orders` are (id, reference, payer, what is missing, search text) of those that wait for money.
    """
    spoken = set(plain_text(words).split())
    found = []
    for order_id, reference, payer, missing, sought in orders:
        names = {word for word in plain_text(sought).split() if len(word) > 2 and "@" not in word} - SMALL_WORDS
        # A given name and a family name, or two words of an organisation: « Lens » alone is everybody's.
        same_name, same_amount = len(names & spoken) > 1, missing == amount
        if same_name or same_amount:
            found.append(Candidate(order_id, reference, payer, missing, same_amount, same_name))
    both = [each for each in found if each.same_name and each.same_amount]
    return (both or sorted(found, key=lambda each: not each.same_name))[:3]
