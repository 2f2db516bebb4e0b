"""A layout is tried before it is published: laid out by the engine for every kind of category, with hard words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forum.core.stamping import Card, Variant, check, fenced_check, risks
from forum.layouts.documents.colours import KINDS
from forum.layouts.documents.page import page_of
from forum.layouts.rules.design import Design
from forum.layouts.rules.gallery import gallery_design
from forum.layouts.rules.people import Try

CODE = "0" * 25 + "X"
"""Looks like a code and is none: its check character is wrong, so no door ever takes it."""
WORDS = {
    "category": "Intervenantes et intervenants",
    "edition": "Roubaix – Tourcoing 2027",
    "days": "30 septembre et 1er octobre 2027",
    "place": "Louvre-Lens Vallée",
    "wifi": "Forum-Visiteurs, mot de passe beffroi-chicon",
    "emergency": "112 ou 03 20 00 00 00",
}
PERSON = {
    "name": "Anne-Sophie Marie-Bernadette\nVandenbroucke-Dupont de Saint-Hilaire",
    "given-name": "Anne-Sophie Marie-Bernadette",
    "family-name": "Vandenbroucke-Dupont de Saint-Hilaire",
    "organisation": "Institut transfrontalier des usages numériques",
    "code": CODE,
    "code-text": "0000 0000 0000 0000\n0000 0000 0X",
}


def try_out(design: Design, *, name: str, accent: str, pictures: Mapping[str, bytes]) -> None:
    """Lay a design out as a print would. Raises `LayoutRefused` with what the engine finds wrong.

    A design with a style sheet of somebody's own is laid out in a process of its own, with limits of time and memory.
    """
    layout = page_of(design, name=name, accent=accent, pictures=pictures)
    cards = [
        Card(variant=Variant(language="fr", marks={"kind": kind, "city": accent}, words=WORDS), words=PERSON)
        for kind in KINDS
    ]
    needs = ["code", "name" if any(each.field == "name" for each in design.elements) else "given-name"]
    if design.css.strip():
        fenced_check(layout, cards, needs=needs)
    else:
        check(layout, cards, needs=needs)


def printable(people: Sequence[Try]) -> list[Try]:
    """Return those whose letters this machine has fonts for: a gallery of empty boxes helps nobody."""
    if not people:
        return []
    variant = Variant(words=WORDS)
    cards = [Card(variant=variant, words=PERSON | {"name": person.name}) for person in people]
    found = risks(cards, page_of(gallery_design("banner", "a6"), name="banner", accent="nord"))
    boxed = {risk.card for risk in found if risk.kind == "missing-letter"}
    return [person for number, person in enumerate(people) if number not in boxed]
