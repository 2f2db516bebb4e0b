"""The reference of a bank transfer (ISO 11649), found again in whatever banks made of it; the transfer's QR code."""

from __future__ import annotations

import re
import secrets
from decimal import Decimal

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

BODY_LENGTH = 12
"""Digits only: they are typed on any telephone, and with them the check digits catch every single wrong digit and every
swap of two neighbours, which letters (two digits each, in the sum) do not grant."""

_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SHAPE = re.compile(rf"(?=RF([0-9OIL]{{{BODY_LENGTH + 2}}}))")
_NOTHING = re.compile(r"[^0-9A-Z]+")


def new_reference() -> str:
    """Return a reference with its check digits, e.g. `RF18 5390 0754 7034`, without the spaces."""
    body = f"{secrets.randbelow(10**BODY_LENGTH):0{BODY_LENGTH}}"
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def grouped_reference(reference: str) -> str:
    """Return a reference in groups of four, as ISO 11649 prints it."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def references_in(text: str) -> list[str]:
    """Return the references in a transfer's words: spaces, hyphens, small letters and look-alikes are forgiven.

    Check digits tell them from what only looks like one, so a wrong letter matches nothing rather than somebody else.
    """
    squeezed = _NOTHING.sub("", text.upper())
    found = []
    for match in _SHAPE.finditer(squeezed):
        reference = f"RF{match[1].translate(_LOOK_ALIKES)}"
        if iso11649.is_valid(reference) and reference not in found:
            found.append(reference)
    return found


def transfer_code(*, name: str, iban: str, bic: str, amount: Decimal, reference: str) -> str:
    """Return what a banking application reads from a QR code to fill a transfer in (EPC069-12, version 2)."""
    lines = ["BCD", "002", "1", "SCT", bic, name[:70], iban, f"EUR{amount:.2f}", "", reference, "", ""]
    return "\n".join(lines).rstrip("\n")
