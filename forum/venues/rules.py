"""What rooms, stands and venues may be called, and when they may go."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition, HostCity
from forum.venues.models import Room, Stand, Venue

LARGEST_SERIES = 200
LABEL_LENGTH = 12
_SERIES = re.compile(r"(?P<prefix>\D*?)(?P<first>\d{1,4})\s*[-–—]\s*(?P<again>\D*?)(?P<last>\d{1,4})")


class RoomNameTaken(Conflict):
    """Two rooms of a venue have different names."""

    code = "room-name-taken"
    field = "name"
    sentence = _("%(venue)s has a room called %(name)s already.")


class StandLabelTaken(Conflict):
    """Two stands of an edition have different labels."""

    code = "stand-label-taken"
    field = "labels"
    sentence = _("These stands exist already: %(labels)s.")


class SeriesNotReadable(Malformed):
    """The series of stands cannot be understood."""

    code = "series-not-readable"
    field = "labels"
    sentence = _("“%(text)s” names no stands: write one such as B12, or a series such as B1–B12.")


class SeriesTooLong(Malformed):
    """Somebody mistyped the end of a series."""

    code = "series-too-long"
    field = "labels"
    sentence = _("“%(text)s” would be %(count)s stands, %(most)s at most at once. Check the last number.")


class VenueElsewhere(Malformed):
    """A venue stands in one city."""

    code = "venue-elsewhere"
    sentence = _("%(venue)s is not in %(city)s. An edition uses venues of its own host city only.")


class VenueNotChosen(Malformed):
    """Stands are put up where the edition takes place."""

    code = "venue-not-chosen"
    field = "venue_id"
    sentence = _("The edition does not use %(venue)s. Choose it for the edition first.")


class VenueInUse(Conflict):
    """Other editions take place there."""

    code = "venue-in-use"
    sentence = _("%(venue)s is used by %(editions)s and cannot be removed.")


class VenueHasStands(Conflict):
    """The edition's stands are there."""

    code = "venue-has-stands"
    sentence = _("%(venue)s holds stands of this edition. Remove them first.")


class CityHasVenues(Conflict):
    """A city whose venues are known cannot be removed."""

    code = "city-has-venues"
    sentence = _("%(city)s has venues and cannot be removed. Remove them first.")


def check_room_name(venue: Venue, room: Room, name: str) -> None:
    """Refuse two rooms of one name in one venue."""
    if any(other is not room and other.name.casefold() == name.casefold() for other in venue.rooms):
        raise RoomNameTaken(venue=venue.name, name=name)


def check_in_city(venue: Venue, city: HostCity) -> None:
    """Refuse a venue of another city."""
    if venue.host_city_id != city.id:
        raise VenueElsewhere(venue=venue.name, city=city.name)


def check_chosen(venue: Venue, edition: Edition) -> None:
    """Refuse a venue that an edition does not use."""
    if edition not in venue.editions:
        raise VenueNotChosen(venue=venue.name)


def check_unused(venue: Venue, *, besides: Edition) -> None:
    """Refuse to remove a venue that other editions use."""
    others = [edition.name for edition in venue.editions if edition is not besides]
    if others:
        raise VenueInUse(venue=venue.name, editions=", ".join(sorted(others)))


def labels_in(text: str) -> list[str]:
    """Return the labels that an organiser wrote: “B12”, “B1–B12”, “B1-12”, several with commas; each once, in order."""
    labels: list[str] = []
    for part in (piece.strip() for piece in re.split(r"[,;\n]", text)):
        if part:
            labels += _labels_of(part)
    if not labels:
        raise SeriesNotReadable(text=text.strip()[:40])
    if len(labels) > LARGEST_SERIES:
        raise SeriesTooLong(text=text.strip()[:40], count=len(labels), most=LARGEST_SERIES)
    return list(dict.fromkeys(labels))


def _labels_of(part: str) -> Sequence[str]:
    """Return the labels of one stand or one series; numbers keep their leading zeros."""
    series = _SERIES.fullmatch(part)
    if series is None:
        if len(part) > LABEL_LENGTH:
            raise SeriesNotReadable(text=part[:40])
        return [part]
    prefix, again = series["prefix"].strip(), series["again"].strip()
    first, last = int(series["first"]), int(series["last"])
    if again not in ("", prefix) or last < first or len(prefix) > LABEL_LENGTH - 4:
        raise SeriesNotReadable(text=part[:40])
    width = len(series["first"]) if series["first"].startswith("0") else 1
    return [f"{prefix}{number:0{width}}" for number in range(first, last + 1)]


def check_labels_free(labels: Collection[str], *, taken: Collection[str]) -> None:
    """Refuse labels that stands of the edition have, in capitals or not."""
    present = {label.casefold() for label in taken}
    twice = [label for label in labels if label.casefold() in present]
    if twice:
        shown = ", ".join(twice[:8]) + (" …" if len(twice) > 8 else "")
        raise StandLabelTaken(labels=shown)


def label_order(label: str) -> tuple[str, int, str]:
    """Return what sorts B2 before B12."""
    match = re.search(r"\d+", label)
    return (label[: match.start()], int(match.group()), label) if match else (label, 0, label)


def grouped(stands: Iterable[Stand]) -> dict[str, list[Stand]]:
    """Return stands by the place where one finds them, « Halle, zone basse »; their order is kept in each."""
    groups: dict[str, list[Stand]] = {}
    for stand in stands:
        place = f"{stand.venue.name}, {stand.area}" if stand.area else stand.venue.name
        groups.setdefault(place, []).append(stand)
    return dict(sorted(groups.items()))
