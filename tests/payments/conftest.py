"""Card payments through Stripe's own library, with a stand-in at the other end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from forum.core.cards import StripeCards
from tests.payments import stand_in
from tests.payments.stand_in import StandIn


@pytest.fixture
def stripe(app: Flask) -> Iterator[StandIn]:
    """Return the stand-in; the application takes cards while it runs."""
    with stand_in.running() as kept:
        app.extensions["forum.cards"] = StripeCards(
            secret_key=stand_in.SECRET_KEY, webhook_secret=stand_in.WEBHOOK_SECRET, api=kept.address
        )
        yield kept
        app.extensions["forum.cards"] = None
