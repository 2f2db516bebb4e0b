"""The six layouts of the gallery, each drawn for every card.

They are designs like any other: who copies one has its elements to move. A column begins where the symbol of the code
begins, not where its white margin does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forum.core.words import lazy_gettext as _
from forum.layouts.rules.design import SHAPES, Design, Element, Shape

Drawing = Callable[[Shape], list[Element]]

QUIET = 4 / 33
"""The part of the code's box that is white margin."""


@dataclass(frozen=True)
class GalleryLayout:
    """One layout of the gallery: its name, what it is good for, and how it is drawn for tall and for wide cards."""

    slug: str
    name: Any
    about: Any
    tall: Drawing
    wide: Drawing
    label: Drawing
    """Labels come in black only, from narrow rolls."""

    def design(self, shape: str) -> Design:
        """Return the layout for a card."""
        card = SHAPES[shape]
        drawing = self.label if card.width < 70 else self.tall if card.height > card.width else self.wide
        elements = drawing(card)
        return Design(shape=shape, elements=tuple(rounded(each) for each in elements))


def rounded(element: Element) -> Element:
    """Return an element on the grid of a tenth of a millimetre."""
    sizes = {name: round(getattr(element, name), 1) for name in ("x", "y", "width", "height")}
    return Element(**{**element.__dict__, **sizes})


def field(name: str, x: float, y: float, width: float, height: float, **look: Any) -> Element:
    """Return a field; its id is its name."""
    return Element(id=name.replace("_", "-"), kind="field", field=name, x=x, y=y, width=width, height=height, **look)


def thing(element_id: str, kind: Any, x: float, y: float, width: float, height: float, **look: Any) -> Element:
    """Return any other element."""
    return Element(id=element_id, kind=kind, x=x, y=y, width=width, height=height, **look)


def code(x: float, y: float, side: float) -> Element:
    """Return the code; x and y are those of its box, white margin and all."""
    return thing("qr", "code", x, y, side, side)


FORUM = "Grand Nord\nDigital Forum"


def forum(x: float, y: float, size: float, *, colour: str = "ink", star: str = "accent") -> list[Element]:
    """Return the forum's mark and its name beside it; `size` is the side of the mark."""
    points = size * 1.52
    return [
        thing("mark", "mark", x, y, size, size, colour=colour, border=star),
        thing(
            "forum", "text", x + size * 1.24, y, size * 3.6, size, words=FORUM, font="title", vertical="middle",
            largest=round(points * 0.9, 1), smallest=6, lines=2, colour=colour,
        ),
    ]  # fmt: skip


# --- Bandeau: the city's picture above, the band of the category below --------------------------------------------


def banner_tall(_card: Shape) -> list[Element]:
    """Draw the banner for A6."""
    return [
        thing("city", "pattern", 6, 6, 93, 27, pattern="city", fill="tint"),
        field("edition", 6, 35.6, 58, 6.4, font="title", largest=16, smallest=10, colour="accent", vertical="middle"),
        field("days", 64, 35.6, 35, 6.4, largest=9, smallest=6.5, align="right", vertical="middle"),
        field("name", 6, 44, 93, 34, font="title", largest=58, smallest=18, lines=2, vertical="bottom"),
        field("organisation", 6, 79.4, 93, 8.4, largest=14, smallest=8, lines=2),
        code(1.2, 88, 39.6),
        *forum(46, 92.8, 11),
        field("place", 46, 107.5, 53, 5, font="strong", largest=10, smallest=7, colour="accent"),
        field("code-text", 46, 116.6, 53, 6.2, largest=7, smallest=6, lines=2, colour="ink-soft", vertical="bottom"),
        thing("band", "band", 6, 129, 93, 13.5),
        field("category", 10, 129, 57, 13.5, font="title", largest=27, smallest=10, colour="on-kind", vertical="middle"),
    ]  # fmt: skip


