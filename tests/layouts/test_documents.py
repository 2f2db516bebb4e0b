"""A design as a page, laid out and stamped by the engine: what is on paper."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from flask import Flask
from PIL import Image

from forum.core import codes
from forum.core.pictures import picture_of_page
from forum.core.stamping import Card, Sheet, Variant, check, risks, single, stamp
from forum.layouts.documents import CITIES, KINDS, page_of
from forum.layouts.documents.colours import look_of, palette
from forum.layouts.documents.contrast import faint_words
from forum.layouts.documents.trial import PERSON, WORDS, try_out
from forum.layouts.rules.design import SHAPES, Design, Element
from forum.layouts.rules.gallery import GALLERY, empty_design
from tests import cast

CODE = codes.new_code()


def card(kind: str = "attendee", city: str = "lens", language: str = "fr", **words: str) -> Card:
    variant = Variant(language=language, marks={"kind": kind, "city": city}, words=WORDS)
    return Card(variant=variant, words=PERSON | {"code": CODE} | words)


def picture(design: Design, one: Card, *, city: str = "lens", dots: int = 150) -> Image.Image:
    layout = page_of(design, name="essai", accent=city)
    target = io.BytesIO()
    stamp([Sheet(single(layout), (one,))], target, title="essai")
    return Image.open(io.BytesIO(picture_of_page(target.getvalue(), dots_per_inch=dots)))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_takes_every_layout_of_the_gallery_and_every_code_is_read(app: Flask, shape: str) -> None:
    with app.app_context():
        for number, (slug, layout) in enumerate(GALLERY.items()):
            design = layout.design(shape)
            kind, city = KINDS[number % len(KINDS)], CITIES[number % len(CITIES)]
            check(page_of(design, name=slug, accent=city), [card(kind, city)])
            (read,) = zxingcpp.read_barcodes(picture(design, card(kind, city), city=city))
            assert (slug, read.text) == (slug, CODE)


@pytest.mark.parametrize("city", CITIES)
def test_one_badge_is_light_enough_to_be_fetched_from_a_letter_on_the_road(app: Flask, city: str) -> None:
    sizes = {}
    with app.app_context():
        for slug, kind in (("banner", "speaker"), ("mosaic", "attendee"), ("mosaic", "exhibitor")):
            target, layout = io.BytesIO(), page_of(GALLERY[slug].design("a6"), name=slug, accent=city)
            stamp([Sheet(single(layout), (card(kind, city),))], target, title="essai", variant="pdf/ua-1")
            sizes[slug, kind] = len(target.getvalue())
    assert {name: size for name, size in sizes.items() if size > 15_000} == {}


def test_an_empty_card_can_be_published_as_it_is(app: Flask) -> None:
    with app.app_context():
        try_out(empty_design("a6"), name="vide", accent="nord", pictures={})


@pytest.mark.parametrize("slug", GALLERY)
def test_no_hard_name_loses_a_letter_or_is_shortened_on_a6(app: Flask, slug: str) -> None:
    layout = page_of(GALLERY[slug].design("a6"), name=slug, accent="lens")
    people = [card(name=f"{given}\n{family}", organisation="Plaine Images") for given, family, _ in cast.HARD_NAMES]
    with app.app_context():
        found = {(risk.field, risk.kind) for risk in risks(people, layout) if risk.field == "name"}
    assert found & {("name", kind) for kind in ("missing-letter", "shortened", "broken-word")} == set()


def test_each_kind_of_category_shows_its_own_pattern_and_colours(app: Flask) -> None:
    band = Element(id="band", kind="band", x=0, y=0, width=105, height=30)
    design = Design("a6", (*empty_design("a6").elements, replace(band, y=40)))
    with app.app_context():
        seen = {kind: picture(design, card(kind), dots=30).convert("L").tobytes() for kind in KINDS}
    assert len(set(seen.values())) == len(KINDS)
    looks = [look_of(kind, "lens") for kind in KINDS]
    assert len({look.pattern for look in looks}) == len(KINDS)


def test_a_page_follows_the_city_and_is_the_same_for_the_same_design() -> None:
    design = GALLERY["poster"].design("a6")
    pages = {city: page_of(design, name="x", accent=city) for city in CITIES}
    assert page_of(design, name="x", accent="lens").fingerprint == pages["lens"].fingerprint
    assert all(palette(city)["fill"] in page.css for city, page in pages.items())


@pytest.mark.parametrize("shape", SHAPES)
def test_no_word_of_the_gallery_is_faint_in_any_city_and_dark_letters_on_a_dark_ground_are(shape: str) -> None:
    designs = {slug: layout.design(shape) for slug, layout in GALLERY.items()}
    found = {
        (slug, city, hint.field)
        for slug, design in designs.items()
        for city in CITIES
        for hint in faint_words(design, city)
    }
    assert found == set()
    name, *others = empty_design(shape).elements
    dark = Element(id="dark", kind="block", x=name.x, y=name.y, width=name.width, height=name.height, fill="ink")
    assert [hint.field for hint in faint_words(Design(shape, (dark, name, *others)), "nord")] == ["name"]


def test_words_cannot_leave_their_element() -> None:
    words = Element(id="t", kind="text", x=0, y=0, width=50, height=9, words="</p><style>*{}</style>\nRue & place")
    html = page_of(Design("a6", (words,)), name="x", accent="nord").html
    assert "<style>" not in html
    assert "&lt;style&gt;*{}&lt;/style&gt;<br>Rue &amp; place" in html


def test_who_reads_english_gets_the_english_words(app: Flask) -> None:
    text = Element(
        id="t", kind="text", x=5, y=60, width=90, height=9, words="Bienvenue", words_en="Welcome", font="strong"
    )
    design = Design("a6", (*empty_design("a6").elements, text))
    with app.app_context():
        french, english = (picture(design, card(language=each), dots=60).tobytes() for each in ("fr", "en"))
        alone = picture(
            replace(design, elements=(*design.elements[:-1], replace(text, words="Welcome", words_en=""))),
            card(),
            dots=60,
        )
    assert french != english
    assert english == alone.tobytes()
