"""Printed sheets as pictures, cut with a knife and folded by hand: what comes out is in order and upright."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import page as page_validation
import pikepdf
import pytest
from PIL import Image, ImageChops

from forum.badges.rules.formats import FORMATS
from tests import cast
from tests.badges.paper import pictures_of, read_codes
from tests.conftest import Write
from tests.factories import a_badge, a_registration, a_room, a_seat, a_session, a_venue, an_edition
from tests.inspection import InspectingClient

ClientFor = Callable[[str], InspectingClient]
BADGES = "/organise/lens-2027/badges"
FAMILIES = ("Abel", "Brun", "Carlier", "Dubois", "Éloy", "Faure", "Gallet", "Hermant", "Imbert", "Joly")


def codes_by_name(write: Write) -> list[str]:
    with write() as tx:
        made = [a_badge(tx, a_registration(tx, ("Ada", family, "a@example.org"))) for family in reversed(FAMILIES)]
        return [badge.code for badge in reversed(made)]


def printed(client_for: ClientFor, **values: str) -> list[Image.Image]:
    answer = client_for("organiser").submit(BADGES, {"which": "all", **values})
    assert answer.mimetype == "application/pdf"
    return pictures_of(answer.data, dots_per_inch=150)


def cut_out(sheet: Image.Image, paper: str, place: int) -> Image.Image:
    """Cut one card out of a sheet."""
    form = FORMATS[paper]
    dots = sheet.width / form.sheet.width
    corner, card = form.places[place], form.card
    return sheet.crop(
        tuple(round(each * dots) for each in (corner.x, corner.y, corner.x + card.width, corner.y + card.height))  # type: ignore[arg-type]
    )


def code_on(picture: Image.Image) -> str:
    return "".join(code for code, _x, _y in read_codes(picture))


@pytest.mark.parametrize("paper", ["a4x4", "a7x8"])
def test_a_pile_cut_at_once_and_laid_stack_on_stack_is_in_order(
    client_for: ClientFor, write: Write, paper: str
) -> None:
    codes = codes_by_name(write)
    sheets = printed(client_for, format=paper, is_stacked="y")
    stacks = [
        [code_on(cut_out(sheet, paper, place)) for sheet in sheets] for place in range(len(FORMATS[paper].places))
    ]
    assert [code for stack in stacks for code in stack if code] == codes


def test_labels_go_on_where_the_sheet_was_left(client_for: ClientFor, write: Write) -> None:
    codes = codes_by_name(write)
    (first, second) = printed(client_for, format="90x55x10", start="4", is_stacked="")
    found = [code_on(cut_out(sheet, "90x55x10", place)) for sheet in (first, second) for place in range(10)]
    assert found[:13] == ["", "", "", *codes]
    assert not any(found[13:])


@pytest.mark.parametrize("flip", ["long", "short"])
def test_a_card_cut_from_both_sides_is_one_persons(client_for: ClientFor, write: Write, flip: str) -> None:
    codes = codes_by_name(write)
    sides = printed(client_for, format="a4x4", flip=flip, is_stacked="")
    over = Image.Transpose.FLIP_LEFT_RIGHT if flip == "long" else Image.Transpose.FLIP_TOP_BOTTOM
    for number, (front, back) in enumerate(zip(sides[::2], sides[1::2], strict=True)):
        through = back.transpose(over)  # held against the light
        for place, code in enumerate(codes[number * 4 : number * 4 + 4]):
            assert code_on(cut_out(front, "a4x4", place)) == code
            behind = cut_out(through, "a4x4", place)
            # Turned about its upright middle, as on a ribbon, the card shows its back upright: mirrored once more.
            seen = behind.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            assert alike(seen, cut_out(front, "a4x4", place))
    assert len(sides) == 6


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Tell whether two pictures show the same: cut marks and a row of dots at the edge may differ."""
    width, height = min(one.width, other.width), min(one.height, other.height)
    box = (60, 60, width - 60, height - 60)
    difference = ImageChops.difference(one.resize(other.size).crop(box), other.crop(box)).convert("L")
    return sum(difference.point(lambda value: 255 if value > 90 else 0).histogram()[200:]) < 0.03 * width * height


