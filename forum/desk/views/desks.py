"""Desks and kiosks for organisers: their links, their letters, their signs."""

from __future__ import annotations

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.rules.order import LETTERS
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, back_with, download, open_to, page, public_address, secret_key, show_edition
from forum.core.words import gettext as _
from forum.desk import documents, queries, rules
from forum.desk.actions import desks as actions
from forum.desk.forms import DeskForm, SetPinForm
from forum.desk.models import KINDS, Desk
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("desk_desks", __name__, url_prefix="/organise/<slug>/desk/desks")


@blueprint.get("")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Show the desks with their letters, and the kiosks."""
    return show_overview(organised(slug))


def show_overview(edition: Edition, *, status: int = 200, trouble: str | None = None) -> BaseResponse:
    """Return the page of all desks."""
    all_desks = queries.desks_of(db.session(), edition.id)
    open_ones = [desk for desk in all_desks if desk.kind == "desk" and desk.revoked_at is None]
    return page(
        "desk/desks.html",
        edition=edition,
        loads=queries.loads_of(db.session(), edition.id, open_ones),
        kiosks=[desk for desk in all_desks if desk.kind == "kiosk" and desk.revoked_at is None],
        closed=[desk for desk in all_desks if desk.revoked_at is not None],
        letters=LETTERS,
        has_letters=any(desk.letters for desk in open_ones),
        trouble=trouble,
        status=status,
    )


@blueprint.get("/new")
@open_to("organiser")
def new(slug: str) -> BaseResponse:
    """Show an empty form."""
    edition = organised(slug)
    return new_page(edition, kind_asked(), offered(edition, DeskForm(formdata=None)))


@blueprint.post("/new")
@open_to("organiser")
def add(slug: str) -> BaseResponse:
    """Add a desk or a kiosk."""
    edition, kind = organised(slug), kind_asked()
    form = offered(edition, DeskForm())
    if not form.validate():
        return new_page(edition, kind, form, status=422)
    with transaction() as tx:
        made = actions.add_desk(tx, edition.id, kind, form.details(), now=clock.now())
    return back_with(
        _("Here is its private link. Open it on the computer that stands there."),
        f"/organise/{slug}/desk/desks/{made.id}",
    )


def new_page(edition: Edition, kind: str, form: DeskForm, *, status: int = 200) -> BaseResponse:
    """Return the page with an empty form."""
    return page("desk/new_desk.html", edition=edition, kind=kind, form=form, status=status)


def kind_asked() -> str:
    """Return what is to be added, as the address says."""
    asked = request.args.get("kind", "")
    return asked if asked in KINDS else "desk"


@blueprint.get("/<int:desk_id>")
@open_to("organiser")
def one(slug: str, desk_id: int) -> BaseResponse:
    """Show a desk's link and its form."""
    edition = organised(slug)
    desk = queries.desk_in(db.session(), edition.id, desk_id)
    form = offered(edition, DeskForm(formdata=None))
    form.show(desk)
    return desk_page(edition, desk, form, SetPinForm(formdata=None))


@blueprint.post("/<int:desk_id>")
@open_to("organiser")
def change(slug: str, desk_id: int) -> BaseResponse:
    """Change a desk."""
    edition = organised(slug)
    desk = queries.desk_in(db.session(), edition.id, desk_id)
    form = offered(edition, DeskForm())
    if not form.validate():
        return desk_page(edition, desk, form, SetPinForm(formdata=None), status=422)
    with transaction() as tx:
        actions.change_desk(tx, desk.id, form.details())
    return back_with(_("Saved."), f"/organise/{slug}/desk/desks/{desk_id}")


@blueprint.post("/<int:desk_id>/pin")
@open_to("organiser")
def set_pin(slug: str, desk_id: int) -> BaseResponse:
    """Set a PIN, or none."""
    edition = organised(slug)
    desk = queries.desk_in(db.session(), edition.id, desk_id)
    pin = SetPinForm()
    if not pin.validate():
        form = offered(edition, DeskForm(formdata=None))
        form.show(desk)
        return desk_page(edition, desk, form, pin, status=422)
    with transaction() as tx:
        actions.set_pin(tx, desk.id, pin.pin.data or "", secret=secret_key())
    flash(
        _("The PIN is set: it is asked at the next opening.") if pin.pin.data else _("No PIN is asked any more."),
        "success",
    )
    return back_to(f"/organise/{slug}/desk/desks/{desk_id}")


@blueprint.post("/<int:desk_id>/close")
@open_to("organiser")
def close(slug: str, desk_id: int) -> BaseResponse:
    """Close a desk's link."""
    desk = queries.desk_in(db.session(), organised(slug).id, desk_id)
    with transaction() as tx:
        actions.close_desk(tx, desk.id, now=clock.now())
    return back_with(_("Its link opens nothing any more. Share the letters out again."), f"/organise/{slug}/desk/desks")


@blueprint.post("/<int:desk_id>/link")
@open_to("organiser")
def renew(slug: str, desk_id: int) -> BaseResponse:
    """Give a desk a new link."""
    desk = queries.desk_in(db.session(), organised(slug).id, desk_id)
    with transaction() as tx:
        actions.renew_desk(tx, desk.id)
    return back_with(
        _("Here is the new link; the former one opens nothing any more."), f"/organise/{slug}/desk/desks/{desk_id}"
    )


@blueprint.post("/letters")
@open_to("organiser")
def letters(slug: str) -> BaseResponse:
    """Share the letters out by the people expected, or as an organiser chose."""
    edition = organised(slug)
    try:
        with transaction() as tx:
            if "share" in request.form:
                actions.share_letters(tx, edition.id)
            else:
                starts = [each if each in LETTERS else LETTERS[0] for each in request.form.getlist("start")]
                actions.set_letters(tx, edition.id, starts)
    except Refusal as refusal:
        return show_overview(edition, status=refusal.status, trouble=str(refusal))
    return back_with(
        _("The letters are shared out: letters, own pages and signs say so from now on."),
        f"/organise/{slug}/desk/desks",
    )


@blueprint.get("/signs.pdf")
@open_to("organiser")
def signs(slug: str) -> BaseResponse:
    """Print the signs of the desks."""
    edition = organised(slug)
    found = [desk for desk in queries.open_desks(db.session(), edition.id) if desk.letters]
    if not found:
        raise rules.NoDesk
    name = "-".join((_("desk-signs"), slug))
    return download(documents.signs_pdf(edition, found), name=f"{name}.pdf", inline=True)


def desk_page(edition: Edition, desk: Desk, form: DeskForm, pin: SetPinForm, *, status: int = 200) -> BaseResponse:
    """Return the page of one desk."""
    address = public_address(f"/{desk.kind}/{desk.token}")
    return page(
        "desk/desk.html",
        edition=edition,
        desk=desk,
        form=form,
        pin=pin,
        address=address,
        symbol=documents.link_symbol(address, _("The private link")),
        status=status,
    )


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def offered(edition: Edition, form: DeskForm) -> DeskForm:
    """Return a form with the printers and the entrances of an edition."""
    session = db.session()
    form.offer(queries.printers_in(session, edition.id), queries.entrances_of(session, edition.id))
    return form
