"""The desk for volunteers: a private link, no account, and the least of what is known of people."""

from __future__ import annotations

from flask import Blueprint, g, session
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db
from forum.core.limits import knock
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, secret_key
from forum.desk import queries, rules
from forum.desk.forms import PinForm
from forum.desk.models import Desk
from forum.desk.views import counter as work
from forum.desk.views.counter import Counter

blueprint = Blueprint("desk_volunteers", __name__)


class PinMissing(NotFound):
    """The PIN was not told yet; there is no such page for whoever has the link alone."""

    code = "pin-missing"


@blueprint.get("/desk/<token>")
@open_to("gate")
def desk(token: str) -> BaseResponse:
    """Find somebody, show how they stand; before that the PIN, where there is one."""
    opened = open_desk(token, kind="desk")
    return work.show(counter_of(opened)) if knows_pin(opened) else ask_pin(opened, PinForm(formdata=None))


@blueprint.post("/<any(desk, kiosk):kind>/<token>/pin")
@open_to("gate")
@knock("5 per minute")
def tell_pin(kind: str, token: str) -> BaseResponse:
    """Let in who knows the PIN of a desk or of a kiosk."""
    opened = open_desk(token, kind=kind)
    form = PinForm()
    if form.validate():
        try:
            rules.check_pin(opened, form.pin.data.strip(), secret=secret_key())
        except Refusal as refusal:
            form.refused(refusal)
        else:
            session[f"desk-pass-{opened.id}"] = rules.pass_of(opened)
            return back_to(f"/{kind}/{token}")
    return ask_pin(opened, form, status=403)


@blueprint.post("/desk/<token>/<int:registration_id>/print")
@open_to("gate")
@knock("60 per minute")
def print_badge(token: str, registration_id: int) -> BaseResponse:
    """Give somebody's badge as PDF."""
    return work.print_badge(volunteers(token), registration_id)


@blueprint.post("/desk/<token>/<int:registration_id>/name")
@open_to("gate")
@knock("60 per minute")
def correct(token: str, registration_id: int) -> BaseResponse:
    """Correct a name."""
    return work.correct(volunteers(token), registration_id)


@blueprint.post("/desk/<token>/<int:registration_id>/expect")
@open_to("gate")
@knock("60 per minute")
def expect(token: str, registration_id: int) -> BaseResponse:
    """Give somebody a place."""
    return work.expect(volunteers(token), registration_id)


@blueprint.post("/desk/<token>/<int:registration_id>/enter")
@open_to("gate")
@knock("60 per minute")
def let_in(token: str, registration_id: int) -> BaseResponse:
    """Let somebody in."""
    return work.let_in(volunteers(token), registration_id)


@blueprint.post("/desk/<token>/<int:registration_id>/blank")
@open_to("gate")
@knock("60 per minute")
def give_blank(token: str, registration_id: int) -> BaseResponse:
    """Give somebody a blank badge."""
    return work.give_blank(volunteers(token), registration_id)


@blueprint.post("/desk/<token>/register")
@open_to("gate")
@knock("60 per minute")
def register(token: str) -> BaseResponse:
    """Register somebody who is not on the list."""
    return work.register(volunteers(token))


def volunteers(token: str) -> Counter:
    """Return where a volunteer works. Raises `PinMissing` and what `open_desk` raises."""
    opened = open_desk(token, kind="desk")
    refuse_without_pin(opened)
    return counter_of(opened)


def refuse_without_pin(opened: Desk) -> None:
    """Refuse a browser that was not told the PIN. Raises `PinMissing`."""
    if not knows_pin(opened):
        raise PinMissing


def counter_of(opened: Desk) -> Counter:
    """Return a desk as somebody works at it."""
    return Counter(edition=opened.edition, base=f"/desk/{opened.token}", desk=opened)


def open_desk(token: str, *, kind: str) -> Desk:
    """Return the desk of a link, while it is open. Raises `NotFound`, `DeskClosed`, `DeskOver`."""
    found = queries.desk_with_token(db.session(), token.lower(), kind=kind)
    rules.is_open(found, clock.now())
    g.edition = found.edition  # a draft's desks can be tried before visitors see the edition
    return found


def knows_pin(opened: Desk) -> bool:
    """Tell whether there is no PIN, or this browser told it."""
    return opened.pin_hash is None or session.get(f"desk-pass-{opened.id}") == rules.pass_of(opened)


def ask_pin(opened: Desk, form: PinForm, *, status: int = 200) -> BaseResponse:
    """Ask for the PIN."""
    return page("desk/pin.html", desk=opened, edition=opened.edition, form=form, status=status)
