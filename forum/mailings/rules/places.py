"""The places in an organiser's words, and how they are filled: `{given_name}` or `{prénom}`.

Words are compiled once a letter and language: Markdown to HTML with a mark for each place, the mail's frame around it,
then cut at the marks. A person's letter is their values between the pieces, each escaped for where it stands: what
somebody typed as their name is never read as Markdown, as HTML or as an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from forum.core.refusals import Malformed
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.people.rules import search_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Place:
    """Something that is filled in for each reader, under an English and a French name."""

    name: str
    french: str
    words: object
    kind: str = "text"
    """text; address: becomes a link, and may stand in one; list: one line each."""
    of_registration: bool = False
    """Nobody without a place in the edition has it."""
    of_past: bool = False
    """Only people of earlier editions have it."""
    is_internal: bool = False
    """Not for organisers: our own templates use it."""

    def name_in(self, spoken: str) -> str:
        """Return its name in a language."""
        return self.french if spoken == "fr" else self.name


PLACES = (
    Place("given_name", "prénom", _("their given name")),
    Place("family_name", "nom", _("their family name")),
    Place("edition", "édition", _("the name of the edition")),
    Place("days", "dates", _("its days")),
    Place("city", "ville", _("the host city")),
    Place("place", "lieu", _("the venue and its address")),
    Place("programme", "programme", _("the address of the programme"), "address"),
    Place("register", "inscription", _("the address of the registration page"), "address"),
    Place("again", "mon-inscription", _("where they register with their data filled in"), "address", of_past=True),
    Place("contact", "contact", _("your e-mail address")),
    Place("wifi", "wifi", _("the wifi of the edition")),
    Place("link", "lien", _("the address of their own page"), "address", of_registration=True),
    Place("badge", "badge", _("the address of their badge"), "address", of_registration=True),
    Place("reference", "référence", _("the reference of their registration"), of_registration=True),
    Place("category", "catégorie", _("their category"), of_registration=True),
    Place("sessions", "séances", _("the workshops and visits they chose, with their hours"), "list", True),
    Place("desk", "guichet", _("the desk at which their badge is"), of_registration=True),
    Place("come", "je-viens", _("where they say that they come"), "address", of_registration=True),
    Place("free", "je-libère", _("where they free their place"), "address", of_registration=True),
    Place("unsubscribe", "désabonner", "", "address", is_internal=True),
)
BY_NAME = {search_text(name): place for place in PLACES if not place.is_internal for name in (place.name, place.french)}
NUMBERS = {place.name: number for number, place in enumerate(PLACES)}

BRACES = re.compile(r"\{\s*([^\W\d][\w ’'-]{0,39})\s*\}")
MARK = re.compile(r"x7placeq(\d\d)z")
_ALONE = re.compile(r"<p>x7placeq(\d\d)z</p>")
_IN_LINK = re.compile(r'href="([^"]*)"')


class UnknownPlace(Malformed):
    """A name in braces that nothing fills."""

    code = "unknown-place"
    sentence = _("Nothing can be filled in for {%(name)s}. You can write: %(known)s.")


class PlaceNotHere(Malformed):
    """The place is known but cannot stand there."""

    code = "place-not-here"


class NotInSubject(PlaceNotHere):
    """A subject is one line of words."""

    sentence = _("{%(name)s} cannot stand in the subject, only in the letter.")


class NotInLink(PlaceNotHere):
    """Only an address may be where a link leads."""

    sentence = _("{%(name)s} is no address, so no link can lead there. Use an address such as {%(example)s} alone.")


class OnlyOfPast(PlaceNotHere):
    """Who is registered in this edition has nothing to fill in again."""

    sentence = _("{%(name)s} is for people of earlier editions only. Take it out, or choose these as readers.")


class NoPlaceOfTheirs(PlaceNotHere):
    """People of earlier editions have no registration in this one."""

    sentence = _("People of earlier editions have no {%(name)s} here. Take it out, or choose other readers.")


def known_names(spoken: str) -> str:
    """Return the names that an organiser may write, as a sentence lists them."""
    return ", ".join(f"{{{place.name_in(spoken)}}}" for place in PLACES if not place.is_internal)


def places_in(words: str) -> list[Place]:
    """Return the places in some words. Raises `UnknownPlace`, which names those that are known."""
    found = []
    for name in BRACES.findall(words):
        place = BY_NAME.get(search_text(name.strip()))
        if place is None:
            raise UnknownPlace(name=name.strip()[:40], known=known_names(language()))
        found.append(place)
    return found


UNREADABLE = (UnknownPlace, PlaceNotHere)
"""What is wrong with an organiser's words."""


