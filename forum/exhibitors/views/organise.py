"""Exhibitors as organisers see them: the list, one of them, and the decisions."""

from __future__ import annotations

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, sheets
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.exhibitors import actions, queries
from forum.exhibitors.forms import KIND_NAMES, AcceptForm, DeclineForm, NoteForm, StandForm
from forum.exhibitors.models import Exhibitor
from forum.exhibitors.queries import Wanted
from forum.exhibitors.views.lists import page_of
from forum.venues.queries import stands_of_edition

blueprint = Blueprint("exhibitors_organise", __name__)

STATE_NAMES = {
    "submitted": lambda: _("to be answered"),
    "accepted": lambda: _("accepted"),
    "declined": lambda: _("declined"),
    "withdrawn": lambda: _("withdrawn"),
}


def asked() -> Wanted:
    """Return which exhibitors the address asks for."""
    values = request.args
    return Wanted.of(
        words=values.get("q", ""),
        kind=values.get("kind", ""),
        state=values.get("state", ""),
        sort=values.get("sort", "name"),
    )


@blueprint.get("/organise/<slug>/exhibitors")
@open_to("organiser")
def exhibitors(slug: str) -> BaseResponse:
    """Show everyone who applied."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    wanted = asked()
    rows = queries.listed(db.session(), edition.id)
    return page(
        "exhibitors/organise/exhibitors.html",
        edition=edition,
        wanted=wanted,
        total=len(rows),
        counts=queries.counts_by_state(rows),
        found=page_of(queries.chosen_ids(rows, wanted), size=50),
        kind_names=KIND_NAMES,
    )


@blueprint.get("/organise/<slug>/exhibitors.csv", defaults={"kind": "csv"})
@blueprint.get("/organise/<slug>/exhibitors.xlsx", defaults={"kind": "xlsx"})
@open_to("organiser")
def export(slug: str, kind: str) -> BaseResponse:
    """Download the list as it is filtered."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    rows = queries.listed(db.session(), edition.id)
    found = queries.exhibitors_with_ids(db.session(), queries.chosen_ids(rows, asked()))
    headings = [
        _("Organisation"),
        _("What it is"),
        _("Town"),
        _("SIRET"),
        _("Website"),
        _("State"),
        _("Stand"),
        _("In one sentence"),
        _("What you need"),
        _("Given name"),
        _("Family name"),
        _("E-mail address"),
        _("Places for staff"),
        _("Named staff"),
        _("Sent"),
        _("Note"),
    ]
    lines = [cells_of(exhibitor) for exhibitor in found]
    if kind == "csv":
        content = sheets.csv_bytes(headings, lines)
    else:
        content = sheets.xlsx_bytes(headings, lines, title=_("Exhibitors"))
    name = _("exhibitors")
    return download(content, name=f"{name}-{edition.slug}.{kind}")


def cells_of(exhibitor: Exhibitor) -> list[sheets.Cell]:
    """Return an exhibitor as a line of a spreadsheet."""
    organisation, contact = exhibitor.organisation, exhibitor.contact
    return [
        organisation.name,
        str(KIND_NAMES[organisation.kind]),
        organisation.town,
        organisation.siret,
        organisation.website,
        STATE_NAMES[exhibitor.state](),
        exhibitor.stand.label if exhibitor.stand else None,
        exhibitor.pitch,
        exhibitor.wishes,
        contact.given_name,
        contact.family_name,
        contact.email,
        exhibitor.staff_places,
        sum(staff.registration.is_confirmed for staff in exhibitor.staff),
        exhibitor.submitted_at,
        exhibitor.note,
    ]


@blueprint.get("/organise/<slug>/exhibitors/<key>")
@open_to("organiser")
def exhibitor(slug: str, key: str) -> BaseResponse:
    """Show one exhibitor and what can be decided."""
    edition, shown = found_one(slug, key)
    return show_one(edition, shown)


