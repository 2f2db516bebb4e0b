"""The words and codes of cards as PDF operators, and cards on their sheets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from forum.core.stamping.fields import Field, Frame, Matrix, SymbolField, TextField, words_of_art
from forum.core.stamping.fitting import Fitted, fitted
from forum.core.stamping.glyphs import at_size
from forum.core.stamping.layouts import MM, Card, Layout, Variant
from forum.core.stamping.shaping import FontRoom, Shaper
from forum.core.stamping.sheets import Imposition, Line, Sheet, Slot
from forum.core.stamping.symbols import path_of
from forum.core.stamping.template import LaidOut
from forum.core.stamping.usage import Usage, note

MOST_KEPT = 250
"""Words that a document keeps as they were drawn: organisations and titles come again, names do not."""
QUIET_ZONE = 4
"""Modules of white around a symbol (ISO/IEC 18004)."""


@dataclass(frozen=True, eq=False)
class Design:
    """A layout for one variant, laid out and read: ready to be stamped."""

    laid_out: LaidOut
    fields: tuple[Field, ...]
    room: FontRoom

    @property
    def layout(self) -> Layout:
        """Return what was laid out."""
        return self.laid_out.layout

    @property
    def variant(self) -> Variant:
        """Return for whom."""
        return self.laid_out.variant

    @functools.cached_property
    def own(self) -> tuple[Field, ...]:
        """Return the fields that each card fills itself."""
        return tuple(field for field in self.fields if not self.variant.words.get(field.name))

    @functools.cached_property
    def shared(self) -> tuple[Field, ...]:
        """Return the fields that all cards of the variant fill alike: they are drawn once."""
        return tuple(field for field in self.fields if self.variant.words.get(field.name))

    @functools.cached_property
    def readers(self) -> tuple[Callable[[Card], str], ...]:
        """Return what reads the words of each own field from a card."""
        return tuple(reader(field.name) for field in self.own)

    @functools.cached_property
    def shapers(self) -> dict[TextField, tuple[Shaper, ...]]:
        """Return the fonts of each field, the one to be tried first at the front."""
        return {field: self.room.shapers_for(field.look) for field in self.fields if isinstance(field, TextField)}


def reader(name: str) -> Callable[[Card], str]:
    """Return what reads the words of a field: those of its name, or a part of a row (`programme.2.title`)."""
    rows, *place = name.split(".")
    if len(place) != 2 or not place[0].isdecimal():
        return lambda card: card.words.get(name, "")
    number, part = int(place[0]), place[1]

    def read(card: Card) -> str:
        held = card.rows.get(rows, ())
        return held[number].get(part, "") if number < len(held) else ""

    return read


@dataclass(frozen=True)
class Item:
    """Something drawn on a page, and what it is for a screen reader."""

    tag: str
    operators: bytes
    label: str = ""
    """What is said in the place of a picture."""
    frame: Frame | None = None
    """Where a picture stands."""


class Painter:
    """Draws the cards of one design for one document; `usage` gathers the glyphs that the document needs."""

    def __init__(self, design: Design, usage: Usage) -> None:
        """Draw for a document."""
        self.design = design
        self.usage = usage
        self.fields = tuple(zip(design.own, design.readers, strict=True))
        self.spoken = spoken(design)
        self.fits: dict[tuple[TextField, str], Fitted | None] = {}
        self.drawn: dict[tuple[TextField, str, float], bytes] = {}
        texts = [field for field in design.fields if isinstance(field, TextField)]
        self.followed = {field.follows for field in texts if field.follows}

    def learn(self, cards: Sequence[Card]) -> None:
        """Let Pango choose the font of every letter of some cards beforehand, and number those that no font has."""
        for field, read in self.fields:
            if isinstance(field, TextField):
                letters = "".join(sorted(set().union(*map(read, cards)) - {"\n"}))
                for shaper in self.design.shapers[field]:
                    shaper.learn(letters)
                    for letter in sorted(shaper.absent):
                        shaper.shaped(letter)

    def words(self, card: Card) -> Iterator[tuple[TextField, str]]:
        """Yield the fields of a card that have words, shared ones too."""
        for field, read in self.fields:
            if isinstance(field, TextField) and (words := read(card)):
                yield field, words
        for field in self.design.shared:
            if isinstance(field, TextField):
                yield field, self.design.variant.words[field.name]

    def rows_of(self, name: str) -> int:
        """Return how many rows of a list there is room for."""
        numbers = [field.name.split(".")[1] for field in self.design.own if field.name.startswith(f"{name}.")]
        return len(set(numbers))

    def items(self, card: Card) -> list[Item]:
        """Return what a card draws onto its art."""
        found = []
        free = dict(self.free_of_shared)
        for field, read in self.fields:
            words = read(card)
            if not words and field.name not in self.followed:
                continue
            if isinstance(field, TextField):
                operators = self.text(field, words, free)
                if operators:
                    found.append(Item(field.tag, operators))
            elif words:
                found.append(Item("Figure", symbol_operators(field, words), f"{field.label}: {words}", field.frame))
        return found

    def shared_items(self) -> list[Item]:
        """Return what all cards of the variant draw alike."""
        words = self.design.variant.words
        found = []
        free: dict[str, float] = {}
        for field in self.design.shared:
            if isinstance(field, TextField):
                found.append(Item(field.tag, self.text(field, words[field.name], free)))
            else:
                found.append(Item("Figure", symbol_operators(field, words[field.name]), field.label, field.frame))
        return found

    @functools.cached_property
    def free_of_shared(self) -> dict[str, float]:
        """Return what the fields that all cards fill alike leave free, in points."""
        free: dict[str, float] = {}
        for field in self.design.shared if self.followed else ():
            if isinstance(field, TextField):
                self.moved_up(field, self.fit(field, self.design.variant.words[field.name]), free)
        return free

    def moved_up(self, field: TextField, fit: Fitted | None, free: dict[str, float]) -> float:
        """Return how far a field moves up: by what the one that it follows left free; note what it leaves itself."""
        up = round(free.get(field.follows, 0.0), 2) if field.follows else 0.0
        if field.name in self.followed:
            free[field.name] = up + (field.frame.height - (fit.height if fit else 0.0)) * (1 - field.down)
        return up

    def text(self, field: TextField, words: str, free: dict[str, float]) -> bytes:
        """Return words as operators; what follows another field moves up by what that one left free."""
        fit = self.fit(field, words) if words else None
        up = self.moved_up(field, fit, free)
        if fit is None:
            return b""
        key = (field, words, up)
        operators = self.drawn.get(key)
        if operators is None:
            operators = self.drawn[key] = text_operators(field, fit, field.frame.below(-up) if up else field.frame)
            for line in fit.lines:
                note(self.usage, line)
        return operators

    def fit(self, field: TextField, words: str) -> Fitted | None:
        """Return words as they fit their field."""
        key = (field, words)
        if key not in self.fits:
            if len(self.fits) >= MOST_KEPT:
                self.fits.clear()
                self.drawn.clear()
            self.fits[key] = fitted(words, field, self.design.shapers[field])
        return self.fits[key]


def spoken(design: Design) -> str:
    """Return the words of the art and those that all cards of the variant share."""
    shared = [design.variant.words[field.name] for field in design.shared if isinstance(field, TextField)]
    return " ".join(" ".join([*words_of_art(design.laid_out), *shared]).split())


def text_operators(field: TextField, fit: Fitted, frame: Frame) -> bytes:
    """Return fitted words as operators."""
    spacing = field.look.spacing * fit.size
    parts = [b"BT", field.look.colour]
    if spacing:
        parts.append(b"%.3f Tc" % spacing)
    y = frame.top - (frame.height - fit.height) * field.down
    across = 1.0 if field.is_turned_by_words and fit.is_from_right else field.across
    face = None
    for line, (above, below) in zip(fit.lines, fit.around, strict=True):
        y -= above * fit.size
        width = line.width * fit.size + spacing * line.count
        parts.append(b"1 0 0 1 %.2f %.2f Tm" % (frame.x + (frame.width - width) * across, y))
        for run in line.runs:
            if run.face is not face:
                face = run.face
                parts.append(f"{face.name} {fit.size:.4g} Tf".encode())
            parts.append(at_size(run.operators, fit.size))
        y -= below * fit.size
    if spacing:
        parts.append(b"0 Tc")
    parts.append(b"ET")
    return turned(frame.matrix, b"\n".join(parts))


def symbol_operators(field: SymbolField, content: str) -> bytes:
    """Return a code as one path in one colour, in the middle of its room."""
    path, side = path_of(content, field.level)
    frame = field.frame
    module = min(frame.width, frame.height) / (side + 2 * QUIET_ZONE)
    x = frame.x + (frame.width - module * side) / 2
    y = frame.top - (frame.height - module * side) / 2
    drawn = b"q %b\n%.4f 0 0 -%.4f %.3f %.3f cm\n%bf\nQ" % (field.colour, module, module, x, y, path)
    return turned(frame.matrix, drawn)


def turned(matrix: Matrix | None, operators: bytes) -> bytes:
    """Return operators within a transform."""
    return operators if matrix is None else b"q %b cm\n%b\nQ" % (written(matrix), operators)


def written(matrix: Matrix) -> bytes:
    """Write a matrix as PDF has it."""
    return b"%.5g %.5g %.5g %.5g %.3f %.3f" % matrix


# --- sheets


@dataclass(frozen=True, eq=False)
class Place:
    """A slot of an imposition, its operators ready."""

    slot: Slot
    matrix: Matrix
    before: bytes
    after: bytes


def places(imposition: Imposition) -> tuple[Place, ...]:
    """Return the slots of a sheet with the operators that put a card there."""
    found = []
    for slot in imposition.slots:
        matrix = slot_matrix(slot, imposition)
        clip = clipped(slot.layout, imposition)
        if matrix == (1, 0, 0, 1, 0, 0) and not clip:
            found.append(Place(slot, matrix, b"", b""))
        else:
            found.append(Place(slot, matrix, b"q %b cm\n%b" % (written(matrix), clip), b"\nQ"))
    return tuple(found)


def slot_matrix(slot: Slot, imposition: Imposition) -> Matrix:
    """Return the transform that puts a card into its slot."""
    width, height = slot.layout.width_mm * MM, slot.layout.height_mm * MM
    is_lying = slot.rotation in (90, 270)
    x = slot.x_mm * MM
    y = (imposition.height_mm - slot.y_mm) * MM - (width if is_lying else height)
    if slot.rotation == 90:
        return (0, -1, 1, 0, x, y + width)
    if slot.rotation == 180:
        return (-1, 0, 0, -1, x + width, y + height)
    if slot.rotation == 270:
        return (0, 1, -1, 0, x + height, y)
    return (1, 0, 0, 1, x, y)


def clipped(layout: Layout, imposition: Imposition) -> bytes:
    """Return operators that cut what goes beyond the bleed that the sheet has room for."""
    if layout.bleed_mm <= imposition.bleed_mm:
        return b""
    bleed = imposition.bleed_mm * MM
    width, height = layout.width_mm * MM + 2 * bleed, layout.height_mm * MM + 2 * bleed
    return b"%.3f %.3f %.3f %.3f re W n\n" % (-bleed, -bleed, width, height)


def adjustment(imposition: Imposition) -> bytes:
    """Return the transform of a printer that prints a little beside or too small; empty when there is none."""
    scale, right, down = imposition.scale, imposition.offset_x_mm * MM, imposition.offset_y_mm * MM
    if (scale, right, down) == (1, 0, 0):
        return b""
    height = imposition.height_mm * MM
    return b"%b cm\n" % written((scale, 0, 0, scale, right, height * (1 - scale) - down))


def marks(imposition: Imposition) -> bytes:
    """Return the lines of a sheet as operators."""
    return b"\n".join(line_operators(line, imposition.height_mm) for line in imposition.marks)


def line_operators(line: Line, height_mm: float) -> bytes:
    """Return a line as operators."""
    ends = (line.x1_mm * MM, (height_mm - line.y1_mm) * MM, line.x2_mm * MM, (height_mm - line.y2_mm) * MM)
    dash = b"[%.2f] 0 d" % (line.dash_mm * MM) if line.dash_mm else b"[] 0 d"
    return b"%.3f w %.3g G %b %.2f %.2f m %.2f %.2f l S" % (line.width_mm * MM, line.grey, dash, *ends)


def cards_on(sheet: Sheet, slots: Sequence[Place]) -> Iterator[tuple[Place, Card]]:
    """Yield the slots of a sheet that have a card, and the card."""
    cards = sheet.cards
    for place in slots:
        number = place.slot.card
        card = cards[number] if number < len(cards) else None
        if card is not None:
            yield place, card
