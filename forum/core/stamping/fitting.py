"""Words in a box: the largest letters that fit, broken where a person would break them.

Large letters are good, few lines are good, a break at a hyphen is a little bad. A name is never smaller than its field
allows: then it takes more lines, then words are broken within, then names after the first become initials, and at the
very last the end becomes an ellipsis. What is lost is always told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from forum.core.stamping.fields import NAME, TextField
from forum.core.stamping.glyphs import Face, Shaped
from forum.core.stamping.shaping import Shaper, is_right_to_left
from forum.core.stamping.texts import (
    LOW,
    TRANSFORMS,
    Breaks,
    abbreviations,
    all_initials,
    clusters,
    glued,
    has_hyphen,
    is_one_word,
    plain,
    split,
    without_pictures,
)

LONGEST = 1000
"""More letters than any box holds."""
MOST_LINES = 9
STEP = 0.1
"""Sizes are tenths of a point: nobody sees less, and files stay small."""
SPARE = 0.97
"""How much of a line is filled where letters are measured one by one."""

HYPHEN = "-"

TOUCHING = 0.08
"""How much of an em the lowest ink of a line may reach into the highest of the next: rarely one above the other."""
BEYOND_TOP, BEYOND_BOTTOM = 0.06, 0.05
"""… and how far ink may leave the field: above a name there is air, below it the organisation."""

Loss = Literal["broken-word", "abbreviated", "shortened"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Words as they are printed: their lines, the size of the letters in points, the height of a line in em."""

    lines: tuple[Shaped, ...]
    size: float
    leading: float
    around: tuple[tuple[float, float], ...]
    """The room of each line above and below its baseline, in em."""
    shaper: Shaper
    loss: Loss | None = None
    left_out: str = ""
    """Pictures (emoji) that no font has: nobody is called by them, and an empty box helps nobody."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the words of each line."""
        return tuple(line.text for line in self.lines)

    @property
    def is_from_right(self) -> bool:
        """Tell whether the words run from right to left."""
        return is_right_to_left(" ".join(self.texts))

    @property
    def height(self) -> float:
        """Return how high the lines stand, in points."""
        return self.size * sum(map(sum, self.around))


def room_around(line: Shaped, first: Face, leading: float) -> tuple[float, float]:
    """Return the room of a line above and below its baseline, in em, as CSS has it: no less than an empty line's."""
    empty = (leading - first.ascent - first.descent) / 2
    if (line.ascent, line.descent) == (first.ascent, first.descent):
        return empty + first.ascent, empty + first.descent
    full = (leading - line.ascent - line.descent) / 2
    return max(empty + first.ascent, full + line.ascent), max(empty + first.descent, full + line.descent)


