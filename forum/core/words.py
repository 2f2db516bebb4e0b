"""Translated words, with the typography of their language: `gettext`, `ngettext`, `lazy_gettext`.

Everybody imports them from here, so that French sentences get their no-break spaces by themselves.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import has_app_context
from flask_babel import get_locale, get_translations
from flask_babel import gettext as plain_gettext
from flask_babel.speaklater import LazyString

NARROW = "\u202f"
NO_BREAK = "\u00a0"
# A per cent sign, but not the beginning of a value's place: « depuis %(when)s ».
_HIGH_SIGNS = re.compile(r"(?<=\S) (?=[;!?€]|%(?!\())")
_WIDE_SIGNS = re.compile(r"(?<=\S) (?=[:»])")
_HOURS = re.compile(r"(?<=\d) h(?: (?=\d))?")


@lru_cache(maxsize=4096)
def french_typography(text: str) -> str:
    """Put the no-break spaces of French typography (« 14 h 30 », « Attention ! ») where plain spaces stand."""
    text = _HIGH_SIGNS.sub(NARROW, text)
    text = _WIDE_SIGNS.sub(NO_BREAK, text)
    text = text.replace("« ", f"«{NO_BREAK}")
    return _HOURS.sub(lambda match: match.group().replace(" ", NO_BREAK), text)


def language() -> str:
    """Return the reader's language, `fr` outside of a request."""
    locale = get_locale() if has_app_context() else None
    return locale.language if locale else "fr"


def decimal(value: float) -> str:
    """Write a number with one decimal at most, as the reader's language does: « 15,2 »."""
    written = f"{value:.1f}".rstrip("0").rstrip(".")
    return written.replace(".", ",") if language() == "fr" else written


def typeset(text: str) -> str:
    """Give a sentence the typography of the reader's language."""
    return french_typography(text) if language() == "fr" else text


def gettext(message: str, **values: Any) -> str:
    """Return a message in the reader's language."""
    if not has_app_context():
        return message % values if values else message
    text = translated(message, language())
    return text % values if values else text


def once_a_language(make: Callable[[], Mapping[str, str]]) -> Callable[[], Mapping[str, str]]:
    """Keep a table of sentences for each language: hundreds a second are answered with them."""
    kept: dict[str, Mapping[str, str]] = {}

    @functools.wraps(make)
    def table() -> Mapping[str, str]:
        if not has_app_context():
            return make()
        if (found := kept.get(chosen := language())) is None:
            found = kept[chosen] = make()
        return found

    return table


@functools.lru_cache(maxsize=8192)
def translated(message: str, spoken: str) -> str:
    """Return a sentence in the language of the moment, typeset; kept, since a page asks for dozens of them."""
    text = str(plain_gettext(message))
    return french_typography(text) if spoken == "fr" else text


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """Return the form of a message that goes with a number, given to it as `%(num)s`."""
    if not has_app_context():
        return (singular if num == 1 else plural) % {"num": num, **values}
    return plural_form(singular, plural, num) % {"num": num, **values}


def plural_form(singular: str, plural: str, num: int) -> str:
    """Return the form that goes with a number, its places not yet filled: what templates want (they fill them)."""
    return typeset(str(get_translations().ungettext(singular, plural, num)))


def lazy_gettext(message: str, **values: Any) -> LazyString:
    """Return a message that is translated when it is shown; for forms and refusals, made before any request."""
    return LazyString(gettext, message, **values)
