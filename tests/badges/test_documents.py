"""Badges on paper, looked at as a printer and a scanner would."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator

import pikepdf
import pytest
import zxingcpp
from flask import Flask
from PIL import Image, ImageChops
from pypdfium2 import PdfDocument

from forum.badges.documents import BadgeFace, badges_pdf
from forum.badges.documents.printing import LayoutNotReady
from forum.core import codes
from forum.core.documents import make_attachment
from tests.badges.faces import KINDS, a_face, hard_faces
from tests.conftest import Write
from tests.factories import a_badge, a_registration

MM = 72 / 25.4
# What varies stands here on an A6 badge, in millimetres from its upper left corner: left, top, right, bottom.
NAME_AND_ORGANISATION = (6.0, 33.0, 99.0, 86.0)
UNPRINTABLE = 5.0


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def pictures(pdf: bytes, *, dpi: int = 150) -> list[Image.Image]:
    document = PdfDocument(pdf)
    return [document[number].render(scale=dpi / 72).to_pil().convert("RGB") for number in range(len(document))]


def dark(picture: Image.Image, box: tuple[float, float, float, float], *, dpi: int = 150) -> int:
    """Return how many pixels of a part of a page, in millimetres, are not white."""
    left, top, right, bottom = (round(edge / 25.4 * dpi) for edge in box)
    return sum(picture.convert("L").crop((left, top, right, bottom)).histogram()[:200])


def folded(text: str) -> str:
    """Return the letters of a text alone, in their plainest form."""
    plain = unicodedata.normalize("NFKD", text)
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter))).lower()


@pytest.mark.parametrize(("layout", "pages"), [("a6", 12), ("a4x4", 3), ("fold", 12), ("90x55", 12), ("cr80", 12)])
def test_every_code_reads_back_from_paper(context: None, layout: str, pages: int) -> None:
    faces = hard_faces()[:12]
    assert len(faces) == 12
    seen = pictures(badges_pdf(faces, layout=layout))
    assert len(seen) == pages
    read = {symbol.text for picture in seen for symbol in zxingcpp.read_barcodes(picture)}
    assert read == {face.code for face in faces}


def test_a_symbol_is_thirty_millimetres_with_its_quiet_zone(context: None) -> None:
    (picture,) = pictures(badges_pdf([a_face()], layout="a6"), dpi=300)
    (symbol,) = zxingcpp.read_barcodes(picture)
    corners = symbol.position
    side = (corners.top_right.x - corners.top_left.x) / 300 * 25.4
    assert side == pytest.approx(30, abs=0.5)
    left, top = corners.top_left.x / 300 * 25.4, corners.top_left.y / 300 * 25.4
    zone = 4 * 1.2 - 0.15
    for empty in (
        (left - zone, top - zone, left - 0.2, top + 30 + zone),
        (left - zone, top - zone, left + 30 + zone, top - 0.2),
        (left + 30.3, top - zone, left + 30 + zone, top + 30 + zone),
        (left - zone, top + 30.3, left + 30 + zone, top + 30 + zone),
    ):
        assert dark(picture, empty, dpi=300) == 0


def test_every_name_is_whole_on_its_badge(context: None) -> None:
    faces = hard_faces()
    document = PdfDocument(badges_pdf(faces, layout="a6"))
    for number, face in enumerate(faces):
        text = folded(document[number].get_textpage().get_text_bounded())
        for part in (face.given_name, face.family_name):
            letters = folded(part)
            # Arabic comes in the order in which it is drawn: all its letters are there all the same.
            assert letters in text or sorted(letters) == sorted(set_of(letters, text)), (face.name, text)


def set_of(letters: str, text: str) -> str:
    """Return as many of the wanted letters as a text holds."""
    pool = list(text)
    found = []
    for letter in letters:
        if letter in pool:
            pool.remove(letter)
            found.append(letter)
    return "".join(found)


def test_nothing_leaves_its_box(context: None) -> None:
    faces = hard_faces()
    without = pictures(badges_pdf([a_face("", "", organisation="", accent=face.accent) for face in faces], layout="a6"))
    left, top, right, bottom = NAME_AND_ORGANISATION
    for face, picture, empty in zip(faces, pictures(badges_pdf(faces, layout="a6")), without, strict=True):
        assert dark(picture, (left, top, right, bottom)) > 0
        # Around the box the badge is as it is without any name; a tail of Arabic may hang over by 1 mm.
        for outside in ((0, 0, 105, top), (0, top, left - 1, bottom), (right + 1, top, 105, bottom)):
            assert dark(picture, outside) == pytest.approx(dark(empty, outside), abs=12), face.name
        assert dark(picture, (41, bottom, 105, 88)) == 0, face.name


@pytest.mark.parametrize(("layout", "left", "top"), [("cr80", 0.0, 0.0), ("90x55", 2.0, 0.5)])
def test_nothing_leaves_its_box_on_a_small_card(context: None, layout: str, left: float, top: float) -> None:
    faces = hard_faces()
    for face, picture in zip(faces, pictures(badges_pdf(faces, layout=layout)), strict=True):
        for outside in ((0, 12.6, 3, 41.5), (52.3, 12.6, 56.5, 41.5), (3, 40.9, 56, 41.8)):
            box = (left + outside[0], top + outside[1], left + outside[2], top + outside[3])
            assert dark(picture, box) == 0, (face.name, outside)


def test_a_small_card_has_a_symbol_of_twenty_five_millimetres(context: None) -> None:
    (picture,) = pictures(badges_pdf([a_face()], layout="cr80"), dpi=300)
    (symbol,) = zxingcpp.read_barcodes(picture)
    assert (symbol.position.top_right.x - symbol.position.top_left.x) / 300 * 25.4 == pytest.approx(25, abs=0.5)


def test_a_folded_sheet_shows_the_badge_in_front_and_behind(context: None) -> None:
    face = a_face()
    (sheet,) = pictures(badges_pdf([face], layout="fold"))
    (alone,) = pictures(badges_pdf([face], layout="a6"))
    for left in (0, 105):
        quarter = dark(sheet, (left + 6, 154.5, left + 99, 290))
        assert quarter == pytest.approx(dark(alone, (6, 6, 99, 141.5)), rel=0.05)
    assert [symbol.text for symbol in zxingcpp.read_barcodes(sheet)] == [face.code, face.code]


def test_nothing_stands_where_printers_do_not_reach(context: None) -> None:
    for picture in pictures(badges_pdf(hard_faces(), layout="a6")):
        for edge in (
            (0, 0, 105, UNPRINTABLE),
            (0, 148.5 - UNPRINTABLE, 105, 148.5),
            (0, 0, UNPRINTABLE, 148.5),
            (105 - UNPRINTABLE, 0, 105, 148.5),
        ):
            assert dark(picture, edge) == 0


def test_pages_have_the_size_of_their_paper(context: None) -> None:
    faces = [a_face() for _ in range(5)]
    for layout, size, count in (
        ("a6", (105, 148.5), 5),
        ("a4x4", (210, 297), 2),
        ("fold", (210, 297), 5),
        ("90x55", (90, 55), 5),
        ("cr80", (86, 54), 5),
    ):
        document = PdfDocument(badges_pdf(faces, layout=layout))
        assert len(document) == count
        for number in range(count):
            assert document[number].get_size() == pytest.approx((size[0] * MM, size[1] * MM), abs=0.5)


def test_four_on_a4_are_four_a6_badges_with_cut_marks(context: None) -> None:
    faces = [a_face(given) for given in ("Ada", "Grace", "Alan", "Edsger")]
    (sheet,) = pictures(badges_pdf(faces, layout="a4x4"))
    alone = pictures(badges_pdf(faces, layout="a6"))
    for number, picture in enumerate(alone):
        left, top = 105 * (number % 2), 148.5 * (number // 2)
        inside = (left + 6, top + 6, left + 99, top + 142)
        assert dark(sheet, inside) == pytest.approx(dark(picture, (6, 6, 99, 142)), rel=0.05)
    for mark in ((104, 5, 106, 10), (104, 287, 106, 292), (5, 147.5, 10, 149.5), (200, 147.5, 205, 149.5)):
        assert dark(sheet, mark) > 0
    assert dark(sheet, (104, 12, 106, 140)) == 0


def test_the_code_is_printed_in_groups_under_its_symbol(context: None) -> None:
    face = a_face()
    text = PdfDocument(badges_pdf([face], layout="a6"))[0].get_textpage().get_text_bounded()
    printed = next(
        match for match in re.findall(r"(?:[0-9A-Z]{4} ){3}[0-9A-Z]{4}\s+(?:[0-9A-Z]{4} ){2}[0-9A-Z]{2}", text)
    )
    assert codes.read_code(printed) == face.code


def test_kinds_of_people_differ_without_colours(context: None) -> None:
    kinds = ("attendee", "speaker", "exhibitor", "press", "staff")
    faces = [a_face(kind=kind, category="X", code="0" * 26) for kind in kinds]
    pages = pictures(badges_pdf(faces, layout="a6"))
    bands = [page.convert("L").crop((35, 768, 585, 842)) for page in pages]
    for number, band in enumerate(bands):
        for other in bands[number + 1 :]:
            different = sum(ImageChops.difference(band, other).histogram()[60:])
            assert different / (band.width * band.height) > 0.04


def test_many_badges_tell_how_far_they_are(context: None) -> None:
    told: list[int] = []
    faces = [a_face(f"Ada {number}") for number in range(600)]
    document = PdfDocument(badges_pdf(faces, layout="a6", on_progress=told.append))
    assert told == [256, 512, 600]
    assert len(document) == 600
    assert "Ada 599" in document[599].get_textpage().get_text_bounded()


def test_every_code_of_five_hundred_pages_reads_back(context: None) -> None:
    faces = [a_face(f"Ada {number}", kind=KINDS[number % len(KINDS)]) for number in range(500)]
    document = PdfDocument(badges_pdf(faces, layout="a6"))
    width, height = document[0].get_size()
    left, top, side = 2 * MM, 83 * MM, 40 * MM
    read = []
    for number in range(len(document)):
        crop = (left, height - top - side, width - left - side, top)
        picture = document[number].render(scale=150 / 72, crop=crop).to_pil()
        read.append([symbol.text for symbol in zxingcpp.read_barcodes(picture)])
    assert read == [[face.code] for face in faces]


def test_each_badge_speaks_its_holders_language(context: None) -> None:
    faces: list[BadgeFace] = [a_face(language="fr"), a_face(language="en")]
    document = PdfDocument(badges_pdf(faces, layout="a6"))
    texts = [document[number].get_textpage().get_text_bounded() for number in range(2)]
    assert ["Urgence" in texts[0], "Emergency" in texts[1]] == [True, True]


def test_markup_in_a_name_is_printed_as_it_is_written(context: None) -> None:
    face = a_face("<b>Ada</b>", "&amp; “{{ 7 * 7 }}”", organisation="<script>")
    text = PdfDocument(badges_pdf([face], layout="a6"))[0].get_textpage().get_text_bounded()
    assert "<b>Ada</b>" in text
    assert "{{ 7 * 7 }}" in text


def test_a_layout_that_is_not_drawn_is_refused(context: None) -> None:
    with pytest.raises(LayoutNotReady, match="a6, a4x4, fold"):
        badges_pdf([a_face()], layout="a0")


def test_a_letter_brings_the_badge_of_who_comes_and_none_to_who_does_not(app: Flask, write: Write) -> None:
    with write() as tx:
        badge = a_badge(tx)
        gone = a_badge(tx, a_registration(tx, state="cancelled")).registration_id
        nobody = a_registration(tx).id
        code, registration_id, reference = badge.code, badge.registration_id, badge.registration.reference
    with app.app_context():
        attachment = make_attachment("badge", registration_id)
        assert attachment is not None
        assert (attachment.name, attachment.type) == (f"badge-lens-2027-{reference}.pdf", "application/pdf")
        (picture,) = pictures(attachment.content)
        assert [symbol.text for symbol in zxingcpp.read_barcodes(picture)] == [code]
        assert [make_attachment("badge", each) for each in (gone, nobody)] == [None, None]


def test_what_one_person_downloads_is_tagged_for_screen_readers(context: None) -> None:
    content = badges_pdf([a_face()], layout="a6")
    with pikepdf.open(io.BytesIO(content)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "fr"
        assert "/StructTreeRoot" in document.Root


def test_the_smallest_label_carries_the_name_alone() -> None:
    assert badges_pdf(hard_faces()[:2], layout="label62x29").startswith(b"%PDF-")
