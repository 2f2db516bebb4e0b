"""A design becomes a page: HTML and CSS with a placeholder for each field, in the colours of a city and a category.

The same design and the same setting give the same page, letter by letter: pages are kept by what they are made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import escape

from forum.core.assembly import STATIC
from forum.layouts.documents.colours import CITIES, look_of, palette, written
from forum.layouts.documents.patterns import DRAWERS, svg
from forum.layouts.rules.design import Design, Element

FAMILIES = {
    "title": ('"Sofia Sans Extra Condensed", "DejaVu Sans Condensed"', 800, "normal"),
    "strong": ('"IBM Plex Sans", "DejaVu Sans"', 600, "normal"),
    "text": ('"IBM Plex Sans", "DejaVu Sans"', 400, "normal"),
    "italic": ('"IBM Plex Sans", "DejaVu Sans"', 400, "italic"),
}
QUIET = 4 / 33
"""The part of the code's box that is its white margin, on each side (4 modules of 33)."""

_BASE = """
body { margin: 0 }
.card { position: relative; overflow: hidden }
.element { position: absolute; box-sizing: border-box; overflow: hidden; margin: 0 }
.element svg, .element img { display: block }
.words { overflow: visible }
.words > div { margin: 0 }
.code { background: #fff; color: #000; overflow: visible }
"""


@dataclass(frozen=True)
class Setting:
    """For whom a page is laid out: everybody of one kind of category, one language, one city."""

    accent: str = "nord"
    kind: str = "attendee"
    language: str = "fr"
    pictures: Mapping[str, str] = field(default_factory=dict)
    """The design's own pictures as data: addresses, by key."""


@dataclass(frozen=True)
class Page:
    """A page to be laid out once and stamped for everybody of a category."""

    html: str
    width: float
    height: float


def page_of(design: Design, setting: Setting, samples: Mapping[str, str] | None = None) -> Page:
    """Return the page of a design; each field holds a sample, and stands empty where there is none."""
    css = "\n".join([sheet_of(design), *(rule_of(each, setting) for each in design.elements), design.css])
    body = "\n".join(drawn(each, setting, samples or {}) for each in design.elements)
    city = setting.accent if setting.accent in CITIES else "nord"
    html = (
        f'<!doctype html>\n<html lang="{escape(setting.language)}" data-city="{city}"><head><meta charset="utf-8">'
        f"<title>Badge</title><style>{css}</style></head>\n"
        f'<body><div class="card kind-{escape(setting.kind)}">\n{body}\n</div></body></html>'
    )
    return Page(html=html, width=design.card.width, height=design.card.height)


def sheet_of(design: Design) -> str:
    """Return what all designs of a shape share."""
    card = design.card
    return (
        f"@page {{ size: {card.width:g}mm {card.height:g}mm; margin: 0 }}{_BASE}"
        f".card {{ width: {card.width:g}mm; height: {card.height:g}mm }}"
    )


def rule_of(element: Element, setting: Setting) -> str:
    """Return the style of one element."""
    parts = [f"left: {element.x:g}mm; top: {element.y:g}mm; width: {element.width:g}mm; height: {element.height:g}mm"]
    if element.kind in ("block", "field", "text", "pattern") and element.fill != "none":
        parts.append(f"background: {coloured(element.fill, setting)}")
    if element.border != "none" and element.thickness > 0:
        parts.append(f"border: {element.thickness:g}mm solid {coloured(element.border, setting)}")
    if element.kind == "band":
        parts += band_style(element, setting)
    if element.kind in ("field", "text"):
        parts += words_style(element, setting)
    return f"#{element.id} {{ {'; '.join(parts)} }}"


def band_style(element: Element, setting: Setting) -> list[str]:
    """Return the ground and the frame of a band."""
    look = look_of(setting.kind, setting.accent)
    border = [f"border: {element.thickness or 0.7:g}mm solid {look.border}"] if look.border != look.ground else []
    return [f"background: {look.ground}", *border]


def words_style(element: Element, setting: Setting) -> list[str]:
    """Return how words are set."""
    family, weight, style = FAMILIES[element.font]
    justify = {"top": "flex-start", "middle": "center", "bottom": "flex-end"}[element.vertical]
    return [
        f"display: flex; flex-direction: column; justify-content: {justify}; text-align: {element.align}",
        f"font: {style} {weight} {element.largest:g}pt/{element.leading:g} {family}",
        f"color: {coloured(element.colour, setting)}",
        *(["text-transform: uppercase"] if element.capitals else []),
    ]


def coloured(colour: str, setting: Setting) -> str:
    """Return a colour of a setting."""
    return written(colour, kind=setting.kind, accent=setting.accent)


