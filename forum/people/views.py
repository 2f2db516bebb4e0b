"""Signing in and out, the one-time link, and one's own account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.security import login_manager
from forum.core.web import back_to, open_to, page, safe_next
from forum.core.words import gettext as _
from forum.people import actions, queries, rules
from forum.people.forms import ChangePasswordForm, PasswordForm, SignInForm
from forum.people.models import Account

blueprint = Blueprint("people", __name__)

ORGANISERS_HOME = "/organise/"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_account(session_key: str) -> Account | None:
    """Return who is signed in with this browser."""
    return queries.account_with_session_key(db.session(), session_key)


def begin_session(account: Account) -> None:
    """Sign a browser in with a new session: nothing of the one before it, which somebody else may know."""
    session.clear()
    login_user(account)


@blueprint.get("/sign-in")
@open_to("everyone")
def sign_in() -> BaseResponse:
    """Ask for address and password; who is signed in goes on."""
    wanted = safe_next(request.args.get("next"), ORGANISERS_HOME)
    if current_user.is_authenticated:
        return back_to(wanted)
    return page("people/sign_in.html", form=SignInForm(formdata=None, next=wanted))


@blueprint.post("/sign-in")
@open_to("everyone")
@knock("10 per minute")
def take_sign_in() -> BaseResponse:
    """Sign in, or say that address and password do not go together."""
    form = SignInForm()
    if not form.validate():
        return page("people/sign_in.html", form=form, status=422)
    account = queries.account_with_email(db.session(), form.email.data)
    if not rules.is_right_password(account, form.password.data) or account is None:
        form.refused(rules.WrongSignIn())
        return page("people/sign_in.html", form=form, status=rules.WrongSignIn.status)
    new_hash = rules.hashed(form.password.data) if rules.needs_new_hash(account) else None
    with transaction() as tx:
        account = actions.note_sign_in(tx, account.id, new_hash=new_hash, now=clock.now())
    begin_session(account)
    return back_to(safe_next(form.next.data, ORGANISERS_HOME))


@blueprint.get("/sign-out")
@open_to("everyone")
def ask_sign_out() -> BaseResponse:
    """Ask before signing out: a link alone changes nothing."""
    return page("people/sign_out.html") if current_user.is_authenticated else back_to("/")


@blueprint.post("/sign-out")
@open_to("everyone")
def sign_out() -> BaseResponse:
    """Sign this browser out."""
    logout_user()
    session.clear()
    flash(_("You are signed out."), "success")
    return back_to("/")


@blueprint.get("/sign-in/<token>")
@open_to("holder")
@knock("30 per minute", methods=("GET",))
def one_time_link(token: str) -> Response:
    """Ask for a new password. Looking does not use the link up: programs that preview letters open links too."""
    link = rules.check_link(queries.link_with_token(db.session(), token), now=clock.now())
    return page("people/choose_password.html", form=PasswordForm(formdata=None), account=link.account, token=token)


@blueprint.post("/sign-in/<token>")
@open_to("holder")
@knock("10 per minute")
def take_one_time_link(token: str) -> BaseResponse:
    """Use the link up: keep the password and sign in."""
    link = rules.check_link(queries.link_with_token(db.session(), token), now=clock.now())
    form = PasswordForm()
    if not is_good_password(form, link.account):
        return page("people/choose_password.html", form=form, account=link.account, token=token, status=422)
    password_hash = rules.hashed(form.password.data)
    with transaction() as tx:
        account = actions.use_sign_in_link(tx, token, password_hash=password_hash, now=clock.now())
    begin_session(account)
    flash(_("Your password is kept. Next time, sign in with your address and this password."), "success")
    return back_to(ORGANISERS_HOME)


@blueprint.get("/organise/account")
@open_to("organiser", viewers=True)
def own_account() -> Response:
    """Show one's own account."""
    return page("people/account.html", form=ChangePasswordForm(formdata=None), account=current_user)


@blueprint.post("/organise/account")
@open_to("organiser", viewers=True)
@knock("10 per minute")
def take_own_password() -> BaseResponse:
    """Change one's own password; every other device is signed out."""
    form = ChangePasswordForm()
    account: Account = current_user._get_current_object()
    if not is_good_password(form, account) or not is_present_password(form, account):
        return page("people/account.html", form=form, account=account, status=422)
    password_hash = rules.hashed(form.password.data)
    with transaction() as tx:
        account = actions.set_password(tx, account.id, password_hash=password_hash, now=clock.now())
    begin_session(account)
    flash(_("Your password is changed. Your other devices are signed out."), "success")
    return back_to("/organise/account")


@blueprint.post("/organise/account/sign-out-everywhere")
@open_to("organiser", viewers=True)
def take_sign_out_everywhere() -> BaseResponse:
    """Sign every device out but this one."""
    with transaction() as tx:
        account = actions.sign_out_everywhere(tx, current_user.id)
    begin_session(account)
    flash(_("Your other devices are signed out."), "success")
    return back_to("/organise/account")


def is_good_password(form: Any, account: Account) -> bool:
    """Tell whether a form holds a password that may be kept; its field says what is wrong."""
    if not form.validate():
        return False
    try:
        rules.check_password(form.password.data, account=account)
    except Refusal as refusal:
        form.refused(refusal)
        return False
    return True


def is_present_password(form: ChangePasswordForm, account: Account) -> bool:
    """Tell whether the present password is right; its field says when not."""
    if rules.is_right_password(account, form.present.data):
        return True
    form.present.errors = [_("This is not your present password.")]
    return False
