"""A sheet is printed by a printer that is off, folded and read here; the next one must come out right."""

from __future__ import annotations

from decimal import Decimal

import pytest

from forum.badges.rules.calibration import PLAIN, Calibration, ScaleTooFarOff, TooFarOff, corrected, line_length


class Printer:
    """A printer that moves everything and makes it larger."""

    def __init__(self, *, right: str, down: str, scale: str = "1") -> None:
        self.right, self.down, self.scale = Decimal(right), Decimal(down), Decimal(scale)

    def read(self, used: Calibration) -> tuple[Decimal, Decimal, Decimal]:
        """Print a calibration sheet of 210 mm; return where the folds cross the rulers, and a line's length."""
        # The middle of the print lies where the corrections and the printer's faults together bring it; the ruler's
        # number at the fold is how far the middle of the paper lies from there.
        larger = self.scale * used.scale / 100
        return -(self.right + used.right) / larger, -(self.down + used.down) / larger, 150 * larger


def test_after_one_sheet_everything_stands_in_its_place() -> None:
    printer = Printer(right="2.4", down="-1.5")
    across, down, _measured = printer.read(PLAIN)
    calibration = corrected(PLAIN, across=across, down=down)
    assert printer.read(calibration)[:2] == (0, 0)


def test_a_second_sheet_corrects_what_the_first_left() -> None:
    calibration = corrected(Calibration(Decimal("1.00"), Decimal(0)), across=Decimal("-0.5"), down=Decimal("0.25"))
    assert (calibration.right, calibration.down) == (Decimal("0.50"), Decimal("0.25"))


def test_a_printer_that_makes_things_smaller_is_made_up_for() -> None:
    printer = Printer(right="0", down="0", scale="0.97")
    across, down, measured = printer.read(PLAIN)
    calibration = corrected(PLAIN, across=across, down=down, measured=measured)
    assert printer.read(calibration)[2].quantize(Decimal("0.1")) == 150


@pytest.mark.parametrize(("across", "down", "field"), [("40", "0", "across"), ("0", "-16", "down")])
def test_no_printer_is_that_far_off(across: str, down: str, field: str) -> None:
    with pytest.raises(TooFarOff) as refusal:
        corrected(PLAIN, across=Decimal(across), down=Decimal(down))
    assert refusal.value.field == field


@pytest.mark.parametrize("measured", ["15", "0", "170", "1000000"])
def test_another_line_was_measured(measured: str) -> None:
    with pytest.raises(ScaleTooFarOff):
        corrected(PLAIN, across=Decimal(0), down=Decimal(0), measured=Decimal(measured))


def test_the_line_fits_on_the_sheet() -> None:
    assert [line_length(width) for width in (210, 105, 86, 62)] == [150, 50, 50, 50]
