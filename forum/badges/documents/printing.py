"""Badges become PDF: faces are dealt out onto sheets, and stamped."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import BinaryIO

from flask_babel import force_locale
from sqlalchemy.orm import Session

from forum.badges.documents import own_layouts
from forum.badges.documents.faces import BadgeFace, card_of, face_of
from forum.badges.documents.layouts import chosen_layout, usual_layout
from forum.badges.documents.sheets import Piece, sheets_of
from forum.badges.models import Badge
from forum.badges.rules import Way
from forum.badges.rules.formats import FORMATS
from forum.core.documents import joined_pdf
from forum.core.refusals import Malformed
from forum.core.stamping import Layout, Progress, stamp
from forum.core.words import lazy_gettext, ngettext


class LayoutNotReady(Malformed):
    """A layout that has a name but is not drawn yet, or no layout at all."""

    code = "no-such-layout"
    sentence = lazy_gettext("Badges cannot be printed in the layout “%(layout)s”. Choose one of: %(layouts)s.")


def badge_pdf(session: Session, badge: Badge) -> bytes:
    """Return one badge as its holder gets it: on A6, in the layout that organisers chose for its category."""
    chosen = chosen_layout(session, badge.edition, Way(format="a6"))
    return badges_pdf([face_of(badge)], layout="a6", front=chosen.of(badge.registration.category_id))


def group_pdf(session: Session, badges: Sequence[Badge]) -> bytes:
    """Return the badges of a group's people as one file, each category in its layout."""
    chosen = chosen_layout(session, badges[0].edition, Way(format="a6"))
    by_category = groupby(badges, key=lambda badge: badge.registration.category_id)
    return joined_pdf(
        [
            badges_pdf([face_of(badge) for badge in some], layout="a6", front=chosen.of(category_id))
            for category_id, some in by_category
        ]
    )


def badges_pdf(
    faces: Sequence[BadgeFace],
    *,
    layout: str,
    front: Layout | None = None,
    on_progress: Progress | None = None,
    processes: int = 1,
) -> bytes:
    """Return badges as a PDF, in their order. Raises `LayoutNotReady`; at least one face must be given.

    `layout` is the paper; `front` what they look like, the forum's own where nothing is said.
    """
    buffer = io.BytesIO()
    write_badges(faces, buffer, layout=layout, front=front, on_progress=on_progress, processes=processes)
    return buffer.getvalue()


def write_badges(
    faces: Sequence[BadgeFace],
    target: BinaryIO,
    *,
    layout: str,
    front: Layout | None = None,
    on_progress: Progress | None = None,
    processes: int = 1,
) -> None:
    """Write badges to a file as a PDF, when all are made. Raises `LayoutNotReady`; at least one face must be given."""
    if layout not in FORMATS:
        raise LayoutNotReady(layout=layout, layouts=", ".join(FORMATS))
    way = Way(format=layout, is_stacked=False)
    sides = sides_of(way, front)
    stamp(
        # Not held here: what is drawn is let go.
        sheets_of([Piece(card_of(face), sides) for face in faces], way),
        target,
        title=title_of(faces),
        language=faces[0].language,
        variant="pdf/ua-1" if len(faces) == 1 else None,
        processes=processes,
        on_progress=told(on_progress, len(faces), way.paper.cards_on_sheet),
    )


def title_of(faces: Sequence[BadgeFace]) -> str:
    """Return what the file is called."""
    with force_locale(faces[0].language):
        return f"{ngettext('Badge', '%(num)s badges', len(faces))} – {faces[0].edition}"


def told(on_progress: Progress | None, faces: int, each: int) -> Progress | None:
    """Return what tells of badges when it is told of sheets."""
    if on_progress is None:
        return None
    return lambda done: on_progress(min(faces, done * each))


def sides_of(way: Way, front: Layout | None = None) -> Mapping[str, Layout]:
    """Return what is on the sides of a badge: a layout, else the forum's own, and the pages of a folded one."""
    layout = front or usual_layout(way.paper.shape)
    if not way.paper.is_folded:
        return {"front": layout}
    inside = {side: own_layouts.fold_inside(side) for side in ("inside-left", "inside-right")}
    return {"front": layout, "back": layout, **inside}
