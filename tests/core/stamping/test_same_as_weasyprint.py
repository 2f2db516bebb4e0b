"""Stamped pages are what WeasyPrint alone would have printed, to the pixel."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from PIL import Image, ImageChops, ImageFilter
from pypdfium2 import PdfDocument

from forum.badges.documents.faces import card_of
from forum.badges.documents.house import house_layout
from forum.core.stamping import Card, Layout, dealt, risks, single, stamp
from tests.badges.faces import hard_faces
from tests.core.stamping.designs import EVERYTHING, hard_cards
from tests.core.stamping.oracle import plain_pdf


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def stamped(cards: list[Card], layout: Layout) -> bytes:
    buffer = io.BytesIO()
    stamp(dealt(cards, single(layout)), buffer, title="Cards")
    return buffer.getvalue()


def pictures(pdf: bytes) -> list[Image.Image]:
    document = PdfDocument(pdf)
    return [document[number].render(scale=150 / 72).to_pil().convert("L") for number in range(len(document))]


def different(one: Image.Image, other: Image.Image) -> tuple[int, float]:
    """Return how many pixels are not found within one pixel of their place, and the share of those that differ at all.

    WeasyPrint cuts the decimals off its kerning, we do not: letters may stand a fraction of a pixel apart.
    """
    assert one.size == other.size
    darkest, lightest = other.filter(ImageFilter.MinFilter(3)), other.filter(ImageFilter.MaxFilter(3))
    strays = ImageChops.add(ImageChops.subtract(darkest, one), ImageChops.subtract(one, lightest))
    differing = sum(ImageChops.difference(one, other).histogram()[33:])
    return sum(strays.histogram()[65:]), differing / (one.width * one.height)


def compare(cards: list[Card], layout: Layout) -> list[tuple[str, int, float]]:
    """Return the cards that do not look the same."""
    pairs = zip(pictures(stamped(cards, layout)), pictures(plain_pdf(cards, layout)), cards, strict=True)
    found = [(card.label, *different(one, other)) for one, other, card in pairs]
    return [(label, strays, share) for label, strays, share in found if strays or share > 0.01]


def test_a_layout_with_everything_in_it(context: None) -> None:
    cards = hard_cards()
    # Pango rounds the boxes of letters that no font has at each size anew; ours are alike at all sizes.
    boxes = {risk.card for risk in risks(cards, EVERYTHING) if risk.kind == "missing-letter"}
    assert compare([card for number, card in enumerate(cards) if number not in boxes], EVERYTHING) == []


@pytest.mark.parametrize("name", ["a6", "small"])
def test_the_forums_own_layouts(context: None, name: str) -> None:
    assert compare([card_of(face) for face in hard_faces()[::2]], house_layout(name)) == []


def test_a_difference_would_be_seen(context: None) -> None:
    (one, *_others) = hard_cards()
    moved = Layout("moved", EVERYTHING.html, EVERYTHING.css + ".name{left:5.4mm}", 100, 140, fonts=EVERYTHING.fonts)
    (there,), (here,) = pictures(stamped([one], moved)), pictures(plain_pdf([one], EVERYTHING))
    assert different(there, here)[0] > 100
