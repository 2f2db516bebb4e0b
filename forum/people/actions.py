"""Accounts opened, closed and signed in; persons written down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from forum.core import codes
from forum.core.db import Transaction
from forum.people import queries, rules
from forum.people.models import Account, Membership, Person, SignInLink
from forum.people.rules import search_text


@dataclass(frozen=True)
class AccountDetails:
    """What an owner tells of someone who signs in."""

    name: str
    email: str
    is_owner: bool = False
    organises: Collection[str] = ()
    """Slugs of the editions the account organises; an owner needs none."""
    views: Collection[str] = ()
    """Slugs of the editions it may look at; who organises one looks at it anyway."""


def open_account(tx: Transaction, details: AccountDetails, *, now: datetime) -> Account:
    """Open an account without a password: its first sign-in link asks for one. Raises `AddressTaken`."""
    account = Account(created_at=now, session_key=codes.new_token())
    write_account(tx, account, details)
    return account


def change_account(tx: Transaction, account_id: int, details: AccountDetails) -> Account:
    """Change a name, an address, or what an account may do. Raises `AddressTaken`, `LastOwner`."""
    owners = locked_owners(tx)
    account = tx.lock(Account, account_id)
    if not details.is_owner:
        rules.check_owner_leaves(account, owners=owners)
    write_account(tx, account, details)
    return account


def write_account(tx: Transaction, account: Account, details: AccountDetails) -> None:
    """Put details on an account's row, and its roles beside it."""
    email = rules.kept_email(details.email)
    present = queries.account_with_email(tx.session, email)
    if present is not None and present.id != account.id:
        raise rules.AddressTaken(email=email)
    account.name = details.name
    account.email = email
    account.is_owner = details.is_owner
    tx.add(account)
    give_roles(tx, account, dict.fromkeys(details.views, "viewer") | dict.fromkeys(details.organises, "organiser"))


def give_roles(tx: Transaction, account: Account, roles: Mapping[str, str]) -> None:
    """Give an account exactly these roles, by the slugs of editions."""
    tx.session.refresh(account, ["memberships"])
    present = {membership.edition_slug: membership for membership in account.memberships}
    for slug, membership in present.items():
        if slug not in roles:
            tx.session.delete(membership)
    for slug, role in sorted(roles.items()):
        if slug in present:
            present[slug].role = role
        else:
            tx.session.add(Membership(account_id=account.id, edition_slug=slug, role=role))
    tx.session.flush()
    tx.session.refresh(account, ["memberships"])


def disable_account(tx: Transaction, account_id: int, *, by: Account | None, now: datetime) -> Account:
    """Close an account: it is signed out everywhere and its links are void. Raises `LastOwner`, `NotYourself`."""
    owners = locked_owners(tx)
    account = tx.lock(Account, account_id)
    if account.disabled_at is None:
        rules.check_disabling(account, by=by, owners=owners)
        account.disabled_at = now
        account.session_key = codes.new_token()
        void_links(tx, account, now=now)
    return account


def locked_owners(tx: Transaction) -> list[Account]:
    """Return the owners, locked in the order of their ids: two who disable each other at once would leave none."""
    ids = [owner.id for owner in queries.active_owners(tx.session)]
    locked = [tx.lock(Account, owner_id) for owner_id in ids]
    return [owner for owner in locked if owner.is_owner and owner.is_active]


def enable_account(tx: Transaction, account_id: int) -> Account:
    """Open a disabled account again, with the password it had."""
    account = tx.lock(Account, account_id)
    account.disabled_at = None
    return account


def make_sign_in_link(tx: Transaction, account: Account, *, now: datetime) -> str:
    """Return the token of a new one-time link; links made before stop working. Raises `AccountDisabled`."""
    if not account.is_active:
        raise rules.AccountDisabled(name=account.name)
    void_links(tx, account, now=now)
    token = codes.new_token()
    tx.add(
        SignInLink(
            account_id=account.id, token_hash=queries.token_hash(token), expires_at=now + rules.LINK_LIFE, used_at=None
        )
    )
    return token


def use_sign_in_link(tx: Transaction, token: str, *, password_hash: str, now: datetime) -> Account:
    """Use a link up: its account gets this password and is signed out everywhere else. Raises `LinkGone`."""
    found = rules.check_link(queries.link_with_token(tx.session, token), now=now)
    link = rules.check_link(tx.lock(SignInLink, found.id), now=now)
    link.used_at = now
    return set_password(tx, link.account_id, password_hash=password_hash, now=now)


def set_password(tx: Transaction, account_id: int, *, password_hash: str, now: datetime) -> Account:
    """Give an account a password; whoever was signed in to it is signed out."""
    account = tx.lock(Account, account_id)
    account.password_hash = password_hash
    account.session_key = codes.new_token()
    account.last_seen_at = now
    return account


def note_sign_in(tx: Transaction, account_id: int, *, new_hash: str | None, now: datetime) -> Account:
    """Write down that an account signed in, and its password's new hash where the old one had become cheap."""
    account = tx.lock(Account, account_id)
    account.last_seen_at = now
    if new_hash is not None:
        account.password_hash = new_hash
    return account


def sign_out_everywhere(tx: Transaction, account_id: int) -> Account:
    """End every session of an account, on every device."""
    account = tx.lock(Account, account_id)
    account.session_key = codes.new_token()
    return account


def void_links(tx: Transaction, account: Account, *, now: datetime) -> None:
    """Make an account's open links useless."""
    open_links = (SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
    tx.session.execute(update(SignInLink).where(*open_links).values(used_at=now))


@dataclass(frozen=True)
class PersonDetails:
    """What a person tells of themselves."""

    given_name: str
    family_name: str
    email: str
    organisation_name: str | None = None
    language: str = "fr"
    wants_news: bool = False
    """Of later editions; asked once, when they present themselves, and changed on a page of its own."""

    @property
    def name(self) -> str:
        """Return the name in reading order."""
        return f"{self.given_name} {self.family_name}".strip()


def add_person(tx: Transaction, details: PersonDetails, *, now: datetime) -> Person:
    """Write a new person down."""
    person = tx.add_once(Person, once=None, **new_person(details, now=now))
    if person is None:
        raise RuntimeError("A new person was refused as being there already.")
    return person


def new_person(details: PersonDetails, *, now: datetime) -> dict[str, Any]:
    """Return the columns of a person who is new: all of them, so that nothing of the row has to be read."""
    consent = now if details.wants_news else None
    return person_values(details) | {"created_at": now, "anonymised_at": None, "news_consent_at": consent}


def change_person(tx: Transaction, person_id: int, details: PersonDetails) -> Person:
    """Correct what is written of a person."""
    person = tx.lock(Person, person_id)
    write_details(person, details)
    return person


def write_details(person: Person, details: PersonDetails) -> None:
    """Put details on a person's row, with what search looks into."""
    for name, value in person_values(details).items():
        setattr(person, name, value)


def details_of_person(person: Person) -> PersonDetails:
    """Return a person as they are written down."""
    return PersonDetails(
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        organisation_name=person.organisation_name,
        language=person.language,
    )


def person_values(details: PersonDetails) -> dict[str, Any]:
    """Return details as the columns of a person's row."""
    organisation = details.organisation_name or None
    return {
        "given_name": details.given_name,
        "family_name": details.family_name,
        "email": details.email,
        "organisation_name": organisation,
        "language": details.language,
        "search_text": search_text(
            details.given_name, details.family_name, details.given_name, details.email, organisation
        ),
    }
