"""Whether words can be read on what lies behind them, for every kind of category."""

from __future__ import annotations

from collections.abc import Iterator

from forum.layouts.documents.colours import KINDS, look_of, palette
from forum.layouts.rules.checks import HardToRead, title_of
from forum.layouts.rules.design import Design, Element

LEAST = 3.0
"""The contrast that large letters need (WCAG 2.2, 1.4.3); those of badges are large."""


def faint_words(design: Design, accent: str) -> Iterator[HardToRead]:
    """Yield a hint for each field or text whose letters are too near to the colour of their ground."""
    for place, element in enumerate(design.elements):
        if element.kind in ("field", "text"):
            behind = ground_of(element, design.elements[:place])
            if any(contrast(colours(element, behind, kind, accent)) < LEAST for kind in KINDS):
                yield HardToRead(element=str(title_of(element)), field=element.id)


def ground_of(element: Element, below: tuple[Element, ...]) -> str:
    """Return the colour behind an element: its own, else that of what lies behind its middle, else paper's."""
    if element.fill != "none":
        return element.fill
    x, y = element.x + element.width / 2, element.y + element.height / 2
    for other in reversed(below):
        if other.x <= x <= other.right and other.y <= y <= other.bottom:
            ground = {"band": "kind", "code": "paper"}.get(other.kind, other.fill)
            if other.kind in ("band", "code", "block", "pattern") and ground != "none":
                return ground
    return "paper"


def colours(element: Element, ground: str, kind: str, accent: str) -> tuple[str, str]:
    """Return the colours of letters and of their ground, for a kind of category."""
    look = look_of(kind, accent)
    named = {**palette(accent), "kind": look.ground, "on-kind": look.ink, "none": "#ffffff"}
    return named.get(element.colour, element.colour), named.get(ground, ground)


def contrast(pair: tuple[str, str]) -> float:
    """Return the contrast of two colours, 1 to 21."""
    light, dark = sorted(map(luminance, pair), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return how light a colour is, 0 to 1."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
