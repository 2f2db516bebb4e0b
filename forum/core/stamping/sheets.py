"""Where cards stand on paper: sheets, described as data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from forum.core.stamping.layouts import Card, Layout

Rotation = Literal[0, 90, 180, 270]


@dataclass(frozen=True)
class Slot:
    """A place on a sheet where a card stands.

    `x_mm` and `y_mm` are the upper left corner, on the sheet, of what is seen there after the turn (without bleed):
    a card of 105 × 148.5 turned by 90 takes 148.5 × 105 from that corner.
    """

    layout: Layout
    x_mm: float
    y_mm: float
    rotation: Rotation = 0
    """Degrees clockwise."""
    card: int = 0
    """Which of the sheet's cards: several slots may show the same one, each in a layout of its own (a folded badge)."""


@dataclass(frozen=True)
class Line:
    """A straight line on a sheet, from one point to another: a cut mark, a fold."""

    x1_mm: float
    y1_mm: float
    x2_mm: float
    y2_mm: float
    width_mm: float = 0.1
    dash_mm: float = 0.0
    """0: a full line; else the length of a dash."""
    grey: float = 0.0
    """0 black, 1 white."""


@dataclass(frozen=True)
class Imposition:
    """A sheet of paper and the slots on it; the same one serves many sheets.

    Art beyond a card's edges (its layout's bleed) is cut at `bleed_mm`. `offset_x_mm`, `offset_y_mm` and `scale` are a
    printer's own: everything is scaled about the sheet's upper left corner, then moved right and down.
    """

    width_mm: float
    height_mm: float
    slots: tuple[Slot, ...]
    marks: tuple[Line, ...] = ()
    bleed_mm: float = 0.0
    offset_x_mm: float = 0.0
    offset_y_mm: float = 0.0
    scale: float = 1.0

    @property
    def places(self) -> int:
        """Return how many cards a sheet takes."""
        return 1 + max(slot.card for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed side: an imposition, and the cards for its slots; None leaves a place empty."""

    imposition: Imposition
    cards: tuple[Card | None, ...]


def single(layout: Layout) -> Imposition:
    """Return the imposition of one card on a page of its own size."""
    return Imposition(width_mm=layout.width_mm, height_mm=layout.height_mm, slots=(Slot(layout, 0, 0),))


def dealt(cards: Iterable[Card], imposition: Imposition) -> Iterator[Sheet]:
    """Deal cards out onto sheets in their order, as many on each as the imposition has places for."""
    held: list[Card | None] = []
    for card in cards:
        held.append(card)
        if len(held) == imposition.places:
            yield Sheet(imposition, tuple(held))
            held = []
    if held:
        yield Sheet(imposition, tuple(held + [None] * (imposition.places - len(held))))
