"""The public form: shown, and taken; and the link that was lost."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.email import sender
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug, kept_edition
from forum.programme.models import Session
from forum.registration import actions, queries, rules
from forum.registration.forms import (
    CategoryAsks,
    LostLinkForm,
    RegistrationForm,
    by_day,
    clashes,
)
from forum.registration.models import Category, Invitation
from forum.registration.queries import questions as asked
from forum.registration.queries import seat_queue
from forum.registration.rules import invitations
from forum.registration.rules.questions import AnswersWrong
from forum.registration.views import again, kept_form

blueprint = Blueprint("registration", __name__)


@blueprint.route("/editions/<slug>/register", methods=["GET", "POST"])
@open_to("everyone")
@knock("60 per minute")
def register(slug: str) -> BaseResponse:
    """Show the form, or take it: one page, one request, and the way to the own page."""
    if kept := kept_form.answer(slug):
        return may_be_gone_back_to(kept)
    form = RegistrationForm()
    if not form.validate_on_submit():
        edition = show_edition(edition_with_slug(db.session(), slug))
        shown = registration_page(edition, form, status=422 if form.errors else 200)
        return may_be_gone_back_to(kept_form.keep(slug, shown, submission_key=form.submission_key.data))
    if form.is_from_a_robot:
        return page("registration/public/robot.html", edition=show_edition(edition_with_slug(db.session(), slug)))
    try:
        return taken(show_edition(kept_edition(db.session(), slug)), form, now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal) and not isinstance(refusal, AnswersWrong):
            raise
        edition = show_edition(edition_with_slug(db.session(), slug))
        return registration_page(edition, form, status=refusal.status)


def may_be_gone_back_to(response: Response) -> Response:
    """Let browsers show the form as it was left to who goes back to it: the same form, with the same key."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def taken(edition: Edition, form: RegistrationForm, *, now: datetime) -> BaseResponse:
    """Take a form that was filled in: a registration, or a choice where this browser has made one with it already."""
    wish = form.request(edition.id)
    if request.form.get("again") == "change":
        return again.change_first(wish, now=now)
    first = again.made_here(wish)
    if first is None:
        made = registered(wish, now=now)
        if not made.was_there:
            return again.remember(back_to(f"/r/{made.token}?new=1"), made.token)
        first = queries.registration_with_token(db.session(), made.token)
    return again.answer(first, wish)


def registered(wish: actions.RegistrationRequest, *, now: datetime) -> actions.Made:
    """Register somebody: decided before our turn to write where that can be, so that nobody waits for our thinking."""
    prepared = actions.prepare(db.session(), wish, now=now)
    if prepared is not None:
        with suppress(actions.Overtaken), transaction() as tx:
            return actions.register_prepared(tx, prepared, now=now)
    with transaction() as tx:
        present = queries.registration_with_key(tx.session, wish.submission_key)
        made = present or actions.register(tx, wish, now=now)
        return actions.Made(made.id, made.token, made.state, was_there=present is not None)


def registration_page(edition: Edition, form: RegistrationForm, *, status: int = 200) -> Response:
    """Show the form with what is left, or why it cannot be filled in."""
    now = clock.now()
    invitation, trouble = asked_invitation(edition, form, now)
    offered = asked.offered_categories(db.session(), edition.id)
    invited = invitation.category_id if invitation else None
    categories = [category for category, _open in offered if category.is_public or category.id == invited]
    takes_codes = any(is_open for _category, is_open in offered) and not invitation
    state = "open" if invitation and edition.takes_registrations(now) else form_state(edition, categories, now)
    if state != "open":
        takes_codes = takes_codes and edition.takes_registrations(now)
        return page(
            "registration/public/not_open.html", edition=edition, state=state, takes_codes=takes_codes, trouble=trouble
        )
    sessions = queries.sessions_with_seats(db.session(), edition.id)
    form.offer(categories, sessions)
    if form.category_id.data is None and (invited or len(categories) == 1):
        form.category_id.data = invited or categories[0].id
    form.ask(edition, asked.questions_of(db.session(), edition.id), categories)
    if form.is_submitted():
        chosen = next((each for each in categories if each.id == form.category_id.data), None)
        form.check_answers(chosen)
        if chosen is not None and status == 422:
            form.check_admission(chosen, edition, invitation if invited == chosen.id else None, now)
    return page(
        "registration/public/register.html",
        status=status,
        edition=edition,
        form=form,
        asks=CategoryAsks(edition, categories, now),
        costs=any(category.price for category in categories),
        invitation=invitation,
        invited=invited,
        kept=invited if invitation and has_place_for(invitation) else None,
        code_trouble=trouble,
        takes_codes=takes_codes,
        **choices(edition, categories, sessions),
    )


def has_place_for(invitation: Invitation) -> bool:
    """Tell whether an invitation gives a place: one that is kept, or one that is left."""
    return invitation.reserves or not invitation.category.is_closed_to_newcomers


def asked_invitation(edition: Edition, form: RegistrationForm, now: datetime) -> tuple[Invitation | None, str]:
    """Return the invitation of the code that was sent or stands in the address, or why it opens nothing."""
    code = invitations.normal_code(form.code.data or request.args.get("code", "")[:200])
    if not code:
        return None, ""
    found = asked.invitation_with_code(db.session(), edition.id, code)
    try:
        if found is None:
            raise invitations.InvitationUnknown
        invitations.may_be_used(found, now)
    except Refusal as refusal:
        return None, "" if form.code.errors else str(refusal)
    form.code.data = code
    return found, ""


def choices(edition: Edition, categories: Sequence[Category], sessions: Sequence[Session]) -> dict[str, object]:
    """Return what the form's lists of choices show."""
    return {
        "categories": categories,
        "days": by_day(sessions),
        "clashes": clashes(sessions),
        "waiting": seat_queue.numbers_waiting(db.session(), edition.id) if sessions else {},
        "common_domains": " ".join(rules.COMMON_DOMAINS),
        "longest_adjustment": rules.LONGEST_ADJUSTMENT,
    }


def form_state(edition: Edition, categories: Sequence[Category], now: datetime) -> str:
    """Tell whether one can register: open, full, not-yet, closed, over, or nothing was announced."""
    if edition.takes_registrations(now):
        if not categories:
            return "by-invitation"
        return "open" if any(rules.can_be_joined(category) for category in categories) else "full"
    if edition.is_over(now):
        return "over"
    opens_at = edition.registration_opens_at
    if opens_at is None:
        return "unannounced"
    return "not-yet" if now < opens_at else "closed"


@blueprint.route("/editions/<slug>/lost-link", methods=["GET", "POST"])
@open_to("everyone")
@knock("10 per minute")
def lost_link(slug: str) -> BaseResponse:
    """Send the private links of an address to it; the answer is the same whether or not it is known."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = LostLinkForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.send_lost_links(tx, edition.id, form.email.data, now=clock.now())
        return page("registration/public/lost_link_sent.html", edition=edition, delivers=sender().delivers)
    status = 422 if form.errors else 200
    return page("registration/public/lost_link.html", status=status, edition=edition, form=form)
