"""What the values of an element are called in the editor."""

from __future__ import annotations

from typing import Any

from forum.core.words import lazy_gettext as _
from forum.layouts.rules.checks import FIELD_TITLES
from forum.layouts.rules.design import ALIGNMENTS, COLOURS, FIELDS, FONTS, PATTERNS, VERTICALS

FONT_NAMES = {
    "title": _("Sofia Sans, condensed"),
    "strong": _("IBM Plex Sans, bold"),
    "text": _("IBM Plex Sans"),
    "italic": _("IBM Plex Sans, italic"),
}
COLOUR_NAMES = {
    "ink": _("Ink"),
    "ink-soft": _("Soft ink"),
    "paper": _("White"),
    "accent": _("The city’s colour"),
    "fill": _("The city’s ground"),
    "on-fill": _("Letters on the city’s ground"),
    "tint": _("The city’s tint"),
    "mark": _("The city’s bright colour"),
    "rule": _("Rule grey"),
    "kind": _("The category’s ground"),
    "on-kind": _("Letters on the category’s ground"),
    "none": _("None"),
    "own": _("Another colour"),
}
PATTERN_NAMES = {
    "kind": _("That of the category"),
    "city": _("The city’s picture"),
    "skyline": _("Skyline of the coalfield"),
    "stars": _("Stars"),
    "bricks": _("Bricks"),
    "stripes": _("Stripes"),
    "heaps": _("Slag heaps"),
    "lozenges": _("Lozenges"),
    "lines": _("Lines"),
}
ALIGNMENT_NAMES = {"left": _("Left"), "center": _("Centre"), "right": _("Right")}
VERTICAL_NAMES = {"top": _("Top"), "middle": _("Middle"), "bottom": _("Bottom")}

COLOUR_CHOICES = [(name, COLOUR_NAMES[name]) for name in (*COLOURS, "none", "own")]
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "field": [(name, FIELD_TITLES[name]) for name in FIELDS],
    "font": [(name, FONT_NAMES[name]) for name in FONTS],
    "pattern": [(name, PATTERN_NAMES[name]) for name in PATTERNS],
    "align": [(name, ALIGNMENT_NAMES[name]) for name in ALIGNMENTS],
    "vertical": [(name, VERTICAL_NAMES[name]) for name in VERTICALS],
    "colour": COLOUR_CHOICES,
    "fill": COLOUR_CHOICES,
    "border": COLOUR_CHOICES,
}
LABELS = {
    "x": _("From the left"),
    "y": _("From the top"),
    "width": _("Width"),
    "height": _("Height"),
    "field": _("Shows"),
    "words": _("Words"),
    "words_en": _("Words in English"),
    "pattern": _("Pattern"),
    "picture": _("Picture"),
    "font": _("Font"),
    "largest": _("Largest letters"),
    "smallest": _("Smallest letters"),
    "lines": _("Lines"),
    "align": _("Alignment"),
    "vertical": _("In its box"),
    "capitals": _("Capitals"),
    "colour": _("Colour"),
    "fill": _("Ground"),
    "border": _("Second colour"),
    "thickness": _("Border"),
}
UNITS = {
    "x": "mm",
    "y": "mm",
    "width": "mm",
    "height": "mm",
    "thickness": "mm",
    "largest": "pt",
    "smallest": "pt",
}
