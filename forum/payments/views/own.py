"""What somebody has to pay, on their own page: how much, how, until when; to whom the invoice goes; the invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, flash, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from forum.core import cards, clock, qr
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import NotFound
from forum.core.web import back_to, download, open_to, page, public_address, show_in_language
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.payments import actions, documents, queries, rules
from forum.payments.forms import BuyerForm
from forum.payments.models import Issuer, Order
from forum.payments.rules import Amounts, Sold
from forum.registration.models import Registration
from forum.registration.queries import registration_with_token

blueprint = Blueprint("payments", __name__)

CARD_PAGE_LASTS = timedelta(hours=1)
STILL_GOOD = timedelta(minutes=5)
OWN_PAGES = ("registration_own.own", "registration_groups.group")


@dataclass(frozen=True)
class OwnOrder:
    """What a person's own page shows about money."""

    order: Order
    issuer: Issuer | None
    amounts: Amounts
    reference: str
    takes_cards: bool
    is_on_its_way: bool
    transfer_code: Markup | None


@blueprint.app_template_global()
def payment_of(registration: Registration) -> OwnOrder | None:
    """Return what a registration's own page shows about money; None where there is nothing to pay and was not."""
    order = queries.order_of_registration(db.session(), registration.id)
    if order is None:
        return None
    issuer = queries.issuer_of(db.session(), order.edition_id)
    amounts = amounts_of(order)
    return OwnOrder(
        order=order,
        issuer=issuer,
        amounts=amounts,
        reference=rules.grouped_reference(order.reference),
        takes_cards=issuer is not None and cards.cards() is not None,
        is_on_its_way=request.args.get("card") == "1",
        transfer_code=transfer_picture(order, issuer) if issuer and order.is_open else None,
    )


@blueprint.app_template_global()
def one_for_each_order(registrations: Sequence[Registration]) -> list[Registration]:
    """Return the first of a group's registrations in each of its orders: people added later have one of their own."""
    orders = queries.order_ids_of(db.session(), [each.id for each in registrations])
    firsts: dict[int, Registration] = {}
    for registration in registrations:
        if registration.id in orders:
            firsts.setdefault(orders[registration.id], registration)
    return list(firsts.values())


@blueprint.app_template_filter("in_fours")
def in_fours(number: str) -> str:
    """Return an IBAN or a reference in groups of four, which stay together."""
    return rules.grouped_reference(number)


@blueprint.app_template_global()
def deals_with_money(edition: Edition) -> bool:
    """Tell whether organisers of an edition see anything of money."""
    kept: dict[int, bool] = g.setdefault("deals_with_money", {})
    if edition.id not in kept:
        kept[edition.id] = queries.deals_with_money(db.session(), edition.id)
    return kept[edition.id]


def amounts_of(order: Order) -> Amounts:
    """Return the sums of an order."""
    return rules.amounts_of(
        Sold(name=line.category.in_language(order.language), price=line.price, vat_rate=line.vat_rate)
        for line in order.living_lines
    )


def transfer_picture(order: Order, issuer: Issuer) -> Markup:
    """Return the code that fills a transfer in on a telephone."""
    content = rules.transfer_code(
        name=issuer.name, iban=issuer.iban, bic=issuer.bic, amount=order.missing, reference=order.reference
    )
    return qr.address_picture(content, title=_("Code for the transfer"))


def own_order(token: str) -> tuple[Registration, Order]:
    """Return the registration of a private link and its order. Raises `NotFound`."""
    registration = registration_with_token(db.session(), token)
    show_in_language(registration.person.language)
    g.edition = registration.edition
    order = queries.order_of_registration(db.session(), registration.id)
    if order is None:
        raise NotFound
    return registration, order


@blueprint.route("/r/<token>/invoice", methods=["GET", "POST"])
@open_to("holder")
@knock("30 per minute")
def buyer(token: str) -> BaseResponse:
    """Ask to whom the invoice is addressed."""
    registration, order = own_order(token)
    if queries.standing_invoice(db.session(), order.id) is not None or not order.is_open:
        return back_to(f"/r/{token}#payment")
    form = BuyerForm()
    if not form.validate_on_submit():
        if not form.is_submitted():
            form.fill(order)
        return page(
            "payments/buyer.html",
            edition=registration.edition,
            registration=registration,
            order=order,
            form=form,
            has_issuer=queries.issuer_of(db.session(), order.edition_id) is not None,
            status=422 if form.errors else 200,
        )
    with transaction() as tx:
        actions.name_buyer(tx, order.id, form.details())
        if form.early.data:
            actions.invoice_early(tx, order.id, now=clock.now())
    flash(_("The invoice will say this."), "success")
    return back_to(f"/r/{token}#payment")


@blueprint.get("/r/<token>/invoices/<number>.pdf")
@open_to("holder")
@knock("30 per minute", methods=("GET",))
def invoice(token: str, number: str) -> Response:
    """Give an invoice or a credit note to who paid."""
    _registration, order = own_order(token)
    found = queries.invoice_of_order(db.session(), order.id, number)
    return download(documents.invoice_file(found), name=documents.invoice_name(found))


@blueprint.post("/r/<token>/pay-by-card")
@open_to("holder")
@knock("10 per minute")
def pay_by_card(token: str) -> BaseResponse:
    """Lead to the card provider's page; a double click, or a way back, leads to the same one."""
    registration, order = own_order(token)
    rules.is_payable(order)
    provider, now = cards.cards(), clock.now()
    if provider is None or queries.issuer_of(db.session(), order.edition_id) is None:
        raise rules.CardsNotSet
    present = queries.open_page_of(db.session(), order, later_than=now + STILL_GOOD)
    if present is not None:
        return redirect(present.address, code=303)
    # Whole minutes: of two clicks in one minute, both ask for exactly the same.
    expires_at = now.replace(second=0, microsecond=0) + CARD_PAGE_LASTS
    amount, order_id = order.missing, order.id
    asked = cards.CardRequest(
        amount=amount,
        reference=order.reference,
        title=f"{registration.edition.name}, {rules.grouped_reference(order.reference)}",
        email=order.payer_email,
        language=order.language,
        back_to=public_address(f"/r/{token}?card=1"),
        expires_at=expires_at,
        once_key=f"{order.reference}:{amount}:{now:%Y%m%d%H%M}",
    )
    db.session.rollback()  # no reading transaction stays open while the provider thinks
    try:
        made = provider.open_page(asked)
    except cards.CardsDown as down:
        raise rules.CardsNotSet from down
    with transaction() as tx:
        actions.keep_card_page(tx, order_id, made, amount=amount, expires_at=expires_at, now=now)
    return redirect(made.address, code=303)


@blueprint.after_app_request
def let_forms_lead_to_the_provider(response: Response) -> Response:
    """Let the form of an own page lead to the card provider's page, which browsers else refuse (form-action)."""
    provider = cards.cards() if request.endpoint in OWN_PAGES else None
    if provider is not None:
        from forum.core.security import policy

        response.headers["Content-Security-Policy"] = policy(form_action=f"'self' {provider.address}")
    return response
