"""A design becomes a page for the engine: HTML and CSS with a placeholder for each field.

One page serves every category and language: what differs is told apart by the marks of the root (`data-kind`, `lang`).
The same design gives the same page, letter by letter, so that the engine lays it out once.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from markupsafe import escape

from forum.core.assembly import STATIC
from forum.core.stamping import FontFile, Layout
from forum.layouts.documents.colours import CITIES, KINDS, depends_on_kind, look_of, written
from forum.layouts.documents.patterns import DRAWERS, svg
from forum.layouts.rules.design import Design, Element

FAMILIES = {
    "title": ('"Sofia Sans Extra Condensed", "IBM Plex Sans", "DejaVu Sans"', 800, "normal"),
    "strong": ('"IBM Plex Sans", "DejaVu Sans"', 600, "normal"),
    "text": ('"IBM Plex Sans", "DejaVu Sans"', 400, "normal"),
    "italic": ('"IBM Plex Sans", "DejaVu Sans"', 400, "italic"),
}

_BASE = """
html { font: 400 10pt/1.2 "IBM Plex Sans", "DejaVu Sans"; color: #14202b }
.card { position: relative; overflow: hidden }
.element { position: absolute; box-sizing: border-box; overflow: hidden; margin: 0; padding: 0 }
.element svg, .element img { display: block; position: absolute; left: 0; top: 0 }
.words { overflow: visible; display: flex; flex-direction: column }
.words > p { margin: 0 }
.code { background: #fff; color: #000; overflow: visible }
.of-kind, .words-en, [lang="en"] .words-fr { display: none }
[lang="en"] .words-en { display: block }
"""


@functools.cache
def fonts() -> tuple[FontFile, ...]:
    """Return the fonts that layouts may name: those of `static/site/print.css`."""
    folder = STATIC / "site/fonts"

    def font(family: str, weight: int, file: str, style: str = "normal") -> FontFile:
        return FontFile(family=family, weight=weight, content=(folder / f"{file}.woff2").read_bytes(), style=style)

    return (
        font("Sofia Sans Extra Condensed", 800, "sofia-sans-extra-condensed-800"),
        font("IBM Plex Sans", 400, "ibm-plex-sans-400"),
        font("IBM Plex Sans", 400, "ibm-plex-sans-400-italic", "italic"),
        font("IBM Plex Sans", 600, "ibm-plex-sans-600"),
    )


def page_of(design: Design, *, name: str, accent: str, pictures: Mapping[str, bytes] | None = None) -> Layout:
    """Return a design as the engine takes it, in the colours of a city; `pictures` are the design's own, by key."""
    city = accent if accent in CITIES else "nord"
    files = dict(pictures or {})
    if any(each.pattern == "city" for each in design.elements):
        files["city.svg"] = (STATIC / f"site/pattern-{city}.svg").read_bytes()
    body = "\n".join(drawn(each, city, files) for each in design.elements)
    return Layout(
        name=name,
        html=f'<div class="card">\n{body}\n</div>',
        css="\n".join([sheet_of(design, city), *(rule_of(each, city) for each in design.elements), design.css]),
        width_mm=design.card.width,
        height_mm=design.card.height,
        pictures=files,
        fonts=fonts(),
    )


def sheet_of(design: Design, city: str) -> str:
    """Return what all designs of a shape share."""
    card = design.card
    kinds = "\n".join(kind_rule(kind, city) for kind in KINDS)
    return f"{_BASE}.card {{ width: {card.width:g}mm; height: {card.height:g}mm }}\n{kinds}"


def kind_rule(kind: str, city: str) -> str:
    """Return what a kind of category changes: two colours, a frame, and which of the drawings is there."""
    look = look_of(kind, city)
    return (
        f'[data-kind="{kind}"] {{ --kind: {look.ground}; --on-kind: {look.ink}; --frame: {look.border} }}\n'
        f'[data-kind="{kind}"] .of-{kind} {{ display: block }}'
    )


def rule_of(element: Element, city: str) -> str:
    """Return the style of one element."""
    parts = [f"left: {element.x:g}mm; top: {element.y:g}mm; width: {element.width:g}mm; height: {element.height:g}mm"]
    if element.fill != "none" and element.kind not in ("band", "code", "mark"):
        parts.append(f"background: {written(element.fill, city)}")
    if element.kind == "band":
        parts.append(f"background: var(--kind); border: {frame_of(element):g}mm solid var(--frame)")
    elif element.thickness > 0 and element.border != "none":
        parts.append(f"border: {element.thickness:g}mm solid {written(element.border, city)}")
    if element.kind in ("field", "text"):
        parts += words_style(element, city)
    return f"#{element.id} {{ {'; '.join(parts)} }}"


def frame_of(element: Element) -> float:
    """Return how thick a band's frame is, in millimetres."""
    return element.thickness or 0.7


def words_style(element: Element, city: str) -> list[str]:
    """Return how words are set."""
    family, weight, style = FAMILIES[element.font]
    justify = {"top": "flex-start", "middle": "center", "bottom": "flex-end"}[element.vertical]
    return [
        # At the left means where a line begins: words that run from right to left stand at the right.
        f"justify-content: {justify}; text-align: {'start' if element.align == 'left' else element.align}",
        f"font: {style} {weight} {element.largest:g}pt/{element.leading:g} {family}",
        f"color: {written(element.colour, city)}",
        *(["text-transform: uppercase"] if element.capitals else []),
    ]


def drawn(element: Element, city: str, files: Mapping[str, bytes]) -> str:
    """Return the HTML of one element."""
    if element.kind == "field":
        return field_html(element)
    if element.kind == "code":
        return f'<div id="{escape(element.id)}" class="element code" data-field="code"></div>'
    inside = inner_html(element, city, files)
    words = " words" if element.kind == "text" else ""
    return f'<div id="{escape(element.id)}" class="element {element.kind}{words}">{inside}</div>'


def inner_html(element: Element, city: str, files: Mapping[str, bytes]) -> str:
    """Return what is drawn inside an element that is the same on every card."""
    if element.kind == "text":
        return text_html(element)
    if element.kind == "picture":
        return picture_html(element, files)
    drawers = {"band": band_html, "pattern": pattern_html, "mark": mark_html}
    return drawers[element.kind](element, city) if element.kind in drawers else ""


def field_html(element: Element) -> str:
    """Return the placeholder of a field, with what the engine must know to fit words in it."""
    tag = "h1" if element.field == "name" else "div"
    return (
        f'<{tag} id="{escape(element.id)}" class="element field words" data-field="{escape(element.field)}" '
        f'data-lines="{element.lines}" data-smallest="{element.smallest:g}"></{tag}>'
    )


def text_html(element: Element) -> str:
    """Return words that are always the same, in English for who reads English, where they differ."""
    if not element.words_en or element.words_en == element.words:
        return f"<p>{lines_html(element.words)}</p>"
    return f'<p class="words-fr">{lines_html(element.words)}</p><p class="words-en">{lines_html(element.words_en)}</p>'


def lines_html(words: str) -> str:
    """Return words with their line ends."""
    return "<br>".join(str(escape(line)) for line in words.split("\n"))


def band_html(element: Element, city: str) -> str:
    """Return the pattern at the end of a band; its beginning stays free for words."""
    frame = frame_of(element)
    wide = element.width > element.height
    width, height = element.width - 2 * frame, element.height - 2 * frame
    part = round(width * 0.3, 2) if wide else width
    left = width - part if wide else 0.0
    drawings = (of_kind(kind, part, height, look_of(kind, city).ink, city) for kind in KINDS)
    return f'<div style="position: absolute; left: {left:.2f}mm; top: 0">{"".join(drawings)}</div>'


def of_kind(kind: str, width: float, height: float, colour: str, city: str) -> str:
    """Return the pattern of one kind of category, which is only there for its people."""
    look = look_of(kind, city)
    drawing = svg(width, height, DRAWERS[look.pattern](width, height, colour, look.border))
    return f'<div class="of-kind of-{kind}">{drawing}</div>'


def pattern_html(element: Element, city: str) -> str:
    """Return a pattern drawn to the measure of its element."""
    if element.pattern == "city":
        return city_html(element)
    if element.pattern != "kind" and not depends_on_kind(element.colour):
        soft = element.border if element.border != "none" else element.colour
        colours = written(element.colour, city), written(soft, city)
        drawer = DRAWERS[element.pattern]
        return svg(element.width, element.height, drawer(element.width, element.height, *colours))
    return "".join(kind_pattern(element, kind, city) for kind in KINDS)


def kind_pattern(element: Element, kind: str, city: str) -> str:
    """Return a pattern as it is for one kind of category."""
    look = look_of(kind, city)
    name = look.pattern if element.pattern == "kind" else element.pattern
    colour = {"kind": look.ground, "on-kind": look.ink}.get(element.colour) or written(element.colour, city)
    drawing = DRAWERS[name](element.width, element.height, colour, look.border)
    return f'<div class="of-kind of-{kind}">{svg(element.width, element.height, drawing)}</div>'


def city_html(element: Element) -> str:
    """Return the picture of the host city, cropped from its centre."""
    scale = max(element.width / 320, element.height / 128)
    width, height = 320 * scale, 128 * scale
    left, top = (element.width - width) / 2, (element.height - height) / 2
    place = f"left: {left:.2f}mm; top: {top:.2f}mm; width: {width:.2f}mm; height: {height:.2f}mm"
    return f'<img src="city.svg" alt="" style="{place}">'


def picture_html(element: Element, files: Mapping[str, bytes]) -> str:
    """Return an uploaded picture, whole and centred in its element; nothing when it is not there any more."""
    if element.picture not in files:
        return ""
    return f'<img src="{escape(element.picture)}" alt="" style="width: 100%; height: 100%; object-fit: contain">'


def mark_html(element: Element, city: str) -> str:
    """Return the forum's mark, as large as fits: the star in one colour, the heaps in another."""
    side = min(element.width, element.height)
    colour = written(element.colour, city)
    star = colour if element.border == "none" else written(element.border, city)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side:g}mm" height="{side:g}mm" viewBox="0 0 48 48">'
        f'<path fill="{star}" d="M24 0L26.3 10.7L37 13L26.3 15.3L24 26L21.7 15.3L11 13L21.7 10.7z"/>'
        f'<path fill="{colour}" d="M0 48 15 23 30 48zM31.8 48H48L33 23 24.8 36.8z"/></svg>'
    )
