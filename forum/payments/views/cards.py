"""The address at which the card provider speaks."""

from __future__ import annotations

from flask import Blueprint, Response, request

from forum.core import cards, clock
from forum.core.db import transaction
from forum.core.logs import log
from forum.core.refusals import NotFound
from forum.core.security import csrf
from forum.core.web import open_to
from forum.payments import actions

blueprint = Blueprint("payments_cards", __name__)

LARGEST = 256 * 1024


# The provider has no form of ours; its signature takes the place of the form's token.
@blueprint.post("/payments/stripe")
@open_to("everyone")
@csrf.exempt  # type: ignore[untyped-decorator]
def hear() -> Response:
    """Take in what the provider tells; what it did not sign is refused, what it tells twice counts once."""
    provider = cards.cards()
    if provider is None:
        raise NotFound
    content = request.get_data(cache=False) if (request.content_length or 0) <= LARGEST else b""
    try:
        news = provider.read_news(content, request.headers.get("Stripe-Signature", ""))
    except cards.NotSigned as reason:
        log.warning("webhook refused", reason=str(reason))
        return Response("not signed\n", 400, mimetype="text/plain")
    with transaction() as tx:
        came = actions.hear(tx, news, now=clock.now())
    log.info("webhook", kind=news.name, event_key=news.event_key, came=came)
    return Response(f"{came}\n", 200, mimetype="text/plain")
