"""The bank's statements: uploaded, matched by reference, the rest by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, paginate, show_edition
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.payments import actions, documents, queries, rules
from forum.payments.forms import StatementForm
from forum.payments.models import BankEntry
from forum.payments.rules import Candidate

blueprint = Blueprint("payments_organise_bank", __name__)

STATES = ("unmatched", "booked", "ignored")


@blueprint.get("/organise/<slug>/bank")
@open_to("organiser")
def bank(slug: str) -> Response:
    """Show what came by bank, first what nobody knows yet."""
    return bank_page(show_edition(edition_with_slug(db.session(), slug)), StatementForm(formdata=None))


def bank_page(edition: Edition, form: StatementForm, *, status: int = 200) -> Response:
    """Answer with the transfers in a state, those that wait with the orders they may be for."""
    state = request.args.get("state", "unmatched")
    state = state if state in STATES else "unmatched"
    found = paginate(db.session(), queries.entries_of(db.session(), edition.id, state), size=30)
    return page(
        "payments/organise/bank.html",
        edition=edition,
        form=form,
        state=state,
        counts=queries.entry_counts(db.session(), edition.id),
        found=found,
        candidates=candidates(edition, found.items) if state == "unmatched" else {},
        issuer=queries.issuer_of(db.session(), edition.id),
        status=status,
    )


def candidates(edition: Edition, entries: Sequence[BankEntry]) -> dict[int, list[Candidate]]:
    """Return, for each transfer, the orders it may be for."""
    if not entries:
        return {}
    waiting = queries.waiting_for_money(db.session(), edition.id)
    return {
        entry.id: rules.suggested(amount=entry.amount, words=f"{entry.payer} {entry.text}", orders=waiting)
        for entry in entries
    }


@blueprint.post("/organise/<slug>/bank")
@open_to("organiser")
def upload(slug: str) -> BaseResponse:
    """Take a statement in, and book what names its order."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = StatementForm()
    if not form.validate_on_submit():
        return bank_page(edition, form, status=422)
    edition_id = edition.id
    try:
        entries = documents.read_statement(form.file.data.read())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return bank_page(edition, form, status=refusal.status)
    now = clock.now()
    with transaction() as tx:
        taken = actions.take_entries(tx, edition_id, entries, now=now)
    booked = match_all(edition_id, now=now)
    flash(said(taken, booked), "success" if taken.new else "message")
    return back_to(f"/organise/{slug}/bank")


def match_all(edition_id: int, *, now: datetime) -> int:
    """Book every transfer that names its order, each for itself; return how many."""
    booked = 0
    for entry_id in queries.unmatched_ids(db.session(), edition_id):
        with transaction() as tx:
            booked += actions.match_entry(tx, entry_id, now=now)
    return booked


def said(taken: actions.Taken, booked: int) -> str:
    """Return in a sentence what a statement brought."""
    parts = [ngettext("%(num)s new transfer", "%(num)s new transfers", taken.new)]
    if taken.known:
        parts.append(ngettext("%(num)s known already", "%(num)s known already", taken.known))
    parts.append(ngettext("%(num)s booked by its reference", "%(num)s booked by their reference", booked))
    return f"{', '.join(parts)}."


@blueprint.post("/organise/<slug>/bank/<int:entry_id>/book")
@open_to("organiser")
def book(slug: str, entry_id: int) -> BaseResponse:
    """Book a transfer to an order by hand."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    queries.entry_in(db.session(), edition.id, entry_id)
    typed = request.form.get("reference", "")[:100]
    references = rules.references_in(typed)
    order = queries.order_with_reference(db.session(), edition.id, references[0]) if references else None
    if order is None:
        flash(_("No order of this edition has the reference “%(typed)s”.", typed=typed), "error")
        return back_to(f"/organise/{slug}/bank")
    with transaction() as tx:
        booked = actions.book_entry(tx, entry_id, order.id, account_id=current_user.id, now=clock.now())
    if booked.to_give_back:
        flash(_("The transfer is booked, and there is something to give back."), "warning")
    else:
        flash(_("The transfer is booked."), "success")
    return back_to(f"/organise/{slug}/bank")


@blueprint.post("/organise/<slug>/bank/<int:entry_id>/ignore")
@open_to("organiser")
def ignore(slug: str, entry_id: int) -> BaseResponse:
    """Put a transfer aside, or take it up again."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    queries.entry_in(db.session(), edition.id, entry_id)
    with transaction() as tx:
        entry = actions.ignore_entry(tx, entry_id)
    state = entry.state
    flash(_("The transfer is put aside.") if state == "ignored" else _("The transfer waits again."), "success")
    return back_to(f"/organise/{slug}/bank")
