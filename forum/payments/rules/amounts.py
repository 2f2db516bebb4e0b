"""Sums as EN 16931 wants them: each line without VAT rounded once, VAT by rate on the sum of its lines (BR-CO-10 … 17).

Prices are made with VAT, so a price such as 39.99 € at 20 % has no exact amount without it. What is left over, a cent
at most for each line, is the invoice's rounding amount (BT-114): what is due is what the page promised, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Sold:
    """What is sold on a line: how many of what, at which price with VAT."""

    name: str
    price: Decimal
    vat_rate: Decimal
    quantity: int = 1
    about: str = ""


@dataclass(frozen=True)
class LineAmounts:
    """A line with its amounts without VAT."""

    sold: Sold
    unit_price: Decimal  # BT-146: without VAT, with as many places as it takes
    net: Decimal  # BT-131


@dataclass(frozen=True)
class TaxAmounts:
    """What is sold at one rate, and the VAT on it."""

    rate: Decimal
    base: Decimal  # BT-116
    tax: Decimal  # BT-117


@dataclass(frozen=True)
class Amounts:
    """All the sums of an invoice."""

    lines: Sequence[LineAmounts]
    taxes: Sequence[TaxAmounts]
    net: Decimal  # BT-106, BT-109
    vat: Decimal  # BT-110
    gross: Decimal  # BT-112
    due: Decimal  # BT-115: what the prices with VAT come to

    @property
    def rounding(self) -> Decimal:
        """Return what is added so that the prices that were promised come out (BT-114)."""
        return self.due - self.gross


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half away from zero, as EN 16931 does."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def price_without_vat(price: Decimal, vat_rate: Decimal | None) -> Decimal:
    """Return a price without its VAT, to the cent."""
    return cents(price / (1 + (vat_rate or Decimal(0)) / 100))


def amounts_of(sold: Iterable[Sold]) -> Amounts:
    """Return the sums of what is sold; the same place at the same price is one line with its number."""
    lines = [line_amounts(each) for each in together(sold)]
    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        bases[line.sold.vat_rate] = bases.get(line.sold.vat_rate, Decimal(0)) + line.net
    taxes = [TaxAmounts(rate, base, cents(base * rate / 100)) for rate, base in sorted(bases.items(), reverse=True)]
    net = sum((line.net for line in lines), Decimal("0.00"))
    vat = sum((tax.tax for tax in taxes), Decimal("0.00"))
    due = sum((line.sold.price * line.sold.quantity for line in lines), Decimal("0.00"))
    return Amounts(lines=lines, taxes=taxes, net=net, vat=vat, gross=net + vat, due=due)


def together(sold: Iterable[Sold]) -> list[Sold]:
    """Put what is the same on one line; the names of the people stay with it."""
    found: dict[tuple[str, Decimal, Decimal], list[Sold]] = {}
    for each in sold:
        found.setdefault((each.name, each.price, each.vat_rate), []).append(each)
    return [
        Sold(
            name=name,
            price=price,
            vat_rate=rate,
            quantity=sum(each.quantity for each in same),
            about=", ".join(each.about for each in same if each.about),
        )
        for (name, price, rate), same in found.items()
    ]


def line_amounts(sold: Sold) -> LineAmounts:
    """Return a line without VAT; the unit's price has as many places as give the line again when multiplied."""
    net = price_without_vat(sold.price * sold.quantity, sold.vat_rate)
    unit = net / sold.quantity
    for places in (2, 4, 6, 8):
        rounded = unit.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        if cents(rounded * sold.quantity) == net:
            return LineAmounts(sold=sold, unit_price=rounded, net=net)
    return LineAmounts(sold=sold, unit_price=unit, net=net)
