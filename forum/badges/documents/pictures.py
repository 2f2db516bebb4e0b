"""Badges as small pictures, to be looked at before they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice

from sqlalchemy.orm import Session

from forum.badges import queries
from forum.badges.documents.making import ToPrint, read_print
from forum.badges.documents.sheets import sheets_of
from forum.badges.models import Badge
from forum.badges.rules import Selection, Way
from forum.core.pictures import picture_of_page
from forum.core.stamping import Risk, Sheet, risks, single, stamp
from forum.editions.models import Edition

WIDTH = 480
"""Pixels of a picture."""
PERSONAL = ("name", "given-name", "family-name", "organisation", "programme")
"""What differs from person to person; the rest is as long on every badge."""


def first_sheet(prepared: ToPrint, *, is_back: bool = False) -> bytes:
    """Return the first sheet of a print as a picture, or its back."""
    sheets = list(islice(sheets_of(prepared.pieces, prepared.way, prepared.calibration), 2))
    return picture(sheets[-1] if is_back else sheets[0], prepared)


def first_card(prepared: ToPrint) -> bytes:
    """Return the first badge of a print as a picture, without its sheet."""
    piece = prepared.pieces[0]
    return picture(Sheet(single(piece.sides["front"]), (piece.card,)), prepared)


def picture(sheet: Sheet, prepared: ToPrint) -> bytes:
    """Return one printed side as a picture."""
    buffer = BytesIO()
    stamp([sheet], buffer, title=prepared.title, language=prepared.language)
    dots = round(WIDTH / sheet.imposition.width_mm * 25.4)
    return picture_of_page(buffer.getvalue(), dots_per_inch=dots)


@dataclass(frozen=True)
class Risky:
    """A badge that somebody should look at, and why."""

    badge: Badge
    risks: Sequence[Risk]


@dataclass(frozen=True)
class Report:
    """What should be looked at before badges are printed."""

    looked_at: int
    badges: Sequence[Risky] = ()
    of_layout: Sequence[Risk] = ()
    """What the layout has no room for on any badge, each said once."""


def report_of(session: Session, edition: Edition, selection: Selection, way: Way) -> Report:
    """Return what should be looked at before the chosen badges are printed."""
    badges = queries.chosen_badges(session, edition.id, selection)
    if not badges:
        return Report(looked_at=0)
    way = replace(way, separators="none", format="a6" if way.paper.is_folded else way.format)
    prepared = read_print(session, badges, way, None)
    by_code = {badge.code: badge for badge in badges}
    found: dict[str, list[Risk]] = {}
    of_layout: dict[str, Risk] = {}
    for layout in {piece.sides["front"] for piece in prepared.pieces}:
        cards = [piece.card for piece in prepared.pieces if piece.sides["front"] is layout]
        for risk in risks(cards, layout):
            if risk.field in PERSONAL:
                found.setdefault(cards[risk.card].words["code"], []).append(risk)
            else:
                of_layout.setdefault(risk.field, risk)
    risky = [Risky(by_code[code], reasons) for code, reasons in found.items()]
    return Report(looked_at=len(badges), badges=risky, of_layout=list(of_layout.values()))
