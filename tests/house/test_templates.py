"""Templates and static files: nothing inline, nothing from elsewhere, every sentence translated and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forum.core import catalogues
from forum.core.assembly import STATIC, TEMPLATES
from tests.house.modules import ROOT

# Vendored libraries are as published; `www.w3.org` names formats, and nobody fetches it.
OTHER_HOSTS = re.compile(r"https?://(?!www\.w3\.org/|schema\.org|[\w.-]*example\.(?:org|com)\b)([\w-]+\.[\w.-]+)")
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)|<style\b|\sstyle=|\son[a-z]+=["']""")
LETTERS = "emails"
"""Letters are read by mail programs, which know no style sheets: theirs may be inline."""


def templates() -> list[Path]:
    """Return every template of a page."""
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if LETTERS not in path.parts]


def test_pages_have_no_inline_style_or_script() -> None:
    # Printed pages may hold a style sheet of their own: no browser ever gets them.
    found = {
        str(path.relative_to(TEMPLATES)): INLINE.findall(path.read_text("utf-8"))
        for path in templates()
        if "print" not in path.parts and path.name != "print.html" and INLINE.search(path.read_text("utf-8"))
    }
    assert found == {}


def test_nothing_is_fetched_from_elsewhere() -> None:
    files = [path for path in (*STATIC.rglob("*"), *TEMPLATES.rglob("*")) if path.suffix in (".html", ".css", ".js")]
    found = {
        str(path.relative_to(ROOT)): hosts
        for path in files
        if "vendor" not in path.parts and (hosts := OTHER_HOSTS.findall(path.read_text("utf-8")))
    }
    assert found == {}


def test_vendored_libraries_carry_their_licence() -> None:
    folders = [path for path in (STATIC / "vendor").glob("*") if path.is_dir()]
    without = [folder.name for folder in folders if not any("licen" in path.name.lower() for path in folder.rglob("*"))]
    assert without == []


def languages() -> list[str]:
    """Return the languages that have a catalogue."""
    return sorted(path.parents[1].name for path in catalogues.CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


@pytest.mark.parametrize("language", languages())
def test_a_language_has_words_for_every_sentence(language: str) -> None:
    catalogue = catalogues.read_catalogue(catalogues.catalogue_path(language))
    fresh = catalogues.brought_up_to_date(catalogue, language=language)
    assert catalogues.untranslated(fresh) == []


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_holds_what_the_code_says_and_no_more(language: str) -> None:
    path = catalogues.catalogue_path(language)
    fresh = catalogues.brought_up_to_date(catalogues.read_catalogue(path), language=language)
    assert path.read_bytes() == catalogues.written(fresh), "run: python -m forum.core.catalogues"


PLACES = re.compile(r"%\(\w+\)s|%%")


@pytest.mark.parametrize("language", languages())
def test_a_translation_keeps_the_places_of_its_sentence(language: str) -> None:
    wrong = []
    for message in catalogues.read_catalogue(catalogues.catalogue_path(language)):
        originals = catalogues.as_tuple(message.id)
        allowed = set(PLACES.findall(" ".join(map(str, originals))))
        # One of several forms may say « un » instead of the number.
        for words in catalogues.as_tuple(message.string):
            found = set(PLACES.findall(str(words)))
            if message.id and words and (found - allowed or (len(originals) == 1 and allowed - found)):
                wrong.append(str(words))
    assert wrong == []
