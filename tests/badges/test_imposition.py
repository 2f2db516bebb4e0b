"""Sheets are cut, stacked and folded here in code, and must come out in order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from forum.badges.rules.formats import A4, A6, FORMATS, PANELS, Format, Place
from forum.badges.rules.imposition import Page, pages_of

TO_CUT = [paper for paper in FORMATS.values() if paper.is_cut]


def cut(pages: list[Page], paper: Format) -> list[list[int]]:
    """Cut a pile of printed sheets, and return the stack of each place from above."""
    stacks: dict[Place, list[int]] = {place: [] for place in paper.places}
    for page in pages:
        if not page.is_back:
            for stamp in page.stamps:
                stacks[stamp.place].append(stamp.item)
    return [stacks[place] for place in paper.places]


def test_every_card_stands_on_its_sheet_and_on_no_other_card() -> None:
    for paper in FORMATS.values():
        corners = [stamp.place for stamp in pages_of(paper.cards_on_sheet, paper)[0].stamps]
        assert len({(corner.x, corner.y) for corner in corners}) == len(corners)
        for corner in corners:
            assert 0 <= corner.x <= paper.sheet.width - paper.card.width
            assert 0 <= corner.y <= paper.sheet.height - paper.card.height
        for one in corners:
            for other in corners:
                apart = abs(one.x - other.x) >= paper.card.width or abs(one.y - other.y) >= paper.card.height
                assert one is other or apart


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 47, 100])
def test_stacks_laid_one_on_the_other_are_in_order(count: int) -> None:
    for paper in TO_CUT:
        stacks = cut(pages_of(count, paper, stacked=True), paper)
        assert [item for stack in stacks for item in stack] == list(range(count))


def test_rows_are_in_order_sheet_after_sheet() -> None:
    pages = pages_of(7, FORMATS["a4x4"])
    assert [[stamp.item for stamp in page.stamps] for page in pages] == [[0, 1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("stacked", [False, True])
def test_a_sheet_that_was_begun_is_filled_from_its_first_free_place(stacked: bool) -> None:
    paper = FORMATS["90x55x10"]
    pages = pages_of(25, paper, stacked=stacked, start=8)
    assert [len(page.stamps) for page in pages] == [3, 10, 10, 2] if not stacked else True
    assert {stamp.place for stamp in pages[0].stamps} <= set(paper.places[7:])
    assert sorted(stamp.item for page in pages for stamp in page.stamps) == list(range(25))
    if stacked:
        assert [item for stack in cut(pages, paper) for item in stack] == list(range(25))


def test_every_badge_is_printed_once_whatever_is_chosen() -> None:
    for paper in FORMATS.values():
        for stacked in (False, True):
            for start in range(1, paper.cards_on_sheet + 1):
                pages = pages_of(23, paper, stacked=stacked, start=start)
                items = [stamp.item for page in pages for stamp in page.stamps if stamp.side == "front"]
                assert sorted(items) == list(range(23))


@dataclass(frozen=True)
class Seen:
    """A card as it lies on the table."""

    x: float
    y: float
    is_turned: bool


def turned_over(place: Place, paper: Format, flip: str) -> Seen:
    """Return where the back of a card lies once the printer turned its sheet over; seen through the front."""
    portrait = paper.sheet.height >= paper.sheet.width
    if (
        flip == "long"
    ) == portrait:  # about the upright middle: left and right change sides, nothing stands on its head
        return Seen(paper.sheet.width - place.x - paper.card.width, place.y, place.is_turned)
    # About the level middle: above and below change. A badge on its ribbon turns about its upright middle instead,
    # which shows that back on its head.
    return Seen(place.x, paper.sheet.height - place.y - paper.card.height, not place.is_turned)


LANDSCAPE = Format("landscape", "", "a6", card=A6, sheet=type(A4)(297, 210), columns=2, rows=1, left=20, top=10)


@pytest.mark.parametrize("flip", ["long", "short"])
@pytest.mark.parametrize("paper", [*FORMATS.values(), LANDSCAPE], ids=lambda paper: paper.key)
def test_each_back_is_behind_its_front_and_upright(paper: Format, flip: str) -> None:
    pages = pages_of(paper.cards_on_sheet + 1, paper, flip=flip, start=min(2, paper.cards_on_sheet))
    if not paper.can_have_backs:
        assert not any(page.is_back for page in pages)
        return
    assert [page.is_back for page in pages] == [False, True] * (len(pages) // 2)
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        behind = {stamp.item: turned_over(stamp.place, paper, flip) for stamp in back.stamps}
        fronts = {stamp.item: Seen(stamp.place.x, stamp.place.y, False) for stamp in front.stamps}
        assert behind == fronts


@dataclass(frozen=True)
class Layer:
    """A quarter of a folded sheet: what is printed on it, which way it looks, whether it stands on its head."""

    side: str
    looks_up: bool
    on_its_head: bool


def folded_twice() -> list[Layer]:
    """Fold the printed sheet: the upper half behind, then the left half behind; return the layers from the front."""
    quarters = {
        ("right" if panel.place.x else "left", "lower" if panel.place.y else "upper"): Layer(
            panel.side, True, panel.place.is_turned
        )
        for panel in PANELS
    }
    halves = {}
    for column in ("left", "right"):
        # About the level crease: it looks away, and who walks around the sheet sees it on its head.
        upper = quarters[column, "upper"]
        halves[column] = [quarters[column, "lower"], Layer(upper.side, False, not upper.on_its_head)]
    # About the upright crease: the left half goes behind, turned like a page; nothing stands on its head by that.
    left = [Layer(layer.side, not layer.looks_up, layer.on_its_head) for layer in reversed(halves["left"])]
    return halves["right"] + left


def test_a_folded_sheet_is_a_leaflet_with_the_badge_on_both_covers() -> None:
    assert folded_twice() == [
        Layer("front", True, False),
        Layer("inside-left", False, False),
        Layer("inside-right", True, False),
        Layer("back", False, False),
    ]