def drawn(element: Element, setting: Setting, samples: Mapping[str, str]) -> str:
    """Return the HTML of one element."""
    inside = {
        "field": lambda: field_html(element, samples),
        "text": lambda: f"<div>{lines_html(words_in(element, setting.language))}</div>",
        "block": lambda: "",
        "band": lambda: band_html(element, setting),
        "pattern": lambda: pattern_html(element, setting),
        "picture": lambda: picture_html(element, setting),
        "mark": lambda: mark_html(element, setting),
        "code": lambda: code_html(element),
    }[element.kind]()
    words = " words" if element.kind in ("field", "text") else ""
    return f'<div id="{escape(element.id)}" class="element {element.kind}{words}">{inside}</div>'


def field_html(element: Element, samples: Mapping[str, str]) -> str:
    """Return the placeholder of a field, with what the engine must know to fit words in it."""
    return (
        f'<div data-field="{escape(element.field)}" data-largest="{element.largest:g}" '
        f'data-smallest="{element.smallest:g}" data-lines="{element.lines}">{escape(samples.get(element.field, ""))}</div>'
    )


def words_in(element: Element, language: str) -> str:
    """Return an element's words in a language."""
    return element.words_en if language == "en" and element.words_en else element.words


def lines_html(words: str) -> str:
    """Return words with their line ends."""
    return "<br>".join(str(escape(line)) for line in words.split("\n"))


def band_html(element: Element, setting: Setting) -> str:
    """Return the pattern at the end of a band; its beginning stays free for words."""
    look = look_of(setting.kind, setting.accent)
    wide = element.width > element.height
    edge = 0.0 if look.border == look.ground else element.thickness or 0.7
    width = round(element.width * 0.3 if wide else element.width, 2) - (edge if wide else 2 * edge)
    height = round(element.height if wide else element.height, 2) - 2 * edge
    left = element.width - width - 2 * edge if wide else 0
    picture = svg(width, height, DRAWERS[look.pattern](width, height, look.ink, look.border))
    return f'<div style="position: absolute; left: {left:.2f}mm; top: 0">{picture}</div>'


def pattern_html(element: Element, setting: Setting) -> str:
    """Return a pattern drawn to the measure of its element."""
    if element.pattern == "city":
        return city_html(element, setting)
    look = look_of(setting.kind, setting.accent)
    name = look.pattern if element.pattern == "kind" else element.pattern
    colour = coloured(element.colour, setting)
    soft = coloured(element.border, setting) if element.border != "none" else colour
    return svg(element.width, element.height, DRAWERS[name](element.width, element.height, colour, soft))


def city_html(element: Element, setting: Setting) -> str:
    """Return the picture of the host city, cropped from its centre."""
    city = setting.accent if setting.accent in CITIES else "nord"
    address = (STATIC / f"site/pattern-{city}.svg").as_uri()
    scale = max(element.width / 320, element.height / 128)
    width, height = 320 * scale, 128 * scale
    left, top = (element.width - width) / 2, (element.height - height) / 2
    return (
        f'<img src="{address}" alt="" style="position: absolute; left: {left:.2f}mm; top: {top:.2f}mm; '
        f'width: {width:.2f}mm; height: {height:.2f}mm">'
    )


def picture_html(element: Element, setting: Setting) -> str:
    """Return an uploaded picture, whole and centred in its element; nothing when it is not there any more."""
    address = setting.pictures.get(element.picture)
    if address is None:
        return ""
    return f'<img src="{escape(address)}" alt="" style="width: 100%; height: 100%; object-fit: contain">'


def mark_html(element: Element, setting: Setting) -> str:
    """Return the forum's mark, as large as fits: the star in one colour, the heaps in another."""
    side = min(element.width, element.height)
    colour, star = coloured(element.colour, setting), coloured(element.border, setting)
    star = colour if star == "transparent" else star
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side:g}mm" height="{side:g}mm" viewBox="0 0 48 48">'
        f'<path fill="{star}" d="M24 0L26.3 10.7L37 13L26.3 15.3L24 26L21.7 15.3L11 13L21.7 10.7z"/>'
        f'<path fill="{colour}" d="M0 48 15 23 30 48zM31.8 48H48L33 23 24.8 36.8z"/></svg>'
    )


def code_html(element: Element) -> str:
    """Return the placeholder of the QR symbol inside its white margin."""
    margin = element.width * QUIET
    side = element.width - 2 * margin
    return (
        f'<div data-field="qr" style="position: absolute; left: {margin:.3f}mm; top: {margin:.3f}mm; '
        f'width: {side:.3f}mm; height: {side:.3f}mm"></div>'
    )


def name_of_palette(accent: str) -> Mapping[str, str]:
    """Return the colours that an editor offers for a city."""
    return palette(accent)
