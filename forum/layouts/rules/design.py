"""A design: the card, and the elements that stand on it, as plain values that are kept as JSON.

Sizes are millimetres from the upper left corner of the card, letters are points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

Kind = Literal["field", "text", "block", "band", "pattern", "picture", "mark", "code"]
KINDS_OF_ELEMENT: tuple[Kind, ...] = get_args(Kind)
"""field: words of the person or the edition · text: words that are always the same · block: a rectangle · band: a
rectangle in the colours and with the pattern of the person's kind of category · pattern, picture, mark: drawings ·
code: the QR symbol with its white margin."""

FIELDS = (
    "name",
    "given-name",
    "family-name",
    "organisation",
    "category",
    "edition",
    "days",
    "place",
    "code-text",
    "wifi",
    "emergency",
)
"""What a field may show; `code-text` is the code in letters, to be typed when a camera fails."""

FONTS = ("title", "strong", "text", "italic")
COLOURS = ("ink", "ink-soft", "paper", "accent", "fill", "on-fill", "tint", "mark", "rule", "kind", "on-kind")
"""Colours with a name follow the host city; `kind` and `on-kind` follow the person's kind of category."""
PATTERNS = ("kind", "city", "skyline", "stars", "bricks", "stripes", "heaps", "lozenges", "lines")
ALIGNMENTS = ("left", "center", "right")
VERTICALS = ("top", "middle", "bottom")

MOST_ELEMENTS = 20
MOST_CSS = 50_000
"""Characters of an organiser's own style sheet."""
MOST_WORDS = 300


@dataclass(frozen=True)
class Shape:
    """A card: its size in millimetres."""

    width: float
    height: float


SHAPES = {
    "a6": Shape(105, 148.5),
    "a7": Shape(105, 74.25),
    "90x55": Shape(90, 55),
    "cr80": Shape(86, 54),
    "label62x100": Shape(62, 100),
}


@dataclass(frozen=True)
class Element:
    """One thing on a card. What a kind of element does not use keeps its default."""

    id: str
    kind: Kind
    x: float
    y: float
    width: float
    height: float
    field: str = ""
    words: str = ""
    words_en: str = ""
    """The words in English, where they differ."""
    pattern: str = ""
    picture: str = ""
    """The key of a picture that was uploaded."""
    font: str = "text"
    largest: float = 12.0
    smallest: float = 8.0
    lines: int = 1
    align: str = "left"
    vertical: str = "top"
    capitals: bool = False
    colour: str = "ink"
    fill: str = "none"
    border: str = "none"
    thickness: float = 0.0

    @property
    def right(self) -> float:
        """Return where the element ends on the right."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return where the element ends below."""
        return self.y + self.height

    @property
    def leading(self) -> float:
        """Return the height of a line in em: titles stand close."""
        return 0.96 if self.font == "title" else 1.16

    def covers(self, other: Element, *, by: float = 0.05) -> bool:
        """Tell whether two elements overlap by more than a hair, or by more than so many millimetres."""
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return across > by and down > by


@dataclass(frozen=True)
class Design:
    """A card and what stands on it, from the back to the front."""

    shape: str
    elements: tuple[Element, ...]
    css: str = ""
    """An organiser's own style sheet, read after ours."""

    @property
    def card(self) -> Shape:
        """Return the size of the card."""
        return SHAPES[self.shape]

    def element(self, element_id: str) -> Element | None:
        """Return an element by its id."""
        return next((each for each in self.elements if each.id == element_id), None)

    def as_json(self) -> dict[str, Any]:
        """Return the design as a version keeps it: an element without what it leaves at its default."""
        return {"shape": self.shape, "elements": [spare(each) for each in self.elements], "css": self.css}


_DEFAULTS = {each.name: each.default for each in fields(Element)}
_TYPES = get_type_hints(Element)


def spare(element: Element) -> dict[str, Any]:
    """Return an element without what it leaves at its default."""
    return {name: value for name, value in asdict(element).items() if value != _DEFAULTS[name]}


def design_from_json(kept: Mapping[str, Any]) -> Design:
    """Read a design that we wrote ourselves; what came from outside goes through `checks.read` first."""
    elements = tuple(Element(**each) for each in kept["elements"])
    return Design(shape=kept["shape"], elements=elements, css=kept.get("css", ""))
