"""A layout becomes one page per variant: WeasyPrint lays it out, and never sees anything but the layout itself."""

from __future__ import annotations

import atexit
import copy
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from forum.core.stamping.layouts import FontFile, Layout, Variant
from forum.core.stamping.refusals import LayoutBroken, LayoutRefused, PageOverflows, PictureNotOwn
from forum.core.typesetter import load_typesetter

BASE = "file:///layout/"
"""Where a layout seems to lie: relative addresses in it become names of its pictures."""
FONTS = "file:///fonts/"
SAMPLE = "Hg"
"""Stands where words of a card will stand, so that the line is there to be measured."""
SYMBOL_FIELD = "code"
OWN_RULES = """
@page {{ size: {width}mm {height}mm; margin: 0; bleed: {bleed}mm; marks: none }}
@page {{ @bottom-center {{ content: none }} }}
html, body {{ margin: 0 }}
* {{ bookmark-level: none !important; -weasy-link: none !important }}
"""


@dataclass(frozen=True)
class LaidOut:
    """A layout as WeasyPrint laid it out for one variant."""

    layout: Layout
    variant: Variant
    document: Any
    page: Any
    """WeasyPrint's page; `fields` takes the words out of it."""


class Fence:
    """Gives WeasyPrint the pictures and fonts of a layout, and remembers what else was asked for."""

    def __init__(self, files: dict[str, bytes]) -> None:
        """Hold the files by address."""
        self.files = files
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return a file of the layout; anything else is noted and refused."""
        from weasyprint.urls import URLFetcherResponse

        parts = urlsplit(url)
        if parts.scheme == "data":
            return data_address(url)
        content = self.files.get(unquote(f"{parts.scheme}://{parts.netloc}{parts.path}"))
        if content is None:
            self.refused.append(url)
            raise ValueError("A layout may not fetch anything.")
        return URLFetcherResponse(url, content)

    __call__ = fetch

    def refuse(self, layout: Layout) -> None:
        """Refuse a layout that asked for something that is not its own. Raises `PictureNotOwn`."""
        if self.refused:
            raise PictureNotOwn(layout=layout.name, address=self.refused[0].removeprefix(BASE)[:200])


def data_address(url: str) -> Any:
    """Return what a data: address holds."""
    from weasyprint.urls import URLFetcher

    return URLFetcher(allowed_protocols=["data"]).fetch(url)


@functools.lru_cache(maxsize=8)
def font_configuration(fonts: tuple[FontFile, ...]) -> Any:
    """Return WeasyPrint's knowledge of fonts; it is kept, as loading them takes longer than a page."""
    load_typesetter()
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    configuration = FontConfiguration()
    files = {f"{FONTS}{number}": font.content for number, font in enumerate(fonts)}
    faces = "".join(
        f'@font-face {{ font-family: "{font.family}"; font-weight: {font.weight}; font-style: {font.style}; '
        f'src: url("{FONTS}{number}") }}\n'
        for number, font in enumerate(fonts)
    )
    CSS(string=faces, font_config=configuration, url_fetcher=Fence(files), base_url=FONTS)
    return configuration


# Before the interpreter takes WeasyPrint's modules apart: its fonts remove their temporary files themselves.
atexit.register(font_configuration.cache_clear)


def laid_out(layout: Layout, variant: Variant, fonts: tuple[FontFile, ...]) -> LaidOut:
    """Lay a layout out for a variant. Raises `LayoutRefused`."""
    load_typesetter()
    from weasyprint import CSS, HTML

    fence = Fence({BASE + name: content for name, content in layout.pictures.items()})
    configuration = font_configuration(fonts)
    sizes = {"width": layout.width_mm, "height": layout.height_mm, "bleed": layout.bleed_mm}
    try:
        html = HTML(string=page_of(layout), base_url=BASE, url_fetcher=fence)
        fill(html.etree_element, variant)
        sheets = [
            CSS(string=text, base_url=BASE, font_config=configuration, url_fetcher=fence)
            for text in (layout.css, OWN_RULES.format(**sizes))
        ]
        document = html.render(stylesheets=sheets, font_config=configuration)
    except (LayoutRefused, MemoryError):
        raise
    except Exception as error:  # whatever a design made WeasyPrint stumble over
        fence.refuse(layout)
        raise LayoutBroken(layout=layout.name) from error
    fence.refuse(layout)
    if len(document.pages) != 1:
        raise PageOverflows(layout=layout.name, pages=len(document.pages))
    page = document.pages[0]
    page.anchors.clear()  # nobody jumps to an element of a badge, and each would be a line of the file
    return LaidOut(layout=layout, variant=variant, document=document, page=page)


def page_of(layout: Layout) -> str:
    """Return the whole HTML page around a layout's body."""
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{layout.html}</body></html>'


def fill(root: Element, variant: Variant) -> None:
    """Write a variant into a layout: its marks, its words, rows for its lists, samples for the words of cards."""
    root.set("lang", variant.language)
    for name, value in variant.marks.items():
        root.set(f"data-{name}", value)
    leave_out(root, variant)
    for element in list(root.iter()):
        if element.get("data-rows"):
            repeat_rows(element)
    for element in fields_in(root):
        write(element, variant.words.get(element.get("data-field") or "", ""))


def leave_out(parent: Element, variant: Variant) -> None:
    """Take out elements whose words the variant does not have; the text behind them stays."""
    for element in list(parent):
        wanted = element.get("data-if")
        if wanted and not variant.words.get(wanted):
            keep_tail(parent, element)
            parent.remove(element)
        else:
            leave_out(element, variant)


def keep_tail(parent: Element, element: Element) -> None:
    """Give the text behind an element to what stands before it."""
    before = None
    for sibling in parent:
        if sibling is element:
            break
        before = sibling
    if before is None:
        parent.text = (parent.text or "") + (element.tail or "")
    else:
        before.tail = (before.tail or "") + (element.tail or "")


MOST_ROWS = 60


def repeat_rows(element: Element) -> None:
    """Repeat the row of a list, its parts becoming fields: `programme.0.hour`."""
    name = element.attrib.pop("data-field", "")
    count = element.get("data-rows", "")
    pattern = next(iter(element), None)
    if pattern is None or not count.isdecimal():
        return
    for row in list(element):
        element.remove(row)
    for number in range(min(int(count), MOST_ROWS)):
        row = copy.deepcopy(pattern)
        parts = {part.get("data-part"): part for part in row.iter() if part.get("data-part")}
        for part_name, part in parts.items():
            part.set("data-field", f"{name}.{number}.{part_name}")
            if part.get("data-follows") in parts:
                part.set("data-follows", f"{name}.{number}.{part.get('data-follows')}")
        element.append(row)


def fields_in(root: Element) -> Iterator[Element]:
    """Return the elements that take words."""
    return (element for element in root.iter() if element.get("data-field"))


def write(element: Element, words: str) -> None:
    """Write words into an element, or a sample that keeps its line."""
    for child in list(element):
        element.remove(child)
    if is_symbol(element):
        element.text = ""
    else:
        element.text = words or SAMPLE


def is_symbol(element: Element) -> bool:
    """Tell whether an element shows its words as a code."""
    return element.get("data-field") == SYMBOL_FIELD or element.get("data-symbol") is not None


def fonts_of(layouts: Iterable[Layout]) -> tuple[FontFile, ...]:
    """Return the fonts of several layouts, each once, in an order that does not depend on theirs."""
    found = {font: None for layout in layouts for font in layout.fonts}
    return tuple(sorted(found, key=lambda font: (font.family, font.weight, font.style)))
