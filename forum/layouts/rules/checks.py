"""Which designs may be printed: each fault is a refusal with a sentence that says what to do.

A draft may have faults, so that nothing is lost; a version with one is never published.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.layouts.rules.design import MOST_CSS, MOST_ELEMENTS, SHAPES, Design, Element

LEAST_NAME = 18
"""Points: a name is read across a table."""
LEAST_CODE = 25
"""Millimetres of the symbol without its white margin."""
LEAST_CODE_BOX = 33
"""… and with it."""
MM = 72 / 25.4
WHITE = ("none", "paper", "#fff", "#ffffff")


class NoSuchLayout(Malformed):
    """A layout, or a shape of card, that does not exist."""

    code = "no-such-layout"
    sentence = _("There is no such layout. Choose one of the list.")


class LayoutInUse(Conflict):
    """A layout that badges are printed with."""

    code = "layout-in-use"
    sentence = _("Badges are printed with the layout “%(layout)s”. Choose another one for them first.")


class NotPublished(Conflict):
    """A draft was chosen for printing."""

    code = "layout-not-published"
    sentence = _("The layout “%(layout)s” is a draft. Publish it first, then choose it.")


class ChangedMeanwhile(Conflict):
    """Two people saved the same layout."""

    code = "layout-changed-meanwhile"
    sentence = _(
        "Somebody else saved this layout while you worked on it. Your own work is still here: look at theirs among the "
        "versions, then save yours again."
    )


class BrokenDesign(Malformed):
    """Something of a design that cannot be read."""

    code = "layout-unreadable"
    sentence = _("%(element)s: “%(value)s” cannot be used for %(what)s.")


class TooManyElements(Malformed):
    """More than a card can bear."""

    code = "layout-too-many-elements"
    sentence = _("A card may have %(most)s elements at most, and this one has %(count)s. Remove some.")


class NoName(Malformed):
    """A badge without a name."""

    code = "layout-without-name"
    sentence = _("There is no name on this card. Add the field “Name”, or “Given name” and “Family name”.")


class NameTooSmall(Malformed):
    """Letters that nobody reads across a table."""

    code = "layout-name-too-small"
    sentence = _("The name may become as small as %(size)s pt. Set its smallest letters to %(least)s pt or more.")


class NoCode(Malformed):
    """A badge that lets nobody in."""

    code = "layout-without-code"
    sentence = _("There is no code on this card, so the door cannot read it. Add the code.")


class CodeTooSmall(Malformed):
    """A code that phones would not read."""

    code = "layout-code-too-small"
    sentence = _(
        "The code is %(size)s mm wide; phones need %(least)s mm. Make its box %(box)s mm wide, white margin included."
    )


class CodeOnDarkGround(Malformed):
    """Something lies over the code or its white margin."""

    code = "layout-code-covered"
    sentence = _("“%(other)s” lies over the code or its white margin. A code is read on white only: move one of them.")


class FieldTooSmall(Malformed):
    """No room for the smallest letters."""

    code = "layout-field-too-small"
    sentence = _(
        "“%(element)s” is %(height)s mm high: too low for letters of %(smallest)s pt. "
        "Make it %(needed)s mm high or more."
    )


class OffTheCard(Malformed):
    """An element that is cut off."""

    code = "layout-off-the-card"
    sentence = _("“%(element)s” reaches beyond the edge of the card. Move it in, or make it smaller.")


class FieldsOverlap(Malformed):
    """Words over words: a hint, since a designer may mean it."""

    code = "layout-fields-overlap"
    sentence = _("“%(element)s” and “%(other)s” overlap: with a long name one covers the other.")


class CodeHides(Malformed):
    """The white margin of the code covers words: a hint."""

    code = "layout-code-hides"
    sentence = _("The white margin of the code covers a part of “%(element)s”. Move one of them.")


class HardToRead(Malformed):
    """Letters nearly in the colour of their ground: a hint."""

    code = "layout-hard-to-read"
    sentence = _("“%(element)s” can hardly be read on its ground. Give it another colour.")


class OwnCssRefused(Malformed):
    """A style sheet with something that may not be in it."""

    code = "layout-css-refused"
    field = "css"
    sentence = _("Your own CSS has “%(what)s”, which is not possible here. Take it out.")


class TakenOffByCss(Malformed):
    """A style sheet that hides what a badge must have."""

    code = "layout-css-hides"
    field = "css"
    sentence = _("Your own CSS takes “%(element)s” off the card, and no badge goes without it. Take that rule out.")


class CssTooLong(Malformed):
    """A style sheet that is no style sheet of a badge."""

    code = "layout-css-too-long"
    field = "css"
    sentence = _("Your own CSS has %(count)s characters; %(most)s at most are possible.")


Fault = Malformed


def check(design: Design) -> None:
    """Refuse a design that may not be printed. Raises the first of its faults."""
    for fault in faults_of(design):
        raise fault


def faults_of(design: Design) -> list[Fault]:
    """Return everything that is wrong with a design, the worst first."""
    return [
        *faults_of_names(design),
        *faults_of_codes(design),
        *(fault for element in design.elements for fault in faults_of_element(element, design)),
        *faults_of_css(design.css),
        *faults_of_number(design),
    ]


def faults_of_names(design: Design) -> Iterator[Fault]:
    """Find out whether people can be called by their name."""
    names = [each for each in design.elements if each.field in ("name", "given-name", "family-name")]
    if not any(each.field in ("name", "given-name") for each in names):
        yield NoName()
    for name in names:
        if name.field == "name" and name.smallest < LEAST_NAME:
            yield NameTooSmall(size=float(name.smallest), least=LEAST_NAME, field=name.id)


def faults_of_codes(design: Design) -> Iterator[Fault]:
    """Find out whether phones can read the code."""
    codes = [each for each in design.elements if each.kind == "code"]
    if not codes:
        yield NoCode()
    for code in codes:
        side = min(code.width, code.height)
        if side < LEAST_CODE_BOX - 0.05:
            yield CodeTooSmall(size=side * 25 / 33, least=LEAST_CODE, box=LEAST_CODE_BOX, field=code.id)
        for other in design.elements:
            if other is not code and other.covers(code) and hides(other, code, design):
                yield CodeOnDarkGround(other=str(title_of(other)), field=code.id)


def hints_of(design: Design) -> list[Malformed]:
    """Return what may be meant but often is not: words over words, words that the code's white margin hides."""
    fields = [each for each in design.elements if each.kind == "field"]
    overlaps: list[Malformed] = [
        FieldsOverlap(element=str(title_of(one)), other=str(title_of(other)), field=one.id)
        for number, one in enumerate(fields)
        for other in fields[number + 1 :]
        if one.covers(other, by=1.0)
    ]
    hidden: list[Malformed] = [
        CodeHides(element=str(title_of(each)), field=each.id)
        for code in design.elements
        if code.kind == "code"
        for each in design.elements
        if each.kind in ("field", "text", "band") and each.covers(code, by=0.3) and not hides(each, code, design)
    ]
    return [*overlaps, *hidden]


