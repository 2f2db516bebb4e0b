"""Looking accounts up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, func, literal, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session, joinedload

from forum.core.refusals import NotFound
from forum.people.models import Account, Person, SignInLink
from forum.people.rules import kept_email, pieces, sought


def account_with_email(session: Session, email: str) -> Account | None:
    """Return the account of an address, however it is written."""
    return session.scalar(select(Account).where(Account.email == kept_email(email)))


def account_with_session_key(session: Session, session_key: str) -> Account | None:
    """Return the account that a browser's session names, unless it was disabled."""
    return session.scalar(select(Account).where(Account.session_key == session_key, Account.disabled_at.is_(None)))


def account_with_id(session: Session, account_id: int) -> Account:
    """Return an account. Raises `NotFound`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def all_accounts(session: Session) -> Sequence[Account]:
    """Return every account with its roles, by name."""
    return session.scalars(select(Account).order_by(func.lower(Account.name), Account.id)).all()


def active_owners(session: Session) -> Sequence[Account]:
    """Return who can sign in and manage the whole forum."""
    statement = select(Account).where(Account.is_owner, Account.disabled_at.is_(None)).order_by(Account.id)
    return session.scalars(statement).all()


def link_with_token(session: Session, token: str) -> SignInLink | None:
    """Return the sign-in link of a token; only the token's hash is known here."""
    statement = select(SignInLink).where(SignInLink.token_hash == token_hash(token))
    return session.scalar(statement.options(joinedload(SignInLink.account)))


def token_hash(token: str) -> str:
    """Return what is kept of a token: who reads the table cannot sign in with it."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


# --- search: an index of each three letters in a row (docs/decisions/0016)

# A table of SQLite's own full-text search; triggers keep it with `person.search_text`.
_index = table("person_search", column("rowid"), column("person_search"))


Has = Callable[[str], ColumnElement[bool]]
"""What is asked of PostgreSQL's index about one part of a word."""


def persons_with(session: Session, words: Sequence[str]) -> Select[Any]:
    """Return the statement of the persons in whose words (`search_text`) all these stand."""
    return indexed(session, [[part] for part in sought(words)], [stands_in(part) for part in single_letters(words)])


def stand_in(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    """Return what is true of the same persons, without the index: for one person after the other."""
    parts = (*sought(words), *single_letters(words))
    if session.get_bind().dialect.name == "sqlite":  # whose LIKE takes twice as long
        return and_(*(func.instr(edged(), part) > 0 for part in parts))
    return and_(*(stands_in(part) for part in parts))


def stands_in(part: str) -> ColumnElement[bool]:
    """Return what is true of persons in whose words a part stands."""
    return edged().contains(part, autoescape=True)


def single_letters(words: Sequence[str]) -> list[str]:
    """Return the beginnings that are too short for the index, which other words of the search make few enough."""
    return [f" {word}" for word in words if len(word) == 1] if any(len(word) > 1 for word in words) else []


def persons_resembling(session: Session, words: Sequence[str]) -> Select[Any]:
    """Return the statement of all persons who may have been meant, with slips; `rules.resembles` tells who was.

    It compares letter by letter, so the index alone is asked here: whether its threes stand in a row was half of it.
    """
    return indexed(session, [pieces(word) for word in words if len(word) > 1], has=has_threes)


def indexed(
    session: Session,
    wanted: Sequence[Sequence[str]],
    more: Sequence[ColumnElement[bool]] = (),
    *,
    has: Has | None = None,
) -> Select[Any]:
    """Return the statement of persons who have one part of each group, asked of the index."""
    if session.get_bind().dialect.name != "sqlite":
        return of_all_groups(wanted, more, has=has or has_part)
    groups = [" OR ".join(quoted(part) for part in group) for group in wanted]
    found = select(_index.c.rowid).where(_index.c.person_search.match(" AND ".join(f"({group})" for group in groups)))
    return select(Person.id).where(Person.id.in_(found), *more) if more else found


def quoted(part: str) -> str:
    """Return words as the language of SQLite's index quotes them."""
    doubled = part.replace('"', '""')
    return f'"{doubled}"'


def of_all_groups(wanted: Sequence[Sequence[str]], more: Sequence[ColumnElement[bool]], *, has: Has) -> Select[Any]:
    """Return the statement of persons who have one part of each group, asked of PostgreSQL's index.

    It adds up whom each part names and what groups have in common before it reads anybody. Nothing that is no
    question to the index may stand in an OR: the threes of everybody found would be computed anew, 50 µs a person.
    """
    return select(Person.id).where(*(or_(*(has(part) for part in group)) for group in wanted), *more)


def has_part(part: str) -> ColumnElement[bool]:
    """Return what is true of persons in whose words a part stands: its threes are in PostgreSQL's index."""
    return has_threes(part) if len(part) == 3 else and_(has_threes(part), stands_in(part))


def has_threes(part: str) -> ColumnElement[bool]:
    """Return what is true of persons in whose words each three letters of a part stand, wherever."""
    threes = sorted({part[start : start + 3] for start in range(len(part) - 2)})
    return func.forum_trigrams(Person.search_text, type_=ARRAY(TEXT)).contains(threes)


def edged() -> ColumnElement[str]:
    """Return what search looks into with a space on each side, as the index has it."""
    return literal(" ").concat(Person.search_text).concat(" ")
