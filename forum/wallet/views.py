"""A holder's badge in their telephone's wallet; offered only where the organisers set a certificate."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.models import Badge
from forum.badges.queries import registration_with_token, valid_badge_of
from forum.badges.rules import may_have_badge
from forum.core import clock
from forum.core.db import db
from forum.core.limits import knock
from forum.core.settings import Settings
from forum.core.web import download, open_to, required, show_in_language
from forum.wallet.documents import apple_pass, google_link
from forum.wallet.documents.card import card_of

blueprint = Blueprint("wallet", __name__)

APPLE_TYPE = "application/vnd.apple.pkpass"


@blueprint.get("/r/<token>/badge.pkpass")
@open_to("holder")
@knock("20 per minute", methods=("GET",))
def apple(token: str) -> BaseResponse:
    """Give a holder's badge as a pass for Apple's wallet."""
    badge = holders_badge(token)
    content = apple_pass(card_of(badge), settings(), now=clock.now())
    response = download(content, name=f"badge-{badge.edition.slug}.pkpass", inline=True)
    response.mimetype = APPLE_TYPE
    return response


@blueprint.get("/r/<token>/google-wallet")
@open_to("holder")
@knock("20 per minute", methods=("GET",))
def google(token: str) -> BaseResponse:
    """Lead a holder to the address that saves their badge in Google's wallet."""
    return redirect(google_link(card_of(holders_badge(token)), settings(), now=clock.now()), code=303)


def holders_badge(token: str) -> Badge:
    """Return the valid badge of a private link. Raises `NotFound`, `NotComing`."""
    registration = required(registration_with_token(db.session(), token.lower()))
    show_in_language(registration.person.language)
    may_have_badge(registration)
    return required(valid_badge_of(db.session(), registration.id))


def settings() -> Settings:
    """Return the settings."""
    found: Settings = current_app.extensions["forum.settings"]
    return found


@blueprint.app_context_processor
def offered() -> dict[str, Any]:
    """Tell templates which wallets are offered."""
    chosen = settings()
    return {
        "offers_apple_wallet": bool(chosen.apple_pass_certificate),
        "offers_google_wallet": bool(chosen.google_wallet_key),
    }
