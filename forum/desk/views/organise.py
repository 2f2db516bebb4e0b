"""The desk for organisers who are signed in."""

from __future__ import annotations

from typing import Any, Protocol

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core.db import db
from forum.core.web import back_to, open_to, show_edition
from forum.desk import queries
from forum.desk.models import Desk
from forum.desk.views import counter as work
from forum.desk.views.counter import Counter
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug


class Expected(Protocol):
    """Who may be told their desk: a registration, or a newcomer whose letter is put into words before their row."""

    is_confirmed: Any
    person: Any


blueprint = Blueprint("desk", __name__, url_prefix="/organise/<slug>/desk")


@blueprint.get("")
@open_to("organiser")
def desk(slug: str) -> BaseResponse:
    """Find somebody, show how they stand."""
    return work.show(organisers(slug))


@blueprint.post("/here")
@open_to("organiser")
def here(slug: str) -> BaseResponse:
    """Say at which desk this browser stands: its printer and its gate are used."""
    counter = organisers(slug)
    chosen = work.small_number(request.form.get("desk"))
    known = {each.id for each in queries.open_desks(db.session(), counter.edition.id)}
    work.choose_desk(counter.edition, chosen if chosen in known else None)
    return back_to(counter.base)


@blueprint.post("/<int:registration_id>/print")
@open_to("organiser")
def print_badge(slug: str, registration_id: int) -> BaseResponse:
    """Give somebody's badge as PDF."""
    return work.print_badge(organisers(slug), registration_id)


@blueprint.post("/<int:registration_id>/name")
@open_to("organiser")
def correct(slug: str, registration_id: int) -> BaseResponse:
    """Correct a name."""
    return work.correct(organisers(slug), registration_id)


@blueprint.post("/<int:registration_id>/word")
@open_to("organiser")
def word(slug: str, registration_id: int) -> BaseResponse:
    """Write a word to the door."""
    return work.word(organisers(slug), registration_id)


@blueprint.post("/<int:registration_id>/expect")
@open_to("organiser")
def expect(slug: str, registration_id: int) -> BaseResponse:
    """Give somebody a place."""
    return work.expect(organisers(slug), registration_id)


@blueprint.post("/<int:registration_id>/enter")
@open_to("organiser")
def let_in(slug: str, registration_id: int) -> BaseResponse:
    """Let somebody in."""
    return work.let_in(organisers(slug), registration_id)


@blueprint.post("/<int:registration_id>/blank")
@open_to("organiser")
def give_blank(slug: str, registration_id: int) -> BaseResponse:
    """Give somebody a blank badge."""
    return work.give_blank(organisers(slug), registration_id)


@blueprint.post("/register")
@open_to("organiser")
def register(slug: str) -> BaseResponse:
    """Register somebody who is not on the list."""
    return work.register(organisers(slug))


def organisers(slug: str) -> Counter:
    """Return where an organiser works."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return Counter(
        edition=edition,
        base=f"/organise/{slug}/desk",
        desk=work.desk_chosen(edition),
        account_id=current_user.id,
    )


@blueprint.app_template_global("desk_of")
def desk_of(registration: Expected, edition: Edition) -> Desk | None:
    """Tell letters and the own page at which desk somebody's badge is; None before letters were shared out."""
    if not registration.is_confirmed:
        return None
    person = registration.person
    return queries.desk_for(db.session(), edition.id, given_name=person.given_name, family_name=person.family_name)
