"""`forum user …`, `forum edition open` and `forum programme`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from flask_babel import force_locale

from forum.core import clock, i18n
from forum.core.db import Transaction, db, transaction
from forum.core.refusals import refuse
from forum.core.schema import make_missing_tables
from forum.core.web import public_address
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import city_with_slug, find_edition
from forum.people.actions import (
    AccountDetails,
    change_account,
    disable_account,
    make_sign_in_link,
    open_account,
)
from forum.people.models import ROLES, Account
from forum.people.queries import account_with_email, all_accounts
from forum.people.rules import LINK_LIFE, kept_email
from forum.site.actions import open_edition_from
from forum.site.documents import FORMATS, printed_programme
from forum.site.queries.booklet import booklet_content
from forum.site.queries.copies import EditionPlan
from forum.site.rules import NoSuchAccount, NoSuchCity, NoSuchEdition

user = AppGroup("user", help="Open, list and disable the accounts of owners and organisers.")


@user.command("add")
@click.argument("email")
@click.option(
    "--role", type=click.Choice(["owner", "organiser", "viewer"]), required=True, help="What the account may do."
)
@click.option("--edition", "slug", help="The edition that an organiser works on, or a viewer looks at, e.g. lens-2027.")
@click.option("--name", help="The person's name; without it, what stands before the @.")
def _add(email: str, role: str, slug: str | None, name: str | None) -> None:
    """Open an account, or give one another role, and print its one-time sign-in link."""
    if role != "owner" and not slug:
        raise click.UsageError(_("An organiser works on an edition, a viewer looks at one: add --edition SLUG."))
    if not is_address(email):
        raise click.UsageError(_("%(email)s is not an e-mail address.", email=email))
    make_missing_tables(current_app)
    now = clock.now()
    with transaction() as tx:
        account = with_role(tx, email, name=name, role=role, slug=slug, now=now)
        token = make_sign_in_link(tx, account, now=now)
    click.echo(f"{account.name} <{account.email}>: {roles_of(account)}")
    click.echo(
        _("One-time sign-in link, good for %(days)s days; hand it over by a way you trust:", days=LINK_LIFE.days)
    )
    click.echo(public_address(f"/sign-in/{token}"))


@user.command("list")
def _list() -> None:
    """List the accounts: address, name, roles."""
    make_missing_tables(current_app)
    accounts = all_accounts(db.session())
    if not accounts:
        click.echo(_("There is no account yet. `forum user add EMAIL --role owner` opens the first one."))
    width = max((len(account.email) for account in accounts), default=0)
    for account in accounts:
        state = "" if account.is_active else f" ({_('disabled')})"
        click.echo(f"{account.email:<{width}}  {account.name}: {roles_of(account)}{state}")


@user.command("disable")
@click.argument("email")
def _disable(email: str) -> None:
    """Disable an account: it is signed out at once and its links are void."""
    with transaction() as tx:
        account = account_with_email(tx.session, email) or refuse(NoSuchAccount(email=kept_email(email)))
        disable_account(tx, account.id, by=None, now=clock.now())
    click.echo(_("The account of %(name)s is disabled; it is signed out everywhere.", name=account.name))


edition = AppGroup("edition", help="Look at editions, open new ones.")


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
    click.echo(_("%(edition)s is a draft: organisers alone see it.", edition=opened.name))
    click.echo(public_address(f"/organise/{opened.slug}/"))


def with_role(tx: Transaction, email: str, *, name: str | None, role: str, slug: str | None, now: datetime) -> Account:
    """Return the account of an address with one more role, opened when it is not there."""
    account = account_with_email(tx.session, email)
    roles = {membership.edition_slug: membership.role for membership in account.memberships} if account else {}
    if role != "owner" and slug is not None:
        roles[found(tx, slug).slug] = role
    details = AccountDetails(
        name=name or (account.name if account else kept_email(email).partition("@")[0]),
        email=email,
        is_owner=role == "owner" or (account is not None and account.is_owner),
        organises={slug for slug, given in roles.items() if given == "organiser"},
        views={slug for slug, given in roles.items() if given == "viewer"},
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
    if account.is_owner:
        return _("owner of the forum")
    of_role = {
        role: ", ".join(sorted(each.edition_slug for each in account.memberships if each.role == role))
        for role in ROLES
    }
    said = [
        _("organiser of %(editions)s", editions=of_role["organiser"]) if of_role["organiser"] else "",
        _("viewer of %(editions)s", editions=of_role["viewer"]) if of_role["viewer"] else "",
    ]
    return " · ".join(filter(None, said)) or _("nothing yet")


def is_address(text: str) -> bool:
    """Tell whether a text can be an e-mail address."""
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@click.command()
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="The PDF.")
@click.option(
    "--format", "kind", type=click.Choice(FORMATS), default="booklet", show_default=True, help="On what paper."
)
@click.option("--language", type=click.Choice(list(i18n.LANGUAGES)), default=i18n.DEFAULT_LANGUAGE, show_default=True)
@with_appcontext
def programme(slug: str, out: Path, kind: str, language: str) -> None:
    """Print the programme of an edition."""
    edition = find_edition(db.session(), slug) or refuse(NoSuchEdition(slug=slug))
    with force_locale(language):
        pdf = printed_programme(booklet_content(db.session(), edition), kind=kind)
        out.write_bytes(pdf)
        click.echo(_("%(file)s is printed: %(size)s KB.", file=out, size=-(-len(pdf) // 1024)))
