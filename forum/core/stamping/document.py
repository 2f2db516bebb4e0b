"""The file: stamped pages put behind the art that WeasyPrint painted, in the same PDF."""

from __future__ import annotations

import functools
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from forum.core.stamping.fields import take_fields
from forum.core.stamping.helpers import Helper, helper, helpers_for, shares, uncollected
from forum.core.stamping.layouts import MM, Card, FontFile, Layout, Variant
from forum.core.stamping.objects import FEW, Content, Page, Store, stored_in_file, stored_in_memory
from forum.core.stamping.pages import Design, Painter, Place, adjustment, cards_on, marks, places
from forum.core.stamping.refusals import NothingToStamp
from forum.core.stamping.shaping import FontRoom
from forum.core.stamping.sheets import Imposition, Sheet
from forum.core.stamping.tags import Reading, Section
from forum.core.stamping.template import font_configuration, fonts_of, laid_out
from forum.core.stamping.usage import Exported, Usage, embed, exported, imported, leave_out_what_draws_nothing

Progress = Callable[[int], None]
"""Told how many sheets are stamped so far."""

TAGGED = "pdf/ua-1"
STEP = 256
"""Sheets between two words of progress."""
DESIGNS_KEPT = 64


def ignored(_done: int) -> None:
    """Tell nobody."""


# Pango and the fonts that are kept are not made for several threads at once.
one_at_a_time = threading.RLock()


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
    with one_at_a_time, uncollected(), ExitStack() as files:
        all_sheets = list(sheets)
        if not all_sheets:
            raise NothingToStamp
        job = Job(all_sheets, files, title=title, language=language, variant=variant)
        job.draw(processes, on_progress or ignored)
        job.write(target)
    return len(job.papers)


@functools.lru_cache(maxsize=8)
def room_of(fonts: tuple[FontFile, ...]) -> FontRoom:
    """Return the room of some fonts; it is kept."""
    return FontRoom(font_configuration(fonts))


@functools.lru_cache(maxsize=DESIGNS_KEPT)
def design_of(layout: Layout, variant: Variant, fonts: tuple[FontFile, ...]) -> Design:
    """Return a layout laid out for a variant and read; it is kept. Raises `LayoutRefused`."""
    page = laid_out(layout, variant, fonts)
    return Design(laid_out=page, fields=take_fields(page), room=room_of(fonts))


def designs(layout: Layout, variants: Iterable[Variant]) -> dict[Variant, Design]:
    """Return a layout laid out for several variants. Raises `LayoutRefused`."""
    fonts = fonts_of([layout])
    return {variant: design_of(layout, variant, fonts) for variant in variants}


@dataclass(frozen=True)
class Drawn:
    """What a helper made."""

    ends: array[int]
    """Where its pages end in the store that it was given."""
    usage: Exported
    designs: int
    """How many designs it met that were not there before: then its numbers mean nothing here."""
    pages: list[list[Section]]


