"""The gallery, the editor and its previews as organisers use them, with a browser that knows no JavaScript."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from forum.core import codes
from forum.editions.queries import edition_with_slug
from forum.layouts import queries
from forum.layouts.models import BadgeLayout
from forum.layouts.rules.design import Design, design_from_json
from forum.layouts.rules.gallery import GALLERY
from tests import cast, factories
from tests.conftest import Read, Write
from tests.inspection import InspectingClient, form_values, soup
from tests.statements import statements_of

BASE = "/organise/lens-2027/badges/layouts"


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return an organiser's browser, of an edition with a few people whose names are hard."""
    with write() as tx:
        for who in (cast.ADA, cast.ANNE_SOPHIE, cast.OMAR):
            factories.a_badge(tx, factories.a_registration(tx, who))
    return client_for("organiser")


def make(organiser: InspectingClient, **values: str) -> str:
    """Make a layout and return its address."""
    form = {"name": "Presse", "begin": "line", "shape": "a6"} | values
    return str(organiser.submit(BASE, form, form=".layout-new form").headers["Location"])


def token(organiser: InspectingClient, address: str) -> str:
    return str(form_values(organiser.page(address).select_one("#layout-form"))["csrf_token"])


def preview(organiser: InspectingClient, address: str, **values: str) -> Any:
    """Return what the editor is told of its form as it stands, with some values changed."""
    form = form_values(organiser.page(address).select_one("#layout-form"))
    return organiser.post(f"{address}/preview", data=form | values).get_json()


def newest(read: Read) -> tuple[BadgeLayout, Design, int]:
    with read() as session:
        layout = session.query(BadgeLayout).one()
        version = queries.version_of(session, layout.id)
        assert version is not None
        return layout, design_from_json(version.design), version.number


def test_the_gallery_shows_six_layouts_on_each_card_with_people_of_the_edition(organiser: InspectingClient) -> None:
    page = organiser.get(f"{BASE}?shape=cr80").get_data(as_text=True)
    assert [page.count(f"/gallery/{slug}/cr80.png") for slug in GALLERY] == [1] * 6
    assert "Bandeau" in page
    assert "Grands caractères" in page


def test_a_picture_shows_a_whole_card_and_no_code_that_opens_a_door(organiser: InspectingClient) -> None:
    answer = organiser.get(f"{BASE}/gallery/poster/90x55.png")
    picture = Image.open(io.BytesIO(answer.data))
    assert picture.size == (420, 257)
    large = Image.open(io.BytesIO(organiser.get(f"{BASE}/gallery/poster/90x55.png?size=large").data))
    (code,) = zxingcpp.read_barcodes(large)
    assert (len(code.text), codes.read_code(code.text)) == (26, None)


def test_a_copy_is_changed_by_the_form_alone_saved_published_and_brought_back(
    organiser: InspectingClient, read: Read
) -> None:
    address = make(organiser)
    organiser.submit(address, {"do": "save", "name": "Presse du Nord", "name.x": "9,5", "name.capitals": "yes"})
    layout, design, number = newest(read)
    moved = next(each for each in design.elements if each.id == "name")
    assert (layout.name, number, moved.x, moved.capitals) == ("Presse du Nord", 2, 9.5, True)
    organiser.submit(address, {"do": "publish"})
    assert newest(read)[0].published == 2
    organiser.submit(f"{address}/versions", {})
    assert (newest(read)[1] == GALLERY["line"].design("a6"), newest(read)[2]) == (True, 3)


def test_elements_are_added_and_removed_without_javascript_and_nothing_is_saved_before_it_is_asked(
    organiser: InspectingClient, read: Read
) -> None:
    address = make(organiser, begin="empty")
    page = organiser.submit(address, {"do": "add", "what": "field:organisation"}).get_data(as_text=True)
    assert 'data-element="organisation"' in page
    assert newest(read)[2] == 1
    page = organiser.submit(address, {"do": "remove:qr"}).get_data(as_text=True)
    assert "n’a pas de code" in page


def test_a_layout_without_a_code_is_saved_but_not_published(organiser: InspectingClient, read: Read) -> None:
    address = make(organiser, begin="empty")
    without = soup(organiser.submit(address, {"do": "remove:qr"})).select_one("#layout-form")
    answer = organiser.post(address, data=form_values(without) | {"do": "publish"})
    assert answer.status_code == 422
    assert "n’a pas de code" in answer.get_data(as_text=True)
    layout, design, number = newest(read)
    assert (layout.published, number, [each.id for each in design.elements]) == (None, 2, ["name"])


