"""The forum's own layouts: read from `static/badges/layouts/`, with the forum's fonts and patterns."""

from __future__ import annotations

import functools

from forum.core.assembly import STATIC
from forum.core.stamping import Layout
from forum.layouts.documents import fonts

FOLDER = STATIC / "badges/layouts"
A6_MM = (105.0, 148.5)
SMALL_MM = (86.0, 54.0)
SIZES = {"a6": A6_MM, "small": SMALL_MM, "inside-left": A6_MM, "inside-right": A6_MM}

# Drawn by kind, in ink or in the colour of paper, as the ground of each kind wants it.
STARS = (
    "M205 12l14 32 32 14-32 14-14 32-14-32-32-14 32-14zM118 30l9 19 19 9-19 9-9 19-9-19-19-9 19-9z"
    "M56 40l6 12 12 6-12 6-6 12-6-12-12-6 12-6z"
)
BRICKS = (
    "M70 8h56v28h-56zM134 8h56v28h-56zM198 8h62v28h-62zM102 44h56v28h-56zM166 44h56v28h-56zM230 44h30v28h-30z"
    "M134 80h56v28h-56zM198 80h62v28h-62z"
)
STRIPES = (
    "M60 115l66-115h22l-66 115zM104 115l66-115h22l-66 115zM148 115l66-115h22l-66 115zM192 115l66-115h2v35l-46 80z"
    "M236 115l24-42v42z"
)
SLAG_HEAPS = "M40 115l50-62 26 31 44-56 46 58 20-24 34 42v11z"
BANDS = {"speaker": STARS, "exhibitor": BRICKS, "press": STRIPES, "staff": SLAG_HEAPS}
INK, PAPER = "#14202b", "#ffffff"


@functools.cache
def house_layout(name: str, size: tuple[float, float] | None = None) -> Layout:
    """Return one of the forum's own layouts, of a size that is not its usual one if need be; it is read once."""
    width, height = size or SIZES[name]
    return Layout(
        name=name,
        html=(FOLDER / f"{name}.html").read_text("utf-8"),
        css=(FOLDER / "shared.css").read_text("utf-8") + (FOLDER / f"{name}.css").read_text("utf-8"),
        width_mm=width,
        height_mm=height,
        pictures=house_pictures(),
        fonts=fonts(),
    )


@functools.cache
def house_pictures() -> dict[str, bytes]:
    """Return the pictures that every layout may name: the mark, the cities' patterns, the bands."""
    names = ("mark.svg", "mark-mono.svg", *(f"pattern-{city}.svg" for city in ("nord", "roubaix", "amiens", "lens")))
    pictures = {name: (STATIC / "site" / name).read_bytes() for name in names}
    for kind, path in BANDS.items():
        pictures[f"band-{kind}-ink.svg"] = band(path, INK)
        pictures[f"band-{kind}-paper.svg"] = band(path, PAPER)
    return pictures


def band(path: str, colour: str) -> bytes:
    """Return the drawing of a kind of people in a colour."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 260 120" width="260" height="120">'
        f'<path fill="{colour}" d="{path}"/></svg>'
    ).encode()
