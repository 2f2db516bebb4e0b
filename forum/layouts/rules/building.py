"""Adding to a design: a new element where there is room, as large as it usually is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from forum.layouts.rules.checks import FIELD_TITLES, KIND_TITLES
from forum.layouts.rules.design import FIELDS, PATTERNS, Design, Element

LOOKS: dict[str, dict[str, Any]] = {
    "name": {"font": "title", "largest": 48.0, "smallest": 18.0, "lines": 2, "height": 30.0},
    "given-name": {"font": "title", "largest": 44.0, "smallest": 18.0, "height": 16.0},
    "family-name": {"font": "title", "largest": 44.0, "smallest": 18.0, "height": 16.0},
    "organisation": {"largest": 14.0, "lines": 2, "height": 10.0},
    "category": {"font": "title", "largest": 26.0, "smallest": 10.0, "height": 12.0, "vertical": "middle"},
    "edition": {"font": "title", "largest": 16.0, "height": 7.0},
    "code-text": {"largest": 7.0, "smallest": 6.0, "lines": 2, "height": 7.0},
}
"""What is not as elements are by themselves."""

SIZES: dict[str, dict[str, Any]] = {
    "text": {"width": 50.0, "height": 7.0, "largest": 12.0},
    "block": {"width": 60.0, "height": 20.0, "fill": "tint"},
    "band": {"width": 80.0, "height": 12.0},
    "pattern": {"width": 60.0, "height": 12.0, "pattern": PATTERNS[0], "colour": "accent"},
    "picture": {"width": 30.0, "height": 15.0},
    "mark": {"width": 12.0, "height": 12.0, "border": "accent"},
    "code": {"width": 38.0, "height": 38.0},
}

ADDITIONS: tuple[tuple[str, Any], ...] = (
    *((f"field:{name}", FIELD_TITLES[name]) for name in FIELDS),
    *((kind, title) for kind, title in KIND_TITLES.items() if kind != "field"),
)
"""What may be added, and what it is called."""


def added(design: Design, what: str) -> Design:
    """Return a design with one element more, in front of the others; the same where there is no such thing to add."""
    kind, _, name = what.partition(":")
    if what not in dict(ADDITIONS):
        return design
    look = {"width": 60.0, "height": 8.0, **LOOKS.get(name, {})} if kind == "field" else SIZES[kind]
    base: Any = {"id": free_id(design, name or kind), "kind": kind, "field": name, "x": 0.0, "y": 0.0}
    element = Element(**{**base, **look})
    band = free_band(design) if name == "category" else None
    element = within(element, band) if band else fitted_in(element, design)
    return replace(design, elements=(*design.elements, element))


def free_band(design: Design) -> Element | None:
    """Return a band of the category that no word stands on yet."""
    words = [each for each in design.elements if each.kind in ("field", "text")]
    bands = (each for each in design.elements if each.kind == "band")
    return next((band for band in bands if not any(band.covers(each) for each in words)), None)


def within(element: Element, band: Element) -> Element:
    """Return the word of a category on its band, before the pattern begins."""
    return replace(
        element,
        x=round(band.x + 3, 1),
        y=band.y,
        width=round(band.width * 0.62, 1),
        height=band.height,
        colour="on-kind",
        largest=min(element.largest, round(band.height * 2, 1)),
    )


def free_id(design: Design, wanted: str) -> str:
    """Return an id that no element has yet."""
    taken = {each.id for each in design.elements}
    numbers = (f"{wanted}-{number}" for number in range(2, 1000))
    return wanted if wanted not in taken else next(each for each in numbers if each not in taken)


def fitted_in(element: Element, design: Design) -> Element:
    """Return an element in line with the name, below what stands there if there is room, else in the middle."""
    card = design.card
    width, height = min(element.width, card.width - 8), min(element.height, card.height - 8)
    if element.kind == "code":
        width = height = min(width, height)
    x = round((card.width - width) / 2, 1)
    name = next((each for each in design.elements if each.field == "name"), None)
    if name and element.kind in AS_WIDE:
        element, x, width = replace(element, align=name.align), name.x, name.width
    elif name and name.align == "left" and element.kind != "code" and name.x + width <= card.width:
        x = name.x  # what begins where the name begins looks as if it belonged to it
    element = replace(
        element, width=round(width, 1), height=round(height, 1), x=x, y=round((card.height - height) / 2, 1)
    )
    others = [each for each in design.elements if is_in_the_way(each, design)]
    below = name.bottom if name else 0.0
    for y in sorted((4.0 + step for step in range(int(card.height - height - 6))), key=lambda y: y < below):
        tried = replace(element, y=y)
        if not any(with_air(tried).covers(other) for other in others):
            return tried
    return element


AS_WIDE = ("field", "band", "pattern")
"""What is as wide as the name."""
AIR = 2.0
"""Millimetres above and below a shape; lines of words have theirs in their height."""


def is_in_the_way(element: Element, design: Design) -> bool:
    """Tell whether something new should not stand on an element: it may on grounds."""
    return element.kind != "block" and not (element.kind == "pattern" and element.height > design.card.height / 3)


def with_air(element: Element) -> Element:
    """Return an element with the room that it needs above and below."""
    air = 0.0 if element.kind in ("field", "text") else AIR
    return replace(element, y=element.y - air, height=element.height + 2 * air)


def removed(design: Design, element_id: str) -> Design:
    """Return a design without an element."""
    return replace(design, elements=tuple(each for each in design.elements if each.id != element_id))


def raised(design: Design, element_id: str, *, by: int) -> Design:
    """Return a design with an element further in front, or behind where `by` is negative."""
    elements = list(design.elements)
    place = next((number for number, each in enumerate(elements) if each.id == element_id), None)
    if place is None:
        return design
    element = elements.pop(place)
    elements.insert(max(0, min(len(elements), place + by)), element)
    return replace(design, elements=tuple(elements))


def forward(design: Design, element_id: str) -> Design:
    """Return a design with an element one step further in front."""
    return raised(design, element_id, by=1)


def backward(design: Design, element_id: str) -> Design:
    """Return a design with an element one step further behind."""
    return raised(design, element_id, by=-1)


NAMES = ("name", "given-name", "family-name")
LINE_HEIGHT = 14.0
"""Millimetres for a line that somebody writes on with a felt pen, standing."""


def to_write_on(design: Design) -> Design:
    """Return a design for a card without a name: white paper with lines where the name would be printed."""
    return replace(design, elements=tuple(part for each in design.elements for part in written_on(each)))


def written_on(element: Element) -> Iterator[Element]:
    """Yield an element, or what stands in the place of a name."""
    if element.field not in NAMES:
        yield element
        return
    paper = Element(
        id=f"{element.id}-paper",
        kind="block",
        x=element.x,
        y=element.y,
        width=element.width,
        height=element.height,
        fill="#ffffff",
    )
    yield paper
    count = 2 if element.height >= 2 * LINE_HEIGHT and element.field == "name" else 1
    for number in range(count):
        y = round(element.y + element.height * (number + 1) / count - 1.5, 1)
        yield replace(paper, id=f"{element.id}-line-{number}", y=y, height=0.3, fill="#14202b")
