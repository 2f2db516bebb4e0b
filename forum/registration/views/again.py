"""A form that is sent again: after going back, or filled in once more because nobody was sure that it had arrived.

That somebody is registered is told only to the browser that registered them. It proves that by the key of the form
that it sends again, or by a cookie with the private link of what it registered within the hour, which counts for the
same name only. A stranger has neither (docs/decisions/0029-sent-again.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import codes
from forum.core.db import db, transaction
from forum.core.i18n import localised
from forum.core.refusals import NotFound
from forum.core.web import back_to, page
from forum.core.words import gettext as _
from forum.registration import actions, queries
from forum.registration.models import Registration
from forum.registration.queries import questions as asked
from forum.registration.queries import seat_queue
from forum.registration.rules import admission
from forum.registration.rules.questions import Answers, checked_answers

COOKIE = "registered"
REMEMBERED = 3600
"""Seconds."""

OURS = ("csrf_token", "submission_key", "again", "first")
"""Fields that the page of the choice writes itself; all others it sends on as they came."""


@dataclass(frozen=True)
class Difference:
    """What a form says otherwise than the one that was sent before."""

    what: str
    before: str
    now: str


def remember(response: BaseResponse, token: str) -> BaseResponse:
    """Let the browser know for an hour what it registered; it says so on this form's page and nowhere else."""
    response.set_cookie(
        COOKIE, token, max_age=REMEMBERED, path=request.path, httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def made_here(wish: actions.RegistrationRequest) -> Registration | None:
    """Return the registration of the same name that this browser made in the edition lately, if there is one."""
    token = request.cookies.get(COOKIE)
    if token is None or request.form.get("again") == "another":
        return None
    try:
        first = queries.registration_with_token(db.session(), token)
    except NotFound:
        return None
    is_theirs = first.edition_id == wish.edition_id and admission.has_same_name(first.person, wish.details)
    return first if is_theirs and not first.is_ended else None


def answer(first: Registration, wish: actions.RegistrationRequest) -> BaseResponse:
    """Answer a form that was sent before: the same with the same, another one with a choice."""
    differences = list(differing(first, wish))
    if not differences:
        return remember(back_to(f"/r/{first.token}?new=1"), first.token)
    return choice_page(first, differences)


def choice_page(first: Registration, differences: list[Difference]) -> Response:
    """Ask whether the first registration changes, or somebody else comes as well; what was written is sent on."""
    return page(
        "registration/public/again.html",
        status=409,
        edition=first.edition,
        first=first,
        differences=differences,
        sent=[(name, value) for name, value in request.form.items(multi=True) if name not in OURS],
        key_of_another=codes.new_token(),
    )


def differing(first: Registration, wish: actions.RegistrationRequest) -> Iterator[Difference]:
    """Return what a form says otherwise than a registration, in the order of the form."""
    session, person, details = db.session(), first.person, wish.details
    if first.category_id != wish.category_id:
        names = {each.id: each.name for each in queries.categories_of(session, wish.edition_id)}
        now = names.get(wish.category_id, first.category.name)
        yield Difference(_("You come as"), localised(first.category.name), localised(now))
    yield from unlike(_("Name"), person.name, details.name)
    yield from unlike(_("E-mail address"), person.email, details.email)
    yield from unlike(_("Organisation"), person.organisation_name or "", details.organisation_name or "")
    if asked.answers_of(session, first.id) != answers_taken(wish, first.category.slug):
        yield Difference(_("Answers to the organisers’ questions"), "", "")
    before, now_chosen = seat_queue.all_chosen(session, first.id), {*wish.session_ids, *wish.waiting_ids}
    if before != now_chosen:
        titles = {each.id: each.title for each in queries.sessions_with_ids(session, before | now_chosen)}
        named = (", ".join(titles[each] for each in sorted(chosen)) for chosen in (before, now_chosen))
        yield Difference(_("Workshops and visits"), *named)
    yield from unlike(_("What you need"), first.adjustment, wish.adjustment)


def answers_taken(wish: actions.RegistrationRequest, category_slug: str) -> Answers:
    """Return the answers of a form as they are written down: not those to what somebody is not asked."""
    questions = asked.questions_to_check(db.session(), wish.edition_id)
    return checked_answers(questions, category_slug, wish.admission.answers, all_required=False)[0]


def unlike(what: str, before: str, now: str) -> Iterator[Difference]:
    """Return a difference, if it is one."""
    if before != now:
        yield Difference(what, before, now)


def change_first(wish: actions.RegistrationRequest, *, now: datetime) -> BaseResponse:
    """Let the first registration say what the new form says; its private link proves whose it is.

    Raises `NotFound` and what `actions.change` raises.
    """
    first = queries.registration_with_token(db.session(), request.form.get("first", ""))
    if first.edition_id != wish.edition_id:
        raise NotFound
    wanted = actions.RegistrationChange(
        details=wish.details,
        adjustment=wish.adjustment,
        category_id=None if first.category_id == wish.category_id else wish.category_id,
        session_ids=wish.session_ids,
        waiting_ids=wish.waiting_ids,
        answers=wish.admission.answers,
    )
    with transaction() as tx:
        actions.change(tx, first.id, wanted, now=now)
    flash(_("Your changes are saved."), "success")
    return back_to(f"/r/{first.token}")