def check_subject(subject: str, *, for_past: bool) -> None:
    """Refuse places that are unknown, or cannot stand in a subject. Raises `UnknownPlace`, `PlaceNotHere`."""
    for place in places_in(subject):
        if place.kind != "text":
            raise NotInSubject(name=place.name_in(language()))
    check_for_past(subject, for_past=for_past)


def check_body(body: str, *, for_past: bool) -> None:
    """Refuse places that are unknown, or cannot stand where they do. Raises `UnknownPlace`, `PlaceNotHere`."""
    check_for_past(body, for_past=for_past)
    for target in _IN_LINK.findall(markdown_reader().render(marked(body))):
        check_target(target)


def check_for_past(words: str, *, for_past: bool) -> None:
    """Refuse what people of earlier editions do not have, or only they. Raises `NoPlaceOfTheirs`, `OnlyOfPast`."""
    for place in places_in(words):
        if for_past and place.of_registration:
            raise NoPlaceOfTheirs(name=place.name_in(language()))
        if place.of_past and not for_past:
            raise OnlyOfPast(name=place.name_in(language()))


def check_target(target: str) -> None:
    """Refuse a link whose target is made of anything but one address. Raises `NotInLink`."""
    for number in MARK.findall(target):
        place = PLACES[int(number)]
        if place.kind != "address" or not MARK.fullmatch(target):
            example = "badge"
            raise NotInLink(name=place.name_in(language()), example=example)


def mark(name: str) -> str:
    """Return the mark of a place: letters and digits only, which Markdown and HTML leave alone wherever it stands."""
    return f"x7placeq{NUMBERS[name]:02d}z"


def marked(words: str) -> str:
    """Return words with marks for their places. Raises `UnknownPlace`."""
    places = iter(places_in(words))
    return BRACES.sub(lambda _match: mark(next(places).name), words)


@dataclass(frozen=True)
class Piece:
    """A place in a compiled letter, and how it is written there."""

    name: str
    form: str
    """words, target, anchor, lines, items."""


Compiled = tuple[str | Piece, ...]

_FORMS = {"text": "words", "address": "anchor", "list": "lines"}


def compiled_html(html: str) -> Compiled:
    """Return HTML cut at its marks."""
    html = _ALONE.sub(lambda found: f"x7alone{found[1]}z" if PLACES[int(found[1])].kind == "list" else found[0], html)
    html = _IN_LINK.sub(lambda found: found[0].replace("x7placeq", "x7target"), html)
    return tuple(cut(html, re.compile(r"x7(placeq|alone|target)(\d\d)z"), html_form))


def html_form(how: str, place: Place) -> str:
    """Return how a place is written in HTML."""
    return {"alone": "items", "target": "target"}.get(how, _FORMS[place.kind])


def compiled_text(text: str) -> Compiled:
    """Return plain text cut at its marks."""
    alone = re.compile(r"^x7placeq(\d\d)z$", re.MULTILINE)
    text = alone.sub(lambda found: f"x7alone{found[1]}z" if PLACES[int(found[1])].kind == "list" else found[0], text)
    return tuple(cut(text, re.compile(r"x7(placeq|alone)(\d\d)z"), text_form))


