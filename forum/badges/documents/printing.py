"""Badges become PDF: faces are dealt out onto sheets, and stamped."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import BinaryIO

from flask_babel import force_locale

from forum.badges.documents.faces import BadgeFace, card_of
from forum.badges.documents.house import A6_MM, house_layout
from forum.core.refusals import Malformed
from forum.core.stamping import Imposition, Line, Progress, Slot, dealt, single, stamp
from forum.core.words import lazy_gettext, ngettext


class LayoutNotReady(Malformed):
    """A layout that has a name but is not drawn yet, or no layout at all."""

    code = "no-such-layout"
    sentence = lazy_gettext("Badges cannot be printed in the layout “%(layout)s”. Choose one of: %(layouts)s.")


def badges_pdf(
    faces: Sequence[BadgeFace], *, layout: str, on_progress: Progress | None = None, processes: int = 1
) -> bytes:
    """Return badges as a PDF, in their order. Raises `LayoutNotReady`; at least one face must be given."""
    buffer = io.BytesIO()
    write_badges(faces, buffer, layout=layout, on_progress=on_progress, processes=processes)
    return buffer.getvalue()


def write_badges(
    faces: Sequence[BadgeFace],
    target: BinaryIO,
    *,
    layout: str,
    on_progress: Progress | None = None,
    processes: int = 1,
) -> None:
    """Write badges to a file as a PDF, when all are made. Raises `LayoutNotReady`; at least one face must be given."""
    make = LAYOUTS.get(layout)
    if make is None:
        raise LayoutNotReady(layout=layout, layouts=", ".join(LAYOUTS))
    imposition = make()
    stamp(
        dealt(map(card_of, faces), imposition),
        target,
        title=title_of(faces),
        language=faces[0].language,
        variant="pdf/ua-1" if len(faces) == 1 else None,
        processes=processes,
        on_progress=told(on_progress, len(faces), imposition.places),
    )


def title_of(faces: Sequence[BadgeFace]) -> str:
    """Return what the file is called."""
    with force_locale(faces[0].language):
        return f"{ngettext('Badge', '%(num)s badges', len(faces))} – {faces[0].edition}"


def told(on_progress: Progress | None, faces: int, places: int) -> Progress | None:
    """Return what tells of badges when it is told of sheets."""
    if on_progress is None:
        return None
    return lambda done: on_progress(min(faces, done * places))


def a6() -> Imposition:
    """Return one badge of A6."""
    return single(house_layout("a6"))


def cr80() -> Imposition:
    """Return one card."""
    return single(house_layout("small"))


def holder() -> Imposition:
    """Return one card for a holder of 90 × 55 mm."""
    return Imposition(width_mm=90, height_mm=55, slots=(Slot(house_layout("small"), 2, 0.5),))


def four() -> Imposition:
    """Return four badges on A4, with cut marks."""
    layout, (width, height) = house_layout("a6"), A6_MM
    slots = tuple(
        Slot(layout, x, y, card=number)
        for number, (x, y) in enumerate(((0, 0), (width, 0), (0, height), (width, height)))
    )
    middle = (
        Line(width, height - 2.5, width, height + 2.5),
        Line(width - 2.5, height, width + 2.5, height),
    )
    return Imposition(width_mm=210, height_mm=297, slots=slots, marks=(*edge_marks(5), *middle))


def folded() -> Imposition:
    """Return an A4 to be folded in four: the badge in front and behind, inside two pages that stand on their heads."""
    badge, (width, height) = house_layout("a6"), A6_MM
    slots = (
        Slot(badge, 0, height),
        Slot(badge, width, height),
        Slot(house_layout("inside-left"), width, 0, rotation=180),
        Slot(house_layout("inside-right"), 0, 0, rotation=180),
    )
    return Imposition(width_mm=210, height_mm=297, slots=slots, marks=edge_marks(4))


def edge_marks(length: float) -> tuple[Line, ...]:
    """Return marks at the middles of the edges of an A4, where printers still reach."""
    width, height = A6_MM
    return (
        Line(width, 5, width, 5 + length),
        Line(width, 292 - length, width, 292),
        Line(5, height, 5 + length, height),
        Line(205 - length, height, 205, height),
    )


LAYOUTS: dict[str, Callable[[], Imposition]] = {
    "a6": a6,
    "90x55": holder,
    "cr80": cr80,
    "fold": folded,
    "a4x4": four,
}