@dataclass
class Job:
    """One file in the making."""

    sheets: list[Sheet]
    """What is still to be drawn."""
    files: ExitStack
    """Closes what is opened meanwhile."""
    title: str
    language: str
    variant: str | None
    usage: Usage = field(default_factory=dict)
    stores: list[Store] = field(default_factory=list)
    """The pages' operators, compressed: a store for each share of the sheets, in their order."""
    painters: list[Painter] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find out which papers, layouts and fonts there are."""
        self.papers = [sheet.imposition for sheet in self.sheets]
        self.impositions = list({id(each): each for each in self.papers}.values())
        self.layouts = {id(slot.layout): slot.layout for each in self.impositions for slot in each.slots}
        self.fonts = fonts_of(self.layouts.values())
        # By identity: comparing variants and layouts for each card would take longer than drawing it.
        self.places: dict[int, tuple[Place, ...]] = {id(each): places(each) for each in self.impositions}
        self.starts = {id(each): start_of(each, number) for number, each in enumerate(self.impositions)}
        self.numbers: dict[tuple[int, int], int] = {}
        self.variants: dict[int, Variant] = {}
        self.reading = Reading() if self.variant == TAGGED else None

    def draw(self, processes: int, on_progress: Progress) -> None:
        """Draw all sheets, with helpers where that is worth it."""
        count = helpers_for(sum(len(sheet.cards) for sheet in self.sheets), processes)
        own, *others = shares(self.sheets, count + 1)
        if others:
            self.prepare()
        self.sheets.clear()  # they are let go as they are drawn
        helping = [self.helped(share) for share in others]
        self.draw_share(own, lambda done: on_progress(done * (1 + len(others))))
        for share, store, each in helping:
            if not self.take(each.result(), store):
                self.draw_share(share)
            on_progress(sum(map(len, self.stores)))

    def helped(self, share: list[Sheet]) -> tuple[list[Sheet], Store, Helper[Drawn]]:
        """Let a helper draw a share of the sheets."""
        store = stored_in_file(self.files)
        return share, store, helper(functools.partial(self.drawn_by_helper, share, store))

    def prepare(self) -> None:
        """Lay out and learn beforehand what all helpers need, so that their numbers and glyphs mean the same."""
        learnt: dict[int, list[Card]] = {}
        for sheet in self.sheets:
            for place, card in cards_on(sheet, self.places[id(sheet.imposition)]):
                learnt.setdefault(self.number(place.slot.layout, card), []).append(card)
        for number, cards in learnt.items():
            self.painters[number].learn(cards)

    def draw_share(self, share: list[Sheet], on_progress: Progress = ignored) -> None:
        """Draw some sheets behind those that are drawn."""
        self.stores.append(stored_in_memory() if len(share) <= FEW else stored_in_file(self.files))
        self.draw_into(self.stores[-1], share, on_progress)

    def draw_into(self, store: Store, share: list[Sheet], on_progress: Progress = ignored) -> None:
        """Draw some sheets into a store; each is let go when it is drawn."""
        share.reverse()
        while share:
            store.add(deflated(self.operators(share.pop())))
            if len(store) % STEP == 0 or not share:
                on_progress(len(store))

    def drawn_by_helper(self, share: list[Sheet], store: Store) -> Drawn:
        """Draw a share of the sheets in a process of its own, and return what the other one needs of it."""
        self.usage.clear()
        known = len(self.painters)
        if self.reading:
            self.reading.pages = []
        self.draw_into(store, share)
        return Drawn(
            ends=store.ends,
            usage=exported(self.usage),
            designs=len(self.painters) - known,
            pages=self.reading.pages if self.reading else [],
        )

    def take(self, drawn: Drawn | None, store: Store) -> bool:
        """Take what a helper drew into a store; tell whether it could be used."""
        if drawn is None or drawn.designs or not imported(drawn.usage, self.usage, room_of(self.fonts).faces):
            return False
        store.ends = drawn.ends
        self.stores.append(store)
        if self.reading:
            self.reading.pages += drawn.pages
        return True

    def operators(self, sheet: Sheet) -> bytes:
        """Return a sheet as operators."""
        imposition = id(sheet.imposition)
        parts = [self.starts[imposition]]
        if self.reading:
            self.reading.begin()
        for place, card in cards_on(sheet, self.places[imposition]):
            number = self.number(place.slot.layout, card)
            painter = self.painters[number]
            items = painter.items(card)
            art = b"/A%d Do" % number
            if place.before:
                parts.append(place.before)
            if self.reading:
                parts += self.reading.card(painter, card.label, art, items, place.matrix)
            else:
                parts += [art, *[item.operators for item in items]]
            if place.after:
                parts.append(place.after)
        return b"\n".join(parts)

    def number(self, layout: Layout, card: Card) -> int:
        """Return the number of the design of a card in a layout."""
        variant = self.variants.setdefault(id(card.variant), card.variant)  # held, so that its number stays its own
        key = (id(layout), id(variant))
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
        # WeasyPrint would tag the pages that it painted: the tags of stamped pages are written by `finish`.
        document.write_pdf(target, finisher=finisher, pdf_variant=None if self.reading else self.variant)

    def finish(self, shared: Sequence[bytes], document: Any, pdf: Any) -> None:
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
        pages = list(self.add_pages(pdf, resources))
        if self.reading:
            self.reading.write(pdf, pages, language=self.language)
            document.metadata.include_in_pdf(pdf, "ua", 1, conformance=None, compress=True)
        if (self.variant or "").startswith("pdf/a"):
            show_metadata(pdf)
        leave_out_what_draws_nothing(pdf)

    def add_pages(self, pdf: Any, resources: Any) -> Iterator[bytes]:
        """Put the stamped pages behind the others, and yield their references."""
        begins = {id(each): beginning(pdf, each, resources) for each in self.impositions}
        drawn = ((store, page) for store in self.stores for page in range(len(store)))
        for number, (paper, (store, page)) in enumerate(zip(self.papers, drawn, strict=True)):
            content = Content(store, page)
            pdf.add_object(content)
            added = Page(begins[id(paper)], content.number, number if self.reading else None)
            pdf.add_page(added)
            yield added.reference


def start_of(imposition: Imposition, number: int) -> bytes:
    """Return the operators with which every sheet of an imposition begins."""
    lines = b"/Artifact BMC /M%d Do EMC" % number if imposition.marks else b""
    return adjustment(imposition) + lines


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


def beginning(pdf: Any, imposition: Imposition, resources: Any) -> bytes:
    """Return how every page of an imposition begins."""
    size = (imposition.width_mm * MM, imposition.height_mm * MM)
    return b"<</Type/Page/Parent %b/MediaBox[0 0 %.3f %.3f]/Resources %b" % (
        pdf.pages.reference,
        *size,
        resources.reference,
    )


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
    """Compress a page; it never ends like a line does, which some readers would take for the end of the stream."""
    while (compressed := compressor()(content)).endswith((b"\r", b"\n")):
        content += b" "
    return compressed
