"""Somebody of an earlier edition comes again: the form of the new one, filled in with what they said then."""

from __future__ import annotations

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core.db import db
from forum.core.limits import knock
from forum.core.refusals import NotFound
from forum.core.web import back_to, open_to, show_edition, show_in_language, small_number
from forum.core.words import gettext as _
from forum.editions.queries import edition_with_slug
from forum.registration import queries
from forum.registration.forms import RegistrationForm
from forum.registration.views.public import registration_page

blueprint = Blueprint("registration_again", __name__)


@blueprint.get("/r/<token>/again/<slug>")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def again(token: str, slug: str) -> BaseResponse:
    """Show the registration of another edition, filled in; nothing is done before they send it."""
    registration = queries.registration_with_token(db.session(), token)
    edition = show_edition(edition_with_slug(db.session(), slug))
    if registration.edition_id == edition.id:
        return back_to(f"/r/{token}")
    if registration.person.anonymised_at is not None:
        raise NotFound
    show_in_language(registration.person.language)
    form = RegistrationForm(formdata=None)
    form.fill_person(registration.person)
    form.category_id.data = small_number(request.args.get("category"))
    flash(
        _("We filled in what you told us for %(edition)s. Read it, and register.", edition=registration.edition.name),
        "info",
    )
    return registration_page(edition, form)
