"""The colours of paper, by city and by kind of category: read from `static/site/print.css`, their only home."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from forum.core.assembly import STATIC

CITIES = ("nord", "roubaix", "amiens", "lens")
KINDS = ("attendee", "speaker", "exhibitor", "press", "staff")
"""The kinds of category, each with a look of its own."""


@functools.cache
def palette(accent: str) -> Mapping[str, str]:
    """Return the colours of a city by name: `{"ink": "#14202b", …}`."""
    css = (STATIC / "site/print.css").read_text("utf-8")
    colours = colours_in(css, ":root")
    return colours | (colours_in(css, f'[data-city="{accent}"]') if accent in CITIES else {})


def colours_in(css: str, selector: str) -> dict[str, str]:
    """Return the colours that one rule of a style sheet names."""
    rule = re.search(rf"^{re.escape(selector)} {{([^}}]*)}}", css, re.MULTILINE)
    return {} if rule is None else dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", rule.group(1)))


@dataclass(frozen=True)
class Look:
    """How a kind of category shows: apart from the others by value and by pattern, so in black and white as well."""

    ground: str
    ink: str
    border: str
    pattern: str


_LOOKS = {
    "attendee": Look(ground="tint", ink="ink", border="accent", pattern="lozenges"),
    "speaker": Look(ground="fill", ink="on-fill", border="fill", pattern="stars"),
    "exhibitor": Look(ground="paper", ink="accent", border="accent", pattern="bricks"),
    "press": Look(ground="paper", ink="ink", border="ink", pattern="stripes"),
    "staff": Look(ground="ink", ink="paper", border="ink", pattern="heaps"),
}


def look_of(kind: str, accent: str) -> Look:
    """Return the look of a kind of category, its colours as written in CSS; an unknown kind looks like the public."""
    look = _LOOKS.get(kind, _LOOKS["attendee"])
    if kind == "speaker" and accent == "lens":  # coal is the staff's: who speaks in Lens has the gold
        look = Look(ground="mark", ink="ink", border="mark", pattern="stars")
    names = palette(accent)
    return Look(names[look.ground], names[look.ink], names[look.border], look.pattern)


def depends_on_kind(colour: str) -> bool:
    """Tell whether a colour is another for each kind of category."""
    return colour in ("kind", "on-kind")


def written(colour: str, accent: str) -> str:
    """Return a colour as CSS writes it: a name of ours, or the hexadecimal that somebody chose."""
    if colour == "none":
        return "transparent"
    if colour.startswith("#"):
        return colour
    return f"var(--{colour})" if depends_on_kind(colour) else palette(accent)[colour]
