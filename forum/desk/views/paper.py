"""Paper: the kit that is printed beforehand, and what is brought back afterwards."""

from __future__ import annotations

from flask import Blueprint, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.rules.order import LETTERS
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Gone, Refusal
from forum.core.web import back_to, download, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext, ngettext
from forum.desk import documents, queries
from forum.desk.actions import paper as actions
from forum.desk.actions.paper import KitRequest
from forum.desk.documents import kit_file
from forum.desk.forms import KitForm, TicksForm
from forum.desk.queries import paper as paper_queries
from forum.desk.rules import KitParts
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("desk_paper", __name__, url_prefix="/organise/<slug>/desk/paper")


class KitGone(Gone):
    """The file was deleted, or never came."""

    code = "kit-gone"
    sentence = lazy_gettext("This file is not there (any more): a kit is kept for a day. Make another one.")


@blueprint.get("")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Show what a kit holds, those there are, and the blank badges that gates read."""
    edition = organised(slug)
    form = KitForm(formdata=None)
    form.offer(queries.categories_of(db.session(), edition.id))
    return show_overview(edition, form)


def show_overview(edition: Edition, form: KitForm, *, status: int = 200) -> BaseResponse:
    """Return the page of paper."""
    session = db.session()
    kits = paper_queries.recent_kits(session, edition.id)
    return page(
        "desk/paper.html",
        edition=edition,
        form=form,
        kits=kits,
        is_waiting=any(kit.state in ("waiting", "running") for kit in kits),
        expected=paper_queries.expected(session, edition.id),
        free=paper_queries.free_blanks(session, edition.id),
        read=paper_queries.read_without_name(session, edition.id),
        status=status,
    )


@blueprint.post("/kit")
@open_to("organiser")
def make(slug: str) -> BaseResponse:
    """Ask for a kit; a worker makes it."""
    edition = organised(slug)
    form = KitForm()
    form.offer(queries.categories_of(db.session(), edition.id))
    if not form.validate():
        return show_overview(edition, form, status=422)
    asked = KitRequest(
        edition_id=edition.id,
        account_id=current_user.id,
        parts=KitParts(bool(form.everybody.data), bool(form.by_category.data), format=form.format.data),
        blanks=form.blanks.data or 0,
        category_id=form.category.data,
    )
    try:
        with transaction() as tx:
            actions.ask_for_kit(tx, asked, now=clock.now())
    except Refusal as refusal:
        form.everybody.errors = [*form.everybody.errors, str(refusal)]
        return show_overview(edition, form, status=refusal.status)
    flash(_("The kit is being made. It stands below in a moment."), "success")
    return back_to(f"/organise/{slug}/desk/paper")


@blueprint.get("/kits/<key>.pdf")
@open_to("organiser")
def kit(slug: str, key: str) -> BaseResponse:
    """Hand a kit out."""
    edition = organised(slug)
    found = required(paper_queries.kit_with_key(db.session(), edition.id, key))
    path = kit_file(found.key)
    if not found.has_file or not path.exists():
        raise KitGone
    return download(path.read_bytes(), name="-".join((_("paper-kit"), slug)) + ".pdf", inline=True)


@blueprint.get("/ticks")
@open_to("organiser")
def ticks(slug: str) -> BaseResponse:
    """Show a list to tick as it was ticked on paper, a letter at a time."""
    edition = organised(slug)
    return show_ticks(edition, ticks_form(edition))


def ticks_form(edition: Edition, *, is_sent: bool = False) -> TicksForm:
    """Return the form of a paper list, with this edition's entrances."""
    form = TicksForm() if is_sent else TicksForm(formdata=None)
    form.offer(queries.entrances_of(db.session(), edition.id))
    if not is_sent:
        form.at.data = edition.local(clock.now()).replace(second=0, microsecond=0, tzinfo=None)
    return form


def show_ticks(edition: Edition, form: TicksForm, *, status: int = 200, trouble: str | None = None) -> BaseResponse:
    """Return the list to tick."""
    letter = request.args.get("letter", LETTERS[0])
    letter = letter if letter in LETTERS else LETTERS[0]
    return page(
        "desk/ticks.html",
        edition=edition,
        form=form,
        letters=LETTERS,
        letter=letter,
        lines=documents.ticks_of(paper_queries.paper_lines(db.session(), edition.id, letters=(letter, letter))),
        ticked=set(request.form.getlist("badge")),
        trouble=trouble,
        status=status,
    )


@blueprint.post("/ticks")
@open_to("organiser")
def write_ticks(slug: str) -> BaseResponse:
    """Write down who was ticked."""
    edition = organised(slug)
    form = ticks_form(edition, is_sent=True)
    at = form.at.moment(edition.zone) if form.validate() else None
    if at is None:
        return show_ticks(edition, form, status=422, trouble=_("Choose the gate, and write when they came in."))
    ids = [int(each) for each in request.form.getlist("badge") if each.isascii() and each.isdigit() and len(each) < 10]
    gate = next(each for each in queries.entrances_of(db.session(), edition.id) if each.id == form.gate.data)
    try:
        with transaction() as tx:
            done = actions.write_ticks(tx, gate, ids, at=at, now=clock.now())
    except Refusal as refusal:
        return show_ticks(edition, form, status=refusal.status, trouble=str(refusal))
    flash(
        ngettext("%(num)s person is written down as in.", "%(num)s people are written down as in.", done.written),
        "success",
    )
    if done.known:
        flash(
            ngettext(
                "%(num)s was in already, or not let in by the gate’s rules.",
                "%(num)s were in already, or not let in by the gate’s rules.",
                done.known,
            ),
            "info",
        )
    letter = request.args.get("letter", LETTERS[0])
    return back_to(f"/organise/{slug}/desk/paper/ticks?letter={letter if letter in LETTERS else LETTERS[0]}")


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))
