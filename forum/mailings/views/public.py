"""No more mailings, by a private link; and news of the next editions, or not."""

from __future__ import annotations

from flask import Blueprint, flash, g, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, security
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.web import back_to, open_to, page, show_in_language
from forum.core.words import gettext as _
from forum.mailings import actions, queries
from forum.mailings.forms import EmptyForm
from forum.registration.queries import registration_with_token

blueprint = Blueprint("mailings", __name__)


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute", methods=("GET", "POST"))
def unsubscribe(token: str) -> BaseResponse:
    """Ask whether one wants no more mailings; the button, or a mail program, says yes. Opening changes nothing."""
    if request.method == "POST":
        with transaction() as tx:
            if request.form.get("again") == "yes":
                subscriber = actions.subscribe_again(tx, token)
            else:
                subscriber = actions.unsubscribe(tx, token, now=clock.now())
    else:
        subscriber = queries.subscriber_with_token(db.session(), token)
    return page("mailings/public/unsubscribe.html", subscriber=subscriber, form=EmptyForm(formdata=None))


# Mail programs send the one-click answer of RFC 8058 themselves, without a form of ours: the token is what counts.
security.csrf.exempt(unsubscribe)


@blueprint.route("/r/<token>/news", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def news(token: str) -> BaseResponse:
    """Let a person say whether they want to hear of the next editions; nothing is ticked for them."""
    registration = registration_with_token(db.session(), token)
    show_in_language(registration.person.language)
    g.edition = registration.edition
    form = EmptyForm()
    if form.validate_on_submit():
        agrees = request.form.get("agrees") == "yes"
        with transaction() as tx:
            actions.agree_to_news(tx, registration.id, agrees=agrees, now=clock.now())
        flash(
            _("You will hear of the next editions.") if agrees else _("You will not hear of other editions."), "success"
        )
        return back_to(f"/r/{token}/news")
    return page("mailings/public/news.html", edition=registration.edition, registration=registration, form=form)