def banner_wide(card: Shape) -> list[Element]:
    """Draw the banner for cards."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 36
    x, words = edge, card.width - side * (1 - QUIET) - 2 * edge + 2
    band = 9 if card.height < 60 else 11
    top = 5.4 if card.height < 60 else 9
    bottom = card.height - edge - band
    return [
        thing("city", "pattern", x, edge, words - 2, top, pattern="city", fill="tint"),
        field("edition", x, edge + top + 1, words * 0.46, 4.4, font="title", largest=11, smallest=7, colour="accent", vertical="middle"),
        field("days", x + words * 0.47, edge + top + 1, words * 0.53 - 2, 4.4, largest=6.5, smallest=5, align="right", vertical="middle"),
        field("name", x, edge + top + 6, words - 2, bottom - edge - top - 12.6, font="title", largest=48, smallest=18, lines=2, vertical="bottom"),
        field("organisation", x, bottom - 6, words - 2, 5, largest=10, smallest=6),
        code(card.width - side - edge + side * QUIET, edge - side * QUIET, side),
        field("code-text", card.width - side - edge + 2 * side * QUIET, edge + side * (1 - QUIET) + 0.4, side * (1 - 2 * QUIET), 5, largest=5.4, smallest=5, lines=2, colour="ink-soft"),
        thing("band", "band", edge, bottom, card.width - 2 * edge, band),
        field("category", edge + 3, bottom, (card.width - 2 * edge) * 0.61, band, font="title", largest=21, smallest=9, colour="on-kind", vertical="middle"),
    ]  # fmt: skip


# --- Affiche: two colours, letters as large as the card -----------------------------------------------------------


def poster_tall(_card: Shape) -> list[Element]:
    """Draw the poster for A6."""
    return [
        thing("sheet", "block", 6, 6, 93, 87, fill="fill"),
        thing("mark", "mark", 86, 10, 9, 9, colour="on-fill", border="on-fill"),
        field("edition", 11, 10, 60, 5, font="title", largest=14, smallest=9, colour="on-fill", vertical="middle"),
        field("days", 11, 15, 60, 4, largest=8, smallest=6, colour="on-fill", vertical="middle"),
        field("name", 11, 24, 83, 53, font="title", largest=96, smallest=18, lines=3, colour="on-fill", vertical="bottom", capitals=True),
        field("organisation", 11, 79.5, 83, 9, font="strong", largest=12.5, smallest=8, lines=2, colour="on-fill"),
        thing("band", "pattern", 6, 95, 93, 7, pattern="kind", colour="on-kind", fill="kind"),
        field("category", 6, 105, 54, 22, font="title", largest=44, smallest=14, lines=2, capitals=True, colour="ink"),
        field("place", 6, 131, 50, 5, font="strong", largest=9, smallest=7, vertical="bottom", colour="accent"),
        field("code-text", 6, 136.4, 50, 6.1, largest=6.6, smallest=6, lines=2, colour="ink-soft", vertical="bottom"),
        code(99 - 39.6 + 4.8, 103, 39.6),
    ]  # fmt: skip


def poster_wide(card: Shape) -> list[Element]:
    """Draw the poster for cards."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 36
    sheet = card.width - side * (1 - QUIET) - 2 * edge - 0.3
    tall = card.height - 2 * edge
    right = card.width - edge - side * (1 - 2 * QUIET)
    below = edge + side * (1 - QUIET)
    return [
        thing("sheet", "block", edge, edge, sheet, tall, fill="fill"),
        field("edition", edge + 3, edge + 2.4, sheet - 12, 4, font="title", largest=11, smallest=7, colour="on-fill", vertical="middle"),
        field("days", edge + 3, edge + 6.4, sheet - 12, 3, largest=6, smallest=5, colour="on-fill", vertical="middle"),
        thing("mark", "mark", edge + sheet - 9, edge + 2.6, 6, 6, colour="on-fill", border="on-fill"),
        field("name", edge + 3, edge + 11, sheet - 6, tall - 20.6, font="title", largest=72, smallest=18, lines=3, colour="on-fill", vertical="bottom", capitals=True),
        field("organisation", edge + 3, edge + tall - 8.6, sheet - 6, 6, font="strong", largest=9, smallest=6, lines=1, colour="on-fill"),
        code(right - side * QUIET, edge - side * QUIET, side),
        thing("band", "pattern", right, below, card.width - edge - right, 4.2, pattern="kind", colour="on-kind", fill="kind"),
        field("category", right, below + 5.2, card.width - edge - right, card.height - edge - below - 5.2, font="title", largest=19, smallest=9, lines=2, capitals=True, colour="ink", vertical="top"),
    ]  # fmt: skip