def test_a_preview_is_a_picture_of_somebodys_badge_and_sentences_about_what_is_wrong(
    organiser: InspectingClient, read: Read
) -> None:
    address = make(organiser)
    with read() as session:
        person = max(
            queries.people_to_try(session, session.query(BadgeLayout).one().edition), key=lambda each: len(each.name)
        )
    said = preview(organiser, address, **{"person": str(person.registration_id), "name.height": "4"})
    picture = Image.open(io.BytesIO(base64.b64decode(said["picture"].partition(",")[2])))
    assert picture.width == 900
    assert [(each["element"], "4 mm de haut" in each["sentence"]) for each in said["faults"]] == [("name", True)]


@pytest.mark.parametrize(
    ("css", "sentence"),
    [
        ("@import 'x.css';", "qui n’est pas possible ici"),
        ("#qr { background: url(https://evil.example/) }", "evil.example"),
        ("#name { display: none }", "retire «\u00a0Nom\u00a0» de la carte"),
        ("#name { height: 2mm }", "le champ «\u00a0Nom\u00a0»"),
    ],
)
def test_own_css_that_asks_for_more_than_the_layout_has_gets_a_sentence_and_no_picture(
    organiser: InspectingClient, css: str, sentence: str
) -> None:
    address = make(organiser)
    said = preview(organiser, address, css=css)
    assert said["picture"] is None
    assert sentence in said["faults"][0]["sentence"]


def test_own_css_is_tried_behind_a_fence_before_it_is_published(organiser: InspectingClient, read: Read) -> None:
    address = make(organiser)
    answer = organiser.submit(address, {"do": "publish", "css": "#qr { background: #333 }"})
    assert answer.status_code == 422
    assert newest(read)[0].published is None
    organiser.submit(address, {"do": "publish", "css": "#name { letter-spacing: -.01em }"})
    assert newest(read)[0].published is not None


def a_png(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (a_png(3000, 20), "L’image est là"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "ne peut pas servir"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "ne peut pas servir"),
        (b"\x89PNG" + b"\0" * 5_000_001, "trop lourde"),
        (a_png(9000, 9000), "trop lourde"),
    ],
)
def test_a_logo_is_drawn_again_or_refused_with_a_sentence(
    organiser: InspectingClient, read: Read, content: bytes, sentence: str
) -> None:
    address = make(organiser)
    file = (io.BytesIO(content), "logo.png")
    page = organiser.submit(
        address, {"picture": file}, form="form[enctype]", content_type="multipart/form-data", follow_redirects=True
    )
    assert sentence in page.get_data(as_text=True)
    with read() as session:
        kept = queries.pictures_of(session, session.query(BadgeLayout).one().edition_id)
    assert [each.width for each in kept] == ([1600] if "là" in sentence else [])


def test_who_has_which_layout_is_chosen_for_each_card(organiser: InspectingClient, read: Read) -> None:
    organiser.submit(f"{BASE}/choice?shape=cr80", {"category-all": "poster"})
    with read() as session:
        edition_id = edition_with_slug(session, "lens-2027").id
        chosen = {shape: queries.layouts_in_use(session, edition_id, shape)[None].name for shape in ("cr80", "a6")}
    assert chosen == {"cr80": "poster", "a6": "banner"}


def test_another_editions_organiser_sees_none_of_it(
    organiser: InspectingClient, client_for: Callable[[str], InspectingClient]
) -> None:
    address = make(organiser)
    stranger = client_for("stranger")
    assert [stranger.get(each).status_code for each in (BASE, address, f"{address}/picture.png")] == [403, 403, 403]


def test_the_list_asks_as_much_for_one_layout_as_for_many(organiser: InspectingClient, app: Flask) -> None:
    make(organiser)
    organiser.get(BASE)
    with statements_of(app) as one:
        organiser.get(BASE)
    for number in range(6):
        make(organiser, name=f"Copie {number}")
    organiser.get(BASE)
    with statements_of(app) as many:
        organiser.get(BASE)
    assert len(many) == len(one)


def test_a_published_layout_is_given_to_everybody_in_one_click_and_a_draft_is_not(
    organiser: InspectingClient, read: Read
) -> None:
    address = make(organiser, begin="empty")
    draft = organiser.post(f"{address}/use", data={"csrf_token": token(organiser, address)}, follow_redirects=True)
    assert "est un brouillon" in draft.get_data(as_text=True)
    organiser.submit(address, {"do": "publish"})
    assert "Aucun badge n’a encore cette maquette" in organiser.get(address).get_data(as_text=True)
    answer = organiser.submit(address, {}, form=f"form[action='{address}/use']", follow_redirects=True)
    assert "Les badges ont désormais la maquette" in answer.get_data(as_text=True)
    with read() as session:
        used = queries.layouts_in_use(session, newest(read)[0].edition_id, "a6")
        assert (used[None].name, used[None].gallery) == ("Presse", None)
    assert "Aucun badge" not in organiser.get(address).get_data(as_text=True)
