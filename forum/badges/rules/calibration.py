"""How far a printer prints beside where it should, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from forum.core.refusals import Malformed
from forum.core.words import lazy_gettext as _

FARTHEST = Decimal(15)
"""Millimetres: who reads more than this has folded another sheet, or turned it."""
SMALLEST, LARGEST = Decimal(90), Decimal(110)
"""Per cent."""
MEASURED_LINE = {"wide": 150, "narrow": 50}
"""The length in millimetres of the line on the calibration sheet that is measured with a ruler."""
STEP = Decimal("0.01")


class TooFarOff(Malformed):
    """No printer is that far off."""

    code = "too-far-off"
    sentence = _(
        "No printer prints %(farthest)s mm beside its place. Print the sheet again without “fit to page”, fold it edge "
        "on edge, and read where the fold crosses the ruler."
    )


class ScaleTooFarOff(Malformed):
    """The printer fits to the page, or the wrong line was measured."""

    code = "scale-too-far-off"
    sentence = _(
        "This makes the print larger or smaller by more than 10 %. Print the sheet again at 100 %, without “fit to "
        "page”, and measure the long line."
    )


@dataclass(frozen=True)
class Calibration:
    """What is done to a page for one printer: moved by millimetres right and down, then scaled."""

    right: Decimal = Decimal(0)
    down: Decimal = Decimal(0)
    scale: Decimal = Decimal(100)
    """Per cent, about the middle of the sheet."""

    @property
    def is_plain(self) -> bool:
        """Tell whether nothing is done."""
        return self == PLAIN


PLAIN = Calibration()


def line_length(sheet_width: float) -> int:
    """Return how long the line to measure is on a sheet: as long as it allows."""
    return MEASURED_LINE["wide"] if sheet_width >= 200 else MEASURED_LINE["narrow"]


def corrected(
    before: Calibration,
    *,
    across: Decimal,
    down: Decimal,
    measured: Decimal | None = None,
    length: int = MEASURED_LINE["wide"],
) -> Calibration:
    """Return the calibration after a sheet was printed with the one before and read.

    The rulers have their zero in the middle of the sheet as it was printed; the folds show where the middle of the
    paper is. What one reads is therefore how far everything must move. Raises `TooFarOff`, `ScaleTooFarOff`.
    """
    scale = before.scale if measured is None else before.scale * length / checked_length(measured, length)
    return checked(Calibration(rounded(before.right + across), rounded(before.down + down), rounded(scale)))


def checked_length(measured: Decimal, length: int) -> Decimal:
    """Return a measured length that can be one. Raises `ScaleTooFarOff`."""
    if not length * 8 // 10 <= measured <= length * 12 // 10:
        raise ScaleTooFarOff(field="measured")
    return measured


def checked(calibration: Calibration) -> Calibration:
    """Return a calibration that a printer may have. Raises `TooFarOff`, `ScaleTooFarOff`."""
    if abs(calibration.right) > FARTHEST:
        raise TooFarOff(field="across", farthest=FARTHEST)
    if abs(calibration.down) > FARTHEST:
        raise TooFarOff(field="down", farthest=FARTHEST)
    if not SMALLEST <= calibration.scale <= LARGEST:
        raise ScaleTooFarOff(field="measured")
    return calibration


def rounded(value: Decimal) -> Decimal:
    """Return a value in hundredths."""
    return value.quantize(STEP, ROUND_HALF_EVEN)
