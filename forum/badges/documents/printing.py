"""Badges become PDF: faces are fitted into a layout, laid on sheets, and drawn by WeasyPrint.

`badges_pdf` is the door; what is behind it may be replaced by something faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask_babel import force_locale

from forum.badges.documents.faces import BadgeFace
from forum.badges.documents.fitting import Box, Widths, fitted, is_right_to_left, plain, widths_of
from forum.core import codes, qr
from forum.core.assembly import STATIC
from forum.core.documents import Document, joined_pdf, render_pdf
from forum.core.refusals import Malformed
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext, ngettext

Progress = Callable[[int], None]
"""Told how many badges are made so far."""

CHUNK = 40
"""Badges laid out together: progress can be told between chunks, and memory stays small."""


@dataclass(frozen=True)
class Font:
    """A font of `static/site/print.css`: its file, its weight, and the class that chooses it."""

    css_class: str
    path: Path
    weight: int

    @property
    def widths(self) -> Widths:
        """Return its advance widths."""
        return widths_of(self.path, self.weight)


TITLE = Font("in-title", STATIC / "site/fonts/sofia-sans-extra-condensed-800.woff2", 800)
STRONG = Font("in-strong", STATIC / "site/fonts/ibm-plex-sans-600.woff2", 600)
TEXT = Font("in-text", STATIC / "site/fonts/ibm-plex-sans-400.woff2", 400)


class LayoutNotReady(Malformed):
    """A layout that has a name but is not drawn yet, or no layout at all."""

    code = "no-such-layout"
    sentence = lazy_gettext("Badges cannot be printed in the layout “%(layout)s”. Choose one of: %(layouts)s.")


@dataclass(frozen=True)
class Layout:
    """A badge design: how many stand on a sheet, and the room for the words that vary."""

    card: str
    """The design in `static/badges/print/`; several layouts may share one."""
    cards_on_sheet: int
    name: Box
    organisation: Box
    category: Box


A6 = Layout(
    card="a6",
    cards_on_sheet=1,
    name=Box(width=93, height=39, largest=62, smallest=18, lines=3, leading=0.96),
    organisation=Box(width=93, height=10, largest=14, smallest=8, lines=2, leading=1.15),
    category=Box(width=62, height=10, largest=27, smallest=9, lines=1, leading=1.0),
)
SMALL = Layout(
    card="small",
    cards_on_sheet=1,
    name=Box(width=48, height=19.5, largest=40, smallest=18, lines=2, leading=0.96),
    organisation=Box(width=48, height=7, largest=10, smallest=6, lines=1, leading=1.15),
    category=Box(width=54, height=7.4, largest=20, smallest=8, lines=1, leading=1.0),
)
LAYOUTS = {
    "a6": A6,
    "90x55": SMALL,
    "cr80": SMALL,
    "fold": A6,
    "a4x4": Layout(card="a6", cards_on_sheet=4, name=A6.name, organisation=A6.organisation, category=A6.category),
}


@dataclass(frozen=True)
class Line:
    """One line of words."""

    text: str
    direction: str
    part: int
    """Which of the words that were fitted together: 0 the given name, 1 the family name."""


@dataclass(frozen=True)
class Words:
    """Words in their box, as the template draws them."""

    lines: Sequence[Line]
    font: str
    size: float
    leading: float


@dataclass(frozen=True)
class Card:
    """One badge, measured and ready to be drawn."""

    face: BadgeFace
    name: Words
    organisation: Words
    category: Words
    symbol: str
    """The QR symbol as one SVG path."""
    code: Sequence[str]
    """The code in lines of groups."""


def badges_pdf(faces: Sequence[BadgeFace], *, layout: str, on_progress: Progress | None = None) -> bytes:
    """Return badges as a PDF, in their order. Raises `LayoutNotReady`; at least one face must be given."""
    design = LAYOUTS.get(layout)
    if design is None:
        raise LayoutNotReady(layout=layout, layouts=", ".join(LAYOUTS))
    parts, done = [], 0
    remaining = iter(faces)
    while chunk := list(islice(remaining, CHUNK)):
        parts.append(sheets_pdf([card_of(face, design) for face in chunk], layout=layout, total=len(faces)))
        done += len(chunk)
        if on_progress:
            on_progress(done)
    return joined_pdf(parts)


def card_of(face: BadgeFace, design: Layout) -> Card:
    """Measure what varies, and draw the code."""
    return Card(
        face=face,
        name=words((face.given_name, face.family_name), design.name, TITLE, STRONG),
        organisation=words((face.organisation,), design.organisation, TEXT),
        category=words((face.category,), design.category, TITLE, STRONG),
        symbol=qr.svg_path(qr.code_matrix(face.code)),
        code=lines_of_code(face.code),
    )


def words(parts: Sequence[str], box: Box, *fonts: Font) -> Words:
    """Fit words into a box, in the first font that has all their letters, else in the last."""
    letters = "".join(map(plain, parts))
    font = next((font for font in fonts if font.widths.has(letters)), fonts[-1])
    fit = fitted(parts, box, font.widths)
    return Words(
        lines=[
            Line(text=line, direction="rtl" if is_right_to_left(line) else "ltr", part=number)
            for number, part in enumerate(fit.lines)
            for line in part
        ],
        font=font.css_class,
        size=fit.size,
        leading=round(fit.leading, 2),
    )


def lines_of_code(code: str) -> Sequence[str]:
    """Return a code in groups of four on two lines, to be read out."""
    groups = codes.grouped(code).split("-")
    return (" ".join(groups[:4]), " ".join(groups[4:]))


def sheets_pdf(cards: Sequence[Card], *, layout: str, total: int) -> bytes:
    """Lay measured badges on sheets."""
    design = LAYOUTS[layout]
    size = design.cards_on_sheet
    sheets = [cards[start : start + size] for start in range(0, len(cards), size)]
    language = cards[0].face.language
    with force_locale(language):
        title = f"{ngettext('Badge', '%(num)s badges', total)} – {cards[0].face.edition}"
    return render_pdf(
        Document(
            template="badges/print/sheets.html",
            title=title,
            context={
                "sheets": sheets,
                "layout": layout,
                "card_template": design.card,
                "labels": labels,
                "paper_language": language,
            },
            # Tagged for screen readers; files that are joined afterwards would lose their tags again.
            variant="pdf/ua-1" if total == len(cards) else None,
            styles=(
                "site/print.css",
                "badges/print/card.css",
                f"badges/print/card-{design.card}.css",
                f"badges/print/{layout}.css",
            ),
        )
    )


def labels(language: str) -> dict[str, str]:
    """Return the words that every badge of a language carries."""
    with force_locale(language):
        return {
            "forum": _("Grand Nord Digital Forum"),
            "wifi": _("Wi-Fi"),
            "emergency": _("Emergency"),
            "code": _("Code of this badge"),
            "fold": _("Fold the upper half behind, then the left half behind: the badge stands in front and behind."),
        }
