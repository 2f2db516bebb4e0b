"""Looking accounts up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from forum.core.refusals import NotFound
from forum.people.models import Account, SignInLink
from forum.people.rules import kept_email


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