@dataclass(frozen=True)
class Box:
    """What a field asks of words: lengths in points."""

    width: float
    height: float
    largest: float
    smallest: float
    lines: int
    leading: float
    spacing: float = 0.0
    """Between letters, in em."""

    def looks(self, size: float, count: int, breaks: Breaks) -> float:
        """Return how well so many lines of a size look: large is good, less so for each line and for broken words."""
        many = max(0, count - self.lines)
        small = min(1.0, size / (1.5 * self.smallest))
        hyphens: float = 1.0 if breaks == "spaces" else 0.92
        return size * small * 0.88**count * 0.85**many * hyphens


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a text that stays whole on its line, with the space that follows it."""

    text: str
    whole: float
    """Its width in em with the space behind it."""
    alone: float
    """… and without, at the end of a line."""


@dataclass(frozen=True)
class Choice:
    """A way to set words: so large, in these lines, broken there."""

    size: float
    lines: tuple[str, ...]
    breaks: Breaks


def fitted(words: str, field: TextField, shapers: Sequence[Shaper]) -> Fitted | None:
    """Return words in the letters and lines that look best in their field; None when there are none."""
    parts = parts_of(words, field)
    if not parts:
        return None
    shaper, left_out = best_shaper("".join(parts), shapers), ""
    if not shaper.absent.isdisjoint("".join(parts)):
        parts, left_out = drawable(parts, shaper)
    if not parts:
        return Fitted((), 0.0, 0.0, (), shaper, left_out=left_out)
    box = box_of(field, parts, shaper)
    choice, loss = chosen(parts, box, shaper, is_name=field.name == NAME)
    if loss == "shortened" and box.leading > field.look.leading:
        # High accents may touch the line above them rather than cost somebody the family name.
        box = replace(box, leading=field.look.leading)
        choice, loss = chosen(parts, box, shaper, is_name=field.name == NAME)
    lines = tuple(shaper.shaped(line) for line in choice.lines)
    around = tuple(room_around(line, shaper.first, box.leading) for line in lines)
    return Fitted(lines, sized(choice.size, lines, around, box), box.leading, around, shaper, loss, left_out)


def parts_of(words: str, field: TextField) -> list[str]:
    """Return the parts of words that begin lines of their own, tidied."""
    transform = TRANSFORMS.get(field.look.style["text_transform"])
    parts = [part for part in map(plain, words[:LONGEST].split("\n")) if part]
    return [transform(part) for part in parts] if transform else parts


def best_shaper(text: str, shapers: Sequence[Shaper]) -> Shaper:
    """Return the first font that has every letter, so that no word is patched together, else the one with most.

    Pictures among the letters do not choose the font of a name.
    """
    if shapers[0].has(text):
        return shapers[0]
    letters = without_pictures(text, text)
    for shaper in shapers:
        if shaper.has(letters):
            return shaper
    return min(shapers, key=lambda shaper: len(shaper.lacking.intersection(letters)))


def drawable(parts: Sequence[str], shaper: Shaper) -> tuple[list[str], str]:
    """Return parts without the pictures that no font has, and those; a letter that no font has stays, as a box."""
    kept = [without_pictures(part, shaper.absent) for part in parts]
    lost = shaper.absent.intersection("".join(parts)).difference("".join(kept))
    return [part for part in kept if part], "".join(
        letter for letter in dict.fromkeys("".join(parts)) if letter in lost
    )


def box_of(field: TextField, parts: Sequence[str], shaper: Shaper) -> Box:
    """Return the room of a field, its lines as high as these words need them."""
    look, frame = field.look, field.frame
    is_usual = shaper.style.families == tuple(look.style["font_family"]) and all(map(LOW.fullmatch, parts))
    return Box(
        width=frame.width,
        height=frame.height,
        largest=look.size,
        smallest=min(field.smallest, look.size),
        lines=field.lines,
        leading=look.leading if is_usual else max(look.leading, needed_leading(parts, shaper)),
        spacing=look.spacing,
    )


def needed_leading(parts: Sequence[str], shaper: Shaper) -> float:
    """Return how high lines must be, in em, so that their ink neither meets nor leaves the field.

    A line's height is shared out evenly above and below what its font asks for.
    """
    inks = [shaper.ink(part) for part in parts]
    above, below = max(ink[0] for ink in inks), max(ink[1] for ink in inks)
    faces = [face for part in parts for face in shaper.shaped(part).faces]
    ascent, descent = max(face.ascent for face in faces), max(face.descent for face in faces)
    beyond = max(above - BEYOND_TOP - ascent, below - BEYOND_BOTTOM - descent)
    needed: float = max(above + below - TOUCHING, ascent + descent + 2 * beyond)
    return needed


def chosen(parts: Sequence[str], box: Box, shaper: Shaper, *, is_name: bool) -> tuple[Choice, Loss | None]:
    """Return the best way to set words, and what is lost by it."""
    setting = Setting(box, shaper)
    found = setting.best(parts)
    if found:
        return found, None
    # A name with initials is read more easily than one that is torn apart, which comes before one without its words.
    for shorter in abbreviations(parts) if is_name else ():
        found = setting.best(shorter)
        if found:
            return found, "abbreviated"
    found = setting.within_words(parts)
    if found:
        return found, "broken-word"
    for shorter in (*abbreviations(parts), all_initials(parts)) if is_name else ():
        found = setting.best(shorter) or setting.within_words(shorter)
        if found:
            return found, "abbreviated"
    return setting.shortened(parts), "shortened"


def sized(size: float, lines: Sequence[Shaped], around: Sequence[tuple[float, float]], box: Box) -> float:
    """Return a size at which the lines fit as they are really shaped: other fonts and kerning may add a little."""
    widest = max(line.width + box.spacing * line.count for line in lines)
    height = sum(map(sum, around))
    fits = min(size, box.width / widest if widest else size, box.height / height)
    return int(max(fits, min(size, box.smallest)) / STEP + 0.01) * STEP


class Setting:
    """The ways to set words in a box with a font."""

    def __init__(self, box: Box, shaper: Shaper) -> None:
        """Measure with a shaper."""
        self.box = box
        self.shaper = shaper
        self.line_height = box.leading

    def best(self, parts: Sequence[str]) -> Choice | None:
        """Return the way that looks best without breaking words, or None where they do not fit."""
        plainest = self.plainest(parts)
        if plainest:
            return plainest
        spaced = self.ways(parts, "spaces")
        good = max(spaced, key=self.looks, default=None)
        if good and (good.size >= self.tallest(len(parts)) or not any(map(has_hyphen, parts))):
            return good
        hyphened = self.ways(parts, "hyphens")
        return max([*spaced, *hyphened], key=self.looks, default=None) or max(
            self.ways(parts, "particles"), key=self.looks, default=None
        )

    def plainest(self, parts: Sequence[str]) -> Choice | None:
        """Return each part on one line where nothing could be larger, which is so for most people."""
        tallest = self.tallest(len(parts))
        widest = max(map(self.width, parts))
        size = min(tallest, self.box.width / widest) if widest else tallest
        if size < self.box.smallest or (size < tallest and not all(map(is_one_word, parts))):
            return None
        return Choice(size, tuple(parts), "spaces")

    def looks(self, choice: Choice) -> float:
        """Return how well a way looks."""
        return self.box.looks(choice.size, len(choice.lines), choice.breaks)

    def tallest(self, count: int) -> float:
        """Return the largest size at which so many lines are not too high."""
        return min(self.box.largest, self.box.height / (count * self.line_height))

    def ways(self, parts: Sequence[str], breaks: Breaks) -> list[Choice]:
        """Return the largest letters for each number of lines, as long as more lines could make them larger."""
        broken = [self.pieces(part, breaks) for part in parts]
        most = min(MOST_LINES, sum(map(len, broken)))
        found: list[Choice] = []
        for count in range(len(parts), most + 1):
            tallest = self.tallest(count)
            if tallest < self.box.smallest - 0.01 or (found and tallest <= found[-1].size):
                break
            widest, lines = evenest(broken, count)
            size = min(tallest, self.box.width / widest) if widest else tallest
            if size >= self.box.smallest - 0.01:
                found.append(Choice(size, lines, breaks))
        return found

    def pieces(self, text: str, breaks: Breaks) -> list[Piece]:
        """Return a text in pieces that stay whole."""
        texts = list(split(text, breaks))
        if breaks != "particles":
            texts = glued(texts)
        return [self.piece(each) for each in texts]

    def piece(self, text: str) -> Piece:
        """Measure a piece."""
        bare = text.rstrip()
        alone = self.width(bare)
        return Piece(text, alone if bare == text else self.width(text), alone)

    def width(self, text: str) -> float:
        """Return how wide a text is, in em."""
        shaped = self.shaper.shaped(text)
        return shaped.width + self.box.spacing * shaped.count

    def within_words(self, parts: Sequence[str]) -> Choice | None:
        """Return words broken wherever a line is full, as large as they go; None where the smallest are too many."""
        largest, smallest = self.box.largest, self.box.smallest
        letters = [[self.piece(each) for each in clusters(part)] for part in parts]
        sizes = [largest - number for number in range(int(largest - smallest) + 1)] + [smallest]
        low, high, found = 0, len(sizes) - 1, None
        while low <= high:
            middle = (low + high) // 2
            lines = self.torn(letters, SPARE * self.box.width / sizes[middle])
            if sizes[middle] <= self.tallest(len(lines)) + 0.01:
                found, high = Choice(sizes[middle], tuple(lines), "letters"), middle - 1
            else:
                low = middle + 1
        return found

    def torn(self, parts: Sequence[Sequence[Piece]], width: float) -> list[str]:
        """Return parts in full lines, with a hyphen where a word is torn."""
        hyphen = self.width(HYPHEN)
        return [line for part in parts for line in filled(part, width, hyphen)]

    def shortened(self, parts: Sequence[str]) -> Choice:
        """Return the beginning of a text that is too long for its box, and an ellipsis."""
        size = min(self.box.smallest, self.box.height / self.line_height)
        room = max(1, int(self.box.height / (size * self.line_height) + 0.001))
        width = SPARE * self.box.width / size - self.width("…")
        lines = self.torn([[self.piece(each) for each in clusters(part)] for part in parts], width)
        kept = lines[:room]
        last = kept[-1].removesuffix(HYPHEN)
        return Choice(size, (*kept[:-1], f"{last}…" if len(lines) > room or len(last) > 1 else "…"), "letters")


def evenest(parts: Sequence[Sequence[Piece]], count: int) -> tuple[float, tuple[str, ...]]:
    """Return so many lines, each part beginning one, the widest as narrow as it can be, and its width in em."""
    if count == len(parts):
        return max(map(line_width, parts), default=0.0), tuple(map(line_text, parts))
    best: tuple[float, tuple[str, ...]] | None = None
    first, rest = parts[0], parts[1:]
    for own in range(1, min(len(first), count - len(rest)) + 1):
        if rest and not len(rest) <= count - own <= sum(map(len, rest)):
            continue
        if not rest and own != count:
            continue
        width, lines = broken_evenly(first, own)
        if rest:
            more, others = evenest(rest, count - own)
            width, lines = max(width, more), lines + others
        if best is None or width < best[0]:
            best = width, lines
    return best or (float("inf"), ())


def broken_evenly(pieces: Sequence[Piece], count: int) -> tuple[float, tuple[str, ...]]:
    """Break one part into so many lines whose widest is as narrow as it can be."""
    # ends[n]: the best way to set the first n pieces in the lines so far, as its widest line and where lines begin.
    ends: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for _line in range(count):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for start, (widest, starts) in ends.items():
            width = 0.0
            for end in range(start + 1, len(pieces) + 1):
                width += pieces[end - 2].whole if end - 1 > start else 0.0
                wider = max(widest, width + pieces[end - 1].alone)
                if end not in following or wider < following[end][0]:
                    following[end] = (wider, (*starts, start))
        ends = following
    width, starts = ends[len(pieces)]
    stops = (*starts[1:], len(pieces))
    return width, tuple(line_text(pieces[start:stop]) for start, stop in zip(starts, stops, strict=True))


def line_width(pieces: Sequence[Piece]) -> float:
    """Return the width of a line of pieces, in em."""
    return sum(piece.whole for piece in pieces[:-1]) + pieces[-1].alone


def line_text(pieces: Sequence[Piece]) -> str:
    """Return the text of a line of pieces."""
    return "".join(piece.text for piece in pieces).strip()


def filled(pieces: Sequence[Piece], width: float, hyphen: float) -> list[str]:
    """Fill lines one after the other, each until it is full; a break goes back to a space or hyphen that is near.

    `hyphen` is how wide the one is that tells where a word goes on in the next line.
    """
    lines, room, begun = [""], width, False
    for number, piece in enumerate(pieces):
        word = line_width(pieces[number : word_end(pieces, number)])
        starts_word = number > 0 and ends_word(pieces[number - 1])
        needed = piece.alone + (hyphen if is_torn_behind(pieces, number) else 0.0)
        if begun and (needed > room or (starts_word and room < word <= width)):
            if is_torn_behind(pieces, number - 1):
                lines[-1] += HYPHEN
            lines.append("")
            room, begun = width, False
        lines[-1] += piece.text
        room, begun = room - piece.whole, True
    return [line.strip() for line in lines if line.strip()]


def is_torn_behind(pieces: Sequence[Piece], number: int) -> bool:
    """Tell whether a line that ends behind a piece tears a word of a script that has hyphens: one with capitals."""
    if number + 1 >= len(pieces):
        return False
    before, behind = pieces[number].text[:1], pieces[number + 1].text[:1]
    return all(letter.upper() != letter.lower() for letter in (before, behind)) and not ends_word(pieces[number])


def word_end(pieces: Sequence[Piece], start: int) -> int:
    """Return where the word ends that a piece begins."""
    for number in range(start, len(pieces)):
        if ends_word(pieces[number]):
            return number + 1
    return len(pieces)


def ends_word(piece: Piece) -> bool:
    """Tell whether a line may end after a piece without tearing a word apart."""
    return piece.text.endswith((" ", "-", "‐"))
