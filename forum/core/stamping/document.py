"""The file: stamped pages put behind the art that WeasyPrint painted, in the same PDF."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from forum.core.stamping.fields import take_fields
from forum.core.stamping.layouts import MM, Card, FontFile, Layout, Variant
from forum.core.stamping.pages import Design, Painter, Place, adjustment, cards_on, marks, places
from forum.core.stamping.refusals import NothingToStamp
from forum.core.stamping.shaping import FontRoom, Usage, embed
from forum.core.stamping.sheets import Imposition, Sheet
from forum.core.stamping.template import font_configuration, fonts_of, laid_out

Progress = Callable[[int], None]
"""Told how many sheets are stamped so far."""

STEP = 256
"""Sheets between two words of progress."""
DESIGNS_KEPT = 64

# Pango and the fonts that are kept are not made for several threads at once.
_one_at_a_time = threading.RLock()


def stamp(
    sheets: Iterable[Sheet],
    target: BinaryIO,
    *,
    title: str,
    language: str = "fr",
    variant: str | None = None,
    processes: int = 1,
    on_progress: Progress | None = None,
) -> int:
    """Write the sheets as one PDF, in their order; return how many pages it has.

    `variant` is `pdf/ua-1` (tagged, for screen readers), `pdf/a-3u` (for archives) or None. `processes` is how many may
    work on it where that is worth it. Nothing is written to `target` before everything is ready. Raises
    `NothingToStamp` when there is no sheet, and `LayoutRefused` for a layout that cannot be printed.
    """
    all_sheets = tuple(sheets)
    if not all_sheets:
        raise NothingToStamp
    with _one_at_a_time:
        job = Job(all_sheets, title=title, language=language, variant=variant)
        job.draw(on_progress or (lambda _done: None))
        job.write(target)
    return len(all_sheets)


@functools.lru_cache(maxsize=8)
def room_of(fonts: tuple[FontFile, ...]) -> FontRoom:
    """Return the room of some fonts; it is kept."""
    return FontRoom(font_configuration(fonts))


@functools.lru_cache(maxsize=DESIGNS_KEPT)
def design_of(layout: Layout, variant: Variant, fonts: tuple[FontFile, ...]) -> Design:
    """Return a layout laid out for a variant and read; it is kept. Raises `LayoutRefused`."""
    page = laid_out(layout, variant, fonts)
    return Design(laid_out=page, fields=take_fields(page), room=room_of(fonts))


@dataclass
class Job:
    """One file in the making."""

    sheets: Sequence[Sheet]
    title: str
    language: str
    variant: str | None
    usage: Usage = field(default_factory=dict)
    contents: list[bytes] = field(default_factory=list)
    """The pages' operators, compressed."""
    painters: list[Painter] = field(default_factory=list)
    impositions: list[Imposition] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find out which fonts are needed."""
        impositions = {id(sheet.imposition): sheet.imposition for sheet in self.sheets}
        self.impositions = list(impositions.values())
        self.layouts = {id(slot.layout): slot.layout for each in self.impositions for slot in each.slots}
        self.fonts = fonts_of(self.layouts.values())
        # By identity: comparing variants and layouts for each card would take longer than drawing it.
        self.places: dict[int, tuple[Place, ...]] = {id(each): places(each) for each in self.impositions}
        self.starts = {id(each): start_of(each, number) for number, each in enumerate(self.impositions)}
        self.numbers: dict[tuple[int, int], int] = {}

    def draw(self, on_progress: Progress) -> None:
        """Draw all sheets."""
        for done, sheet in enumerate(self.sheets, 1):
            self.contents.append(deflated(self.operators(sheet)))
            if done % STEP == 0:
                on_progress(done)
        on_progress(len(self.sheets))

    def operators(self, sheet: Sheet) -> bytes:
        """Return a sheet as operators."""
        imposition = id(sheet.imposition)
        parts = [self.starts[imposition]]
        for place, card in cards_on(sheet, self.places[imposition]):
            number = self.number(place.slot.layout, card)
            painter = self.painters[number]
            parts.append(b"%b/A%d Do" % (place.before, number))
            parts += [item.operators for item in painter.items(card)]
            if place.after:
                parts.append(place.after)
        return b"\n".join(parts)

    def number(self, layout: Layout, card: Card) -> int:
        """Return the number of the design of a card in a layout."""
        key = (id(layout), id(card.variant))
        known = self.numbers.get(key)
        if known is None:
            design = design_of(layout, card.variant, self.fonts)
            known = next((n for n, painter in enumerate(self.painters) if painter.design is design), None)
            if known is None:
                known = len(self.painters)
                self.painters.append(Painter(design, self.usage))
            self.numbers[key] = known
        return known

    def write(self, target: BinaryIO) -> None:
        """Let WeasyPrint paint the art, and write the pages behind it."""
        shared = [b"\n".join(item.operators for item in painter.shared_items()) for painter in self.painters]
        pages = [painter.design.laid_out.page for painter in self.painters]
        document = self.painters[0].design.laid_out.document.copy(pages)
        document.metadata = metadata(self.title, self.language)
        embed(self.usage, document)
        finisher = functools.partial(self.finish, shared)
        document.write_pdf(target, finisher=finisher, pdf_variant=self.variant)

    def finish(self, shared: Sequence[bytes], _document: Any, pdf: Any) -> None:
        """Make forms of the pages that WeasyPrint painted, and pages of what was stamped (its finisher hook)."""
        import pydyf

        forms = pydyf.Dictionary()
        painted = [each for each in pdf.objects if isinstance(each, pydyf.Dictionary) and each.get("Type") == "/Page"]
        fonts = pdf.objects[int(painted[0]["Resources"].split()[0])]["Font"]
        resources = pydyf.Dictionary({"XObject": forms, "Font": fonts})
        pdf.add_object(resources)
        for number, (page, words) in enumerate(zip(painted, shared, strict=True)):
            art = as_form(pdf, page)
            forms[f"A{number}"] = with_words(pdf, art, words, fonts).reference if words else art.reference
        for number, imposition in enumerate(self.impositions):
            if imposition.marks:
                forms[f"M{number}"] = marks_form(pdf, imposition).reference
        pdf.pages["Kids"], pdf.pages["Count"] = pydyf.Array(), 0
        for sheet, content in zip(self.sheets, self.contents, strict=True):
            add_page(pdf, content, sheet.imposition, resources)
        show_metadata(pdf)


def start_of(imposition: Imposition, number: int) -> bytes:
    """Return the operators with which every sheet of an imposition begins."""
    return adjustment(imposition) + (b"/M%d Do" % number if imposition.marks else b"")


def metadata(title: str, language: str) -> Any:
    """Return what a file says about itself."""
    from weasyprint.document import DocumentMetadata

    return DocumentMetadata(title=title, lang=language)


def as_form(pdf: Any, page: Any) -> Any:
    """Return what WeasyPrint painted on a page as a form that many pages show; the page itself is emptied."""
    art = pdf.objects[int(page["Contents"].split()[0])]
    box, resources = page["MediaBox"], page["Resources"]
    art.extra.update({"Type": "/XObject", "Subtype": "/Form", "BBox": box, "Resources": resources})
    page.clear()  # a free object would throw pydyf's object stream out of step
    return art


def with_words(pdf: Any, art: Any, words: bytes, fonts: Any) -> Any:
    """Return a form of the art and the words that all cards of a variant share."""
    import pydyf

    resources = pydyf.Dictionary({"XObject": pydyf.Dictionary({"A": art.reference}), "Font": fonts})
    extra = {"Type": "/XObject", "Subtype": "/Form", "BBox": art.extra["BBox"], "Resources": resources}
    form = pydyf.Stream([b"/A Do", words], extra, compress=True)
    pdf.add_object(form)
    return form


def marks_form(pdf: Any, imposition: Imposition) -> Any:
    """Return the marks of an imposition as a form."""
    import pydyf

    box = pydyf.Array((0, 0, round(imposition.width_mm * MM, 3), round(imposition.height_mm * MM, 3)))
    form = pydyf.Stream([marks(imposition)], {"Type": "/XObject", "Subtype": "/Form", "BBox": box}, compress=True)
    pdf.add_object(form)
    return form


def add_page(pdf: Any, content: bytes, imposition: Imposition, resources: Any) -> None:
    """Put a stamped page behind the others."""
    raw = raw_class()
    stream = raw(b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(content), content))
    pdf.add_object(stream)
    size = (imposition.width_mm * MM, imposition.height_mm * MM)
    page = b"<</Type/Page/Parent %b/MediaBox[0 0 %.3f %.3f]/Resources %b/Contents %b>>"
    pdf.add_page(raw(page % (pdf.pages.reference, *size, resources.reference, stream.reference), compressible=True))


def show_metadata(pdf: Any) -> None:
    """Leave the description of an archive's file readable without any program (PDF/A asks for it)."""
    import pydyf

    for each in pdf.objects:
        if isinstance(each, pydyf.Stream) and each.extra.get("Type") == "/Metadata":
            each.compress = False


@functools.cache
def compressor() -> Callable[[bytes], bytes]:
    """Return what compresses pages."""
    from isal import isal_zlib

    return lambda content: bytes(isal_zlib.compress(content, 1))


def deflated(content: bytes) -> bytes:
    """Compress a page."""
    return compressor()(content)


@functools.cache
def raw_class() -> Any:
    """Return the class of PDF objects whose bytes are there already; pydyf is loaded by who prints only."""
    import pydyf

    class Raw(pydyf.Object):  # type: ignore[misc]
        """An object that is written as it is."""

        data = b""
        compressible = False

        def __init__(self, data: bytes, *, compressible: bool = False) -> None:
            super().__init__()
            self.data = data
            self.compressible = compressible

    return Raw
