"""Printers that print beside the place, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.badges.models import Printer
from tests.badges.paper import pictures_of
from tests.conftest import Read, Write
from tests.factories import a_badge, an_edition
from tests.inspection import InspectingClient, soup, words

ClientFor = Callable[[str], InspectingClient]
PRINTERS = "/organise/lens-2027/badges/printers"
READING = 'form[action$="/reading"]'


def added(client: InspectingClient, write: Write, **values: str) -> str:
    with write() as tx:
        an_edition(tx)
    answer = client.submit(PRINTERS, {"name": "Brother", **values})
    assert answer.status_code == 303
    return str(answer.location)


def test_without_a_printer_the_page_says_what_one_is_good_for(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert "Aucune imprimante" in words(client_for("organiser").page(PRINTERS).main)


def test_two_numbers_read_off_a_folded_sheet_are_kept(client_for: ClientFor, write: Write, read: Read) -> None:
    client = client_for("organiser")
    address = added(client, write)
    for across, down in (("−1,5", "0.5"), ("0,25", "0")):
        assert client.submit(address, {"across": across, "down": down}, form=READING).status_code == 303
    with read() as session:
        (printer,) = session.scalars(select(Printer))
        assert (str(printer.offset_right), str(printer.offset_down), printer.scale) == ("-1.25", "0.50", 100)
        assert printer.calibrated_at is not None


@pytest.mark.parametrize(
    ("values", "words_of_it"),
    [
        ({"across": "40", "down": "0"}, "Aucune imprimante ne décale"),
        ({"across": "beaucoup", "down": "0"}, "en chiffres"),
        ({"across": "NaN", "down": "0"}, "en chiffres"),
        ({"across": "", "down": ""}, "en chiffres"),
        ({"across": "0", "down": "0", "measured": "15"}, "à 100 %"),
    ],
)
def test_what_no_sheet_says_is_refused(
    client_for: ClientFor, write: Write, read: Read, values: dict[str, str], words_of_it: str
) -> None:
    client = client_for("organiser")
    answer = client.submit(added(client, write), values, form=READING)
    assert answer.status_code == 422
    assert words_of_it in soup(answer).get_text().replace("\u202f", " ")
    with read() as session:
        assert [printer.calibrated_at for printer in session.scalars(select(Printer))] == [None]


@pytest.mark.parametrize("paper", ["a6", "a4x4", "fold", "cr80", "label62x100", "label62x29", "sra4x4"])
def test_each_paper_has_its_calibration_and_its_test_sheet(client_for: ClientFor, write: Write, paper: str) -> None:
    client = client_for("organiser")
    address = added(client, write, format=paper)
    for sheet in ("calibration", "test"):
        assert client.get(f"{address}/{sheet}.pdf").data.startswith(b"%PDF")


def test_two_printers_of_one_name_cannot_be(client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    added(client, write)
    answer = client.submit(PRINTERS, {"name": "Brother"})
    assert answer.status_code == 409
    assert "s’appelle déjà" in words(soup(answer).main)


def test_everything_that_goes_to_a_printer_is_moved(client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    address = added(client, write)
    client.submit(address, {"across": "10", "down": "0"}, form=READING)
    with write() as tx:
        a_badge(tx)
    badges = "/organise/lens-2027/badges"
    plain = pictures_of(client.submit(badges, {"which": "all"}).data)[0]
    moved = pictures_of(client.submit(badges, {"which": "all", "printer": address.rsplit("/", 1)[1]}).data)[0]
    left, upper, _right, lower = ink(plain)
    assert ink(moved)[0] - left == pytest.approx(10 * plain.width / 105, abs=2)
    assert (ink(moved)[1], ink(moved)[3]) == (upper, lower)


def ink(picture: object) -> tuple[int, int, int, int]:
    from PIL import Image, ImageOps

    assert isinstance(picture, Image.Image)
    box = ImageOps.invert(picture.convert("L")).point(lambda value: 255 if value > 20 else 0).getbbox()
    assert box is not None
    return box


def test_who_organises_another_edition_sees_no_printer(client_for: ClientFor, write: Write) -> None:
    address = added(client_for("organiser"), write)
    assert client_for("stranger").get(address).status_code == 403
    with write() as tx:
        an_edition(tx, "amiens-2028")
    elsewhere = address.replace("lens-2027", "amiens-2028")
    assert client_for("stranger").get(elsewhere).status_code == 404


def test_a_printer_that_is_removed_leaves_its_name_in_the_log(client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    address = added(client, write)
    with write() as tx:
        a_badge(tx)
    client.submit("/organise/lens-2027/badges", {"printer": address.rsplit("/", 1)[1]})
    client.submit(address, {}, form='form[action$="/remove"]')
    assert "Brother" in words(client.page("/organise/lens-2027/badges/prints").main)
    assert client.get("/organise/lens-2027/badges").status_code == 200
