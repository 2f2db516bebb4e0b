"""Registering a group, and its leader's own page."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, g, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.email import sender
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, public_address, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration import actions, queries, rules
from forum.registration.forms import EmptyForm, GroupAsks, SuccessorForm
from forum.registration.forms.groups import GroupForm, MemberForm, MemberRowsForm
from forum.registration.models import Group, Registration
from forum.registration.queries.questions import parents_asked
from forum.registration.rules import admission
from forum.registration.views.public import form_state

blueprint = Blueprint("registration_groups", __name__)

BLANK_ROWS = 5


@blueprint.route("/editions/<slug>/group", methods=["GET", "POST"])
@open_to("everyone")
@knock("60 per minute")
def register_group(slug: str) -> BaseResponse:
    """Show the form of a group, or take it; a list that was pasted or uploaded is shown in lines first."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = GroupForm()
    if not form.is_submitted():
        return group_form_page(edition, form)
    form.read_rows()
    if form.is_from_a_robot:
        return page("registration/public/robot.html", edition=edition)
    if request.form.get("step") in ("read", "more") or form.has_list:
        return group_form_page(edition, form, found=read_list(form))
    if not form.validate_on_submit() or form.has_wrong_rows:
        return group_form_page(edition, form, status=422)
    try:
        with transaction() as tx:
            group = actions.register_group(tx, form.request(edition.id), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return group_form_page(edition, form, status=refusal.status)
    return back_to(f"/g/{group.token}?new=1")


def read_list(form: MemberRowsForm) -> int | None:
    """Put a list into the form's lines; return how many people it held, None when it could not be read."""
    if not form.has_list:
        return None
    try:
        return form.read_list()
    except Refusal as refusal:
        form.file.errors = [str(refusal)]
        return None


def group_form_page(edition: Edition, form: GroupForm, *, status: int = 200, found: int | None = None) -> Response:
    """Show the form of a group, or why it cannot be filled in."""
    now = clock.now()
    public = queries.categories_of(db.session(), edition.id, public_only=True)
    categories = [each for each in public if admission.may_be_a_group(each, now)]
    if not categories or not edition.takes_registrations(now):
        state = form_state(edition, categories, now)
        return page("registration/public/not_open.html", edition=edition, state="full" if state == "open" else state)
    form.offer(categories)
    if len(categories) == 1 and form.category_id.data is None:
        form.category_id.data = categories[0].id
    return page(
        "registration/public/group_form.html",
        status=status,
        edition=edition,
        form=form,
        categories=categories,
        asks=GroupAsks(edition, categories, now),
        one_by_one=[each for each in public if each.proof],
        rows=with_blank_rows(form),
        found=found,
        largest=rules.LARGEST_GROUP,
    )


def with_blank_rows(form: MemberRowsForm) -> list[rules.MemberRow]:
    """Return the form's lines with some empty ones after them."""
    blank = BLANK_ROWS if not form.rows or request.form.get("step") == "more" else 1
    return [*form.rows, *(rules.MemberRow() for _number in range(blank))]


@blueprint.get("/g/<token>")
@open_to("holder")
@knock("120 per minute", methods=("GET",))
def group(token: str) -> Response:
    """Show a group's leader everyone in it."""
    return group_page(own_group(token), MemberRowsForm(formdata=None))


def group_page(shown: Group, form: MemberRowsForm, *, status: int = 200, found: int | None = None) -> Response:
    """Show the page of a group, with the form that adds people to it."""
    now = clock.now()
    members = queries.members_with_places(db.session(), shown.id)
    return page(
        "registration/public/group.html",
        status=status,
        edition=shown.edition,
        group=shown,
        living=[each for each in members if not each.is_ended],
        ended=[each for each in members if each.is_ended],
        offered=[each for each in members if each.state == "offered"],
        parents_asked=parents_asked(db.session(), shown.id),
        children=admission.may_be_a_child(shown.category),
        expected=sum(each.is_confirmed for each in members),
        form=form,
        rows=with_blank_rows(form),
        found=found,
        is_new=request.args.get("new") == "1",
        is_over=shown.edition.is_over(now),
        is_open=shown.edition.takes_registrations(now),
        delivers=sender().delivers,
        address=public_address(f"/g/{shown.token}"),
        position=place_of(members),
    )


def place_of(members: Sequence[Registration]) -> int | None:
    """Return the place in the queue of the first who waits, None when nobody does."""
    waiting = [each for each in members if each.state == "waiting"]
    first = min(waiting, key=lambda each: each.queue_number or 0, default=None)
    return None if first is None else queries.place_in_queue(db.session(), first)


@blueprint.post("/g/<token>/add")
@open_to("holder")
@knock("60 per minute")
def add(token: str) -> BaseResponse:
    """Add people to a group; a list is shown in lines first."""
    shown = own_group(token)
    form = MemberRowsForm()
    form.read_rows()
    if request.form.get("step") in ("read", "more") or form.has_list:
        return group_page(shown, form, found=read_list(form))
    if not form.validate_on_submit() or form.has_wrong_rows:
        return group_page(shown, form, status=422)
    try:
        with transaction() as tx:
            actions.add_members(
                tx,
                shown.id,
                form.members(),
                nameless=form.nameless.data or 0,
                others_are_15=form.others_are_15.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        if not form.refused(refusal):
            form.nameless.errors = [str(refusal)]
        return group_page(own_group(token), form, status=refusal.status)
    added = len(form.rows) + (form.nameless.data or 0)
    flash(ngettext("%(num)s person is added.", "%(num)s people are added.", added), "success")
    return back_to(f"/g/{token}")


@blueprint.route("/g/<token>/members/<reference>", methods=["GET", "POST"])
@open_to("holder")
@knock("120 per minute")
def member(token: str, reference: str) -> BaseResponse:
    """Give a place its name, correct one, or let somebody else come."""
    shown = own_group(token)
    one = queries.member_of(db.session(), shown, reference)
    rules.can_change(one)
    rules.is_not_over(shown.edition, clock.now())
    form = MemberForm()
    if not form.is_submitted():
        if not one.is_nameless:
            form.given_name.data, form.family_name.data = one.person.given_name, one.person.family_name
        form.email.data = "" if one.person.email == shown.leader.email else one.person.email
    if not form.validate_on_submit():
        return member_page(shown, one, form, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            somebody_else = form.somebody_else.data
            actions.name_member(
                tx,
                one.id,
                form.member(),
                somebody_else=somebody_else,
                is_15=form.is_15.data,
                now=clock.now(),
            )
    except (admission.ChildrenNamed, admission.NamedChild) as refusal:
        if not form.refused(refusal):
            form.given_name.errors = [str(refusal)]
        return member_page(shown, one, form, status=refusal.status)
    flash(_("%(name)s is written down.", name=f"{form.given_name.data} {form.family_name.data}"), "success")
    return back_to(f"/g/{token}")


def member_page(shown: Group, one: Registration, form: MemberForm, *, status: int) -> Response:
    """Show the form of one person of a group."""
    return page(
        "registration/public/group_member.html",
        status=status,
        edition=shown.edition,
        group=shown,
        member=one,
        asks_age=admission.may_be_a_child(one.category),
        form=form,
    )


@blueprint.post("/g/<token>/members/<reference>/cancel")
@open_to("holder")
@knock("120 per minute")
def cancel_member(token: str, reference: str) -> BaseResponse:
    """Give one place of a group back."""
    shown = own_group(token)
    one = queries.member_of(db.session(), shown, reference)
    with transaction() as tx:
        actions.cancel(tx, one.id, now=clock.now())
    flash(_("The place of %(name)s is given back.", name=one.person.name), "success")
    return back_to(f"/g/{token}")


@blueprint.post("/g/<token>/members/<reference>/come-back")
@open_to("holder")
@knock("120 per minute")
def member_comes_back(token: str, reference: str) -> BaseResponse:
    """Take a place again for one person of a group."""
    shown = own_group(token)
    one = queries.member_of(db.session(), shown, reference)
    with transaction() as tx:
        actions.come_back(tx, one.id, now=clock.now())
    return back_to(f"/g/{token}")


@blueprint.route("/g/<token>/cancel", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def cancel(token: str) -> BaseResponse:
    """Ask whether one is sure, then give all places of a group back."""
    shown = own_group(token)
    form = EmptyForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.cancel_group(tx, shown.id, now=clock.now())
        flash(_("All places of the group are given back. Thank you for telling us."))
        return back_to(f"/g/{token}")
    members = queries.active_members(db.session(), shown.id)
    if not members:
        return back_to(f"/g/{token}")
    return page("registration/public/group_cancel.html", edition=shown.edition, group=shown, members=members, form=form)


@blueprint.route("/g/<token>/hand-over", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def hand_over(token: str) -> BaseResponse:
    """Ask who answers for a group from now on, and send them its new link."""
    shown = own_group(token)
    rules.is_not_over(shown.edition, clock.now())
    form = SuccessorForm()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return page(
            "registration/public/group_hand_over.html", status=status, edition=shown.edition, group=shown, form=form
        )
    details = form.details(shown.leader.language, organisation=shown.name)
    with transaction() as tx:
        actions.hand_group_over(tx, shown.id, details, now=clock.now())
    name = f"{details.given_name} {details.family_name}"
    flash(_("%(name)s answers for the group now, and receives its link.", name=name), "success")
    return back_to(f"/editions/{shown.edition.slug}")


@blueprint.post('/g/<token>/<any(accept, decline, "come-back", resend):verb>')
@open_to("holder")
@knock("60 per minute")
def act(token: str, verb: str) -> BaseResponse:
    """Take what is offered to all, give it on, come back, or write the letters again."""
    shown = own_group(token)
    now = clock.now()
    with transaction() as tx:
        if verb == "accept":
            actions.accept_group(tx, shown.id, now=now)
        elif verb == "decline":
            actions.decline_group(tx, shown.id, now=now)
        elif verb == "come-back":
            actions.group_comes_back(tx, shown.id, now=now)
        else:
            actions.resend_group(tx, shown.id, now=now)
    if verb == "resend":
        flash(_("The letters are written again."), "success")
    elif verb == "decline":
        flash(_("Thank you for telling us: the next ones get the places."))
    return back_to(f"/g/{token}")


def own_group(token: str) -> Group:
    """Return the group of a private link, and show the rest in its leader's language."""
    shown = queries.group_with_token(db.session(), token)
    show_in_language(shown.leader.language)
    g.edition = shown.edition
    return shown
