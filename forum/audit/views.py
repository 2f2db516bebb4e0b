"""Every organiser's request is looked at once it is answered, and written down; and the pages that show the log."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from flask_login import current_user

from forum.audit import actions, queries, rules
from forum.audit.models import DEEDS
from forum.audit.rules.words import in_words
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.web import open_to, page, paginate, show_edition, small_number
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("audit", __name__)


@blueprint.after_app_request
def note_what_organisers_do(response: Response) -> Response:
    """Write down what an organiser opened or did, once it was answered; refusals and errors are not."""
    done = what_was_done(response)
    if done is not None:
        now = clock.now()
        since = now - rules.AGAIN_WITHIN
        is_again = done.deed == "looked" and queries.looked_before(
            db.session(), account_id=done.account_id, place=done.place, address=done.address, since=since
        )
        if not is_again:
            with transaction() as tx:
                actions.note(tx, done, now=now)
    return response


def what_was_done(response: Response) -> actions.Deed | None:
    """Return what an organiser's request did; None for what is not written down."""
    place = request.endpoint
    if place is None or response.status_code >= 400 or request.method not in ("GET", "POST"):
        return None
    audience = getattr(current_app.view_functions[place], "__open_to__", None)
    if audience not in ("organiser", "owner") or not current_user.is_authenticated:
        return None
    deed = rules.deed_of(request.method, request.path)
    if not rules.is_noted(place, deed):
        return None
    places = request.view_args or {}
    subject, subject_id = rules.subject_of(places)
    return actions.Deed(
        account_id=current_user.id,
        edition_slug=places.get("slug"),
        deed=deed,
        place=place,
        address=request.full_path.rstrip("?")[: rules.LONGEST_ADDRESS],
        subject=subject,
        subject_id=subject_id,
    )


@blueprint.get("/organise/<slug>/log")
@open_to("organiser")
def log_of_edition(slug: str) -> Response:
    """Show who looked at, exported or changed what in one edition."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return log_page(asked(edition.slug), edition)


@blueprint.get("/organise/log")
@open_to("owner")
def log() -> Response:
    """Show the whole log to owners."""
    return log_page(asked(None))


def asked(edition_slug: str | None) -> queries.LogFilter:
    """Read the filter from the address; what makes no sense is left out."""
    deed = request.args.get("deed", "")
    registration = small_number(request.args.get("registration"))
    return queries.LogFilter(
        edition_slug=edition_slug,
        account_id=small_number(request.args.get("account")),
        deed=deed if deed in DEEDS else "",
        subject="registration" if registration else None,
        subject_id=registration,
    )


def log_page(wanted: queries.LogFilter, edition: Edition | None = None) -> Response:
    """Show the entries that a filter lets through."""
    found = paginate(db.session(), queries.entries(wanted))
    who = queries.who_is_in(db.session(), wanted.edition_slug)
    return page(
        "audit/log.html",
        found=found,
        names=queries.names_of(db.session(), found.items),
        sentences={
            entry.id: in_words(deed=entry.deed, place=entry.place, address=entry.address) for entry in found.items
        },
        wanted=wanted,
        choices_of_account=[("", _("Everybody")), *((each.id, each.name) for each in who)],
        edition=edition,
    )
