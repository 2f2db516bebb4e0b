"""People of another edition: those who agreed are invited; and the page on which one agrees, or no longer does."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, g, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.web import back_to, open_to, page, show_in_language
from forum.core.words import gettext as _
from forum.core.words import language
from forum.editions.models import Edition
from forum.editions.queries import all_editions
from forum.lists import actions, queries, rules
from forum.lists.views.registrations import the_edition
from forum.people.actions import agree_to_news
from forum.registration.models import Registration
from forum.registration.queries import kept_of, registration_with_token

blueprint = Blueprint("lists_invitations", __name__)


@blueprint.route("/organise/<slug>/registrations/invite", methods=["GET", "POST"])
@open_to("organiser")
def invite(slug: str) -> BaseResponse:
    """Show which editions there are people of to invite; take down who is invited."""
    edition = the_edition(slug)
    others = other_editions(edition)
    if request.method == "GET":
        return page("lists/invite.html", edition=edition, sources=queries.sources(db.session(), edition, others))
    source = next((each for each in others if each.slug == request.form.get("source")), None)
    ids = queries.ids_to_invite(db.session(), edition, source) if source else []
    try:
        with transaction() as tx:
            task = actions.ask_invitations(
                tx,
                edition_id=edition.id,
                account_id=current_user.id,
                ids=ids,
                language=language(),
                now=clock.now(),
            )
    except rules.NobodyToInvite as refusal:
        flash(str(refusal), "warning")
        return back_to(f"/organise/{slug}/registrations/invite")
    return back_to(f"/organise/{slug}/lists/{task.key}")


def other_editions(edition: Edition) -> Sequence[Edition]:
    """Return the other editions that this account organises: nobody uses the addresses of another team."""
    every = all_editions(db.session())
    return [each for each in every if each.id != edition.id and current_user.may_organise(each.slug)]


@blueprint.route("/r/<token>/news", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def news(token: str) -> BaseResponse:
    """Let a person agree to hear of later editions, or take it back."""
    registration = own_registration(token)
    if request.method == "POST":
        agrees = request.form.get("agrees") == "yes"
        with transaction() as tx:
            agree_to_news(tx, registration.person_id, agrees, now=clock.now())
        words = _("You will hear of later editions.") if agrees else _("We write to you about no later edition.")
        flash(words, "success")
        return back_to(f"/r/{registration.token}/news")
    return news_page(registration)


def news_page(registration: Registration) -> Response:
    """Show what the person agreed to, and one button."""
    return page("lists/news.html", edition=registration.edition, registration=registration)


def own_registration(token: str) -> Registration:
    """Return the registration of a private link, or the one it was merged into."""
    registration = registration_with_token(db.session(), token)
    registration = kept_of(db.session(), registration) or registration
    show_in_language(registration.person.language)
    g.edition = registration.edition
    return registration