def folded(sheet: Image.Image) -> dict[str, Image.Image]:
    """Fold a sheet: the upper half behind, then the left half behind; return the four pages as one reads them."""
    width, height = sheet.width // 2, sheet.height // 2
    upper, lower = sheet.crop((0, 0, 2 * width, height)), sheet.crop((0, height, 2 * width, 2 * height))
    behind = upper.transpose(
        Image.Transpose.ROTATE_180
    )  # walked around: left and right change, and it hung on its head
    return {
        "front": lower.crop((width, 0, 2 * width, height)),
        "back": lower.crop((0, 0, width, height)),
        "inside-left": behind.crop((0, 0, width, height)),
        "inside-right": behind.crop((width, 0, 2 * width, height)),
    }


def test_a_folded_sheet_has_the_badge_outside_and_the_holders_programme_inside(
    client_for: ClientFor, write: Write, now: datetime
) -> None:
    with write() as tx:
        edition = an_edition(tx, wifi="GrandNord", emergency="03 21 00 00 00")
        venue = a_venue(tx, edition, name="Louvre-Lens", address="99 rue Paul-Bert, Lens")
        registration = a_registration(tx, cast.ZOE)
        code = a_badge(tx, registration).code
        for number, title in enumerate(("Réparer plutôt que racheter", "Le réseau d’un quartier")):
            room = a_room(tx, venue, name=f"Salle {number}")
            session = a_session(
                tx, edition=edition, title=title, starts_at=now + timedelta(hours=number), room_id=room.id, seats=20
            )
            a_seat(tx, registration, session)
    answer = client_for("organiser").submit(BADGES, {"format": "fold"})
    (sheet,) = pictures_of(answer.data, dots_per_inch=150)
    pages = folded(sheet)
    assert [code_on(pages[side]) for side in ("front", "back")] == [code, code]
    assert alike(pages["back"], pages["front"])
    # Inside, the heading is above: there is ink in the upper sixth of both pages, and it is on the left.
    for side in ("inside-left", "inside-right"):
        ink = pages[side].convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()
        assert ink is not None
        assert ink[0] < pages[side].width / 6
        assert ink[1] < pages[side].height / 6
    text = words_of(answer.data)
    for words in ("Réparer plutôt que racheter", "Salle 1", "Louvre-Lens", "GrandNord", "03 21 00 00 00", "114"):
        assert words in text


def words_of(pdf: bytes) -> str:
    from pypdfium2 import PdfDocument

    return " ".join(PdfDocument(pdf)[0].get_textpage().get_text_bounded().split())


def test_separators_stand_before_their_badges_in_the_same_stack(client_for: ClientFor, write: Write) -> None:
    codes = codes_by_name(write)
    sheets = printed(client_for, format="a4x4", is_stacked="y", separators="desk", staff="1, 1")
    stacks = [cut_out(sheet, "a4x4", place) for place in range(4) for sheet in sheets]
    cards = [code_on(card) or ("separator" if is_dark(card) else "") for card in stacks]
    assert [card for card in cards if card] == ["separator", *codes[:5], "separator", *codes[5:]]


def is_dark(card: Image.Image) -> bool:
    return card.convert("L").resize((1, 1)).getpixel((0, 0)) < 100  # type: ignore[operator]


@pytest.mark.parametrize(("file", "profile"), [("pdf/ua-1", "ua1"), ("pdf/a-3u", "3u")])
@pytest.mark.parametrize("way", [{"format": "a4x4", "flip": "long", "separators": "letter"}, {"format": "fold"}])
def test_a_print_for_screen_readers_or_for_the_archive_is_what_it_says(
    client_for: ClientFor, write: Write, way: dict[str, str], file: str, profile: str
) -> None:
    codes_by_name(write)
    answer = client_for("organiser").submit(BADGES, {"which": "all", "file": file, **way})
    report = page_validation.validate_pdf_bytes(answer.data, profile=profile)
    found = [(failure.rule_id, failure.message) for failure in report.failures]
    # Compressed bytes may end with a carriage return by chance; with the line's end behind it, this validator takes it
    # for a part of that. qpdf, which goes by /Length, is asked as well.
    assert [each for each in found if not each[0].endswith("STREAM-LENGTH-001")] == []
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert pdf.check_pdf_syntax() == []
