"""An exhibitor's own page, by its private link."""

from __future__ import annotations

from flask import Blueprint, flash
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, required, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.exhibitors import actions, queries
from forum.exhibitors.forms import KIND_NAMES, ProfileForm, StaffForm
from forum.exhibitors.models import Exhibitor

blueprint = Blueprint("exhibitors_holder", __name__)


def held(token: str) -> Exhibitor:
    """Return the exhibitor of a private link, in the language of its contact. Raises `NotFound`."""
    exhibitor = required(queries.exhibitor_with_token(db.session(), token.lower()))
    show_in_language(exhibitor.contact.language)
    show_edition(exhibitor.edition)
    return exhibitor


@blueprint.get("/x/<token>")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def own_page(token: str) -> BaseResponse:
    """Show how the application stands, and what can be done."""
    return show_own_page(held(token), StaffForm(formdata=None))


def show_own_page(exhibitor: Exhibitor, staff_form: StaffForm, status: int = 200) -> BaseResponse:
    """Show the page, perhaps with a staff form that was refused."""
    staff = queries.staff_of(db.session(), exhibitor.id)
    return page(
        "exhibitors/own_page.html",
        edition=exhibitor.edition,
        exhibitor=exhibitor,
        staff=staff,
        places_left=exhibitor.staff_places - sum(each.registration.is_confirmed for each in staff),
        form=staff_form,
        is_over=exhibitor.edition.is_over(clock.now()),
        kind_names=KIND_NAMES,
        status=status,
    )


@blueprint.get("/x/<token>/edit")
@open_to("holder")
def edit(token: str) -> BaseResponse:
    """Show the form that changes what is said of the exhibitor."""
    exhibitor = held(token)
    form = ProfileForm(formdata=None)
    form.fill(exhibitor)
    return page("exhibitors/own_edit.html", edition=exhibitor.edition, exhibitor=exhibitor, form=form)


@blueprint.post("/x/<token>/edit")
@open_to("holder")
@knock("30 per minute")
def take_edit(token: str) -> BaseResponse:
    """Change what is said of the exhibitor."""
    exhibitor = held(token)
    form = ProfileForm()
    if not form.validate():
        return page("exhibitors/own_edit.html", edition=exhibitor.edition, exhibitor=exhibitor, form=form, status=422)
    with transaction() as tx:
        actions.change_profile(tx, exhibitor.id, form.profile(), now=clock.now())
    flash(_("Your presentation is saved."), "success")
    return back_to(f"/x/{exhibitor.token}")


@blueprint.post("/x/<token>/withdraw")
@open_to("holder")
@knock("10 per minute")
def withdraw(token: str) -> BaseResponse:
    """Take the application back."""
    exhibitor = held(token)
    with transaction() as tx:
        actions.withdraw(tx, exhibitor.id, now=clock.now())
    flash(_("Your application is withdrawn. Thank you for telling us: somebody else gets the place."), "success")
    return back_to(f"/x/{exhibitor.token}")


@blueprint.post("/x/<token>/staff")
@open_to("holder")
@knock("30 per minute")
def name_staff(token: str) -> BaseResponse:
    """Name someone who holds the stand."""
    exhibitor = held(token)
    form = StaffForm()
    if not form.validate():
        return show_own_page(exhibitor, form, status=422)
    try:
        with transaction() as tx:
            actions.name_staff(tx, exhibitor.id, form.details(exhibitor), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            form.form_errors = [*form.form_errors, str(refusal)]
        return show_own_page(held(token), form, status=refusal.status)
    flash(_("Their badge is on its way by letter."), "success")
    return back_to(f"/x/{exhibitor.token}#staff")


@blueprint.post("/x/<token>/staff/<reference>/remove")
@open_to("holder")
@knock("30 per minute")
def remove_staff(token: str, reference: str) -> BaseResponse:
    """Take someone off."""
    exhibitor = held(token)
    with transaction() as tx:
        actions.remove_staff(tx, exhibitor.id, reference, now=clock.now())
    flash(_("Taken off: their badge lets nobody in any more, and they get a letter."), "success")
    return back_to(f"/x/{exhibitor.token}#staff")
