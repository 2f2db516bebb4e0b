"""The files that stamping makes, looked at as printers, readers and archives do."""

from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import page
import pikepdf
import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from pypdfium2 import PdfDocument

from forum.core.stamping import Card, Imposition, Layout, Line, Sheet, Slot, dealt, document, single, stamp
from forum.core.stamping.refusals import NothingToStamp
from tests.core.stamping.designs import CSS, EVERYTHING, HARD_NAMES, HTML, SPEAKER, a_card, hard_cards

MM = 72 / 25.4


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def stamped(sheets: Sequence[Sheet], **options: Any) -> bytes:
    buffer = io.BytesIO()
    assert stamp(sheets, buffer, title="Cards", **options) == len(sheets)
    return buffer.getvalue()


def one_by_one(cards: Sequence[Card], layout: Layout = EVERYTHING) -> list[Sheet]:
    return list(dealt(cards, single(layout)))


def text_of(pdf: bytes, number: int = 0) -> str:
    return PdfDocument(pdf)[number].get_textpage().get_text_bounded()


def picture_of(pdf: bytes, number: int = 0, dpi: int = 100) -> Image.Image:
    return PdfDocument(pdf)[number].render(scale=dpi / 72).to_pil().convert("L")


def dark(picture: Image.Image, box: tuple[float, float, float, float], dpi: int = 100) -> int:
    left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in box)
    return sum(picture.crop((left, top, right, bottom)).histogram()[:160])


def test_words_can_be_found_and_copied() -> None:
    text = text_of(stamped(one_by_one([a_card("Zoé\nde La Motte-Françoise", right="erste Zeile\nzweite Zeile")])))
    for words in (
        "Zoé",
        "de La Motte-Françoise",
        "erste Zeile",
        "zweite Zeile",
        "Les données ouvertes",
        "Grand public",
    ):
        assert words in " ".join(text.split()), words


def test_a_badge_carries_nothing_of_letters_that_another_one_lacked() -> None:
    lacking = stamped(one_by_one([a_card("Zoé \U00013000")]))
    assert encodings(lacking) != {"/Identity-H"}, "no font of this machine has the hieroglyph"
    assert encodings(stamped(one_by_one([a_card("Zoé")]))) == {"/Identity-H"}


