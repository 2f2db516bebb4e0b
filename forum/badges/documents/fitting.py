"""Words in a box: the largest letters that fit, broken where a person would break them; nothing is ever cut off.

WeasyPrint has no auto-fit. We measure with the advance widths of the fonts that print, and where a font lacks a
letter with a width that no common font exceeds: a name comes out a little smaller than it could, never too wide.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

MM = 72 / 25.4
"""Points in a millimetre."""

LONGEST = 1000
"""More letters than any box holds."""

SPARE = 1.02
"""What sub-pixel positions and the rounding of advances may add to a line."""

# Widths in em of letters that the font lacks, so that another one draws them: generous, see `tests/badges`.
LACKING_WIDE = 1.05
LACKING = 0.92
LACKING_UPPER = 1.0


@dataclass(frozen=True)
class Widths:
    """The advance widths of one font, in em, by code point."""

    advances: Mapping[int, float]

    def of(self, text: str) -> float:
        """Return how wide a line is, in em."""
        return SPARE * sum(self.of_letter(letter) for letter in text)

    def has(self, text: str) -> bool:
        """Tell whether the font draws every letter of a text."""
        return all(ord(letter) in self.advances or letter.isspace() for letter in text)

    def of_letter(self, letter: str) -> float:
        """Return how wide a letter is, in em."""
        present = self.advances.get(ord(letter))
        if present is not None:
            return present
        if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
            return 0.0
        if unicodedata.east_asian_width(letter) in "WF" or unicodedata.category(letter) in ("So", "Sk"):
            return LACKING_WIDE
        return LACKING_UPPER if letter.isupper() else LACKING


@functools.cache
def widths_of(path: Path, weight: int) -> Widths:
    """Read the advance widths of a font file, at a weight if it is a variable one."""
    from fontTools.ttLib import TTFont  # slow to import: only who prints pays

    font = TTFont(path, lazy=True)
    glyphs = font.getGlyphSet(location={"wght": weight} if "fvar" in font else None)
    em = font["head"].unitsPerEm
    return Widths({point: glyphs[name].width / em for point, name in font.getBestCmap().items()})


@dataclass(frozen=True)
class Box:
    """Room for words: its size in millimetres, and the sizes of letters in points."""

    width: float
    height: float
    largest: float
    smallest: float
    lines: int
    """How many lines look well; more are taken only when the smallest letters need them."""
    leading: float = 1.12
    step: float = 0.5


Break = Literal["spaces", "hyphens", "letters"]
"""Where lines may end: at spaces, at hyphens too, or within words that no line can hold."""
WELL: tuple[Break, ...] = ("spaces", "hyphens")
MOST_LINES = 7
LEAST = 0.4
"""How much smaller than the box wants letters may become before a text is shortened."""


@dataclass(frozen=True)
class Fitted:
    """Words as they are printed: their lines, the size of the letters in points, the height of a line in em."""

    lines: tuple[tuple[str, ...], ...]
    """The lines of each part, e.g. of the given name and of the family name."""
    size: float
    leading: float
    breaks: Break

    @property
    def height(self) -> float:
        """Return how high the lines stand, in millimetres."""
        return self.count * self.size * self.leading / MM

    @property
    def count(self) -> int:
        """Return how many lines there are."""
        return sum(len(part) for part in self.lines)

    def looks(self, box: Box) -> float:
        """Return how well this looks: size, less for each line, and for breaks at hyphens."""
        many = max(0, self.count - box.lines)
        small = min(1.0, self.size / (1.5 * box.smallest))
        return self.size * small * 0.88**self.count * 0.85**many * (0.92 if self.breaks == "hyphens" else 1)

    def even(self, widths: Widths) -> Fitted:
        """Return the same number of lines, as even as they go: no single word is left alone on the last."""
        return replace(self, lines=tuple(even_lines(part, widths, self.breaks) for part in self.lines))


def fitted(parts: Sequence[str], box: Box, widths: Widths) -> Fitted:
    """Return the parts, each on lines of its own, in the letters and lines that look best in the box.

    Large letters are good, few lines are good, a break at a hyphen is a little bad. What nobody is called comes in
    letters smaller than the box wants; at the very last the end of the text becomes an ellipsis.
    """
    parts = [part[:LONGEST] for part in map(plain, parts) if part] or [""]
    leading = box.leading + max(map(extra_height, parts))
    asked = Asked(parts=tuple(parts), box=box, leading=leading, widths=widths)
    fits = [fit for breaks in WELL for lines in range(1, MOST_LINES + 1) if (fit := asked.largest(lines, breaks))]
    if fits:
        return max(fits, key=lambda fit: fit.looks(box)).even(widths)
    return asked.small() or shortened(parts, box, widths, leading)


@dataclass(frozen=True)
class Asked:
    """What is to be fitted where."""

    parts: tuple[str, ...]
    box: Box
    leading: float
    widths: Widths

    def largest(self, lines: int, breaks: Break) -> Fitted | None:
        """Return the largest letters that need no more than so many lines, or None."""
        return self.first_that_fits(sizes(self.box.largest, self.box.smallest, self.box.step), lines, breaks)

    def small(self) -> Fitted | None:
        """Return letters smaller than the box wants, words broken where they must be, or None."""
        return self.first_that_fits(sizes(self.box.smallest, self.box.smallest * LEAST, self.box.step), 99, "letters")

    def first_that_fits(self, tried: Sequence[float], lines: int, breaks: Break) -> Fitted | None:
        """Return the first size that fits, of sizes in falling order: what fits large fits small."""
        low, high, found = 0, len(tried) - 1, None
        while low <= high:
            middle = (low + high) // 2
            fit = self.at(tried[middle], lines, breaks)
            if fit is None:
                low = middle + 1
            else:
                found, high = fit, middle - 1
        return found

    def at(self, size: float, lines: int, breaks: Break) -> Fitted | None:
        """Return the words at a size, or None where they need more room."""
        room = min(lines, int(self.box.height * MM / (size * self.leading) + 0.001))
        broken = broken_parts(self.parts, self.box.width * MM / size, self.widths, breaks)
        if broken is None or sum(map(len, broken)) > room:
            return None
        return Fitted(lines=tuple(map(tuple, broken)), size=size, leading=self.leading, breaks=breaks)


def sizes(largest: float, smallest: float, step: float) -> Sequence[float]:
    """Return sizes from the largest down to the smallest."""
    count = int((largest - smallest) / step + 0.001)
    return [round(largest - step * number, 2) for number in range(count + 1)]


def broken_parts(parts: Sequence[str], width: float, widths: Widths, breaks: Break) -> list[list[str]] | None:
    """Return the lines of each part within a width in em, or None where a word is wider."""
    broken = []
    for part in parts:
        lines = broken_lines(part, width, widths, breaks)
        if lines is None:
            return None
        broken.append(lines)
    return broken


def broken_lines(text: str, width: float, widths: Widths, breaks: Break) -> list[str] | None:
    """Return a text in as few lines as go within a width in em, or None where a piece is wider."""
    lines = [""]
    for piece in pieces(text, breaks):
        if widths.of((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
        elif widths.of(piece.rstrip()) <= width:
            lines.append(piece)
        elif breaks == "letters":
            fill(lines, piece, width, widths)
        else:
            return None
    return [line.strip() for line in lines if line.strip()] or [""]


def fill(lines: list[str], piece: str, width: float, widths: Widths) -> None:
    """Go on with a word that no line can hold, letter by letter."""
    for cluster in clusters(piece):
        if widths.of((lines[-1] + cluster).rstrip()) <= width or not lines[-1]:
            lines[-1] += cluster
        else:
            lines.append(cluster)


def pieces(text: str, breaks: Break) -> list[str]:
    """Return a text in pieces that stay whole, each with the space that follows it."""
    if breaks == "spaces":
        return re.findall(r"\S+\s*", text)
    return re.findall(r"[^\s\-‐–@./]*(?:[\-‐–@./]+\s*|\s+|$)", text)


def clusters(text: str) -> list[str]:
    """Return a text letter by letter, marks with the letter that carries them."""
    found: list[str] = []
    for letter in text:
        is_mark = unicodedata.category(letter) in ("Mn", "Me", "Cf")
        joins = bool(found) and found[-1].endswith("\u200d")
        if found and (is_mark or joins):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def even_lines(lines: Sequence[str], widths: Widths, breaks: Break) -> tuple[str, ...]:
    """Narrow the lines of one part until it would need one more."""
    if len(lines) == 1:
        return tuple(lines)
    text = " ".join(lines) if breaks == "spaces" else joined(lines)
    best = list(lines)
    width = max(map(widths.of, lines))
    while True:
        width *= 0.97
        narrower = broken_lines(text, width, widths, breaks)
        if narrower is None or len(narrower) > len(lines):
            return tuple(best)
        best = narrower


def joined(lines: Sequence[str]) -> str:
    """Put broken lines together again: a space, but for what ends in a sign at which it was broken."""
    text = ""
    for line in lines:
        text += line if not text or text[-1] in "-‐–@./" else f" {line}"
    return text


def shortened(parts: Sequence[str], box: Box, widths: Widths, leading: float) -> Fitted:
    """Return the beginning of a text that is too long for its box at any size, and an ellipsis."""
    size = box.smallest * LEAST
    room = max(1, int(box.height * MM / (size * leading)))
    lines = broken_lines(" ".join(parts), box.width * MM / size - 1, widths, "letters") or [""]
    kept = [*lines[: room - 1], f"{lines[min(room, len(lines)) - 1]}…"]
    return Fitted(lines=(tuple(kept),), size=size, leading=leading, breaks="letters")


def plain(text: str) -> str:
    """Return a text on one line, without control characters and without marks that turn others' direction."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(letter for letter in text if letter.isspace() or is_printable(letter))
    return " ".join(kept.split())


def is_printable(letter: str) -> bool:
    """Tell whether a character may stand on a badge."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Co") and not is_direction_mark(letter)


def is_direction_mark(letter: str) -> bool:
    """Tell whether a character turns the direction of the text around it, in which others' words could hide."""
    return letter in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def extra_height(text: str) -> float:
    """Return what a line needs more, in em, for accents above each other (Vietnamese) and scripts with high marks."""
    extra = 0.0
    for cluster in clusters(unicodedata.normalize("NFD", text)):
        above = [letter for letter in cluster[1:] if unicodedata.combining(letter) == 230]
        if len(above) > 1:
            extra = max(extra, 0.38 if cluster[0].isupper() else 0.2)
        elif unicodedata.bidirectional(cluster[0]) == "AL" or "\u0900" <= cluster[0] <= "\u0eff":
            extra = max(extra, 0.24)
    return extra


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter that has a direction is written from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
