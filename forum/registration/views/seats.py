"""Seats in sessions on a person's own page: given back in one tap, waited for, taken when one is kept for them."""

from __future__ import annotations

from flask import Blueprint, flash
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import NotFound
from forum.core.web import back_to, open_to
from forum.core.words import gettext as _
from forum.registration import actions, queries, rules
from forum.registration.views.own import own_registration

blueprint = Blueprint("registration_seats", __name__)


@blueprint.post("/r/<token>/sessions/<key>/<verb>")
@open_to("holder")
@knock("60 per minute")
def act(token: str, key: str, verb: str) -> BaseResponse:
    """Give a seat back, leave a waiting list, take the seat that is kept."""
    registration = own_registration(token)
    session = queries.session_with_key(db.session(), registration.edition_id, key)
    now = clock.now()
    rules.is_not_over(registration.edition, now)
    if verb not in ("give-back", "leave", "take"):
        raise NotFound
    with transaction() as tx:
        if verb == "give-back":
            actions.give_seat_back(tx, registration.id, session.id, now=now)
            words = _("Your seat in “%(session)s” is free for somebody else.", session=session.title)
        elif verb == "leave":
            actions.leave_seat_queue(tx, registration.id, session.id, now=now)
            words = _("You do not wait for “%(session)s” any more.", session=session.title)
        else:
            actions.take_offered_seat(tx, registration.id, session.id, now=now)
            words = _("You have a seat in “%(session)s”.", session=session.title)
    flash(words, "success")
    return back_to(f"/r/{token}#sessions")
