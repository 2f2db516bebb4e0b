"""What a designer drew, and the words that go into it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

MM = 72 / 25.4
"""Points in a millimetre."""

NOTHING: Mapping[str, str] = {}


@functools.lru_cache(maxsize=256)
def digest_of(content: bytes) -> str:
    """Return what is different when a content is; that of the fonts is asked for again and again."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class FontFile:
    """A font that a layout may name, as `@font-face` would have it."""

    family: str
    weight: int
    content: bytes = field(repr=False)
    style: str = "normal"


@dataclass(frozen=True)
class Layout:
    """A designer's page of HTML and CSS with places for words.

    `html` is the body of one page. Marks in it:

    - `data-field="name"`: the words of that name are written here (`Card.words`, else `Variant.words`), in the
      element's own font, colour, alignment and line height. An element without them stays empty.
    - `data-lines="3"`: how many lines look well (else one); `data-smallest="18"`: the smallest letters in points
      (else 18 for `name`, 6 for others); the largest are those of the CSS. The element must have a height: words never
      leave it. A line break in the words (`Ada\\nLovelace`) begins a new line.
    - `data-follows="name"`: this field moves up by the room that the other one, which stands before it, left free.
    - `data-field="code"`: a QR symbol of the words, as large as the element with its quiet zone of four modules
      (`data-symbol` on another field makes it a symbol too; `data-level="L|M|Q|H"` is its error correction, else Q).
    - `data-rows="8"` with `data-field="programme"`: the element's one child is a row, repeated so many times; elements
      in it with `data-part="hour"` take the parts of `Card.rows["programme"][n]`, and may follow one another.
    - `data-if="wifi"`: the element is only there when the variant has words of that name.

    The root element carries `lang` and the variant's `marks` as attributes (`<html lang="fr" data-kind="speaker"
    data-city="lens">`), so that the CSS tells variants apart. `url("logo.svg")` and `<img src="logo.svg">` are names
    of `pictures`; nothing else is fetched, from nowhere.
    """

    name: str
    """What people call it, for messages."""
    html: str = field(repr=False)
    css: str = field(repr=False)
    width_mm: float
    height_mm: float
    bleed_mm: float = 0.0
    """How far the art goes on beyond the page's edges."""
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    fonts: tuple[FontFile, ...] = field(default=(), repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """Return what is different when anything of the layout is: it names the layout in caches."""
        sizes = (self.width_mm, self.height_mm, self.bleed_mm)
        pictures = [(name, digest_of(content)) for name, content in sorted(self.pictures.items())]
        fonts = [(font.family, font.weight, font.style, digest_of(font.content)) for font in self.fonts]
        return digest_of(repr((self.name, self.html, self.css, sizes, pictures, fonts)).encode())

    def __hash__(self) -> int:
        """Return the same number for the same layout."""
        return hash(self.fingerprint)

    def __eq__(self, other: object) -> bool:
        """Tell whether two layouts are the same in everything."""
        return isinstance(other, Layout) and self.fingerprint == other.fingerprint


Row = Mapping[str, str]
"""One line of a list, its words by the name of their part: `{"hour": "9 h 30", "room": "Galerie", "title": "…"}`."""


@dataclass(frozen=True)
class Variant:
    """What many cards share: the layout is laid out once for each."""

    language: str = "fr"
    marks: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the root without their `data-`, for the CSS: `{"kind": "speaker", "city": "lens"}`."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Words that are the same on all cards of the variant: category, edition, days, place, labels, numbers to call."""

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Return what tells variants apart."""
        return (self.language, tuple(sorted(self.marks.items())), tuple(sorted(self.words.items())))

    def __hash__(self) -> int:
        """Return the same number for the same variant."""
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        """Tell whether two variants are the same."""
        return self is other or (isinstance(other, Variant) and self.key == other.key)


@dataclass(frozen=True, slots=True)
class Card:
    """One card: the variant it is of, and the words that are its own."""

    variant: Variant
    words: Mapping[str, str]
    """By field: `{"name": "Ada\\nLovelace", "organisation": "…", "code": "…", "code-text": "…"}`."""
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    """Lists by field, e.g. the person's own programme."""

    @property
    def label(self) -> str:
        """Return what this card is called in messages and in the tags of a file."""
        return " ".join(self.words.get("name", "").split())
