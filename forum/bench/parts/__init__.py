"""What is measured: each part returns figures whose names end in their unit, None where it could not be measured."""

from __future__ import annotations

from forum.bench.badges import badges
from forum.bench.growth import scan_growth
from forum.bench.notes import Part
from forum.bench.parts.letters import letters
from forum.bench.parts.lists import lists
from forum.bench.parts.pages import pages
from forum.bench.parts.programme import programme
from forum.bench.parts.registrations import register_page, registrations
from forum.bench.parts.scans import scans
from forum.bench.parts.start import start

PARTS: dict[str, Part] = {
    "start": start,
    "badges": badges,
    "scans": scans,
    "registrations": registrations,
    "lists": lists,
    "register_page": register_page,
    "pages": pages,
    "programme": programme,
    "letters": letters,
}

LONG_PARTS: dict[str, Part] = {"scan_growth": scan_growth}
"""Those that take minutes and gigabytes: only when they are asked for."""
