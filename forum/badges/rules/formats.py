"""The papers that badges are printed on: which cards stand where on a sheet, in millimetres from its upper left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forum.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Size:
    """A width and a height in millimetres."""

    width: float
    height: float


@dataclass(frozen=True)
class Place:
    """Where a card stands on a sheet: its upper left corner, and whether it stands on its head."""

    x: float
    y: float
    is_turned: bool = False


@dataclass(frozen=True)
class Panel:
    """A quarter of a folded sheet: what stands there, and where."""

    side: str
    """front, back, inside-left or inside-right."""
    place: Place


@dataclass(frozen=True)
class Format:
    """A paper, and the cards on it."""

    key: str
    name: Any
    shape: str
    """What layouts are drawn for: the card without the paper."""
    card: Size
    sheet: Size
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gap: float = 0
    """Between two cards."""
    bleed: float = 0
    """How far the art goes on beyond the card's edges, for the knife."""
    has_cut_marks: bool = False
    is_folded: bool = False
    is_roll: bool = False
    """Labels on a roll: one after the other, no back, no stacks."""
    is_sheet_of_labels: bool = False
    """Cut beforehand: a sheet that was begun goes into the printer again."""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Return where the cards stand, row by row."""
        if self.is_folded:
            return (FRONT_PANEL.place,)
        return tuple(
            Place(self.left + column * (self.card.width + self.gap), self.top + row * (self.card.height + self.gap))
            for row in range(self.rows)
            for column in range(self.columns)
        )

    @property
    def cards_on_sheet(self) -> int:
        """Return how many badges a sheet holds."""
        return len(self.places)

    @property
    def is_cut(self) -> bool:
        """Tell whether several badges are cut from one sheet, so that stacks can be kept in order."""
        return self.cards_on_sheet > 1

    @property
    def can_have_backs(self) -> bool:
        """Tell whether the other side of the paper can be printed."""
        return not self.is_folded and not self.is_roll


A4 = Size(210, 297)
A6 = Size(105, 148.5)
A7 = Size(105, 74.25)
SMALL = Size(90, 55)
CARD = Size(86, 54)
LONG, SHORT = Size(62, 100), Size(62, 29)

# Printed on one side only. The upper half is folded behind, then the left half behind: the lower right quarter is in
# front, the lower left one behind; the upper two come inside, where they stand upright because they are turned here.
FRONT_PANEL = Panel("front", Place(105, 148.5))
PANELS = (
    FRONT_PANEL,
    Panel("back", Place(0, 148.5)),
    Panel("inside-left", Place(105, 0, is_turned=True)),
    Panel("inside-right", Place(0, 0, is_turned=True)),
)

FORMATS: dict[str, Format] = {
    each.key: each
    for each in (
        Format("a6", _("A6, one badge a page"), "a6", card=A6, sheet=A6),
        Format("a4x4", _("A4, four A6 badges to cut"), "a6", card=A6, sheet=A4, columns=2, rows=2, has_cut_marks=True),
        Format("fold", _("A4 folded in four, with the programme inside"), "a6", card=A6, sheet=A4, is_folded=True),
        Format("a7x8", _("A4, eight A7 badges to cut"), "a7", card=A7, sheet=A4, columns=2, rows=4, has_cut_marks=True),
        Format(
            "90x55x10",
            _("A4, ten badges of 90 × 55 mm, cut beforehand or to cut"),
            "90x55",
            card=SMALL,
            sheet=A4,
            columns=2,
            rows=5,
            left=15,
            top=11,
            has_cut_marks=True,
            is_sheet_of_labels=True,
        ),
        Format("90x55", _("90 × 55 mm, one badge a page"), "90x55", card=SMALL, sheet=SMALL),
        Format("cr80", _("Plastic card, 86 × 54 mm"), "cr80", card=CARD, sheet=CARD),
        Format("label62x100", _("Label roll of 62 mm, 100 mm long"), "label62x100", LONG, LONG, is_roll=True),
        Format(
            "label62x29",
            _("Label roll of 62 mm, 29 mm long: a name without a code"),
            "label62x29",
            SHORT,
            SHORT,
            is_roll=True,
        ),
        Format(
            "sra4x4",
            _("SRA4 for the print shop, four A6 badges with bleed"),
            "a6",
            card=A6,
            sheet=Size(225, 320),
            columns=2,
            rows=2,
            left=4.5,
            top=8.5,
            gap=6,
            bleed=3,
            has_cut_marks=True,
        ),
    )
}
DEFAULT_FORMAT = "a6"
