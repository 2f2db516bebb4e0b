"""The people of our tests, each with a reason to exist."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from forum.core.db import Transaction
from forum.people.models import Account, Membership

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
"""Seventeen days before the edition of `factories.an_edition`."""

OPENING = datetime(2027, 3, 18, 8, 30, tzinfo=UTC)
"""The first morning of that edition, half past nine in Lens."""

# Signed-in people: Odile owns the forum; Omar organises `lens-2027`; Viviane organises another edition only; Valentin
# looks at `lens-2027`.
ACCOUNTS = {
    "owner": ("Odile Verbeke", "odile@example.org", True, None),
    "organiser": ("Omar Benali", "omar@example.org", False, "lens-2027"),
    "stranger": ("Viviane Autre", "viviane@example.org", False, "amiens-2028"),
    "viewer": ("Valentin Regard", "valentin@example.org", False, "lens-2027"),
}

# People who come. Ada: a plain case. Zoé: accents and a particle. Nguyễn: stacked accents. Łukasz and Ελένη: other
# letters. عمر: right to left. Anne-Sophie: too long for a line. O: one letter.
ADA = ("Ada", "Lovelace", "ada@example.org")
ZOE = ("Zoé", "de La Motte-Françoise", "zoe@example.org")
NGUYEN = ("Thị Hồng Ánh", "Nguyễn", "anh@example.org")
LUKASZ = ("Łukasz", "Żółkiewski", "lukasz@example.org")
ELENI = ("Ελένη", "Παπαδοπούλου", "eleni@example.org")
OMAR = ("عمر", "الفاروق", "omar.f@example.org")
ANNE_SOPHIE = ("Anne-Sophie Marie-Bernadette", "Vandenbroucke-Dupont de Saint-Hilaire", "as@example.org")
O = ("O", "Ô", "o@example.org")  # noqa: E741

HARD_NAMES = (ZOE, NGUYEN, LUKASZ, ELENI, OMAR, ANNE_SOPHIE, O)


def account(tx: Transaction, role: str) -> Account:
    """Return the account of someone of the cast, made when it is not there."""
    name, email, is_owner, edition = ACCOUNTS[role]
    present = tx.session.scalar(select(Account).where(Account.email == email))
    if present is not None:
        return present
    made = tx.add(Account(name=name, email=email, is_owner=is_owner, created_at=NOW, session_key=f"session-of-{role}"))
    if edition:
        tx.add(Membership(account_id=made.id, edition_slug=edition, role="viewer" if role == "viewer" else "organiser"))
    tx.session.refresh(made)
    return made
