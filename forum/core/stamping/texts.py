"""A text taken apart, without any font: where a line may end, how a name becomes shorter, what may stand on a card."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from typing import Literal

Breaks = Literal["spaces", "hyphens", "particles", "letters"]
"""Where lines may end: at spaces, at hyphens too, after a particle too, or within words that no line can hold."""

# What belongs to the word behind it and is never left alone at the end of a line.
_PARTICLES = """
a à al an and at au aux ben bin bint d da dal de degli dei del della den der des di do dos du e el et i ibn in la le les
li lo mac mc o of op ould san sous st sur ’t 't t te ten ter the to und van vom von y zu zum zur & – «
"""
PARTICLES = frozenset(_PARTICLES.split())
CLOSING = frozenset(":;!?»%")
"""What French sets apart by a space and never begins a line with."""
CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef]")
SPACED = re.compile(r"\S+\s*")
HYPHENED = re.compile(r"[^\s\-‐–@./]*(?:[\-‐–@./]+\s*|\s+|$)")


# --- where a line may end


def split(text: str, breaks: Breaks) -> Iterator[str]:
    """Yield a text in pieces, each with the space that follows it."""
    pattern = SPACED if breaks == "spaces" else HYPHENED
    for piece in filter(None, pattern.findall(text)):
        if CJK.search(piece):
            yield from clusters(piece)
        else:
            yield piece


def glued(pieces: Sequence[str]) -> list[str]:
    """Return pieces with every particle put to the word behind it, and what closes to the word before it."""
    found: list[str] = []
    for piece in pieces:
        if found and (is_particle(found[-1]) or piece.strip() in CLOSING):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def is_particle(text: str) -> bool:
    """Tell whether a text ends in a particle, and a space that could break the line after it."""
    words = text.split()
    return text.endswith(" ") and bool(words) and words[-1].lower() in PARTICLES


def is_one_word(text: str) -> bool:
    """Tell whether a text cannot be broken."""
    return " " not in text and not has_hyphen(text) and not CJK.search(text)


def has_hyphen(text: str) -> bool:
    """Tell whether a text may be broken at more than its spaces."""
    return any(sign in text for sign in "-‐–@./")


# --- letters


def clusters(text: str) -> list[str]:
    """Return a text letter by letter, marks with the letter that carries them, a space with what stands before it."""
    found: list[str] = []
    for letter in text:
        is_mark = unicodedata.category(letter) in ("Mn", "Me", "Mc", "Cf", "Sk") or letter == " "
        joins = bool(found) and found[-1].endswith("\u200d")
        if found and (is_mark or joins):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def plain(text: str) -> str:
    """Return a text on one line, without control characters and without marks that turn others' direction."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", text)
    kept = "".join(letter for letter in text if letter.isspace() or is_printable(letter))
    return " ".join(kept.split())


def is_printable(letter: str) -> bool:
    """Tell whether a character may stand on a badge."""
    return unicodedata.category(letter) not in ("Cc", "Cs", "Co") and not is_direction_mark(letter)


def is_direction_mark(letter: str) -> bool:
    """Tell whether a character turns the direction of the text around it, in which others' words could hide."""
    return letter in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def without_pictures(text: str, pictures: Container[str]) -> str:
    """Return a text without its pictures (emoji) of which a part is among some characters; letters always stay."""
    kept = (each for each in clusters(text) if not is_picture(each) or not any(sign in pictures for sign in each))
    return " ".join("".join(kept).split())


def is_picture(cluster: str) -> bool:
    """Tell whether a letter with its marks is none, but a symbol or a picture, flags and shades of skin included."""
    return unicodedata.category(cluster[0]) in ("So", "Sk", "Cn") or "\ufe0f" in cluster


LOW = re.compile("[\u0000-\u02ff\u0370-\u052f\u2010-\u2027]*")
"""Letters with one accent at most: whoever chose the height of a line thought of them."""


GREEK_MARKS = frozenset("\u0301\u0300\u0342\u0313\u0314\u0345")
"""Accents and breathings, which Greek leaves out in capitals; the two dots stay (CSS Text 3, text-transform)."""


def in_capitals(text: str) -> str:
    """Return a text in capitals: Ελένη becomes ΕΛΕΝΗ, Zoé becomes ZOÉ."""
    capitals = text.upper()
    if not any("\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff" for letter in capitals):
        return capitals
    kept: list[str] = []
    is_greek = False
    for sign in unicodedata.normalize("NFD", capitals):
        if not unicodedata.combining(sign):
            is_greek = "\u0370" <= sign <= "\u03ff"
        if not (is_greek and sign in GREEK_MARKS):
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))


TRANSFORMS = {"uppercase": in_capitals, "lowercase": str.lower, "capitalize": str.title}


# --- names made shorter


def abbreviations(parts: Sequence[str]) -> Iterator[list[str]]:
    """Yield a name shorter and shorter: what follows its first words becomes initials, then is left out."""
    given, *family = parts
    ladder = [
        [after_first_word(given), *family],
        [after_first(given), *family],
        [after_first_word(given), *map(after_first_word, family)],
        [*map(after_first, parts)],
        [*map(first_word, parts)],
    ]
    seen = [list(parts)]
    for shorter in ladder:
        if shorter not in seen:
            seen.append(shorter)
            yield shorter


WORD = re.compile(r"[^\s\-‐]+")
ELISION = re.compile("(?i:[dlt]['’])")


def all_initials(parts: Sequence[str]) -> list[str]:
    """Return a name of which no more than the beginning of the given name is whole."""
    given, *family = parts
    return [after_first(given), *map(initials, family)]


def first_word(text: str) -> str:
    """Return the first word of a name with the particles before it: « de La Tour »."""
    words = text.split(" ")
    first = next((number for number, word in enumerate(words) if word.lower() not in PARTICLES), 0)
    return " ".join(words[: first + 1])


def after_first_word(text: str) -> str:
    """Return a name with its first word whole, hyphens and all, and the others as initials: « Anne-Sophie M.-B. »."""
    words = text.split(" ")
    first = next((number for number, word in enumerate(words) if word.lower() not in PARTICLES), 0)
    return " ".join([*words[: first + 1], *map(initials, words[first + 1 :])])


def after_first(text: str) -> str:
    """Return a name with all but its first element as initials; particles stay: « Anne-S. M.-B. »."""
    found = next((each for each in WORD.finditer(text) if each[0].lower() not in PARTICLES), None)
    return text[: found.end()] + initials(text[found.end() :]) if found else text


def initials(text: str) -> str:
    """Return a name as initials; particles stay."""
    return WORD.sub(lambda found: found[0] if found[0].lower() in PARTICLES else initial(found[0]), text)


def initial(word: str) -> str:
    """Return the first letter of a word, with its marks and what was elided before it, and a full stop."""
    elided = ELISION.match(word)
    start = elided.end() if elided and elided.end() < len(word) else 0
    first = clusters(word[start:])[0]
    return word if len(word) <= start + len(first) + 1 else f"{word[:start]}{first}."
