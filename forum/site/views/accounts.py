"""Accounts and their roles, for owners."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, public_address
from forum.core.words import gettext as _
from forum.editions.queries import all_editions
from forum.people import actions, queries
from forum.people.models import Account
from forum.people.rules import LINK_LIFE
from forum.site.forms import AccountForm

blueprint = Blueprint("site_accounts", __name__)


@blueprint.get("/organise/people")
@open_to("owner")
def accounts() -> Response:
    """List the accounts with their roles."""
    editions = {edition.slug: edition.name for edition in all_editions(db.session())}
    return page("site/accounts.html", accounts=queries.all_accounts(db.session()), editions=editions)


@blueprint.get("/organise/people/new")
@open_to("owner")
def new_account() -> Response:
    """Show an empty form."""
    return account_page(offered(AccountForm(formdata=None)), None)


@blueprint.post("/organise/people/new")
@open_to("owner")
def add_account() -> BaseResponse:
    """Open an account and show its one-time link, this once."""
    form = offered(AccountForm(request.form))
    if not form.validate():
        return account_page(form, None, status=422)
    try:
        with transaction() as tx:
            account = actions.open_account(tx, form.details(), now=clock.now())
            token = actions.make_sign_in_link(tx, account, now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return account_page(form, None, status=refusal.status)
    return link_page(account, token)


@blueprint.get("/organise/people/<int:account_id>")
@open_to("owner")
def account(account_id: int) -> Response:
    """Show an account's form."""
    present = queries.account_with_id(db.session(), account_id)
    form = offered(AccountForm(formdata=None, obj=present))
    form.fill(present)
    return account_page(form, present)


@blueprint.post("/organise/people/<int:account_id>")
@open_to("owner")
def change_account(account_id: int) -> BaseResponse:
    """Change a name, an address, or roles."""
    present = queries.account_with_id(db.session(), account_id)
    form = offered(AccountForm(request.form))
    if not form.validate():
        return account_page(form, present, status=422)
    try:
        with transaction() as tx:
            changed = actions.change_account(tx, account_id, form.details())
    except Refusal as refusal:
        if not form.refused(refusal):
            flash(str(refusal), "error")
        return account_page(form, queries.account_with_id(db.session(), account_id), status=refusal.status)
    flash(_("The account of %(name)s is saved.", name=changed.name), "success")
    return back_to("/organise/people")


@blueprint.post("/organise/people/<int:account_id>/link")
@open_to("owner")
def make_link(account_id: int) -> BaseResponse:
    """Make a new one-time link and show it, this once."""
    try:
        with transaction() as tx:
            account = queries.account_with_id(tx.session, account_id)
            token = actions.make_sign_in_link(tx, account, now=clock.now())
    except Refusal as refusal:
        return refused(account_id, refusal)
    return link_page(account, token)


@blueprint.post("/organise/people/<int:account_id>/disable")
@open_to("owner")
def disable_account(account_id: int) -> BaseResponse:
    """Disable an account."""
    try:
        with transaction() as tx:
            by = queries.account_with_id(tx.session, current_user.id)
            account = actions.disable_account(tx, account_id, by=by, now=clock.now())
    except Refusal as refusal:
        return refused(account_id, refusal)
    flash(_("The account of %(name)s is disabled; it is signed out everywhere.", name=account.name), "success")
    return back_to("/organise/people")


@blueprint.post("/organise/people/<int:account_id>/enable")
@open_to("owner")
def enable_account(account_id: int) -> BaseResponse:
    """Enable an account again."""
    with transaction() as tx:
        account = actions.enable_account(tx, account_id)
    flash(_("The account of %(name)s is enabled again.", name=account.name), "success")
    return back_to("/organise/people")


def refused(account_id: int, refusal: Refusal) -> BaseResponse:
    """Go back to the account with the sentence that refused; a missing account is a missing page."""
    if refusal.status == 404:
        raise refusal
    flash(str(refusal), "error")
    return back_to(f"/organise/people/{account_id}")


def offered(form: AccountForm) -> AccountForm:
    """Return a form that offers every edition."""
    form.offer(all_editions(db.session()))
    return form


def account_page(form: AccountForm, account: Account | None, *, status: int = 200) -> Response:
    """Answer with an account's form."""
    return page("site/account.html", form=form, account=account, status=status)


def link_page(account: Account, token: str) -> Response:
    """Answer with a one-time link, which is shown once and kept nowhere."""
    link = public_address(f"/sign-in/{token}")
    return page("site/account_link.html", account=account, link=link, days=LINK_LIFE.days)
