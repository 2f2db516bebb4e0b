"""The same pages as WeasyPrint alone makes them: slow, and right by definition.

The sizes and lines that `fitting` chose are written into the HTML; all the rest is WeasyPrint's: which glyphs, where
they stand, colours, alignment, transforms.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from xml.etree.ElementTree import Element, SubElement, fromstring

import pikepdf
import qrcode

from forum.core import qr
from forum.core.stamping import Card, Layout
from forum.core.stamping.document import designs
from forum.core.stamping.fields import TextField
from forum.core.stamping.fitting import Fitted
from forum.core.stamping.pages import Painter
from forum.core.stamping.shaping import is_right_to_left
from forum.core.stamping.symbols import MASK
from forum.core.stamping.template import BASE, OWN_RULES, Fence, fill, font_configuration, fonts_of, is_symbol, page_of


def plain_pdf(cards: Sequence[Card], layout: Layout) -> bytes:
    """Return the cards as WeasyPrint alone prints them, one document each."""
    whole = pikepdf.new()
    for card in cards:
        with pikepdf.open(io.BytesIO(plain_page(card, layout))) as page:
            whole.pages.extend(page.pages)
    buffer = io.BytesIO()
    whole.save(buffer)
    return buffer.getvalue()


def plain_page(card: Card, layout: Layout) -> bytes:
    """Return one card as WeasyPrint alone prints it."""
    from weasyprint import CSS, HTML

    (design,) = designs(layout, [card.variant]).values()
    painter = Painter(design, {})
    painter.items(card)
    html = HTML(string=page_of(layout), base_url=BASE, url_fetcher=Fence(dict(pictures(layout))))
    root = html.etree_element
    fill(root, card.variant)
    words = {field.name: read(card) for field, read in painter.fields}
    words |= {field.name: card.variant.words[field.name] for field in design.shared}
    texts = {field.name: field for field in design.fields if isinstance(field, TextField)}
    ups: dict[str, float] = {}
    for element in [each for each in root.iter() if each.get("data-field") in words]:
        name = element.get("data-field") or ""
        if is_symbol(element):
            draw_symbol(element, words[name])
            continue
        field = texts[name]
        fit = painter.fit(field, words[name]) if words[name] else None
        up = ups.get(field.follows or "", 0.0)
        ups[name] = up + field.frame.height - (fit.height if fit else 0)
        write(element, field, fit, up if field.follows else 0.0)
    configuration = font_configuration(fonts_of([layout]))
    rules = OWN_RULES.format(width=layout.width_mm, height=layout.height_mm, bleed=layout.bleed_mm)
    sheets = [CSS(string=text, base_url=BASE, font_config=configuration) for text in (layout.css, rules)]
    content: bytes = html.write_pdf(stylesheets=sheets, font_config=configuration)
    return content


def pictures(layout: Layout) -> dict[str, bytes]:
    """Return the pictures of a layout by their address."""
    return {BASE + name: content for name, content in layout.pictures.items()}


def write(element: Element, field: TextField, fit: Fitted | None, up: float) -> None:
    """Write fitted words into an element, each line by itself."""
    element.text = ""
    for child in list(element):
        element.remove(child)
    if fit is None:
        return
    block = SubElement(element, "div")
    families = ", ".join(f"'{family}'" for family in fit.shaper.style["font_family"])
    block.set(
        "style",
        f"font-size:{fit.size}pt;line-height:{fit.leading};font-family:{families};text-transform:none;"
        f"position:relative;top:-{up}pt;white-space:nowrap",
    )
    for line in fit.lines:
        span = SubElement(block, "div")
        span.text = line.text
        if is_right_to_left(line.text):
            side = "right" if field.is_turned_by_words and fit.is_from_right else "left"
            span.set("style", f"direction:rtl;text-align:{side}")


def draw_symbol(element: Element, content: str) -> None:
    """Draw a code as the package makes it."""
    symbol = qrcode.QRCode(version=None, error_correction=qr.LEVELS["Q"], border=0, mask_pattern=MASK)
    symbol.add_data(content)
    symbol.make(fit=True)
    modules = [[bool(module) for module in row] for row in symbol.get_matrix()]
    side = len(modules) + 8
    element.append(
        fromstring(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {side} {side}" style="display:block;width:100%;'
            f'height:100%"><path fill="#000" d="{escape(qr.svg_path(modules))}"/></svg>'
        )
    )
