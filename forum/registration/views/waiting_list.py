"""The organisers' pages of the waiting list and of groups."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme.models import Session
from forum.registration import actions, queries, rules
from forum.registration.forms import EmptyForm
from forum.registration.forms.groups import OfferHoursForm, PromotionForm
from forum.registration.models import Category, Registration, SeatWait
from forum.registration.queries import seat_queue

blueprint = Blueprint("registration_waiting_list", __name__)


@blueprint.route("/organise/<slug>/waiting-list", methods=["GET", "POST"])
@open_to("organiser")
def waiting_list(slug: str) -> BaseResponse:
    """Show who waits and who was asked, in their order; take how long an offer lasts."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = OfferHoursForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.set_offer_hours(tx, edition.id, form.hours.data)
        flash(_("Saved: it holds for offers from now on."), "success")
        return back_to(f"/organise/{slug}/waiting-list")
    if not form.is_submitted():
        form.hours.data = edition.offer_hours
    return page(
        "registration/organise/waiting_list.html",
        status=422 if form.errors else 200,
        edition=edition,
        form=form,
        queues=queues(queries.queue_lines(db.session(), edition.id)),
        sessions=seat_queues(seat_queue.seat_queue_lines(db.session(), edition.id)),
        offer_now=rules.offer_ends(edition, clock.now()),
    )


def queues(lines: Sequence[Registration]) -> list[tuple[Category, list[Registration], list[Registration]]]:
    """Return, for each category, who was asked and who waits."""
    found: dict[int, tuple[Category, list[Registration], list[Registration]]] = {}
    for line in lines:
        _category, asked, waiting = found.setdefault(line.category_id, (line.category, [], []))
        (asked if line.state == "offered" else waiting).append(line)
    return list(found.values())


def seat_queues(lines: Sequence[SeatWait]) -> list[tuple[Session, list[SeatWait]]]:
    """Return, for each session that is waited for, who was asked and then who waits."""
    found: dict[int, tuple[Session, list[SeatWait]]] = {}
    for line in lines:
        found.setdefault(line.session_id, (line.session, []))[1].append(line)
    return list(found.values())


@blueprint.route("/organise/<slug>/waiting-list/<int:registration_id>", methods=["GET", "POST"])
@open_to("organiser")
def promote(slug: str, registration_id: int) -> BaseResponse:
    """Give somebody who waits a place out of the order, with the reason written down."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = queries.registration_in(db.session(), edition.id, registration_id)
    form = PromotionForm()
    if not form.validate_on_submit():
        rules.is_waiting(shown)
        return promotion_page(edition, shown, form, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.promote(
                tx, shown.id, reason=form.reason.data, by=current_user.name, beyond=form.beyond.data, now=clock.now()
            )
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        shown = queries.registration_in(db.session(), edition.id, registration_id)
        return promotion_page(edition, shown, form, status=refusal.status)
    flash(_("%(name)s has a place and is written to.", name=shown.person.name), "success")
    return back_to(f"/organise/{slug}/waiting-list")


def promotion_page(edition: Edition, shown: Registration, form: PromotionForm, *, status: int) -> Response:
    """Show the form of a promotion by hand."""
    return page(
        "registration/organise/promote.html",
        status=status,
        edition=edition,
        registration=shown,
        form=form,
        position=queries.place_in_queue(db.session(), shown),
        use=queries.capacity_use(db.session(), edition.id),
    )


@blueprint.get("/organise/<slug>/groups")
@open_to("organiser")
def groups(slug: str) -> Response:
    """Show the groups of an edition and how they stand."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return page(
        "registration/organise/groups.html", edition=edition, groups=queries.groups_of(db.session(), edition.id)
    )


@blueprint.route("/organise/<slug>/groups/<int:group_id>", methods=["GET"])
@open_to("organiser")
def group(slug: str, group_id: int) -> BaseResponse:
    """Show one group, everyone in it, and the link of its leader."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = queries.group_in(db.session(), edition.id, group_id)
    return page(
        "registration/organise/group.html",
        edition=edition,
        group=shown,
        members=queries.members_with_places(db.session(), shown.id),
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/organise/<slug>/groups/<int:group_id>/<verb>")
@open_to("organiser")
def act(slug: str, group_id: int, verb: str) -> BaseResponse:
    """Write a group's letters again, or cancel all of it."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = queries.group_in(db.session(), edition.id, group_id)
    if verb not in ("resend", "cancel"):
        raise NotFound
    with transaction() as tx:
        if verb == "resend":
            actions.resend_group(tx, shown.id, now=clock.now())
        else:
            actions.cancel_group(tx, shown.id, now=clock.now(), at_desk=True)
    flash(_("The letters are written again.") if verb == "resend" else _("The group is cancelled."), "success")
    return back_to(f"/organise/{slug}/groups/{group_id}")
