"""Blank badges that paper brought back: each gets its name, one after the other, from the keyboard."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.models import BlankBadge
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import language
from forum.desk import queries, rules
from forum.desk.actions import people
from forum.desk.actions.people import Newcomer
from forum.desk.forms import NewcomerForm
from forum.desk.queries import paper as paper_queries
from forum.desk.views import counter as work
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("desk_blanks", __name__, url_prefix="/organise/<slug>/desk/paper/blanks")


@blueprint.get("")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Ask for a badge's number, then for a name, then whether it is this person: an Enter each."""
    edition = organised(slug)
    typed = request.args.get("blank", "").strip()[:60]
    blank = paper_queries.free_blank(db.session(), edition.id, typed) if typed else None
    if typed and blank is None:
        return show(edition, None, status=404, trouble=str(rules.BlankGone()))
    return show(edition, blank, words=request.args.get("name", "").strip()[:200])


@blueprint.post("/give")
@open_to("organiser")
def give(slug: str) -> BaseResponse:
    """Give a blank badge to somebody on the list, and ask for the next."""
    edition = organised(slug)
    blank = blank_of_form(edition)
    if blank is None:
        return show(edition, None, status=409, trouble=str(rules.BlankGone()))
    card = queries.card_of(db.session(), edition, work.small_number(request.form.get("registration")) or 0)
    try:
        work.name_blank(blank, card.registration)
    except Refusal as refusal:
        return show(edition, blank, status=refusal.status, trouble=str(refusal))
    return back_to(f"/organise/{slug}/desk/paper/blanks")


@blueprint.post("/register")
@open_to("organiser")
def register(slug: str) -> BaseResponse:
    """Register who wears a blank badge and is not on the list, and ask for the next."""
    edition = organised(slug)
    blank = blank_of_form(edition)
    if blank is None:
        return show(edition, None, status=409, trouble=str(rules.BlankGone()))
    form = NewcomerForm()
    form.offer(queries.categories_of(db.session(), edition.id))
    if not form.validate():
        return show(edition, blank, form=form, status=422)
    newcomer = Newcomer(
        edition_id=edition.id,
        category_id=form.category_id.data,
        given_name=form.given_name.data,
        family_name=form.family_name.data or "",
        email="",
        language=language(),
        submission_key=form.submission_key.data,
    )
    try:
        with transaction() as tx:
            made = people.register_newcomer(tx, newcomer, now=clock.now()).id
        work.name_blank(blank, queries.card_of(db.session(), edition, made).registration)
    except Refusal as refusal:
        if not form.refused(refusal):
            form.category_id.errors = [*form.category_id.errors, str(refusal)]
        return show(edition, blank, form=form, status=refusal.status)
    return back_to(f"/organise/{slug}/desk/paper/blanks")


def show(
    edition: Edition,
    blank: BlankBadge | None,
    *,
    words: str = "",
    form: NewcomerForm | None = None,
    status: int = 200,
    trouble: str | None = None,
) -> BaseResponse:
    """Return the page with what is known so far: nothing, a badge, a badge and a name."""
    found = queries.search(db.session(), edition, words) if blank is not None and words else None
    return page(
        "desk/blanks.html",
        edition=edition,
        blank=blank,
        words=words,
        found=found,
        form=form or (newcomer_form(edition, blank, words) if blank is not None and words else None),
        free=paper_queries.free_blanks(db.session(), edition.id),
        read=paper_queries.read_without_name(db.session(), edition.id),
        trouble=trouble,
        status=status,
    )


def newcomer_form(edition: Edition, blank: BlankBadge, words: str) -> NewcomerForm:
    """Return the form for who is not on the list: the name as it was typed, the category that is on the badge."""
    form = NewcomerForm(formdata=None)
    form.offer(queries.categories_of(db.session(), edition.id))
    form.given_name.data, _space, form.family_name.data = words.partition(" ")
    form.category_id.data = blank.category_id
    return form


def blank_of_form(edition: Edition) -> BlankBadge | None:
    """Return the badge in hand; None where it was given meanwhile."""
    return paper_queries.free_blank(db.session(), edition.id, request.form.get("blank", "")[:60])


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))
