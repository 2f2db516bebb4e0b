"""The pages that are ours and no designer's: separators, the inside of a folded badge, the name alone on a label."""

from __future__ import annotations

import functools

from forum.badges.rules.formats import FORMATS, Size
from forum.core.assembly import STATIC
from forum.core.stamping import FontFile, Layout

FOLDER = STATIC / "badges/layouts"


@functools.cache
def fonts() -> tuple[FontFile, ...]:
    """Return the fonts of `static/site/print.css`."""
    folder = STATIC / "site/fonts"
    return (
        FontFile("Sofia Sans Extra Condensed", 800, (folder / "sofia-sans-extra-condensed-800.woff2").read_bytes()),
        FontFile("IBM Plex Sans", 400, (folder / "ibm-plex-sans-400.woff2").read_bytes()),
        FontFile("IBM Plex Sans", 600, (folder / "ibm-plex-sans-600.woff2").read_bytes()),
    )


def separator(format_key: str) -> Layout:
    """Return the card that stands between two groups on a paper, as large as the badges."""
    return of_file("separator", FORMATS[format_key].card)


def fold_inside(side: str) -> Layout:
    """Return an inner page of a folded badge: the person's programme, or what helps on the spot."""
    return of_file(side, FORMATS["fold"].card)


def name_label() -> Layout:
    """Return the label that has room for a name and nothing else."""
    return of_file("label62x29", FORMATS["label62x29"].card)


@functools.cache
def of_file(name: str, size: Size) -> Layout:
    """Return a layout of `static/badges/layouts/`; the card's size is known to its style sheet as the page's."""
    small = "small" if size.height < 60 else "middle" if size.height < 110 else "large"
    html = (FOLDER / f"{name}.html").read_text("utf-8")
    return Layout(
        name=name,
        html=f'<div class="card {small}">{html}</div>',
        css=(FOLDER / "shared.css").read_text("utf-8")
        + f".card {{ width: {size.width:g}mm; height: {size.height:g}mm }}\n"
        + (FOLDER / f"{name}.css").read_text("utf-8"),
        width_mm=size.width,
        height_mm=size.height,
        pictures={"mark.svg": (STATIC / "site/mark.svg").read_bytes()},
        fonts=fonts(),
    )
