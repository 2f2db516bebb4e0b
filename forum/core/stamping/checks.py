"""What would not look well, said before anything is printed; and layouts that cannot be printed at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from forum.core.stamping.layouts import Card, Layout
from forum.core.stamping.refusals import LayoutRefused

RiskKind = Literal["missing-letter", "abbreviated", "shortened", "many-lines", "broken-word", "rows-left-out"]

__all__ = ["LayoutRefused", "Risk", "RiskKind", "check", "risks"]


@dataclass(frozen=True)
class Risk:
    """Something on one card that somebody should look at before it is printed."""

    card: int
    """Which of the cards that were asked about, from 0."""
    field: str
    kind: RiskKind
    text: str
    """What it is about: the letters that no font has, the words as they would be printed."""

    @property
    def sentence(self) -> str:
        """Say it in the reader's language."""
        raise NotImplementedError


def risks(cards: Sequence[Card], layout: Layout) -> list[Risk]:
    """Return what should be looked at before these cards are printed in this layout, in their order."""
    raise NotImplementedError


def check(layout: Layout, cards: Iterable[Card], *, needs: Iterable[str] = ("name", "code")) -> None:
    """Refuse a layout that cannot be printed, tried with cards of some variants. Raises `LayoutRefused`.

    `needs` names the fields that the layout must have.
    """
    raise NotImplementedError