def hides(other: Element, code: Element, design: Design) -> bool:
    """Tell whether an element spoils the code: whatever lies over it; what lies under its white box does not."""
    return design.elements.index(other) > design.elements.index(code)


def faults_of_element(element: Element, design: Design) -> Iterator[Fault]:
    """Find out whether an element stands on the card and has room for its words."""
    card = design.card
    hair = 0.05
    is_off = min(element.x, element.y) < -hair or element.right > card.width + hair
    if is_off or element.bottom > card.height + hair:
        yield OffTheCard(element=str(title_of(element)), field=element.id)
    if element.kind == "field":
        needed = element.smallest * element.leading / MM
        if element.height < needed - 0.05:
            yield FieldTooSmall(
                element=str(title_of(element)),
                height=float(element.height),
                smallest=float(element.smallest),
                needed=needed + 0.05,
                field=element.id,
            )


def faults_of_number(design: Design) -> Iterator[Fault]:
    """Find out whether there is more on the card than it can bear."""
    if len(design.elements) > MOST_ELEMENTS:
        yield TooManyElements(most=MOST_ELEMENTS, count=len(design.elements))


_FORBIDDEN = re.compile(
    r"(@import|@font-face|@namespace|@charset|expression\s*\(|javascript:|</?style|behavior\s*:|-moz-binding)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:url|src|image|image-set)\s*\(\s*[\"']?([^\"')]*)", re.IGNORECASE)
_OWN_PICTURE = re.compile(r"^[0-9a-f]{20}\.png$|^city\.svg$")


def faults_of_css(css: str) -> Iterator[Fault]:
    """Find out whether an own style sheet asks for what is not the layout's: the engine's fence stands behind this."""
    if len(css) > MOST_CSS:
        yield CssTooLong(count=len(css), most=MOST_CSS)
    plain = unescaped(css)
    for found in _FORBIDDEN.finditer(plain):
        yield OwnCssRefused(what=found.group(1)[:40])
    for found in _ADDRESS.finditer(plain):
        address = found.group(1).strip()
        if not _OWN_PICTURE.match(address):
            yield OwnCssRefused(what=f"url({address[:60]})")


def unescaped(css: str) -> str:
    """Return CSS without comments and with its escapes written out, as browsers read it: `@\\69mport` is `@import`."""

    def letter(match: re.Match[str]) -> str:
        number = int(match.group(1), 16)
        return chr(number) if 0 < number < 0x110000 else "\ufffd"

    css = re.sub(r"/\*.*?(\*/|$)", " ", css, flags=re.DOTALL)
    css = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", letter, css)
    return re.sub(r"\\([^0-9a-fA-F\n])", r"\1", css)


FIELD_TITLES = {
    "name": _("Name"),
    "given-name": _("Given name"),
    "family-name": _("Family name"),
    "organisation": _("Organisation"),
    "category": _("Category"),
    "edition": _("Edition"),
    "days": _("Days"),
    "place": _("Place"),
    "code-text": _("Code in letters"),
    "wifi": _("Wi-Fi"),
    "emergency": _("Emergency numbers"),
}
KIND_TITLES = {
    "field": _("Field"),
    "text": _("Words"),
    "block": _("Rectangle"),
    "band": _("Band of the category"),
    "pattern": _("Pattern"),
    "picture": _("Picture"),
    "mark": _("Mark of the forum"),
    "code": _("Code"),
}


def title_of(element: Element) -> Any:
    """Return what an element is called in the editor and in sentences about it."""
    if element.kind == "field":
        return FIELD_TITLES.get(element.field, element.field)
    if element.kind == "text" and element.words.strip():
        words = " ".join(element.words.split())
        return words if len(words) <= 30 else f"{words[:29]}…"
    return KIND_TITLES[element.kind]


def known_shape(shape: str) -> str:
    """Return a shape of card that there is. Raises `NoSuchLayout`."""
    if shape not in SHAPES:
        raise NoSuchLayout(field="shape")
    return shape