# --- Horizon: the skyline of the coalfield under a wide sky -------------------------------------------------------


def horizon_tall(_card: Shape) -> list[Element]:
    """Draw the horizon for A6."""
    return [
        thing("sky", "block", 6, 6, 93, 92, fill="tint"),
        field("edition", 12, 11, 81, 6, font="title", largest=16, smallest=10, colour="accent", align="center", vertical="middle"),
        field("days", 12, 17, 81, 4.6, largest=9, smallest=7, align="center", vertical="middle"),
        field("name", 11, 24.6, 83, 34.4, font="title", largest=62, smallest=18, lines=2, align="center", vertical="bottom"),
        field("organisation", 11, 60.4, 83, 8.6, largest=13, smallest=8, lines=2, align="center"),
        thing("skyline", "pattern", 6, 71, 93, 18.6, pattern="skyline", colour="ink", border="mark"),
        thing("band", "band", 6, 89.6, 93, 12.4),
        field("category", 10, 89.6, 57, 12.4, font="title", largest=25, smallest=10, colour="on-kind", vertical="middle"),
        code(1.2, 104.1, 39.6),
        *forum(46, 108.9, 11),
        field("place", 46, 123.4, 53, 5, font="strong", largest=10, smallest=7, colour="accent"),
        field("code-text", 46, 132.6, 53, 6.2, largest=7, smallest=6, lines=2, colour="ink-soft", vertical="bottom"),
    ]  # fmt: skip


