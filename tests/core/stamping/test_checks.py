"""Layouts that cannot be printed are refused in a sentence; badges that would not look well are told of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale

from forum.badges.documents.house import house_layout
from forum.core.stamping import (
    Card,
    Layout,
    LayoutRefused,
    Risk,
    Sheet,
    Variant,
    check,
    fence,
    fenced_check,
    fenced_stamp,
    refusals,
    risks,
    single,
)
from forum.layouts.documents import fonts
from tests.core.stamping.designs import EVERYTHING, a_card

HTML = '<h1 data-field="name"></h1><div data-field="code"></div>'
CSS = (
    "h1 { position: absolute; margin: 0; top: 5mm; left: 5mm; width: 90mm; height: 30mm; font-size: 40pt }"
    "div { position: absolute; left: 30mm; top: 50mm; width: 40mm; height: 40mm }"
)


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context(), force_locale("en"):
        yield


def a_layout(html: str = HTML, css: str = "", **more: object) -> Layout:
    return dataclasses.replace(Layout("Essai", html, CSS + css, 100, 100, fonts=fonts()), **more)  # type: ignore[arg-type]


def a_person(name: str, **words: str) -> Card:
    return Card(Variant(), {"name": name, "code": "0" * 26} | words)


@pytest.mark.parametrize("layout", [a_layout(), EVERYTHING, *map(house_layout, ("a6", "small"))])
def test_good_layouts_pass(layout: Layout) -> None:
    check(layout, [a_card()])


@pytest.mark.parametrize(
    ("layout", "refusal", "said"),
    [
        (a_layout('<div data-field="code"></div>'), refusals.FieldMissing, "no field “name”"),
        (a_layout('<h1 data-field="name"></h1>'), refusals.FieldMissing, "no field “code”"),
        (a_layout(css="h1 { height: 3mm }"), refusals.FieldTooSmall, "90 × 3 mm: too small for letters of 18 pt"),
        (a_layout(css="h1 { width: 8mm }"), refusals.FieldTooSmall, "8 × 30 mm"),
        (a_layout(css="h1 { left: 40mm }"), refusals.FieldOutside, "“name” reaches beyond the page"),
        (a_layout(css="h1 { opacity: .5 }"), refusals.FieldStyleRefused, "“opacity”"),
        (a_layout(css="h1 { color: rgb(0 0 0 / .4) }"), refusals.FieldStyleRefused, "“color”"),
        (a_layout('<p>Hello <b data-field="x"></b></p>' + HTML), refusals.FieldInText, "“x” stands within a line"),
        (
            a_layout(css="body { background: url(https://example.org/x.png) }"),
            refusals.PictureNotOwn,
            "https://example.org",
        ),
        (a_layout('<img src="file:///etc/passwd">' + HTML), refusals.PictureNotOwn, "file:///etc/passwd"),
        (a_layout('<link rel="stylesheet" href="../../x.css">' + HTML), refusals.PictureNotOwn, "x.css"),
        (a_layout(css="@import url(http://127.0.0.1/x.css);"), None, ""),
        (a_layout(pictures={"logo.png": bytes(50_000_000)}), refusals.PictureTooLarge, "has 50 MB; at most 4 MB"),
        (a_layout(css="div { width: 20mm; height: 20mm }"), refusals.SymbolTooSmall, "15.2 mm wide"),
        (a_layout(css="body { background: #123 }"), refusals.SymbolOnDarkGround, "dark colour on white"),
        (a_layout(css="body { background: #123 } div { background: #fff }"), None, ""),
        (a_layout(css="body { background: linear-gradient(#fff, #000) }"), refusals.SymbolOnDarkGround, ""),
        (a_layout(css="div { color: #bbb }"), refusals.SymbolOnDarkGround, ""),
        (a_layout(HTML + '<p style="height: 90mm; break-after: page"></p><p>2</p>'), refusals.PageOverflows, "2 pages"),
    ],
)
def test_bad_layouts_are_refused(layout: Layout, refusal: type[LayoutRefused] | None, said: str) -> None:
    if refusal is None:
        check(layout)
        return
    with pytest.raises(refusal, match="Essai") as refused:
        check(layout)
    assert said in str(refused.value)


def test_a_layout_is_tried_in_each_variant() -> None:
    layout = a_layout(css="[data-kind='staff'] body { background: #000 }")
    check(layout, [Card(Variant(marks={"kind": "speaker"}), {})])
    with pytest.raises(refusals.SymbolOnDarkGround):
        check(layout, [Card(Variant(marks={"kind": kind}), {}) for kind in ("speaker", "staff")])


def test_risky_badges_are_told_of() -> None:
    people = [
        a_person("Ada\nLovelace"),
        a_person("Ada \U00013000\nLovelace"),
        a_person("x" * 60),
        a_person("Anne-Sophie Marie-Bernadette\nVandenbroucke-Dupont de Saint-Hilaire"),
        a_person("x" * 1_000),
        a_person("Zoé 🎉\nMartin"),
        a_person("🎉"),
    ]
    found = risks(people, house_layout("small"))
    assert [(risk.card, risk.field, risk.kind) for risk in found] == [
        (1, "name", "missing-letter"),
        (2, "name", "shortened"),
        (3, "name", "abbreviated"),
        (4, "name", "shortened"),
        (5, "name", "missing-picture"),
        (6, "name", "missing-picture"),
    ]
    assert found[0].text == "\U00013000"
    assert "Anne-Sophie M.-B." in found[2].sentence


def test_words_that_all_share_are_looked_at_too() -> None:
    card = Card(Variant(words={"category": "Participant \U00013000"}), {"name": "Ada"})
    assert risks([card], house_layout("a6")) == [Risk(0, "category", "missing-letter", "\U00013000")]


def test_sessions_for_which_there_is_no_room_are_told_of() -> None:
    rows = tuple({"hour": f"{number} h", "title": "…"} for number in range(5))
    card = Card(a_card().variant, a_card().words, {"rows": rows})
    (risk,) = risks([card], EVERYTHING)
    assert (risk.kind, risk.text) == ("rows-left-out", "2")


def test_a_typed_layout_is_tried_behind_a_fence() -> None:
    fenced_check(a_layout())
    with pytest.raises(refusals.FieldTooSmall, match="90 × 3 mm"):
        fenced_check(a_layout(css="h1 { height: 3mm }"))
    assert fenced_stamp([Sheet(single(a_layout()), (a_person("Ada"),))], title="One").startswith(b"%PDF-1.7")
    with pytest.raises(refusals.SymbolOnDarkGround):
        fenced_stamp([Sheet(single(a_layout(css="div { background: #14202b }")), (a_person("Ada"),))], title="One")


def test_a_layout_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "SECONDS", 3)
    monkeypatch.setattr(fence, "PATIENCE", 1)
    grid = f'<section style="display: grid; grid-template-columns: repeat(400, 1fr)">{"<i>x</i>" * 4000}</section>'
    with pytest.raises(refusals.LayoutTooSlow, match="3 seconds"):
        fenced_check(a_layout(HTML + grid * 9))


@pytest.mark.parametrize(
    "answer", [b"{}", b'{"refused": "Refusal", "values": {}}\n', b'{"refused": "os", "values": {}}\n']
)
def test_what_the_fence_answers_is_not_believed_blindly(answer: bytes) -> None:
    if answer == b"{}":
        assert fence.read(answer, "Essai") == b""
        return
    with pytest.raises(refusals.LayoutBroken):
        fence.read(answer, "Essai")