def found_one(slug: str, key: str) -> tuple[Edition, Exhibitor]:
    """Return an edition and one of its exhibitors. Raises `NotFound`."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return edition, required(queries.exhibitor_with_key(db.session(), edition.id, key.lower()))


def show_one(
    edition: Edition, shown: Exhibitor, *, decision: StandForm | None = None, status: int = 200
) -> BaseResponse:
    """Show the page of an exhibitor, perhaps with a decision that was refused."""
    session = db.session()
    stands, taken = stands_of_edition(session, edition), queries.taken_stands(session, edition.id)
    form = decision or filled(shown)
    form.offer(stands, taken, shown)
    note = NoteForm(formdata=None)
    note.note.data = shown.note
    return page(
        "exhibitors/organise/exhibitor.html",
        edition=edition,
        exhibitor=shown,
        staff=queries.staff_of(session, shown.id),
        form=form,
        decline_form=DeclineForm(formdata=None),
        note_form=note,
        has_stands=bool(stands),
        kind_names=KIND_NAMES,
        status=status,
    )


def filled(shown: Exhibitor) -> StandForm:
    """Return the form of the decision that is next: the stand of an accepted exhibitor, else the yes."""
    form = StandForm(formdata=None) if shown.state == "accepted" else AcceptForm(formdata=None)
    form.stand_id.data = shown.stand_id
    form.staff_places.data = shown.staff_places
    return form


@blueprint.post("/organise/<slug>/exhibitors/<key>/accept")
@open_to("organiser")
def accept(slug: str, key: str) -> BaseResponse:
    """Say yes."""
    edition, shown = found_one(slug, key)
    form = AcceptForm()
    if not form.validate():
        return show_one(edition, shown, decision=form, status=422)
    try:
        with transaction() as tx:
            actions.accept(tx, shown.id, form.acceptance(), now=clock.now())
    except Refusal as refusal:
        return show_refused(slug, key, form, refusal)
    flash(_("%(organisation)s is accepted; a letter is on its way.", organisation=shown.organisation.name), "success")
    return back_to(f"/organise/{slug}/exhibitors/{key}")


@blueprint.post("/organise/<slug>/exhibitors/<key>/stand")
@open_to("organiser")
def change_stand(slug: str, key: str) -> BaseResponse:
    """Give another stand, or more places for staff."""
    edition, shown = found_one(slug, key)
    form = StandForm()
    if not form.validate():
        return show_one(edition, shown, decision=form, status=422)
    try:
        with transaction() as tx:
            actions.change_stand(tx, shown.id, form.stand_id.data, staff_places=form.staff_places.data, now=clock.now())
    except Refusal as refusal:
        return show_refused(slug, key, form, refusal)
    flash(_("Saved."), "success")
    return back_to(f"/organise/{slug}/exhibitors/{key}")


def show_refused(slug: str, key: str, form: StandForm, refusal: Refusal) -> BaseResponse:
    """Show the page again with a refusal's sentence at its field; other refusals have a page of their own."""
    if not form.refused(refusal):
        raise refusal
    edition, shown = found_one(slug, key)
    return show_one(edition, shown, decision=form, status=refusal.status)


@blueprint.post("/organise/<slug>/exhibitors/<key>/decline")
@open_to("organiser")
def decline(slug: str, key: str) -> BaseResponse:
    """Say no."""
    _edition, shown = found_one(slug, key)
    form = DeclineForm()
    if form.validate():
        with transaction() as tx:
            actions.decline(tx, shown.id, words=form.decline_words.data or "", now=clock.now())
        name = shown.organisation.name
        flash(_("%(organisation)s is declined; a letter is on its way.", organisation=name), "success")
    else:
        flash(_("Your words are too long: write less than 2,000 characters."), "error")
    return back_to(f"/organise/{slug}/exhibitors/{key}")


@blueprint.post("/organise/<slug>/exhibitors/<key>/note")
@open_to("organiser")
def write_note(slug: str, key: str) -> BaseResponse:
    """Keep the organisers' own note."""
    _edition, shown = found_one(slug, key)
    form = NoteForm()
    if form.validate():
        with transaction() as tx:
            actions.write_note(tx, shown.id, form.note.data or "")
        flash(_("The note is kept."), "success")
    else:
        flash(_("The note is too long: write less than 4,000 characters."), "error")
    return back_to(f"/organise/{slug}/exhibitors/{key}")
