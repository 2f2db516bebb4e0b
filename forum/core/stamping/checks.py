"""What would not look well, said before anything is printed; and layouts that cannot be printed at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forum.core.stamping.document import designs, one_at_a_time
from forum.core.stamping.fields import POINT as PIXEL
from forum.core.stamping.fields import Frame, SymbolField, TextField, lightness, millimetres, placed, rgb
from forum.core.stamping.fitting import Fitted
from forum.core.stamping.layouts import MM, Card, Layout, Variant
from forum.core.stamping.pages import QUIET_ZONE, Design, Painter
from forum.core.stamping.refusals import (
    FieldMissing,
    FieldOutside,
    FieldTooSmall,
    LayoutRefused,
    PictureTooLarge,
    SymbolOnDarkGround,
    SymbolTooSmall,
)
from forum.core.stamping.symbols import kind_of
from forum.core.words import gettext as _

RiskKind = Literal[
    "missing-letter", "missing-picture", "abbreviated", "shortened", "many-lines", "broken-word", "rows-left-out"
]

__all__ = ["LayoutRefused", "Risk", "RiskKind", "check", "risks"]

LARGEST_PICTURE = 4_000_000
"""Bytes: a photograph of an A4 page at 300 dots per inch is smaller."""
SMALLEST_SYMBOL_MM = 25.0
DARKEST_GROUND, LIGHTEST_SYMBOL = 0.7, 0.35
TOLERANCE = 1.0
"""Points that a box may reach beyond the page without being told so."""
USUAL_CODE = "0" * 26
FEWEST_LETTERS = 3
"""A field that holds fewer letters than this on a line is too narrow for anybody."""


@dataclass(frozen=True)
class Risk:
    """Something on one card that somebody should look at before it is printed."""

    card: int
    """Which of the cards that were asked about, from 0."""
    field: str
    kind: RiskKind
    text: str
    """What it is about: the letters that no font has, the words as they would be printed."""

    @property
    def sentence(self) -> str:
        """Say it in the reader's language."""
        return {
            "missing-letter": _(
                "No font has “%(text)s”: an empty box is printed instead. "
                "Ask whoever runs the service for a font with these letters, or the person for the name in others.",
                text=self.text,
            ),
            "missing-picture": _(
                "No font has the picture “%(text)s”: it is left out, the rest is printed.", text=self.text
            ),
            "abbreviated": _("Too long to be printed whole: it becomes “%(text)s”.", text=self.text),
            "shortened": _("Too long even for the smallest letters: the end is cut, “%(text)s”.", text=self.text),
            "many-lines": _("More lines than look well: “%(text)s”.", text=self.text),
            "broken-word": _("Broken within a word: “%(text)s”.", text=self.text),
            "rows-left-out": _("More sessions than there is room for: %(text)s are left out.", text=self.text),
        }[self.kind]


def risks(cards: Sequence[Card], layout: Layout) -> list[Risk]:
    """Return what should be looked at before these cards are printed in this layout, in their order."""
    with one_at_a_time:
        found = designs(layout, {id(card.variant): card.variant for card in cards}.values())
        painters = {variant.key: Painter(design, {}) for variant, design in found.items()}
        return [
            Risk(number, field, kind, text)
            for number, card in enumerate(cards)
            for field, kind, text in risks_of(card, painters[card.variant.key])
        ]


def risks_of(card: Card, painter: Painter) -> Iterator[tuple[str, RiskKind, str]]:
    """Yield what should be looked at on one card."""
    for field, words in painter.words(card):
        fit = painter.fit(field, words)
        if fit is None:
            continue
        missing = "".join(dict.fromkeys("".join(line.missing for line in fit.lines)))
        if missing:
            yield field.name, "missing-letter", missing
        if fit.left_out:
            yield field.name, "missing-picture", fit.left_out
        if fit.loss:
            yield field.name, fit.loss, " / ".join(fit.texts)
        elif is_crowded(fit, field):
            yield field.name, "many-lines", " / ".join(fit.texts)
    for name, rows in card.rows.items():
        room = painter.rows_of(name)
        if room and len(rows) > room:
            yield name, "rows-left-out", str(len(rows) - room)


def is_crowded(fit: Fitted, field: TextField) -> bool:
    """Tell whether words take more lines than look well in their field."""
    return len(fit.lines) > field.lines + 1


def check(layout: Layout, cards: Iterable[Card] = (), *, needs: Sequence[str] = ("name", "code")) -> None:
    """Refuse a layout that cannot be printed, tried with cards of some variants. Raises `LayoutRefused`.

    `needs` names the fields that the layout must have.
    """
    refuse_large_pictures(layout)
    held = list(cards)
    with one_at_a_time:
        variants = {card.variant.key: card.variant for card in held} or {(): Variant()}
        for variant, design in designs(layout, variants.values()).items():
            of_variant = [card for card in held if card.variant == variant]
            code = next((card.words["code"] for card in of_variant if card.words.get("code")), USUAL_CODE)
            refuse_missing(design, needs)
            refuse_fields(design, [*needs, *filled(of_variant), *variant.words], code)


def refuse_large_pictures(layout: Layout) -> None:
    """Refuse pictures that would make every file enormous. Raises `PictureTooLarge`."""
    for name, content in layout.pictures.items():
        if len(content) > LARGEST_PICTURE:
            size, most = len(content) / 1e6, LARGEST_PICTURE / 1e6
            raise PictureTooLarge(layout=layout.name, picture=name, size=size, most=most)


