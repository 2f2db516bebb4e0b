"""A print becomes a file: its badges in their order, with what each carries, drawn on the paper that was chosen."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from forum.badges import queries, rules
from forum.badges.documents import own_layouts
from forum.badges.documents.faces import BadgeFace, card_of, days_of, face_of
from forum.badges.documents.inside import Inside, inside_of
from forum.badges.documents.layouts import Chosen, chosen_layout
from forum.badges.documents.sheets import Piece, sheets_of
from forum.badges.models import Badge, BlankBadge, Printer
from forum.badges.rules import Selection, Way, entry_of
from forum.badges.rules.calibration import Calibration
from forum.badges.rules.imposition import pages_of
from forum.badges.rules.order import Desk, Entry, Separator, desk_of, desks_for, sorting_key, with_separators
from forum.core.stamping import Card, Progress, Variant, stamp
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.registration.models import Category


@dataclass(frozen=True)
class ToPrint:
    """Everything that a print needs, read from the database before the slow part begins."""

    pieces: Sequence[Piece]
    words: Mapping[int, str]
    """By badge, the fingerprint of what the file will say."""
    way: Way
    calibration: Calibration
    title: str
    language: str
    layout_name: str
    layout_version: str


def read_print(session: Session, badges: Sequence[Badge], way: Way, printer: Printer | None) -> ToPrint:
    """Return a print as it is now. Raises `NothingToPrint`."""
    if not badges:
        raise rules.NothingToPrint
    edition = badges[0].edition
    layouts = chosen_layout(session, edition, way)
    inside = inside_of(session, edition, [badge.registration_id for badge in badges]) if way.paper.is_folded else None
    by_id = {badge.id: badge for badge in badges}
    categories = {badge.registration.category_id: badge.registration.category for badge in badges}
    pieces = [
        separator_piece(each, way, edition, categories)
        if isinstance(each, Separator)
        else badge_piece(by_id[each], layouts, way, inside)
        for each in in_order({badge.id: entry_of(badge) for badge in badges}, way)
    ]
    language = badges[0].registration.person.language
    with force_locale(language):
        title = f"{ngettext('Badge', '%(num)s badges', len(badges))} – {edition.name}"
    return ToPrint(
        pieces=pieces,
        words={badge.id: rules.words_of(badge) for badge in badges},
        way=way,
        calibration=queries.calibration_of(printer),
        title=title,
        language=language,
        layout_name=layouts.name,
        layout_version=layouts.version,
    )


def read_first_sheet(session: Session, edition: Edition, selection: Selection, way: Way) -> ToPrint:
    """Return a print of which the first sheet alone is right: what a picture shows. Raises `NothingToPrint`.

    The order of all decides who is on it; what is printed on badges is read for those few.
    """
    entries = {each.badge_id: each.entry for each in queries.to_look_at(session, edition.id, selection)}
    items = in_order(entries, way)
    pages = pages_of(len(items), way.paper, stacked=way.is_stacked, start=way.start)
    if not pages:
        raise rules.NothingToPrint
    shown = [items[stamp.item] for stamp in pages[0].stamps]
    badges = queries.badges_with_ids(session, [each for each in shown if isinstance(each, int)] or list(entries)[:1])
    categories = {category.id: category for category in queries.categories_of(session, edition.id)}
    prepared = read_print(session, badges, replace(way, separators="none", start=1), None)
    ordered = in_order({badge.id: entry_of(badge) for badge in badges}, replace(way, separators="none"))
    by_id = dict(zip(ordered, prepared.pieces, strict=True))
    pieces = [
        separator_piece(each, way, edition, categories)
        if isinstance(each, Separator)
        else by_id.get(each, prepared.pieces[0])
        for each in items
    ]
    return replace(prepared, pieces=pieces, way=way)


def in_order(entries: Mapping[int, Entry], way: Way) -> Sequence[int | Separator]:
    """Return badges as they come out of the printer, by their ids, with what stands between them."""
    desks = desks_for([entry.letter for entry in entries.values()], way.staff) if way.separators == "desk" else []
    key = sorting_key(way.sort, group=way.separators, desks=desks)
    ordered = sorted(entries, key=lambda badge_id: key(entries[badge_id]))
    return with_separators(ordered, grouping(way, entries, desks), way.separators)


def grouping(way: Way, entries: Mapping[int, Entry], desks: Sequence[Desk]) -> Callable[[int], Any] | None:
    """Return what tells the groups apart that separators stand between; None without them."""
    groups: dict[str, Callable[[int], Any]] = {
        "letter": lambda badge_id: entries[badge_id].letter,
        "category": lambda badge_id: entries[badge_id].category[1],
        "desk": lambda badge_id: desk_of(entries[badge_id].letter, desks),
    }
    return groups.get(way.separators)


def badge_piece(badge: Badge, layouts: Chosen, way: Way, inside: Inside | None) -> Piece:
    """Return a badge as it is laid on a sheet."""
    face = face_of(badge)
    layout = layouts.of(badge.registration.category_id)
    if inside is None:
        sides = {"front": layout} if way.flip == "one" else {"front": layout, "back": layout}
        return Piece(card_of(face), sides)
    return Piece(
        inside.added(card_of(face), badge.registration_id),
        {
            "front": layout,
            "back": layout,
            "inside-left": own_layouts.fold_inside("inside-left"),
            "inside-right": own_layouts.fold_inside("inside-right"),
        },
    )


def separator_piece(separator: Separator, way: Way, edition: Edition, categories: Mapping[int, Category]) -> Piece:
    """Return a separator as it is laid on a sheet, among the badges."""
    count = ngettext("%(num)s badge", "%(num)s badges", separator.count)
    if separator.kind == "desk":
        title = separator.value.letters
        note = " · ".join((_("Desk %(number)s", number=separator.value.number), count))
    elif separator.kind == "category":
        title, note = categories[separator.value].name.in_language("fr"), count
    else:
        title, note = separator.value, count
    variant = Variant(marks={"city": edition.host_city.accent})
    card = Card(variant=variant, words={"separator": title, "separator-note": note})
    return Piece(card, {"front": own_layouts.separator(way.format)})


def draw(prepared: ToPrint, path: Path, *, on_progress: Progress | None = None, processes: int = 1) -> None:
    """Write the file whole or not at all: under a name of this process first. Raises `NoRoomOnDisk`."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with temporary.open("wb") as file:
            stamp(
                sheets_of(prepared.pieces, prepared.way, prepared.calibration),
                file,
                title=prepared.title,
                language=prepared.language,
                variant=prepared.way.file or None,
                processes=processes,
                on_progress=on_progress,
            )
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise rules.NoRoomOnDisk from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def blanks_pdf(session: Session, edition: Edition, blanks: Sequence[BlankBadge], way: Way) -> bytes:
    """Return the file of badges without a name: lines to write it on, a number, a code."""
    layouts = chosen_layout(session, edition, way, is_blank=True)
    pieces = [blank_piece(blank, layouts, edition) for blank in blanks]
    buffer = BytesIO()
    stamp(sheets_of(pieces, way), buffer, title=f"{_('Blank badges')} – {edition.name}", language="fr")
    return buffer.getvalue()


def blank_piece(blank: BlankBadge, layouts: Chosen, edition: Edition) -> Piece:
    """Return a badge without a name as it is laid on a sheet: the organisation's place holds its number."""
    face = BadgeFace(
        given_name="",
        family_name="",
        organisation=_("No. %(number)s", number=blank.number),
        category=blank.category.name.in_language("fr"),
        kind=blank.category.kind,
        edition=edition.name,
        days=days_of(edition, "fr"),
        place=edition.host_city.name,
        accent=edition.host_city.accent,
        code=blank.code,
        language="fr",
        wifi=edition.wifi or "",
        emergency=edition.emergency or "",
    )
    card = card_of(face)
    return Piece(replace(card, words={**card.words, "name": ""}), {"front": layouts.of(blank.category_id)})
