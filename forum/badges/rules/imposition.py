"""Which badge stands where on which page, front and back, so that cut stacks and folded sheets come out right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.badges.rules.formats import PANELS, Format, Place

FLIPS = ("one", "long", "short")
"""One side only, or both: the printer turns the sheet over its long or its short edge."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One card of a page: which of the items, which of its sides, and where."""

    item: int
    side: str
    place: Place


@dataclass(frozen=True, slots=True)
class Page:
    """One side of a sheet."""

    stamps: tuple[Stamp, ...]
    is_back: bool = False


def pages_of(count: int, paper: Format, *, stacked: bool = False, start: int = 1, flip: str = "one") -> list[Page]:
    """Return the pages of a print of so many items, in the order in which the printer takes them.

    `stacked`: the cut stacks, laid one on the other, are in order. `start`: the first free place of a sheet that was
    begun, from one.
    """
    pages = []
    for sheet in sheets_of(count, paper.cards_on_sheet, stacked=stacked and paper.is_cut, start=start):
        pages.append(Page(tuple(front_stamps(sheet, paper))))
        if flip != "one" and paper.can_have_backs:
            pages.append(Page(tuple(back_stamps(sheet, paper, flip)), is_back=True))
    return pages


def sheets_of(count: int, places: int, *, stacked: bool, start: int = 1) -> list[list[int | None]]:
    """Return which item stands at each place of each sheet; None where a place stays free."""
    taken = min(max(start, 1), places) - 1
    total = -(-(count + taken) // places) if count else 0
    sheets: list[list[int | None]] = [[None] * places for _ in range(total)]
    spots = in_stacks(total, places) if stacked else in_rows(total, places)
    free = ((sheet, place) for sheet, place in spots if sheet or place >= taken)
    for item, (sheet, place) in zip(range(count), free, strict=False):
        sheets[sheet][place] = item
    return sheets


def in_rows(sheets: int, places: int) -> Iterator[tuple[int, int]]:
    """Go through the sheets one after the other."""
    return ((sheet, place) for sheet in range(sheets) for place in range(places))


def in_stacks(sheets: int, places: int) -> Iterator[tuple[int, int]]:
    """Go down through all the sheets at one place, then at the next: the stacks that the knife makes."""
    return ((sheet, place) for place in range(places) for sheet in range(sheets))


def front_stamps(sheet: Sequence[int | None], paper: Format) -> Iterator[Stamp]:
    """Return the cards of a front; a folded sheet holds all four sides of one badge."""
    for item, place in zip(sheet, paper.places, strict=True):
        if item is None:
            continue
        if paper.is_folded:
            yield from (Stamp(item, panel.side, panel.place) for panel in PANELS)
        else:
            yield Stamp(item, "front", place)


def back_stamps(sheet: Sequence[int | None], paper: Format, flip: str) -> Iterator[Stamp]:
    """Return the cards of a back, each behind its front."""
    for item, place in zip(sheet, paper.places, strict=True):
        if item is not None:
            yield Stamp(item, "back", behind(place, paper, flip))


def behind(place: Place, paper: Format, flip: str) -> Place:
    """Return where the back of a card stands, seen from the back of its sheet.

    A badge turns on its ribbon like a page of a book. A sheet turned over its upper edge comes back on its head, so
    its backs are turned as well.
    """
    is_upright = paper.sheet.height >= paper.sheet.width
    if (flip == "long") == is_upright:
        return Place(paper.sheet.width - place.x - paper.card.width, place.y)
    return Place(place.x, paper.sheet.height - place.y - paper.card.height, is_turned=True)
