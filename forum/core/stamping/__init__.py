"""Pages laid out once and stamped by the thousand: badges, labels, and whatever else is the same page many times over.

A `Layout` is what a designer drew, in HTML and CSS. WeasyPrint lays it out once for each `Variant` (a category of
people in a language); what differs from card to card is then stamped onto copies of that page. `stamp` makes the file
of `Sheet`s, `risks` says beforehand what would not look well, `check` refuses a layout that cannot be printed, and
`fenced_stamp` and `fenced_check` do the same in a process of their own with limits, for layouts that somebody typed.

The way of a page through the files: `layouts` → `template` → `fields` → `shaping` → `fitting` → `symbols` → `pages` →
`document` → `objects`.
"""

from forum.core.stamping.checks import LayoutRefused, Risk, check, risks
from forum.core.stamping.document import Progress, stamp
from forum.core.stamping.fence import fenced_check, fenced_stamp
from forum.core.stamping.layouts import Card, FontFile, Layout, Row, Variant
from forum.core.stamping.sheets import Imposition, Line, Rotation, Sheet, Slot, dealt, single

__all__ = [
    "Card",
    "FontFile",
    "Imposition",
    "Layout",
    "LayoutRefused",
    "Line",
    "Progress",
    "Risk",
    "Rotation",
    "Row",
    "Sheet",
    "Slot",
    "Variant",
    "check",
    "dealt",
    "fenced_check",
    "fenced_stamp",
    "risks",
    "single",
    "stamp",
]
