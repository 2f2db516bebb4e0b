"""Orders as organisers see them: the list, one of them, what is done by hand."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, Response, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, paginate, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.payments import actions, documents, queries, rules
from forum.payments.forms import BuyerForm, EmptyForm, GiveBackForm, PaidForm, TakeOffForm
from forum.payments.models import Order
from forum.payments.queries import OrderFilter

blueprint = Blueprint("payments_organise_orders", __name__)


def asked() -> OrderFilter:
    """Return which orders the address asks for."""
    sort = request.args.get("sort", "-created")
    return OrderFilter(
        words=request.args.get("q", "")[:200],
        state=request.args.get("state", ""),
        sort=sort if sort in queries.SORTS else "-created",
    )


@blueprint.get("/organise/<slug>/orders")
@open_to("organiser")
def orders(slug: str) -> Response:
    """Show what was ordered, what came, what is missing."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    wanted = asked()
    return page(
        "payments/organise/orders.html",
        edition=edition,
        wanted=wanted,
        totals=queries.totals_of(db.session(), edition.id),
        found=paginate(db.session(), queries.filtered(edition.id, wanted)),
        issuer=queries.issuer_of(db.session(), edition.id),
        now=clock.now(),
    )


@blueprint.get("/organise/<slug>/orders.csv", defaults={"kind": "csv"})
@blueprint.get("/organise/<slug>/orders.xlsx", defaults={"kind": "xlsx"})
@open_to("organiser")
def export(slug: str, kind: str) -> Response:
    """Download the list as it is filtered."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    content = documents.orders_sheet(db.session(), edition, asked(), kind=kind)
    return download(content, name=f"{_('orders')}-{edition.slug}.{kind}")


def found_order(slug: str, order_id: int) -> tuple[Edition, Order]:
    """Return an edition and one of its orders. Raises `NotFound`."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return edition, queries.order_in(db.session(), edition.id, order_id)


@blueprint.get("/organise/<slug>/orders/<int:order_id>")
@open_to("organiser")
def order(slug: str, order_id: int) -> Response:
    """Show an order."""
    edition, found = found_order(slug, order_id)
    return order_page(edition, found)


def order_page(
    edition: Edition,
    found: Order,
    *,
    paid_form: PaidForm | None = None,
    back_form: GiveBackForm | None = None,
    off_form: TakeOffForm | None = None,
    status: int = 200,
) -> Response:
    """Answer with an order and what can be done with it."""
    back = back_form or GiveBackForm(formdata=None, amount=found.to_give_back)
    off = off_form or TakeOffForm(formdata=None)
    off.offer(found.living_lines)
    return page(
        "payments/organise/order.html",
        edition=edition,
        order=found,
        reference=rules.grouped_reference(found.reference),
        standing=queries.standing_invoice(db.session(), found.id),
        cards=queries.card_payments_of(db.session(), found.id),
        issuer=queries.issuer_of(db.session(), edition.id),
        methods=documents.method_words(),
        paid_form=paid_form or PaidForm(formdata=None),
        back_form=back,
        off_form=off,
        form=EmptyForm(),
        status=status,
    )


@blueprint.post("/organise/<slug>/orders/<int:order_id>/paid")
@open_to("organiser")
def mark_paid(slug: str, order_id: int) -> BaseResponse:
    """Write down by hand that the rest came."""
    edition, found = found_order(slug, order_id)
    form = PaidForm()
    if not form.validate_on_submit():
        return order_page(edition, found, paid_form=form, status=422)
    with transaction() as tx:
        paid = actions.mark_paid(tx, order_id, note=form.note.data, account_id=current_user.id, now=clock.now())
    if paid.state == "paid":
        flash(_("The order is paid; the invoice is on its way."), "success")
    else:
        flash(_("The payment is booked, but no place was left: give the money back."), "warning")
    return back_to(f"/organise/{slug}/orders/{order_id}")


@blueprint.post("/organise/<slug>/orders/<int:order_id>/give-back")
@open_to("organiser")
def give_back(slug: str, order_id: int) -> BaseResponse:
    """Write down that money was sent back."""
    edition, found = found_order(slug, order_id)
    form = GiveBackForm()
    if not form.validate_on_submit():
        return order_page(edition, found, back_form=form, status=422)
    try:
        with transaction() as tx:
            actions.give_back(
                tx,
                order_id,
                amount=form.amount.data or Decimal(0),
                note=form.note.data or "",
                account_id=current_user.id,
                now=clock.now(),
            )
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return order_page(edition, queries.order_in(db.session(), edition.id, order_id), back_form=form, status=422)
    flash(_("It is written down that this went back."), "success")
    return back_to(f"/organise/{slug}/orders/{order_id}")


@blueprint.post("/organise/<slug>/orders/<int:order_id>/take-off")
@open_to("organiser")
def take_off(slug: str, order_id: int) -> BaseResponse:
    """Cancel paid places and owe their price back."""
    edition, found = found_order(slug, order_id)
    form = TakeOffForm()
    if not form.validate_on_submit():
        return order_page(edition, found, off_form=form, status=422)
    with transaction() as tx:
        actions.take_off(tx, order_id, set(form.line.data), reason=form.reason.data, now=clock.now())
    flash(_("The places are cancelled, and the credit note is issued."), "success")
    return back_to(f"/organise/{slug}/orders/{order_id}")


@blueprint.post("/organise/<slug>/orders/<int:order_id>/invoice")
@open_to("organiser")
def invoice_early(slug: str, order_id: int) -> BaseResponse:
    """Issue the invoice before it is paid."""
    found_order(slug, order_id)
    with transaction() as tx:
        invoice = actions.invoice_early(tx, order_id, now=clock.now())
    flash(_("The invoice %(number)s is issued.", number=invoice.number), "success")
    return back_to(f"/organise/{slug}/orders/{order_id}")


@blueprint.route("/organise/<slug>/orders/<int:order_id>/buyer", methods=["GET", "POST"])
@open_to("organiser")
def buyer(slug: str, order_id: int) -> BaseResponse:
    """Correct to whom the order is addressed; an invoice that was issued is taken back and issued anew."""
    edition, found = found_order(slug, order_id)
    form = BuyerForm()
    del form.early
    if not form.validate_on_submit():
        if not form.is_submitted():
            form.fill(found)
        return page(
            "payments/organise/buyer.html",
            edition=edition,
            order=found,
            reference=rules.grouped_reference(found.reference),
            standing=queries.standing_invoice(db.session(), found.id),
            form=form,
            status=422 if form.errors else 200,
        )
    reason = _("The address was corrected.")
    with transaction() as tx:
        actions.correct_buyer(tx, order_id, form.details(), reason=reason, now=clock.now())
    flash(_("The address is saved."), "success")
    return back_to(f"/organise/{slug}/orders/{order_id}")
