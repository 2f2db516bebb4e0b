"""Payments by card: a port with one provider behind it. Stripe's library lives here and nowhere else.

We never see a card: the person is sent to the provider's own page and comes back; what counts is what the provider
then tells us with its signature (a webhook), or answers when we ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, Protocol

from flask import current_app

if TYPE_CHECKING:
    import stripe

    from forum.core.settings import Settings

PATIENCE = 10  # seconds for one answer
CURRENCY = "eur"

News = Literal["paid", "expired", "refunded", "other"]


class CardsDown(Exception):  # noqa: N818 (an answer, like those of the mail server)
    """The provider does not answer, or refuses; the message is its own."""


class NotSigned(Exception):  # noqa: N818
    """Something came to the webhook's address that the provider did not sign, or signed long ago."""


@dataclass(frozen=True)
class CardRequest:
    """What the provider's page asks a person for."""

    amount: Decimal
    reference: str
    title: str
    email: str
    language: str
    back_to: str
    expires_at: datetime
    once_key: str
    """The same request made twice (a double click) gets one page."""


@dataclass(frozen=True)
class CardPage:
    """The provider's page for one payment."""

    key: str
    address: str


@dataclass(frozen=True)
class CardNews:
    """What the provider says of a payment."""

    event_key: str
    kind: News
    page_key: str = ""
    intent_key: str = ""
    amount: Decimal = Decimal(0)
    currency: str = ""
    name: str = ""


class CardProvider(Protocol):
    """What a provider of card payments does for us."""

    address: str
    """Where its pages are; the only place outside to which a form of ours may lead."""

    def open_page(self, request: CardRequest) -> CardPage:
        """Prepare a page on which a person pays. Raises `CardsDown`."""

    def look(self, page_key: str) -> CardNews:
        """Ask what became of a page. Raises `CardsDown`."""

    def give_back(self, intent_key: str, amount: Decimal, *, once_key: str) -> None:
        """Give money back to the card it came from; asked twice with one key, it is done once. Raises `CardsDown`."""

    def read_news(self, content: bytes, signature: str) -> CardNews:
        """Return what was told to the webhook. Raises `NotSigned`."""


class StripeCards:
    """Stripe Checkout."""

    address = "https://checkout.stripe.com"

    def __init__(self, *, secret_key: str, webhook_secret: str, api: str | None = None) -> None:
        """Keep the keys; `api` is another address than Stripe's own, for a stand-in."""
        self.secret_key, self.webhook_secret, self.api = secret_key, webhook_secret, api
        if api:
            self.address = api

    def client(self) -> stripe.StripeClient:
        """Return a client of the official library; slow to import, so only who pays by card waits for it."""
        import stripe

        addresses: Any = {"api": self.api} if self.api else {}
        return stripe.StripeClient(
            self.secret_key,
            base_addresses=addresses,
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=PATIENCE),
        )

    def open_page(self, request: CardRequest) -> CardPage:
        """Prepare a page on which a person pays."""
        import stripe

        line: Any = {
            "quantity": 1,
            "price_data": {
                "currency": CURRENCY,
                "unit_amount": hundredths(request.amount),
                "product_data": {"name": request.title},
            },
        }
        try:
            page = self.client().v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [line],
                    "client_reference_id": request.reference,
                    "customer_email": request.email,
                    "locale": "fr" if request.language == "fr" else "en",
                    "success_url": request.back_to,
                    "cancel_url": request.back_to,
                    "expires_at": int(request.expires_at.timestamp()),
                    "payment_intent_data": {"description": request.title, "metadata": {"reference": request.reference}},
                },
                {"idempotency_key": request.once_key},
            )
        except stripe.StripeError as error:
            raise CardsDown(str(error)) from error
        return CardPage(key=page.id, address=str(page.url))

    def look(self, page_key: str) -> CardNews:
        """Ask what became of a page."""
        import stripe

        try:
            page = self.client().v1.checkout.sessions.retrieve(page_key)
        except stripe.StripeError as error:
            raise CardsDown(str(error)) from error
        return news_of_page(page.to_dict(), event_key=f"asked:{page_key}", name="asked")

    def give_back(self, intent_key: str, amount: Decimal, *, once_key: str) -> None:
        """Give money back to the card it came from."""
        import stripe

        try:
            self.client().v1.refunds.create(
                {"payment_intent": intent_key, "amount": hundredths(amount)}, {"idempotency_key": once_key}
            )
        except stripe.StripeError as error:
            raise CardsDown(str(error)) from error

    def read_news(self, content: bytes, signature: str) -> CardNews:
        """Return what was told to the webhook, if Stripe signed it within the last five minutes."""
        import stripe

        try:
            event = stripe.Webhook.construct_event(content, signature, self.webhook_secret)
        except (ValueError, KeyError, stripe.SignatureVerificationError) as error:
            raise NotSigned(str(error)) from error
        told = event.to_dict()
        name = str(told.get("type", ""))
        if not name.startswith("checkout.session."):
            return CardNews(event_key=str(told["id"]), kind="other", name=name)
        return news_of_page(told["data"]["object"], event_key=str(told["id"]), name=name)


def news_of_page(page: dict[str, Any], *, event_key: str, name: str) -> CardNews:
    """Return what a page's state says; what is paid later (a bank debit) is not paid yet."""
    kind: News = "other"
    if page.get("payment_status") == "paid":
        kind = "paid"
    elif page.get("status") == "expired":
        kind = "expired"
    return CardNews(
        event_key=event_key,
        kind=kind,
        page_key=str(page.get("id", "")),
        intent_key=str(page.get("payment_intent") or ""),
        amount=Decimal(int(page.get("amount_total") or 0)).scaleb(-2),
        currency=str(page.get("currency") or ""),
        name=name,
    )


def hundredths(amount: Decimal) -> int:
    """Return an amount as the provider counts it."""
    return int((amount * 100).to_integral_exact())


def chosen(settings: Settings) -> CardProvider | None:
    """Return the provider of the settings; None where cards are not taken."""
    if settings.stripe_secret_key and settings.stripe_webhook_secret:
        return StripeCards(secret_key=settings.stripe_secret_key, webhook_secret=settings.stripe_webhook_secret)
    return None


def cards() -> CardProvider | None:
    """Return the application's provider; tests put one that asks a stand-in in `app.extensions["forum.cards"]`."""
    if "forum.cards" not in current_app.extensions:
        current_app.extensions["forum.cards"] = chosen(current_app.extensions["forum.settings"])
    provider: CardProvider | None = current_app.extensions["forum.cards"]
    return provider
