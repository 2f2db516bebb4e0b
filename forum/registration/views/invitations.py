"""Invitations, for the organisers; and a parent's answer behind a private link."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, public_address, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration import actions, queries
from forum.registration.forms import EmptyForm
from forum.registration.forms.questions import InvitationForm
from forum.registration.models import Invitation
from forum.registration.queries import questions as asked
from forum.registration.rules.admission import may_consent

blueprint = Blueprint("registration_invitations", __name__)


@blueprint.get("/organise/<slug>/categories/invitations")
@open_to("organiser")
def invitations(slug: str) -> Response:
    """Show the invitations with how often each was used."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return page(
        "registration/organise/invitations.html",
        edition=edition,
        invitations=asked.invitations_of(db.session(), edition.id),
        has_categories=bool(queries.categories_of(db.session(), edition.id)),
        now_is=clock.now(),
    )


@blueprint.route("/organise/<slug>/categories/invitations/new", methods=["GET", "POST"])
@open_to("organiser")
def new_invitation(slug: str) -> BaseResponse:
    """Make an invitation."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = InvitationForm()
    form.offer(queries.categories_of(db.session(), edition.id))
    if not form.validate_on_submit():
        return invitation_page(edition, form, None, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            made = actions.make_invitation(tx, edition.id, form.draft(edition.zone), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return invitation_page(edition, form, None, status=refusal.status)
    flash(_("The invitation is made: send its link."), "success")
    return back_to(f"/organise/{slug}/categories/invitations/{made.id}")


@blueprint.route("/organise/<slug>/categories/invitations/<int:invitation_id>", methods=["GET", "POST"])
@open_to("organiser")
def invitation(slug: str, invitation_id: int) -> BaseResponse:
    """Show an invitation's link and who used it; change for how many and until when."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = asked.invitation_in(db.session(), edition.id, invitation_id)
    form = InvitationForm(obj=None if request.method == "POST" else shown)
    form.offer(queries.categories_of(db.session(), edition.id))
    if not form.is_submitted():
        form.fill(shown, edition.zone)
    else:
        form.keeping.data, form.category_id.data = "open", shown.category_id
    if not form.validate_on_submit():
        return invitation_page(edition, form, shown, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.edit_invitation(tx, invitation_id, form.draft(edition.zone, shown), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return invitation_page(edition, form, shown, status=refusal.status)
    flash(_("The invitation is saved."), "success")
    return back_to(f"/organise/{slug}/categories/invitations/{invitation_id}")


@blueprint.post("/organise/<slug>/categories/invitations/<int:invitation_id>/end")
@open_to("organiser")
def end_invitation(slug: str, invitation_id: int) -> BaseResponse:
    """Withdraw an invitation."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = asked.invitation_in(db.session(), edition.id, invitation_id)
    with transaction() as tx:
        actions.end_invitation(tx, shown.id, now=clock.now())
        actions.serve_category(tx, shown.category_id, now=clock.now())  # what was kept goes to who waits
    flash(_("The invitation opens nothing any more; who came with it stays."), "success")
    return back_to(f"/organise/{slug}/categories/invitations/{invitation_id}")


def invitation_page(edition: Edition, form: InvitationForm, shown: Invitation | None, *, status: int) -> Response:
    """Show the form of an invitation; of one that is there also its link and who used it."""
    address = f"/editions/{edition.slug}/register?code={shown.code}" if shown else ""
    return page(
        "registration/organise/invitation.html",
        status=status,
        edition=edition,
        form=form,
        invitation=shown,
        address=public_address(address) if shown else "",
        users=asked.users_of(db.session(), shown.id) if shown else (),
        now_is=clock.now(),
    )


@blueprint.route("/consent/<token>", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute", methods=("GET", "POST"))
def consent(token: str) -> BaseResponse:
    """Tell a parent what their child asked for, and take the answer; nothing happens by opening the link."""
    shown = asked.consent_with_token(db.session(), token)
    registration = shown.registration
    show_in_language(registration.person.language)
    g.edition = registration.edition
    form = EmptyForm()
    if form.validate_on_submit():
        answer = request.form.get("answer")
        may_consent(shown)
        with transaction() as tx:
            if answer == "yes":
                actions.give_consent(tx, shown.id, now=clock.now())
            elif answer == "no":
                actions.refuse_consent(tx, shown.id, now=clock.now())
        return back_to(f"/consent/{token}")
    return page(
        "registration/public/consent.html",
        edition=registration.edition,
        consent=shown,
        registration=registration,
        sessions=queries.sessions_of(db.session(), registration.id),
        form=form,
    )