def encodings(pdf: bytes) -> set[str]:
    """Return how the fonts of a file count their glyphs."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        fonts = [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/Encoding" in each]
        return {str(each.Encoding) if isinstance(each.Encoding, pikepdf.Name) else "own" for each in fonts}


def test_each_font_is_embedded_once_and_only_with_the_letters_that_are_used() -> None:
    pdf = stamped(one_by_one(hard_cards() * 3))
    with pikepdf.open(io.BytesIO(pdf)) as file:
        descriptors = [
            each for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/FontDescriptor" in each
        ]
        names = [str(each.BaseFont) for each in descriptors]
        files = [each for each in file.objects if isinstance(each, pikepdf.Stream) and "/Length1" in each]
    assert len(names) == len(set(names)) == len(files)
    assert all("+" in name for name in names)
    assert len(pdf) < 150_000


def test_files_are_sound() -> None:
    for options in ({}, {"variant": "pdf/ua-1"}, {"variant": "pdf/a-3u"}):
        with pikepdf.open(io.BytesIO(stamped(one_by_one(hard_cards()), **options))) as file:
            assert file.check_pdf_syntax() == []
            assert len(file.pages) == len(HARD_NAMES)


def sheet_of_four(cards: Sequence[Card]) -> list[Sheet]:
    slots = tuple(
        Slot(EVERYTHING, x, y, card=number) for number, (x, y) in enumerate(((0, 0), (105, 0), (0, 148), (105, 148)))
    )
    return list(
        dealt(cards, Imposition(210, 297, slots, marks=(Line(105, 0, 105, 5), Line(105, 10, 105, 15, dash_mm=1))))
    )


@pytest.mark.parametrize("arranged", [one_by_one, sheet_of_four])
@pytest.mark.parametrize(("variant", "profile"), [("pdf/ua-1", "ua1"), ("pdf/a-3u", "3u")])
def test_archives_and_screen_readers_are_served(arranged: Any, variant: str, profile: str) -> None:
    # An empty box for a letter that no font has is what neither allows; `risks` tells of it.
    cards = [card for card in hard_cards() if "दे" not in card.label]
    report = page.validate_pdf_bytes(stamped(arranged(cards), variant=variant), profile=profile)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []


def test_the_validator_sees_what_is_wrong() -> None:
    report = page.validate_pdf_bytes(stamped(one_by_one([a_card()])), profile="ua1")
    assert not report.is_compliant


def test_a_screen_reader_hears_each_card_by_itself() -> None:
    with pikepdf.open(
        io.BytesIO(stamped(sheet_of_four([a_card(), a_card("Grace\nHopper", SPEAKER)]), variant="pdf/ua-1"))
    ) as file:
        (whole,) = file.Root.StructTreeRoot.K
        sections = [
            (str(section.T), str(section.get("/Lang", "")), [str(kid.S) for kid in section.K]) for section in whole.K
        ]
        figure = next(kid for kid in whole.K[0].K if kid.S == "/Figure")
        assert [(title, language) for title, language, _kids in sections] == [
            ("Ada Lovelace", ""),
            ("Grace Hopper", "en"),
        ]
        assert sections[0][2][:3] == ["/P", "/H1", "/P"]
        assert "Words of the art itself" in str(whole.K[0].K[0].ActualText)
        assert str(figure.Alt).startswith("code: ")


def test_a_letter_that_no_font_has_is_an_empty_box_that_is_still_found() -> None:
    pdf = stamped(one_by_one([a_card("Ada \U00013000\nLovelace")]))
    assert "\U00013000" in text_of(pdf)
    name = (5, 15, 95, 51)
    assert dark(picture_of(pdf), name) > dark(picture_of(stamped(one_by_one([a_card("Ada\nLovelace")]))), name) + 100


def test_cards_stand_where_their_slots_are_however_they_are_turned() -> None:
    card = a_card()
    upright = picture_of(stamped(one_by_one([card])))
    for rotation, size in ((90, (140, 100)), (180, (100, 140)), (270, (140, 100))):
        paper = Imposition(size[0] + 30, size[1] + 20, (Slot(EVERYTHING, 20, 10, rotation=rotation),))  # type: ignore[arg-type]
        pdf = stamped([Sheet(paper, (card,))])
        picture = picture_of(pdf)
        left, top, right, bottom = (round(edge / 25.4 * 100) for edge in (20, 10, 20 + size[0], 10 + size[1]))
        turned = upright.rotate(-rotation, expand=True)
        there = picture.crop((left, top, right, bottom)).resize(turned.size)
        assert dark(turned, (0, 0, *size)) == pytest.approx(dark(there, (0, 0, *size)), rel=0.05)
        assert dark(picture, (0, 0, 19.5, size[1] + 20)) == 0
        (symbol,) = zxingcpp.read_barcodes(picture_of(pdf, dpi=150))
        assert symbol.text == card.words["code"]


def test_a_printer_that_prints_beside_is_corrected() -> None:
    (sheet,) = one_by_one([a_card()])
    moved = dataclasses.replace(sheet.imposition, offset_x_mm=3, offset_y_mm=-2, scale=0.98)
    found = [PdfDocument(stamped([each]))[0].get_textpage() for each in (sheet, Sheet(moved, sheet.cards))]
    (left, bottom, *_), (after_left, after_bottom, *_) = (
        each.get_charbox(each.search("Lovelace").get_next()[0]) for each in found
    )
    assert after_left == pytest.approx(left * 0.98 + 3 * MM, abs=0.05)
    from_top, after_from_top = 140 * MM - bottom, 140 * MM - after_bottom
    assert after_from_top == pytest.approx(from_top * 0.98 - 2 * MM, abs=0.05)


def test_bleed_is_cut_at_what_the_sheet_has_room_for() -> None:
    css = CSS + ".ground { left: -3mm; top: -3mm; width: 106mm; height: 15mm; background: #000 }"
    layout = Layout("bleeding", HTML, css, 100, 140, bleed_mm=3, fonts=EVERYTHING.fonts)
    for bleed in (0.0, 2.0, 3.0):
        paper = Imposition(120, 160, (Slot(layout, 10, 10),), bleed_mm=bleed)
        picture = picture_of(stamped([Sheet(paper, (a_card(),))]))
        edges = [dark(picture, (10 - reach, 12, 10 - reach + 0.6, 14)) > 0 for reach in (0.7, 1.9, 2.9, 3.9)]
        assert edges == [bleed >= 1, bleed >= 2, bleed >= 3, False]


def test_empty_slots_stay_empty() -> None:
    (sheet,) = sheet_of_four([a_card()])
    assert dark(picture_of(stamped([sheet])), (108, 20, 210, 297)) == 0


def test_two_processes_make_the_same_file_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "helpers_for", lambda cards, processes: processes - 1)
    cards = hard_cards() * 6
    told: list[int] = []
    alone, together = stamped(one_by_one(cards)), stamped(one_by_one(cards), processes=2, on_progress=told.append)
    assert told[-1] == len(cards)
    assert [text_of(alone, number) for number in (0, 60, 100)] == [text_of(together, number) for number in (0, 60, 100)]
    assert picture_of(alone, 100).tobytes() == picture_of(together, 100).tobytes()
    printable = [card for card in cards if "दे" not in card.label]
    tagged = stamped(one_by_one(printable), processes=2, variant="pdf/ua-1")
    assert page.validate_pdf_bytes(tagged, profile="ua1").is_compliant


def test_what_a_dead_helper_should_have_drawn_is_drawn_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead:
        def result(self) -> None:
            return None

    monkeypatch.setattr(document, "helpers_for", lambda cards, processes: processes - 1)
    monkeypatch.setattr(document, "helper", lambda task: Dead())
    cards = hard_cards()
    pdf = stamped(one_by_one(cards), processes=2)
    assert [str(text_of(pdf, number))[:3] != "" for number in range(len(cards))] == [True] * len(cards)


def test_a_process_with_threads_does_not_fork() -> None:
    from forum.core.stamping.helpers import helpers_for

    waits = threading.Event()
    thread = threading.Thread(target=waits.wait)
    before = helpers_for(10_000, 2)
    thread.start()
    during = helpers_for(10_000, 2)
    waits.set()
    thread.join()
    assert during == 0
    assert before == (1 if threading.active_count() == 1 else 0)


def test_several_threads_stamp_at_once() -> None:
    made: dict[int, bytes] = {}
    names = list(HARD_NAMES[:4])

    def work(number: int) -> None:
        made[number] = stamped(one_by_one([a_card(names[number])] * 3))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, name in enumerate(names):
        assert name.split("\n")[1][:3] in text_of(made[number], 2)


def test_nothing_is_written_when_there_is_nothing_to_stamp() -> None:
    buffer = io.BytesIO()
    with pytest.raises(NothingToStamp):
        stamp([], buffer, title="Nothing")
    assert buffer.getvalue() == b""


@pytest.mark.parametrize(("align", "side"), [("start", "right"), ("left", "left"), ("center", "middle")])
def test_a_name_from_right_to_left_begins_at_the_right_unless_the_layout_says_otherwise(align: str, side: str) -> None:
    css = f"p {{ margin: 0; width: 100mm; height: 20mm; font: 24pt/1.2 'DejaVu Sans'; text-align: {align} }}"
    layout = Layout("Essai", '<p data-field="name"></p>', css, 100, 20)
    picture = picture_of(stamped(one_by_one([a_card("ליאור")], layout)), 0).convert("L")
    left, _top, right, _bottom = picture.point(lambda light: 255 - light).getbbox() or (0, 0, 0, 0)
    free = left, picture.width - right
    assert {"right": free[0] > 5 * free[1], "left": free[1] > 5 * free[0], "middle": abs(free[0] - free[1]) < 4}[side]
