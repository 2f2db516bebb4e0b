"""What may be printed, and what a design from outside may say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forum.layouts.rules import building, checks
from forum.layouts.rules.design import SHAPES, Design, Element, design_from_json
from forum.layouts.rules.gallery import GALLERY, empty_design
from forum.layouts.rules.people import Try, tries_of
from forum.layouts.rules.reading import read_design


def with_element(design: Design, element_id: str, **values: object) -> Design:
    changed = tuple(replace(each, **values) if each.id == element_id else each for each in design.elements)
    return replace(design, elements=changed)


def codes_of(design: Design) -> list[str]:
    return [fault.code for fault in checks.faults_of(design)]


A_DESIGN = GALLERY["banner"].design("a6")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_gallery_and_an_empty_card_can_be_printed_on_every_card(shape: str) -> None:
    designs = {slug: layout.design(shape) for slug, layout in GALLERY.items()} | {"empty": empty_design(shape)}
    assert {slug: codes_of(design) for slug, design in designs.items()} == {slug: [] for slug in designs}
    assert {slug for slug, design in designs.items() if slug != "empty" and checks.hints_of(design)} == set()


@pytest.mark.parametrize("slug", GALLERY)
def test_a_category_is_told_by_a_word_and_a_pattern_never_by_colour_alone(slug: str) -> None:
    for shape in SHAPES:
        elements = GALLERY[slug].design(shape).elements
        assert any(each.field == "category" for each in elements)
        assert any(each.kind == "band" or each.pattern == "kind" for each in elements)


def test_a_design_is_kept_as_json_and_comes_back_the_same() -> None:
    assert design_from_json(A_DESIGN.as_json()) == A_DESIGN


@pytest.mark.parametrize(
    ("design", "code"),
    [
        (building.removed(A_DESIGN, "name"), "layout-without-name"),
        (building.removed(A_DESIGN, "qr"), "layout-without-code"),
        (with_element(A_DESIGN, "name", smallest=17.5), "layout-name-too-small"),
        (with_element(A_DESIGN, "name", height=5.0), "layout-field-too-small"),
        (with_element(A_DESIGN, "qr", width=32.0, height=32.0), "layout-code-too-small"),
        (with_element(A_DESIGN, "place", x=20.0, y=100.0), "layout-code-covered"),
        (with_element(A_DESIGN, "days", x=80.0), "layout-off-the-card"),
        (replace(A_DESIGN, css="x" * 50_001), "layout-css-too-long"),
    ],
)
def test_what_nobody_could_read_or_scan_is_a_fault_with_a_sentence(design: Design, code: str) -> None:
    assert codes_of(design) == [code]
    with pytest.raises(checks.Malformed) as refusal:
        checks.check(design)
    assert "%(" not in str(refusal.value)


def test_a_code_on_a_dark_rectangle_keeps_its_white_ground_and_one_in_front_of_it_is_a_fault() -> None:
    code = next(each for each in A_DESIGN.elements if each.kind == "code")
    dark = Element(id="dark", kind="block", x=code.x, y=code.y, width=20, height=20, fill="ink")
    behind = replace(A_DESIGN, elements=(dark, *A_DESIGN.elements))
    in_front = replace(A_DESIGN, elements=(*A_DESIGN.elements, dark))
    assert (codes_of(behind), codes_of(in_front)) == ([], ["layout-code-covered"])


@pytest.mark.parametrize(
    "css",
    [
        "@import 'https://evil.example/x.css';",
        "@\\69mport 'x.css';",
        "@im/**/port; #name { background: url(https://evil.example/x.png) }",
        "#name { background: URL( 'file:///etc/passwd' ) }",
        "#name { background: u\\72l(//evil.example/x) }",
        "@font-face { font-family: x; src: url(x.woff2) }",
        "</style><script>",
    ],
)
def test_own_css_asks_for_nothing_from_elsewhere(css: str) -> None:
    assert "layout-css-refused" in codes_of(replace(A_DESIGN, css=css))


def test_own_css_may_be_what_a_designer_writes() -> None:
    css = "#name { letter-spacing: -.01em; color: #9c3520 }\n.card { background: url(0123456789abcdef0123.png) }"
    assert codes_of(replace(A_DESIGN, css=css)) == []


SENT = {"name.kind": "field", "name.field": "name", "name.x": "6", "name.y": "7,5", "name.width": "90"}


def test_a_form_becomes_a_design_and_what_it_does_not_say_is_as_usual() -> None:
    design = read_design("a6", ["name"], SENT | {"name.colour": "own", "name.colour-own": "#AA0000"})
    expected = Element(id="name", kind="field", field="name", x=6, y=7.5, width=90, height=10, colour="#aa0000")
    assert design.elements == (expected,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "1e400"),
        ("x", "nan"),
        ("width", "-3"),
        ("height", ""),
        ("colour", "red;} body{"),
        ("colour", "expression(1)"),
        ("font", "Comic Sans"),
        ("field", "adjustment"),
        ("align", "left;x"),
        ("lines", "999"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_named(name: str, value: str) -> None:
    with pytest.raises(checks.BrokenDesign) as refusal:
        read_design("a6", ["name"], SENT | {f"name.{name}": value})
    assert value[:40] in str(refusal.value)


def test_ids_that_could_break_out_of_a_style_sheet_are_left_out() -> None:
    assert read_design("a6", ["name{}", "x y", "<b>", "N"], {}).elements == ()


def test_more_elements_than_a_card_bears_are_a_fault() -> None:
    sent = {f"e{number}.kind": "block" for number in range(30)}
    assert "layout-too-many-elements" in codes_of(read_design("a6", [f"e{number}" for number in range(30)], sent))


def test_what_is_added_gets_a_name_of_its_own_and_a_free_place() -> None:
    design = empty_design("a6")
    for what in ("field:organisation", "field:organisation", "block", "no-such-thing"):
        design = building.added(design, what)
    assert [each.id for each in design.elements] == ["name", "qr", "organisation", "organisation-2", "block"]
    assert codes_of(design) == []
    fields = [each for each in design.elements if each.kind in ("field", "code")]
    assert not any(one.covers(other) for one in fields for other in fields if one is not other)


def test_what_is_added_stands_in_line_with_the_name_and_on_nothing_else() -> None:
    design = empty_design("a6")
    for what in ("field:organisation", "band", "pattern", "mark", "text"):
        design = building.added(design, what)
    assert {each.x for each in design.elements if each.kind != "code"} == {6.0}
    assert {each.width for each in design.elements if each.kind in ("field", "band", "pattern")} == {93.0}
    assert not any(one.covers(other) for one in design.elements for other in design.elements if one is not other)


@pytest.mark.parametrize("slug", GALLERY)
def test_a_card_without_a_name_has_white_paper_with_two_lines_for_it(slug: str) -> None:
    design = GALLERY[slug].design("a6")
    blank = building.to_write_on(design)
    name = next(each for each in design.elements if each.field == "name")
    paper, *lines = [each for each in blank.elements if each.id.startswith("name")]
    assert (paper.x, paper.y, paper.width, paper.height, paper.fill) == (*place_of(name), "#ffffff")
    assert [paper.covers(line) for line in lines] == [True, True]
    assert lines[1].y - lines[0].y >= 14


def place_of(element: Element) -> tuple[float, float, float, float]:
    return element.x, element.y, element.width, element.height


def test_a_category_added_to_a_card_with_a_band_stands_on_the_band() -> None:
    design = building.added(building.added(empty_design("a6"), "band"), "field:category")
    band, category = design.elements[-2:]
    assert (category.y, category.height, category.colour) == (band.y, band.height, "on-kind")
    assert category.covers(band)


def test_elements_go_forward_and_backward_and_stop_at_the_ends() -> None:
    design = Design("a6", tuple(Element(id=name, kind="block", x=0, y=0, width=1, height=1) for name in "abc"))
    there = building.forward(building.forward(building.forward(design, "a"), "a"), "c")
    assert "".join(each.id for each in there.elements) == "bac"
    assert building.backward(design, "a") == design


def test_a_layout_is_tried_on_the_longest_name_then_other_scripts_then_the_shortest() -> None:
    names = ["Ada Lovelace", "Anne-Sophie Vandenbroucke-Dupont", "晓明 王", "عمر الفاروق", "O Ô", "Thị Nguyễn"]
    tries = tries_of([Try(number, name, "attendee") for number, name in enumerate(names)])
    assert [each.name for each in tries] == [names[1], names[2], names[3], names[4], names[0]]
