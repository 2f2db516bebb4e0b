"""The QR by which a device sets itself up, on the screen and on a sheet."""

from __future__ import annotations

import json

from markupsafe import Markup

from forum.core import qr
from forum.core.documents import Document
from forum.core.words import gettext as _
from forum.pretixscan.models import ScanningDevice


def handshake(address: str, token: str) -> str:
    """Return what the app reads in the QR."""
    return json.dumps({"handshake_version": 1, "url": address, "token": token}, separators=(",", ":"))


def setup_symbol(device: ScanningDevice, *, address: str, token: str) -> Markup:
    """Return the QR as an SVG picture."""
    title = _("QR code that sets %(device)s up", device=device.name)
    return qr.address_picture(handshake(address, token), title=title)


def setup_sheet(device: ScanningDevice, *, address: str, token: str) -> Document:
    """Return the sheet for whoever sets the device up."""
    return Document(
        template="pretixscan/print/setup.html",
        title=device.name,
        context={
            "device": device,
            "edition": device.edition,
            "address": address,
            "token": token,
            "symbol": setup_symbol(device, address=address, token=token),
        },
    )
