"""A design that comes from outside, as the fields of a form: each value is read, limited, or refused."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forum.core.words import lazy_gettext as _
from forum.layouts.rules.checks import BrokenDesign, title_of
from forum.layouts.rules.design import (
    ALIGNMENTS,
    COLOURS,
    FIELDS,
    FONTS,
    KINDS_OF_ELEMENT,
    MOST_ELEMENTS,
    MOST_WORDS,
    PATTERNS,
    VERTICALS,
    Design,
    Element,
)

Reader = Callable[[str], Any]
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")
_ID = re.compile(r"^[a-z][a-z0-9-]{0,30}$")
_PICTURE = re.compile(r"^[0-9a-f]{20}\.png$")


def number_between(least: float, most: float) -> Reader:
    """Return what reads a number of millimetres or points, with a point or a comma."""

    def read(text: str) -> float:
        value = float(text.replace(",", ".").strip() or "nan")
        if not math.isfinite(value) or not least <= value <= most:
            raise ValueError
        return round(value, 2)

    return read


def one_of(choices: Sequence[str]) -> Reader:
    """Return what reads one of a list."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return read


def colour(text: str) -> str:
    """Read a colour: one with a name, `none`, or six hexadecimal digits."""
    if text in COLOURS or text == "none" or _HEX.match(text):
        return text.lower()
    raise ValueError


def words(text: str) -> str:
    """Read words of several lines."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(tidy) > MOST_WORDS:
        raise ValueError
    return "".join(letter for letter in tidy if letter == "\n" or letter.isprintable())


def picture(text: str) -> str:
    """Read the key of a picture, or none."""
    if text and not _PICTURE.match(text):
        raise ValueError
    return text


READERS: dict[str, tuple[Any, Reader]] = {
    "x": (_("its distance from the left"), number_between(-20, 320)),
    "y": (_("its distance from the top"), number_between(-20, 320)),
    "width": (_("its width"), number_between(0.1, 320)),
    "height": (_("its height"), number_between(0.1, 320)),
    "field": (_("the field"), one_of(FIELDS)),
    "words": (_("its words"), words),
    "words_en": (_("its words in English"), words),
    "pattern": (_("its pattern"), one_of(PATTERNS)),
    "picture": (_("its picture"), picture),
    "font": (_("its font"), one_of(FONTS)),
    "largest": (_("its largest letters"), number_between(4, 200)),
    "smallest": (_("its smallest letters"), number_between(4, 200)),
    "lines": (_("its lines"), lambda text: int(number_between(1, 6)(text))),
    "align": (_("its alignment"), one_of(ALIGNMENTS)),
    "vertical": (_("its place in its box"), one_of(VERTICALS)),
    "capitals": (_("capitals"), lambda text: text in ("yes", "on", "true")),
    "colour": (_("its colour"), colour),
    "fill": (_("its ground"), colour),
    "border": (_("its second colour"), colour),
    "thickness": (_("its border"), number_between(0, 10)),
}
"""What may be said of an element: its name in sentences, and what reads it."""

USED_BY: dict[str, tuple[str, ...]] = {
    "field": ("field", "font", "largest", "smallest", "lines", "align", "vertical", "capitals", "colour", "fill"),
    "text": ("words", "words_en", "font", "largest", "align", "vertical", "capitals", "colour", "fill"),
    "block": ("fill", "border", "thickness"),
    "band": ("thickness",),
    "pattern": ("pattern", "colour", "border", "fill"),
    "picture": ("picture", "fill"),
    "mark": ("colour", "border"),
    "code": (),
}
"""What each kind of element uses, in the order of the editor; place and size are everybody's."""
PLACE = ("x", "y", "width", "height")


def read_design(shape: str, order: Sequence[str], values: Mapping[str, str], css: str = "") -> Design:
    """Read a design from `order`, the ids from back to front, and values by `<id>.<property>`. Raises `BrokenDesign`.

    More elements than a card can bear are read up to twice as many, so that the refusal can show them.
    """
    ids = list(dict.fromkeys(each for each in order if _ID.match(each)))[: 2 * MOST_ELEMENTS]
    return Design(
        shape=shape, elements=tuple(read_element(each, values) for each in ids), css=css.replace("\r\n", "\n")
    )


def read_element(element_id: str, values: Mapping[str, str]) -> Element:
    """Read one element. Raises `BrokenDesign`."""
    kind: Any = values.get(f"{element_id}.kind", "")
    if kind not in KINDS_OF_ELEMENT:
        raise BrokenDesign(element=element_id, value=kind[:40], what=_("its kind"))
    element = Element(id=element_id, kind=kind, x=0, y=0, width=10, height=10)
    read: dict[str, Any] = {}
    for name in (*PLACE, *USED_BY[kind]):
        given = values.get(f"{element_id}.{name}")
        if given is not None:
            read[name] = read_value(element, name, given, values)
    return Element(**{**element.__dict__, **read})


def read_value(element: Element, name: str, given: str, values: Mapping[str, str]) -> Any:
    """Read one value of an element. Raises `BrokenDesign`."""
    what, reader = READERS[name]
    if given == "own" and name in ("colour", "fill", "border"):
        given = values.get(f"{element.id}.{name}-own", "")
    try:
        return reader(given)
    except ValueError:
        raise BrokenDesign(element=str(title_of(element)), value=given[:40], what=str(what), field=element.id) from None
