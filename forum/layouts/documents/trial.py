"""A layout is tried before it is published: laid out by the engine for every kind of category, with hard words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from forum.core.stamping import Card, LayoutRefused, Variant, check, fenced_check, risks
from forum.core.stamping.refusals import FieldMissing
from forum.layouts.documents.colours import KINDS
from forum.layouts.documents.page import page_of
from forum.layouts.rules.checks import FIELD_TITLES, KIND_TITLES, TakenOffByCss
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


@contextmanager
def in_words_of_the_editor() -> Iterator[None]:
    """Let the engine's refusals name elements as the editor does, and say what an own style sheet did."""
    try:
        yield
    except FieldMissing as refusal:
        raise TakenOffByCss(element=title_of_field(refusal.values["wanted"]), field="css") from None
    except LayoutRefused as refusal:
        if "wanted" in refusal.values:
            refusal.values["wanted"] = title_of_field(refusal.values["wanted"])
        raise


def title_of_field(name: str) -> str:
    """Return what the editor calls a field."""
    return str(KIND_TITLES["code"] if name == "code" else FIELD_TITLES.get(name, name))


def needs_of(design: Design) -> tuple[str, ...]:
    """Return the fields without which a badge is none."""
    return ("code", "name" if any(each.field == "name" for each in design.elements) else "given-name")


def try_out(design: Design, *, name: str, accent: str, pictures: Mapping[str, bytes]) -> None:
    """Lay a design out as a print would. Raises `LayoutRefused` with what the engine finds wrong.

    A design with a style sheet of somebody's own is laid out in a process of its own, with limits of time and memory.
    """
    layout = page_of(design, name=name, accent=accent, pictures=pictures)
    cards = [
        Card(variant=Variant(language="fr", marks={"kind": kind, "city": accent}, words=WORDS), words=PERSON)
        for kind in KINDS
    ]
    with in_words_of_the_editor():
        (fenced_check if design.css.strip() else check)(layout, cards, needs=needs_of(design))


def printable(people: Sequence[Try]) -> list[Try]:
    """Return those whose letters this machine has fonts for: a gallery of empty boxes helps nobody."""
    if not people:
        return []
    variant = Variant(words=WORDS)
    cards = [Card(variant=variant, words=PERSON | {"name": person.name}) for person in people]
    found = risks(cards, page_of(gallery_design("banner", "a6"), name="banner", accent="nord"))
    boxed = {risk.card for risk in found if risk.kind == "missing-letter"}
    return [person for number, person in enumerate(people) if number not in boxed]
