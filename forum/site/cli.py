"""`forum user …` and `forum edition open`."""

from __future__ import annotations

from datetime import datetime

import click
from email_validator import EmailNotValidError, validate_email

from forum.core import clock
from forum.core.db import Transaction, db, transaction
from forum.core.refusals import refuse
from forum.core.web import public_address
from forum.editions.models import Edition
from forum.editions.queries import city_with_slug, find_edition
from forum.people.actions import (
    AccountDetails,
    change_account,
    disable_account,
    make_sign_in_link,
    open_account,
)
from forum.people.models import Account
from forum.people.queries import account_with_email, all_accounts
from forum.people.rules import LINK_LIFE, kept_email
from forum.site.actions import open_edition_from
from forum.site.queries.copies import EditionPlan
from forum.site.rules import NoSuchAccount, NoSuchCity, NoSuchEdition


@click.group()
def user() -> None:
    """Open, list and disable the accounts of owners and organisers."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(["owner", "organiser"]), required=True, help="What the account may do.")
@click.option("--edition", "slug", help="The edition that an organiser works on, e.g. lens-2027.")
@click.option("--name", help="The person's name; without it, what stands before the @.")
def _add(email: str, role: str, slug: str | None, name: str | None) -> None:
    """Open an account, or give one another role, and print its one-time sign-in link."""
    if role == "organiser" and not slug:
        raise click.UsageError("An organiser works on an edition: add --edition SLUG.")
    if not is_address(email):
        raise click.UsageError(f"{email} is not an e-mail address.")
    now = clock.now()
    with transaction() as tx:
        account = with_role(tx, email, name=name, organises=slug if role == "organiser" else None, now=now)
        token = make_sign_in_link(tx, account, now=now)
    click.echo(f"{account.name} <{account.email}>: {roles_of(account)}.")
    click.echo(f"One-time sign-in link, good for {LINK_LIFE.days} days; hand it over in person or by a safe way:")
    click.echo(public_address(f"/sign-in/{token}"))


@user.command("list")
def _list() -> None:
    """List the accounts: address, name, roles."""
    accounts = all_accounts(db.session())
    if not accounts:
        click.echo("There is no account yet. `forum user add EMAIL --role owner` opens the first one.")
    width = max((len(account.email) for account in accounts), default=0)
    for account in accounts:
        state = "" if account.is_active else "  (disabled)"
        click.echo(f"{account.email:<{width}}  {account.name}: {roles_of(account)}{state}")


@user.command("disable")
@click.argument("email")
def _disable(email: str) -> None:
    """Disable an account: it is signed out at once and its links are void."""
    with transaction() as tx:
        account = account_with_email(tx.session, email) or refuse(NoSuchAccount(email=kept_email(email)))
        disable_account(tx, account.id, by=None, now=clock.now())
    click.echo(f"{account.name} <{account.email}> is disabled.")


@click.group()
def edition() -> None:
    """Look at editions, open new ones."""


@edition.command("open")
@click.argument("slug")
@click.option("--from", "from_slug", required=True, help="The edition to take over from.")
@click.option("--first-day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="E.g. 2028-03-16.")
@click.option("--name", help="Its name; without it, the other edition's with the new city and year.")
@click.option("--city", "city_slug", help="Its host city; without it, the one that SLUG begins with.")
def _open(slug: str, from_slug: str, first_day: datetime, name: str | None, city_slug: str | None) -> None:
    """Open an edition as a draft with the categories, tracks, venues, stands, gates and windows of another one."""
    with transaction() as tx:
        found(tx, from_slug)
        plan = EditionPlan(
            slug=slug,
            from_slug=from_slug,
            first_day=first_day.date(),
            name=name,
            host_city_id=city_id(tx, city_slug),
        )
        opened = open_edition_from(tx, plan, now=clock.now())
    click.echo(f"{opened.name} is open as a draft, {opened.first_day.isoformat()} – {opened.last_day.isoformat()}.")
    click.echo(public_address(f"/organise/{opened.slug}/"))


def with_role(tx: Transaction, email: str, *, name: str | None, organises: str | None, now: datetime) -> Account:
    """Return the account of an address with one more role, opened when it is not there."""
    if organises is not None:
        found(tx, organises)
    account = account_with_email(tx.session, email)
    present = {membership.edition_slug for membership in account.memberships} if account else set()
    details = AccountDetails(
        name=name or (account.name if account else kept_email(email).partition("@")[0]),
        email=email,
        is_owner=organises is None or (account is not None and account.is_owner),
        organises=present | ({organises} if organises else set()),
    )
    return open_account(tx, details, now=now) if account is None else change_account(tx, account.id, details)


def found(tx: Transaction, slug: str) -> Edition:
    """Return an edition that a command names. Raises `NoSuchEdition`."""
    return find_edition(tx.session, slug) or refuse(NoSuchEdition(slug=slug))


def city_id(tx: Transaction, slug: str | None) -> int | None:
    """Return the id of a host city that a command names. Raises `NoSuchCity`."""
    return None if slug is None else (city_with_slug(tx.session, slug) or refuse(NoSuchCity(slug=slug))).id


def roles_of(account: Account) -> str:
    """Return what an account may do, in words."""
    slugs = sorted(membership.edition_slug for membership in account.memberships)
    if account.is_owner:
        return "owner"
    return f"organiser of {', '.join(slugs)}" if slugs else "no role"


def is_address(text: str) -> bool:
    """Tell whether a text can be an e-mail address."""
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