def filled(cards: Iterable[Card]) -> Iterator[str]:
    """Yield the names of the fields that cards fill."""
    for card in cards:
        yield from (name for name, words in card.words.items() if words)
        for name, rows in card.rows.items():
            yield from (f"{name}.{number}.{part}" for number, row in enumerate(rows) for part in row)


def refuse_missing(design: Design, needs: Iterable[str]) -> None:
    """Refuse a layout without a field that it must have. Raises `FieldMissing`."""
    names = {field.name for field in design.fields}
    for wanted in needs:
        if wanted not in names:
            raise FieldMissing(layout=design.layout.name, wanted=wanted)


def refuse_fields(design: Design, names: Iterable[str], code: str) -> None:
    """Refuse fields that are too small, or outside; what nobody fills is not looked at. Raises `LayoutRefused`."""
    looked_at = set(names)
    for field in (each for each in design.fields if each.name in looked_at):
        refuse_outside(design, field.name, field.frame)
        if isinstance(field, TextField):
            refuse_small(design, field)
        else:
            refuse_symbol(design, field, code)


def refuse_outside(design: Design, name: str, frame: Frame) -> None:
    """Refuse a field beyond the page. Raises `FieldOutside`."""
    if frame.matrix:
        return  # what is turned is looked at by eye
    width, height = design.layout.width_mm * MM, design.layout.height_mm * MM
    left, right, bottom = frame.x, frame.x + frame.width, frame.top - frame.height
    if min(left, bottom) < -TOLERANCE or right > width + TOLERANCE or frame.top > height + TOLERANCE:
        raise FieldOutside(layout=design.layout.name, wanted=name)


def refuse_small(design: Design, field: TextField) -> None:
    """Refuse a field without room for its smallest letters. Raises `FieldTooSmall`."""
    smallest = min(field.smallest, field.look.size) if field.name != "name" else field.smallest
    frame = field.frame
    if frame.height < smallest * field.look.leading * 0.98 or frame.width < FEWEST_LETTERS * smallest * 0.6:
        raise FieldTooSmall(
            layout=design.layout.name,
            wanted=field.name,
            width=millimetres(frame.width),
            height=millimetres(frame.height),
            smallest=smallest,
        )


def refuse_symbol(design: Design, field: SymbolField, code: str) -> None:
    """Refuse a code that phones would not read. Raises `SymbolTooSmall`, `SymbolOnDarkGround`."""
    side = kind_of(code, field.level).side
    room = min(field.frame.width, field.frame.height)
    size = room * side / (side + 2 * QUIET_ZONE) / MM
    if size < SMALLEST_SYMBOL_MM - 0.1:
        needed = SMALLEST_SYMBOL_MM * (side + 2 * QUIET_ZONE) / side
        raise SymbolTooSmall(
            layout=design.layout.name,
            size=size,
            least=SMALLEST_SYMBOL_MM,
            needed=needed,
        )
    if field.lightness > LIGHTEST_SYMBOL or ground(design, field.frame) < DARKEST_GROUND:
        raise SymbolOnDarkGround(layout=design.layout.name)


def ground(design: Design, frame: Frame) -> float:
    """Return how light the darkest ground under a frame is; a picture counts as black, whatever it shows."""
    page = design.laid_out.page
    found = [1.0]
    for box, _matrix in placed(page._page_box):
        lightest = lightness_of(box)
        if lightest is None:
            continue
        # What covers the whole frame hides what lies below it.
        if is_whole_page(box) or covers(box, frame, page.height):
            found = [lightest]
        elif overlap(box, frame, page.height):
            found.append(lightest)
    return min(found)


def lightness_of(box: Any) -> float | None:
    """Return how light a box is painted; None where it is not."""
    from weasyprint.formatting_structure import boxes

    style = box.style
    if isinstance(box, (boxes.TextBox, boxes.LineBox)):
        return None
    if isinstance(box, boxes.ReplacedBox) or any(kind != "none" for kind, *_rest in style["background_image"]):
        return 0.0
    colour = style["background_color"]
    return lightness(*rgb(colour)) if colour.alpha > 0 else None


def is_whole_page(box: Any) -> bool:
    """Tell whether a box paints its ground on the whole page, as CSS has it for these."""
    from weasyprint.formatting_structure import boxes

    return isinstance(box, boxes.PageBox) or (box.element is not None and box.element_tag in ("html", "body"))


def edges(box: Any, page_height: float) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a box on the page, in points."""
    left, top = box.border_box_x() * PIXEL, (page_height - box.border_box_y()) * PIXEL
    return left, top - box.border_height() * PIXEL, left + box.border_width() * PIXEL, top


def overlap(box: Any, frame: Frame, page_height: float) -> bool:
    """Tell whether a box lies under a frame."""
    left, bottom, right, top = edges(box, page_height)
    return (
        left < frame.x + frame.width - TOLERANCE
        and right > frame.x + TOLERANCE
        and bottom < frame.top - TOLERANCE
        and top > frame.top - frame.height + TOLERANCE
    )


def covers(box: Any, frame: Frame, page_height: float) -> bool:
    """Tell whether a box lies under the whole of a frame."""
    left, bottom, right, top = edges(box, page_height)
    return (
        left <= frame.x + TOLERANCE
        and right >= frame.x + frame.width - TOLERANCE
        and bottom <= frame.top - frame.height + TOLERANCE
        and top >= frame.top - TOLERANCE
    )
