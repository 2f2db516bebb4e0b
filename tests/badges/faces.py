"""Badges as they are printed, hard names among them."""

from __future__ import annotations

from typing import Any

from forum.badges.documents import BadgeFace
from forum.core import codes
from tests import cast

LONG = "Maximilienne-Hippolyte de La Rochefoucauld-Montmorency van der Straeten-Ponthoz, de Saint-Venant et d’Aire-Lys"
HARD = (
    *((given, family) for given, family, _email in cast.HARD_NAMES),
    ("Дмитрий", "Достоевский-Римский"),
    ("ẾỀỂỖỘ", "ŔĚŻÀÅ ỆỰỢ"),
    (LONG, ""),
    ("Wolfeschlegelsteinhausenbergerdorff" * 3, "Ŵ"),
    ("MMMMMMMMMMMM WWWWWWWWWWWW", "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"),
    ("ليلى عبد الرحمن المنصوري الفاسية", "بن عبد الله الأندلسي التلمساني"),
)
KINDS = ("attendee", "speaker", "exhibitor", "press", "staff")
ACCENTS = ("lens", "roubaix", "amiens", "nord")


def a_face(given_name: str = "Ada", family_name: str = "Lovelace", **values: Any) -> BadgeFace:
    """Return what is on a badge."""
    defaults: dict[str, Any] = {
        "organisation": "Analytical Engines",
        "category": "Grand public",
        "kind": "attendee",
        "edition": "Forum Lens 2027",
        "days": "18 et 19 mars 2027",
        "place": "Lens",
        "accent": "lens",
        "code": codes.new_code(),
        "language": "fr",
        "wifi": "GrandNord, louvre-lens",
        "emergency": "03 21 00 00 00",
    }
    return BadgeFace(given_name=given_name, family_name=family_name, **(defaults | values))


def hard_faces() -> list[BadgeFace]:
    """Return a badge for each hard name, in every kind and every city."""
    return [
        a_face(
            given,
            family,
            kind=KINDS[number % len(KINDS)],
            accent=ACCENTS[number % len(ACCENTS)],
            organisation="Métropole européenne de Lille, direction de la transition numérique et écologique",
        )
        for number, (given, family) in enumerate(HARD)
    ]