def horizon_wide(card: Shape) -> list[Element]:
    """Draw the horizon for cards."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 36
    words = card.width - side * (1 - QUIET) - 2 * edge
    band = 8.6 if card.height < 60 else 10.5
    line = 6.6 if card.height < 60 else 11
    ground = card.height - edge - band
    symbol = side * (1 - 2 * QUIET)
    right = card.width - edge - symbol
    return [
        thing("sky", "block", edge, edge, words, ground - edge, fill="tint"),
        field("edition", edge + 2.5, edge + 1.8, words - 5, 4, font="title", largest=11, smallest=7, colour="accent", vertical="middle", align="center"),
        field("name", edge + 2.5, edge + 6.2, words - 5, ground - edge - line - 12.4, font="title", largest=46, smallest=18, lines=2, align="center", vertical="bottom"),
        field("organisation", edge + 2.5, ground - line - 5.8, words - 5, 5, largest=9, smallest=6, lines=2, align="center"),
        thing("skyline", "pattern", edge, ground - line, words, line, pattern="skyline", colour="ink", border="mark"),
        thing("band", "band", edge, ground, card.width - 2 * edge, band),
        field("category", edge + 2.5, ground, (card.width - 2 * edge) * 0.61, band, font="title", largest=20, smallest=9, colour="on-kind", vertical="middle"),
        code(right - side * QUIET, edge - side * QUIET, side),
        field("days", right, edge + symbol + side * QUIET, symbol, 3.2, font="strong", largest=6.5, smallest=5, vertical="middle"),
        field("code-text", right, edge + symbol + side * QUIET + 3.4, symbol, 4.8, largest=5.4, smallest=5, lines=2, colour="ink-soft"),
    ]  # fmt: skip


# --- Trait: black on white, fine rules, for laser and label printers ----------------------------------------------


def line_tall(_card: Shape) -> list[Element]:
    """Draw the line for A6."""
    return [
        thing("rule-top", "block", 8, 8, 89, 1.2, fill="#000000"),
        field("edition", 8, 10.4, 48, 6, font="title", largest=15, smallest=9, colour="#000000", vertical="middle"),
        field("days", 57, 10.4, 40, 6, largest=8.5, smallest=6.5, align="right", colour="#000000", vertical="middle"),
        thing("rule-second", "block", 8, 17.6, 89, 0.25, fill="#000000"),
        field("name", 8, 26, 89, 48, font="title", largest=78, smallest=18, lines=3, colour="#000000", vertical="bottom"),
        field("organisation", 8, 76.4, 89, 9.6, largest=15, smallest=8, lines=2, colour="#000000"),
        thing("rule-third", "block", 8, 90, 89, 0.25, fill="#000000"),
        field("category", 8, 91.6, 50, 10, font="title", largest=25, smallest=10, lines=1, colour="#000000", vertical="middle"),
        thing("band", "pattern", 8, 103.4, 46, 9, pattern="kind", colour="#000000"),
        *forum(8, 131.5, 9, colour="#000000", star="#000000"),
        field("code-text", 8, 115, 46, 6.6, largest=7, smallest=6, lines=2, colour="#000000"),
        code(97 - 39.6 - 4 + 8.8, 92.4, 39.6),
        field("place", 62.2, 135, 34.8, 5.5, font="strong", largest=9, smallest=7, align="right", vertical="bottom", colour="#000000"),
        thing("rule-last", "block", 8, 141.6, 89, 0.25, fill="#000000"),
    ]  # fmt: skip


def line_wide(card: Shape) -> list[Element]:
    """Draw the line for cards and labels."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 37
    symbol = side * (1 - 2 * QUIET)
    right = card.width - edge - symbol
    words = right - side * QUIET - edge
    low = card.height - edge
    band = 8 if card.height < 60 else 9.5
    return [
        thing("rule-top", "block", edge, edge, words, 0.8, fill="#000000"),
        field("edition", edge, edge + 1.4, words * 0.46, 4.2, font="title", largest=11, smallest=7, colour="#000000", vertical="middle"),
        field("days", edge + words * 0.47, edge + 1.4, words * 0.53, 4.2, largest=6.5, smallest=5, align="right", colour="#000000", vertical="middle"),
        field("name", edge, edge + 7, words, low - band - edge - 15.4, font="title", largest=56, smallest=18, lines=2, colour="#000000", vertical="bottom"),
        field("organisation", edge, low - band - 7.2, words, 5, largest=10, smallest=6, colour="#000000"),
        thing("rule-second", "block", edge, low - band - 1.4, card.width - 2 * edge, 0.25, fill="#000000"),
        field("category", edge, low - band, words, band, font="title", largest=22, smallest=9, colour="#000000", vertical="middle"),
        thing("band", "pattern", right, low - band + 0.6, symbol, band - 0.6, pattern="kind", colour="#000000"),
        code(right - side * QUIET, edge - side * QUIET, side),
        field("code-text", right, edge + symbol + side * QUIET, symbol, 5.4, largest=5.4, smallest=5, lines=3, colour="#000000"),
    ]  # fmt: skip


# --- Grand : everything as large as it goes, black on white, for eyes that read with difficulty -------------------


def large_tall(_card: Shape) -> list[Element]:
    """Draw the large print for A6."""
    return [
        thing("bar", "block", 6, 6, 93, 16, fill="#000000"),
        field("category", 10, 6, 85, 16, font="strong", largest=27, smallest=14, colour="#ffffff", vertical="middle"),
        field("name", 6, 26, 93, 58, font="strong", largest=68, smallest=18, lines=3, colour="#000000", vertical="middle"),
        field("organisation", 6, 86, 93, 14, font="text", largest=20, smallest=12, lines=2, colour="#000000", vertical="middle"),
        code(1.2 - 0.4, 100.8, 41),
        thing("band", "pattern", 46, 105.8, 53, 12, pattern="kind", colour="#000000"),
        field("edition", 46, 120.4, 53, 7.6, font="strong", largest=16, smallest=10, colour="#000000", vertical="middle"),
        field("days", 46, 128.4, 53, 6, font="text", largest=12, smallest=8, colour="#000000", vertical="middle"),
        field("code-text", 46, 134.6, 53, 7, font="text", largest=8, smallest=6, lines=2, colour="#000000", vertical="bottom"),
    ]  # fmt: skip