def text_form(how: str, place: Place) -> str:
    """Return how a place is written in plain text."""
    return "items" if how == "alone" else "lines" if place.kind == "list" else "words"


def cut(text: str, marks: re.Pattern[str], form: Callable[[str, Place], str]) -> Iterator[str | Piece]:
    """Cut a text at its marks."""
    end = 0
    for found in marks.finditer(text):
        yield text[end : found.start()]
        place = PLACES[int(found[2])]
        yield Piece(place.name, form(found[1], place))
        end = found.end()
    yield text[end:]


def filled_html(pieces: Compiled, values: Values) -> str:
    """Return a reader's HTML."""
    return "".join(piece if isinstance(piece, str) else _IN_HTML[piece.form](values[piece.name]) for piece in pieces)


def filled_text(pieces: Compiled, values: Values) -> str:
    """Return a reader's plain text."""
    return "".join(piece if isinstance(piece, str) else _IN_TEXT[piece.form](values[piece.name]) for piece in pieces)


def as_line(value: str | Sequence[str]) -> str:
    """Return a value on one line."""
    return value if isinstance(value, str) else ", ".join(value) or "–"


def as_items(value: str | Sequence[str]) -> Sequence[str]:
    """Return a value as lines."""
    return (value,) if isinstance(value, str) else value or ("–",)


_IN_HTML: dict[str, Callable[[str | Sequence[str]], str]] = {
    "words": lambda value: escape(as_line(value)),
    "target": lambda value: escape(as_line(value)),
    "anchor": lambda value: f'<a href="{escape(as_line(value))}">{escape(as_line(value))}</a>',
    "lines": lambda value: escape(as_line(value)),
    "items": lambda value: "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in as_items(value)) + "</ul>",
}
_IN_TEXT: dict[str, Callable[[str | Sequence[str]], str]] = {
    "words": as_line,
    "lines": as_line,
    "items": lambda value: "\n".join(f"- {line}" for line in as_items(value)),
}


# --- plain text of Markdown


@cache
def markdown_reader() -> MarkdownIt:
    """Return what reads Markdown; loaded by who needs it."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True})


def plain(words: str) -> str:
    """Return Markdown as a letter's plain text: no marks, where links lead in angle brackets (RFC 3986, appendix C)."""
    lines: list[str] = []
    lists: list[int | None] = []
    opening = ""
    for token in markdown_reader().parse(words):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(None if token.type.startswith("bullet") else int(token.attrs.get("start", 1)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            if not lists:
                lines.append("")
        elif token.type == "list_item_open":
            opening = bullet(lists)
        elif token.type == "inline":
            lines += indented("".join(plain_inline(token.children or [])), opening, depth=len(lists))
            opening = ""
        elif token.type in ("fence", "code_block"):
            lines += [token.content.rstrip("\n"), ""]
        elif token.type == "hr":
            lines += ["–" * 20, ""]
        if token.type in ("paragraph_close", "heading_close") and not lists:
            lines.append("")
    return "\n".join(lines).strip()


def bullet(lists: list[int | None]) -> str:
    """Return what begins the next item of the innermost list."""
    number = lists[-1]
    if number is None:
        return "- "
    lists[-1] = number + 1
    return f"{number}. "


def indented(text: str, opening: str, *, depth: int) -> list[str]:
    """Return the lines of a paragraph, below their bullet."""
    margin = "  " * max(0, depth - 1)
    rest = margin + " " * len(opening) if depth else ""
    first, *others = text.split("\n")
    return [f"{margin}{opening}{first}", *(f"{rest}{line}" for line in others)]


def plain_inline(tokens: Sequence[Token]) -> Iterator[str]:
    """Return the words of a line."""
    target = ""
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "image":
            yield token.content
        elif token.type == "link_open":
            target = str(token.attrs.get("href", ""))
        elif token.type == "link_close" and target:
            yield f" <{target.removeprefix('mailto:')}>"
            target = ""
