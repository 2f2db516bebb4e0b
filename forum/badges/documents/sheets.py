"""Badges on their papers: pieces are laid on sheets, marked for the knife, moved for the printer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forum.badges.rules import Way
from forum.badges.rules.calibration import PLAIN, Calibration
from forum.badges.rules.formats import Format, Place
from forum.badges.rules.imposition import Page, pages_of
from forum.core.stamping import Card, Imposition, Layout, Line, Sheet, Slot

TICK = 4.0
"""Millimetres: how long a cut mark is."""
UNREACHED = 5.0
"""Millimetres at the edge of a sheet that most printers leave white."""
APART = 1.0
"""Millimetres between a cut mark and the card, where there is room for it."""
HAIR = 0.1
FOLD_GREY = 0.6


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that takes one place: a badge or a separator, and how each of its sides is drawn."""

    card: Card
    sides: Mapping[str, Layout]
    """By side: front, back, inside-left, inside-right; a side without a layout stays white."""


def sheets_of(pieces: Sequence[Piece], way: Way, calibration: Calibration = PLAIN) -> Iterator[Sheet]:
    """Return the printed sides of a print, in the order in which the printer takes them."""
    paper = way.paper
    kept: dict[tuple[tuple[int, Place], ...], Imposition] = {}
    for page in pages_of(len(pieces), paper, stacked=way.is_stacked, start=way.start, flip=way.flip):
        placed = [
            (pieces[stamp.item].sides[stamp.side], stamp.place, pieces[stamp.item].card)
            for stamp in page.stamps
            if stamp.side in pieces[stamp.item].sides
        ]
        # Nearly all sheets hold the same layouts at the same places: they share one imposition.
        key = tuple((id(layout), place) for layout, place, _card in placed)
        if key not in kept:
            layouts = [(layout, place) for layout, place, _card in placed]
            kept[key] = imposition_of(layouts, page, paper, calibration)
        yield Sheet(kept[key], tuple(card for _layout, _place, card in placed))


def imposition_of(
    layouts: Sequence[tuple[Layout, Place]], page: Page, paper: Format, calibration: Calibration
) -> Imposition:
    """Return a sheet with its places, its marks, and what a printer needs."""
    slots = tuple(slot_of(layout, place, paper, number) for number, (layout, place) in enumerate(layouts))
    scale = float(calibration.scale) / 100
    # The engine scales about the upper left corner, a calibration about the middle of the sheet.
    return Imposition(
        width_mm=paper.sheet.width,
        height_mm=paper.sheet.height,
        slots=slots,
        marks=() if page.is_back else tuple(marks_of(paper)),
        bleed_mm=paper.bleed,
        offset_x_mm=float(calibration.right) + paper.sheet.width / 2 * (1 - scale),
        offset_y_mm=float(calibration.down) + paper.sheet.height / 2 * (1 - scale),
        scale=scale,
    )


def slot_of(layout: Layout, place: Place, paper: Format, number: int) -> Slot:
    """Return where a layout stands; one that is smaller than the card stands in its middle."""
    right, down = (paper.card.width - layout.width_mm) / 2, (paper.card.height - layout.height_mm) / 2
    return Slot(layout, place.x + right, place.y + down, rotation=180 if place.is_turned else 0, card=number)


def marks_of(paper: Format) -> Iterator[Line]:
    """Return where the knife goes, or the folds."""
    if paper.is_folded:
        yield from edge_marks(paper, [paper.sheet.width / 2], [paper.sheet.height / 2], dash=1.0, grey=FOLD_GREY)
    elif paper.has_cut_marks:
        across = borders(paper.left, paper.card.width, paper.gap, paper.columns, paper.sheet.width)
        down = borders(paper.top, paper.card.height, paper.gap, paper.rows, paper.sheet.height)
        yield from edge_marks(paper, across, down)
        yield from crosses(paper, across, down)


def borders(start: float, size: float, gap: float, number: int, whole: float) -> list[float]:
    """Return where cards begin and end along one direction; the edges of the paper need no knife."""
    found = {start + index * (size + gap) + end for index in range(number) for end in (0, size)}
    return sorted(border for border in found if HAIR < border < whole - HAIR)


def edge_marks(
    paper: Format, across: Sequence[float], down: Sequence[float], *, dash: float = 0, grey: float = 0
) -> Iterator[Line]:
    """Return short lines at the edges of the sheet, beside the cards where there is a margin, else on the cut."""
    sheet = paper.sheet
    look = {"width_mm": HAIR, "dash_mm": dash, "grey": grey}
    above, beside = mark_ends(paper.top, paper.bleed), mark_ends(paper.left, paper.bleed)
    for x in across:
        yield Line(x, above[0], x, above[1], **look)
        yield Line(x, sheet.height - above[0], x, sheet.height - above[1], **look)
    for y in down:
        yield Line(beside[0], y, beside[1], y, **look)
        yield Line(sheet.width - beside[0], y, sheet.width - beside[1], y, **look)


def mark_ends(margin: float, bleed: float) -> tuple[float, float]:
    """Return from where to where a mark goes, from the edge of the paper."""
    room = margin - bleed - APART
    return (max(room - TICK, 0.0), room) if room > 0 else (UNREACHED, UNREACHED + TICK)


def crosses(paper: Format, across: Sequence[float], down: Sequence[float]) -> Iterator[Line]:
    """Return small crosses where four cards meet, so that a ruler lies right in the middle of the sheet too."""
    if paper.gap:
        return
    inner_x = [x for x in across if paper.left + HAIR < x < paper.sheet.width - paper.left - HAIR]
    inner_y = [y for y in down if paper.top + HAIR < y < paper.sheet.height - paper.top - HAIR]
    for x in inner_x:
        for y in inner_y:
            yield Line(x - TICK / 2, y, x + TICK / 2, y, width_mm=HAIR)
            yield Line(x, y - TICK / 2, x, y + TICK / 2, width_mm=HAIR)