def large_wide(card: Shape) -> list[Element]:
    """Draw the large print for cards."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 36
    symbol = side * (1 - 2 * QUIET)
    right = card.width - edge - symbol
    bar = 9 if card.height < 60 else 11
    low = card.height - edge - bar
    words = right - side * QUIET - edge
    return [
        field("name", edge, edge - 0.6, words, low - edge - 7, font="strong", largest=44, smallest=18, lines=3, colour="#000000", vertical="middle"),
        field("organisation", edge, low - 7.2, words, 6, font="text", largest=12, smallest=6.5, lines=2, colour="#000000", vertical="middle"),
        code(right - side * QUIET, edge - side * QUIET, side),
        thing("band", "pattern", right, edge + symbol + side * QUIET, symbol, low - edge - symbol - side * QUIET - 2, pattern="kind", colour="#000000"),
        thing("bar", "block", edge, low, card.width - 2 * edge, bar, fill="#000000"),
        field("category", edge + 3, low, card.width - 2 * edge - 6, bar, font="strong", largest=18, smallest=9, colour="#ffffff", vertical="middle"),
    ]  # fmt: skip


# --- Mosaïque: the pattern of the category fills a column ----------------------------------------------------------


def mosaic_tall(_card: Shape) -> list[Element]:
    """Draw the mosaic for A6."""
    return [
        thing("column", "pattern", 6, 6, 22, 136.5, pattern="kind", colour="on-kind", fill="kind"),
        *forum(33, 6, 10),
        thing("rule", "block", 33, 19.4, 66, 0.4, fill="ink"),
        field("name", 33, 24, 66, 49, font="title", largest=58, smallest=18, lines=3, vertical="bottom"),
        field("organisation", 33, 74.6, 66, 10, largest=13, smallest=8, lines=2),
        field("category", 33, 88, 66, 10.6, font="title", largest=27, smallest=10, colour="accent", vertical="bottom", capitals=True),
        code(33 - 4.8, 99.6, 39.6),
        field("edition", 68, 104, 31, 12, font="title", largest=14, smallest=8, lines=2),
        field("days", 68, 116, 31, 8, largest=8, smallest=6, lines=2),
        field("place", 68, 125.6, 31, 5, font="strong", largest=9, smallest=7, vertical="bottom", colour="accent"),
        field("code-text", 68, 132, 31, 6.2, largest=6.6, smallest=5.5, lines=2, colour="ink-soft", vertical="bottom"),
    ]  # fmt: skip


def mosaic_wide(card: Shape) -> list[Element]:
    """Draw the mosaic for cards."""
    edge = 4 if card.height < 60 else 5
    side = 33 if card.height < 60 else 36
    symbol = side * (1 - 2 * QUIET)
    right = card.width - edge - symbol
    column = 7 if card.height < 60 else 9
    x = edge + column + 3
    words = right - side * QUIET - x
    low = card.height - edge
    return [
        thing("column", "pattern", edge, edge, column, card.height - 2 * edge, pattern="kind", colour="on-kind", fill="kind"),
        field("edition", x, edge - 0.6, words, 4.6, font="title", largest=11, smallest=7, vertical="middle"),
        thing("rule", "block", x, edge + 4.6, words, 0.3, fill="ink"),
        field("name", x, edge + 6.4, words, low - edge - 21.8, font="title", largest=46, smallest=18, lines=3, vertical="bottom"),
        field("organisation", x, low - 14.6, words, 5, largest=9.5, smallest=6),
        field("category", x, low - 8, words, 8, font="title", largest=21, smallest=9, colour="accent", vertical="bottom", capitals=True),
        code(right - side * QUIET, edge - side * QUIET, side),
        field("days", right, edge + symbol + side * QUIET, symbol, 5.6, font="strong", largest=6.6, smallest=5, lines=2),
        field("code-text", right, low - 8, symbol, 8, largest=5.4, smallest=5, lines=3, colour="ink-soft", vertical="bottom"),
    ]  # fmt: skip


# --- Labels of 62 mm, black only ----------------------------------------------------------------------------------


def label_line(card: Shape) -> list[Element]:
    """Draw a label with fine rules."""
    edge, side = 4.4, 36.0
    words = card.width - 2 * edge
    return [
        thing("rule-top", "block", edge, 4, words, 0.8, fill="#000000"),
        field("edition", edge, 5.4, words, 5, font="title", largest=13, smallest=8, colour="#000000", vertical="middle"),
        field("name", edge, 11, words, 27, font="title", largest=48, smallest=18, lines=2, colour="#000000", vertical="bottom"),
        field("organisation", edge, 38.8, words, 7, largest=11, smallest=7, lines=2, colour="#000000"),
        thing("rule-second", "block", edge, 46.6, words, 0.25, fill="#000000"),
        field("category", edge, 47.2, words, 8.8, font="title", largest=22, smallest=9, colour="#000000", vertical="middle"),
        code(edge - side * QUIET, 56.4, side),
        thing("band", "pattern", 36.4, 60.8, card.width - edge - 36.4, 18, pattern="kind", colour="#000000"),
        field("days", 36.4, 80, card.width - edge - 36.4, 8, largest=7, smallest=5.5, lines=2, colour="#000000", vertical="bottom"),
        field("code-text", edge, 92.6, words, 4.8, largest=6, smallest=5, lines=2, colour="#000000"),
    ]  # fmt: skip


def label_large(card: Shape) -> list[Element]:
    """Draw a label in large print."""
    edge, side = 4.4, 36.0
    words = card.width - 2 * edge
    return [
        field("name", edge, 3.4, words, 34, font="strong", largest=46, smallest=18, lines=3, colour="#000000", vertical="middle"),
        field("organisation", edge, 38, words, 7.6, largest=13, smallest=8, lines=2, colour="#000000", vertical="middle"),
        thing("bar", "block", edge, 46.6, words, 9.6, fill="#000000"),
        field("category", edge + 2, 46.6, words - 4, 9.6, font="strong", largest=18, smallest=9, colour="#ffffff", vertical="middle"),
        code(edge - side * QUIET, 56.4, side),
        thing("band", "pattern", 36.4, 60.8, card.width - edge - 36.4, 27.2, pattern="kind", colour="#000000"),
        field("code-text", edge, 92.6, words, 4.8, largest=6, smallest=5, lines=2, colour="#000000"),
    ]  # fmt: skip


GALLERY: dict[str, GalleryLayout] = {
    layout.slug: layout
    for layout in (
        GalleryLayout("banner", _("Banner"), _("The city’s picture above, a band of the category below."), banner_tall, banner_wide, label_line),
        GalleryLayout("poster", _("Poster"), _("Two colours and the largest letters: read from across the hall."), poster_tall, poster_wide, label_line),
        GalleryLayout("horizon", _("Horizon"), _("Pit-head, belfry and slag heaps under a wide sky."), horizon_tall, horizon_wide, label_line),
        GalleryLayout("line", _("Fine line"), _("Black on white, for laser and label printers."), line_tall, line_wide, label_line),
        GalleryLayout("large", _("Large print"), _("The highest contrast, for eyes that read with difficulty."), large_tall, large_wide, label_large),
        GalleryLayout("mosaic", _("Mosaic"), _("A column in the pattern of the category."), mosaic_tall, mosaic_wide, label_line),
    )
}  # fmt: skip


def gallery_design(slug: str, shape: str) -> Design:
    """Return a layout of the gallery for a card; what is in no gallery raises `KeyError`."""
    return GALLERY[slug].design(shape)


def standard_for(shape: str) -> str:
    """Return the layout of the gallery that a card has when nobody chose one: labels are black only."""
    return "line" if SHAPES[shape].width < 70 else "banner"


def empty_design(shape: str) -> Design:
    """Return the least that a badge must have, to begin from: a name and a code."""
    card = SHAPES[shape]
    side = 33.0
    beside = card.width > card.height
    words = card.width - (side + 12 if beside else 12)
    name = field("name", 6, 8, words, 24, font="title", largest=48, smallest=18, lines=2, vertical="bottom")
    x, y = (card.width - side - 3, 3.0) if beside else ((card.width - side) / 2, card.height - side - 6)
    return Design(shape=shape, elements=(name, rounded(code(x, y, side))))
