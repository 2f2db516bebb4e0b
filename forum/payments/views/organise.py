"""Invoices as organisers see them, and who issues them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import cards
from forum.core.db import db, transaction
from forum.core.web import back_to, download, open_to, page, paginate, public_address, show_edition
from forum.core.words import gettext as _
from forum.editions.queries import edition_with_slug
from forum.payments import actions, documents, queries
from forum.payments.forms import IssuerForm
from forum.payments.models import INVOICE_KINDS

blueprint = Blueprint("payments_organise", __name__)


@blueprint.get("/organise/<slug>/invoices")
@open_to("organiser")
def invoices(slug: str) -> Response:
    """Show all invoices and credit notes."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    kind = request.args.get("kind", "")
    kind, words = kind if kind in INVOICE_KINDS else "", request.args.get("q", "")[:200]
    return page(
        "payments/organise/invoices.html",
        edition=edition,
        kind=kind,
        words=words,
        counts=queries.invoice_counts(db.session(), edition.id),
        found=paginate(db.session(), queries.invoices_of(edition.id, kind=kind, words=words)),
        issuer=queries.issuer_of(db.session(), edition.id),
    )


@blueprint.get("/organise/<slug>/invoices.csv", defaults={"kind": "csv"})
@blueprint.get("/organise/<slug>/invoices.xlsx", defaults={"kind": "xlsx"})
@open_to("organiser")
def export(slug: str, kind: str) -> Response:
    """Download all invoices and credit notes, for the books."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    content = documents.invoices_sheet(db.session(), edition, kind=kind)
    return download(content, name=f"{_('invoices')}-{edition.slug}.{kind}")


@blueprint.get("/organise/<slug>/invoices/<int:invoice_id>.pdf")
@open_to("organiser")
def invoice(slug: str, invoice_id: int) -> Response:
    """Show an invoice."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = queries.invoice_in(db.session(), edition.id, invoice_id)
    return download(documents.invoice_file(found), name=documents.invoice_name(found), inline=True)


@blueprint.route("/organise/<slug>/issuer", methods=["GET", "POST"])
@open_to("organiser")
def issuer(slug: str) -> BaseResponse:
    """Show or change who sells, and to which account one pays."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = IssuerForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.save_issuer(tx, edition.id, form.details())
        flash(_("The issuer is saved. Invoices that were issued keep what they say."), "success")
        return back_to(f"/organise/{slug}/issuer")
    present = queries.issuer_of(db.session(), edition.id)
    if present is not None and not form.is_submitted():
        form.fill(present)
    return page(
        "payments/organise/issuer.html",
        edition=edition,
        form=form,
        issuer=present,
        takes_cards=cards.cards() is not None,
        webhook=public_address("/payments/stripe"),
        status=422 if form.errors else 200,
    )
