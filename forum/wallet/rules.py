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
    "nord": ("#17499b", "#ffffff"),
    "roubaix": ("#9c3520", "#ffffff"),
    "amiens": ("#0b6152", "#ffffff"),
    "lens": ("#22201c", "#ffd24a"),
}
"""Ground and writing of a pass, by the host city's accent (`static/site/print.css`)."""


def colours_of(accent: str) -> tuple[str, str]:
    """Return the colours of a host city's passes."""
    return COLOURS.get(accent, COLOURS["nord"])


def rgb(colour: str) -> str:
    """Write a colour as Apple wants it: `rgb(22, 50, 79)`."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"
