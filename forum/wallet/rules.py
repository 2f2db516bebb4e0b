"""When a badge can go into a telephone's wallet."""

from __future__ import annotations

from forum.core.refusals import Conflict, NotFound
from forum.core.words import lazy_gettext as _


class NoWallet(NotFound):
    """The organisers gave no certificate for this kind of wallet."""

    code = "no-wallet"
    sentence = _("Passes for this telephone are not offered here. Your badge as a PDF works on every telephone.")


class CertificateUnusable(Conflict):
    """The organisers' certificate or key cannot be read, or is over."""

    code = "wallet-certificate"
    sentence = _(
        "The pass could not be signed, and the organisers were told why in the log. "
        "Your badge as a PDF works on every telephone."
    )


COLOURS = {
    "nord": ("#16324f", "#ffffff"),
    "roubaix": ("#9c3b20", "#ffffff"),
    "amiens": ("#0b6467", "#ffffff"),
    "lens": ("#1f1d1a", "#f4c542"),
}
"""Ground and writing of a pass, by the host city's accent (`static/site/tokens.css`)."""


def colours_of(accent: str) -> tuple[str, str]:
    """Return the colours of a host city's passes."""
    return COLOURS.get(accent, COLOURS["nord"])


def rgb(colour: str) -> str:
    """Write a colour as Apple wants it: `rgb(22, 50, 79)`."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
