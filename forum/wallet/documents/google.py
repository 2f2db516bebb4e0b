"""The address that saves a badge in Google's wallet: a JWT signed by the organisers' service account.

After Google's “Issue passes with signed JWTs”: the class (the edition) and the object (the badge) travel inside, so no
server of ours has to talk to one of theirs. Nothing is sent before the holder opens the address.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from forum.core.logs import log
from forum.core.settings import Settings
from forum.wallet.documents.card import Card
from forum.wallet.rules import CertificateUnusable, NoWallet

SAVE = "https://pay.google.com/gp/v/save/"


def google_link(card: Card, settings: Settings, *, now: datetime) -> str:
    """Return the address. Raises `NoWallet` without a service account, `CertificateUnusable` with a bad one."""
    import jwt  # brings cryptography: only who signs pays

    if not settings.google_wallet_key or not settings.google_wallet_issuer:
        raise NoWallet
    try:
        account = json.loads(Path(settings.google_wallet_key).read_text("utf-8"))
        claims = claims_of(card, issuer=settings.google_wallet_issuer, email=account["client_email"], now=now)
        return SAVE + jwt.encode(claims, account["private_key"], algorithm="RS256")
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        log.error("wallet account unusable", reason=type(error).__name__)
        raise CertificateUnusable from error


def claims_of(card: Card, *, issuer: str, email: str, now: datetime) -> dict[str, object]:
    """Return what is signed: the edition as a class, the badge as one object of it."""
    class_id = f"{issuer}.{card.edition_slug}"
    return {
        "iss": email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {
            "eventTicketClasses": [
                {
                    "id": class_id,
                    "issuerName": card.forum,
                    "reviewStatus": "UNDER_REVIEW",
                    "eventName": in_one_language(card.edition, card.language),
                    "venue": {
                        "name": in_one_language(card.city, card.language),
                        "address": in_one_language(card.city, card.language),
                    },
                    "dateTime": {"start": card.begins.isoformat(), "end": card.ends.isoformat()},
                    "hexBackgroundColor": card.ground,
                }
            ],
            "eventTicketObjects": [
                {
                    "id": f"{issuer}.{card.serial}",
                    "classId": class_id,
                    "state": "ACTIVE",
                    "ticketHolderName": card.name,
                    "ticketNumber": card.code_in_groups,
                    "ticketType": in_one_language(card.category, card.language),
                    "barcode": {"type": "QR_CODE", "value": card.code, "alternateText": card.code_in_groups},
                }
            ],
        },
    }


def in_one_language(words: str, language: str) -> dict[str, object]:
    """Write words as Google wants them."""
    return {"defaultValue": {"language": language, "value": words}}
