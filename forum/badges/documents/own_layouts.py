"""The pages that go with badges: separators, the inside of a folded badge, the smallest label."""

from __future__ import annotations

from forum.badges.documents.house import house_layout
from forum.badges.rules.formats import FORMATS, Size
from forum.core.stamping import Layout


def separator(format_key: str) -> Layout:
    """Return the card that stands between two groups on a paper, as large as the badges."""
    card = FORMATS[format_key].card
    return house_layout(f"separator-{height_of(card)}", (card.width, card.height))


def height_of(card: Size) -> str:
    """Return which of three drawings goes with a card."""
    return "low" if card.height < 60 else "middle" if card.height < 110 else "tall"


def fold_inside(side: str) -> Layout:
    """Return an inner page of a folded badge: the person's programme, or what helps on the spot."""
    return house_layout(side)


def name_label() -> Layout:
    """Return the label without a code, which with its white edge would be higher than the label."""
    card = FORMATS["label62x29"].card
    return house_layout("label62x29", (card.width, card.height))
