"""The privacy page, and each person's own: see everything, take it away, have it erased."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.forms import Form
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.editions.queries import public_editions
from forum.privacy import actions, documents, queries, rules
from forum.privacy.queries import Holder

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
@open_to("everyone")
def privacy() -> Response:
    """Say what is asked of people, what for, and until when: the table that the purge works from."""
    now = clock.now()
    editions = public_editions(db.session())
    contacts = [edition for edition in editions if not edition.is_over(now)] or editions[:1]
    return page("privacy/privacy.html", kept=rules.KEPT, contacts=contacts)


@blueprint.get("/<any(r, p, x, g):door>/<token>/data")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def own_data(door: str, token: str) -> Response:
    """Show a person everything that is kept about them."""
    holder = show_holder(door, token)
    kept = queries.everything_about(db.session(), holder.person)
    return page(
        "privacy/own_data.html",
        edition=holder.edition,
        lines=documents.person_lines(kept),
        sections=documents.sections(kept),
        own=f"/{door}/{token}",
    )


@blueprint.get("/<any(r, p, x, g):door>/<token>/data.<any(json, pdf):kind>")
@open_to("holder")
@knock("20 per minute", methods=("GET",))
def take_data(door: str, token: str, kind: str) -> Response:
    """Give a person everything that is kept about them, as JSON for programs or as PDF for reading."""
    holder = show_holder(door, token)
    kept = queries.everything_about(db.session(), holder.person)
    name = "-".join((holder.edition.slug, _("my-data"))) + f".{kind}"
    if kind == "json":
        return download(documents.json_bytes(kept), name=name)
    return download(documents.data_pdf(kept, edition=holder.edition, now=clock.now()), name=name)


@blueprint.route("/<any(r, p, x, g):door>/<token>/erase", methods=["GET", "POST"])
@open_to("holder")
@knock("20 per minute")
def erase(door: str, token: str) -> BaseResponse:
    """Ask whether one is sure, then erase a person; their private links are dead afterwards."""
    holder = show_holder(door, token)
    form = Form()
    if not form.validate_on_submit():
        return erase_page(holder, form, own=f"/{door}/{token}")
    try:
        with transaction() as tx:
            actions.erase(tx, holder.person.id, now=clock.now())
    except Refusal as refusal:
        return erase_page(show_holder(door, token), form, own=f"/{door}/{token}", refusal=refusal)
    return back_to("/erased")


def erase_page(holder: Holder, form: Form, *, own: str, refusal: Refusal | None = None) -> Response:
    """Ask whether one is sure, or say what has to be done first."""
    status = refusal.status if refusal else 200
    return page("privacy/erase.html", status=status, edition=holder.edition, form=form, own=own, refusal=refusal)


@blueprint.get("/erased")
@open_to("everyone")
def erased() -> Response:
    """Say that it is done."""
    return page("privacy/erased.html")


def show_holder(door: str, token: str) -> Holder:
    """Return whose private page it is, and show the rest in their language and in the edition's tint."""
    holder = queries.holder_of(db.session(), door, token)
    show_in_language(holder.person.language)
    show_edition(holder.edition)
    return holder
