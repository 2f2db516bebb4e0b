"""What a screen reader hears of a stamped file (PDF/UA): each card a section, its words and codes in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.core.stamping.fields import Frame, Matrix
from forum.core.stamping.objects import Raw
from forum.core.stamping.pages import Item, Painter


@dataclass(frozen=True)
class Marked:
    """Something on a page that is read out."""

    tag: str
    spoken: str = ""
    """What is said in the place of what is drawn: of a picture, of art that many pages share."""
    box: tuple[float, float, float, float] | None = None
    """Where a picture stands on its page."""


@dataclass(frozen=True)
class Section:
    """One card on a page."""

    language: str
    title: str
    marked: list[Marked]


@dataclass
class Reading:
    """What the pages of a document say, gathered while they are drawn."""

    pages: list[list[Section]] = field(default_factory=list)

    def begin(self) -> None:
        """Begin a page."""
        self.pages.append([])

    def card(self, painter: Painter, title: str, art: bytes, items: Sequence[Item], matrix: Matrix) -> Iterator[bytes]:
        """Note a card of the page at hand, and yield its operators, marked."""
        page = self.pages[-1]
        number = sum(len(section.marked) for section in page)
        spoken = painter.spoken
        marked = [Marked("P", spoken)] if spoken else []
        if spoken:
            yield b"/P <</MCID %d>> BDC\n%b\nEMC" % (number, art)
        else:
            yield b"/Artifact BMC\n%b\nEMC" % art
        for item in items:
            yield b"/%b <</MCID %d>> BDC\n%b\nEMC" % (item.tag.encode(), number + len(marked), item.operators)
            marked.append(Marked(item.tag, item.label, bounds(item.frame, matrix) if item.frame else None))
        page.append(Section(painter.design.variant.language, title, marked))

    def write(self, pdf: Any, page_references: Sequence[bytes], *, language: str) -> None:
        """Add the tree of what is read out to a file."""
        import pydyf

        root, tree = pydyf.Dictionary({"Type": "/StructTreeRoot"}), pydyf.Dictionary()
        document = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document"})
        for each in (root, tree, document):
            pdf.add_object(each)
        sections: list[bytes] = []
        numbers: list[bytes] = []
        for index, (page, reference) in enumerate(zip(self.pages, page_references, strict=True)):
            parents: list[bytes] = []
            for section in page:
                sections.append(self.write_section(pdf, section, document.reference, reference, parents, language))
            numbers.append(b"%d [%b]" % (index, b" ".join(parents)))
        document.update({"P": root.reference, "K": b"[%b]" % b" ".join(sections)})
        tree["Nums"] = b"[%b]" % b" ".join(numbers)
        root.update({"ParentTree": tree.reference, "K": pydyf.Array([document.reference])})
        pdf.catalog["StructTreeRoot"] = root.reference
        pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})

    def write_section(
        self,
        pdf: Any,
        section: Section,
        document: bytes,
        page: bytes,
        parents: list[bytes],
        language: str,
    ) -> bytes:
        """Add one card; `parents` grows by what its marks on the page belong to."""
        import pydyf

        own = Raw()
        pdf.add_object(own)
        kids = []
        for mark in section.marked:
            kid = Raw(element(mark, own.reference, page, len(parents)))
            pdf.add_object(kid)
            kids.append(kid.reference)
            parents.append(kid.reference)
        spoken = b"/Lang%b" % pydyf.String(section.language).data if section.language != language else b""
        title = b"/T%b" % pydyf.String(section.title).data if section.title else b""
        own.content = b"<</Type/StructElem/S/Sect/P %b/Pg %b%b%b/K[%b]>>" % (
            document,
            page,
            spoken,
            title,
            b" ".join(kids),
        )
        return own.reference


def element(mark: Marked, parent: bytes, page: bytes, number: int) -> bytes:
    """Return what one mark on a page is."""
    import pydyf

    more = b""
    if mark.spoken:
        name = b"/Alt" if mark.tag == "Figure" else b"/ActualText"
        more += name + pydyf.String(mark.spoken).data
    if mark.box:
        more += b"/A<</O/Layout/BBox[%.2f %.2f %.2f %.2f]>>" % mark.box
    return b"<</Type/StructElem/S/%b/P %b/Pg %b/K %d%b>>" % (mark.tag.encode(), parent, page, number, more)


def bounds(frame: Frame, matrix: Matrix) -> tuple[float, float, float, float]:
    """Return the rectangle on the page in which a frame stands, however it is turned."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (frame.x, frame.x + frame.width) for y in (frame.top - frame.height, frame.top)]
    if frame.matrix:
        corners = [moved(frame.matrix, *corner) for corner in corners]
    xs, ys = zip(*(moved((a, b, c, d, e, f), *corner) for corner in corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return where a transform puts a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
